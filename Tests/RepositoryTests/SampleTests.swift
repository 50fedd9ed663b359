// The committed sample: readable, as large as its lists say, split by work, attributed.

import Foundation
import Testing

@Suite("Data sample")
struct SampleTests {
  private struct Manifest: Decodable {
    struct Split: Decodable {
      var documents: Int
      var bytes: Int
    }
    struct Domain: Decodable {
      var train: Split
      var validation: Split
      var sources: [String]
    }
    var domains: [String: Domain]
  }

  private struct Record: Decodable {
    var id: String
    var text: String
  }

  private static func manifest() throws -> Manifest {
    let text = try #require(Checkout.text("Data/sample/manifest.json"))
    return try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
  }

  private static func records(_ domain: String, _ split: String) throws -> [Record] {
    let path = "Data/sample/\(domain)/\(split).jsonl"
    let text = try #require(Checkout.text(path), "\(path) is missing or not UTF-8")
    return try text.split(separator: "\n").map { try JSONDecoder().decode(Record.self, from: Data($0.utf8)) }
  }

  @Test("every file holds what the manifest says")
  func sizes() throws {
    let domains = try Self.manifest().domains
    #expect(domains.count >= 5)
    for (name, domain) in domains.sorted(by: { $0.key < $1.key }) {
      for (split, expected) in [("train", domain.train), ("validation", domain.validation)] {
        let records = try Self.records(name, split)
        #expect(records.count == expected.documents, "\(name)/\(split)")
        #expect(records.reduce(0) { $0 + $1.text.utf8.count } == expected.bytes, "\(name)/\(split)")
      }
      #expect(domain.validation.bytes >= 60_000, "\(name) has too little text to evaluate on")
    }
  }

  @Test("no document is in both splits, none is empty or damaged")
  func documents() throws {
    for name in try Self.manifest().domains.keys.sorted() {
      let train = try Self.records(name, "train")
      let validation = try Self.records(name, "validation")
      #expect(Set(train.map(\.id)).isDisjoint(with: validation.map(\.id)), "\(name)")
      #expect(Set(train.map(\.text)).isDisjoint(with: validation.map(\.text)), "\(name)")
      for record in train + validation {
        #expect(
          !record.text.isEmpty && !record.text.contains("\u{FFFD}") && !record.text.contains("\r"), "\(record.id)")
      }
    }
  }

  @Test("every package of the sample is named in NOTICE and in the sample's README")
  func attribution() throws {
    let notice = try #require(Checkout.text("NOTICE"))
    let readme = try #require(Checkout.text("Data/sample/README.md"))
    for (name, domain) in try Self.manifest().domains {
      for source in domain.sources {
        let package = String(source.prefix { $0 != " " })
        #expect(notice.contains(package) && readme.contains(package), "\(package) of \(name)")
      }
    }
  }

  // MARK: Sounds

  private struct Clip: Decodable {
    var file: String
    var `class`: String
    var package: String
    var source: String
    var licence: String
    var sample_rate: Int
    var frames: Int
    var sha256: String
    var split: String
  }

  private static func clips() throws -> [Clip] {
    let path = "Data/sample/clips/clips.jsonl"
    let text = try #require(Checkout.text(path), "\(path) is missing or not UTF-8")
    return try text.split(separator: "\n").map { try JSONDecoder().decode(Clip.self, from: Data($0.utf8)) }
  }

  @Test("the sounds are those of their list, short, at 16 kHz, three of each of eight classes")
  func sounds() throws {
    let clips = try Self.clips()
    let listed = Set(clips.map { "Data/sample/clips/\($0.file)" })
    let onDisk = Checkout.files(in: ["Data/sample/clips"], extensions: ["flac", "wav", "ogg"])
    #expect(Set(onDisk) == listed)
    let classes = Dictionary(grouping: clips, by: \.class)
    #expect(classes.count == 8)
    for (name, members) in classes {
      #expect(members.count == 3, "\(name)")
      #expect(Set(members.map(\.package)).count >= 2, "\(name) comes from one package")
    }
    for clip in clips {
      #expect(clip.file.hasPrefix("\(clip.class)/\(clip.package)__"), "\(clip.file)")
      #expect(clip.sample_rate == 16_000 && (800...40_000).contains(clip.frames), "\(clip.file)")
      #expect(["train", "validation", "test"].contains(clip.split), "\(clip.file)")
      #expect(Checkout.size("Data/sample/clips/\(clip.file)") <= 100 * 1024, "\(clip.file)")
    }
    #expect(Set(clips.map(\.sha256)).count == clips.count)
    #expect(onDisk.reduce(0) { $0 + Checkout.size($1) } <= 1_200_000)
  }

  @Test("every package of the sounds is attributed, and all are under Creative Commons terms")
  func soundLicences() throws {
    let notice = try #require(Checkout.text("NOTICE"))
    let readme = try #require(Checkout.text("Data/sample/README.md"))
    for clip in try Self.clips() {
      #expect(["CC0-1.0", "CC-BY-3.0", "CC-BY-SA-3.0"].contains(clip.licence), "\(clip.file)")
      #expect(notice.contains(clip.package) && readme.contains(clip.package), "\(clip.package)")
      #expect(!clip.source.isEmpty && !clip.source.hasPrefix("/"), "\(clip.file)")
    }
  }
}
