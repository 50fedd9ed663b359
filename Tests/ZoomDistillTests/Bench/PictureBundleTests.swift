// Benchmarks made of pages and of photographic scenes: truth, evidence, crops, provenance, the same bytes.
// Not here: which words are asked about (WordQuestionTests.swift), signs (SignBenchmarkTests.swift).

import Foundation
import Lab
import Media
import Testing
import ZoomDistill

@Suite("Benchmarks of pages and photographs")
struct PictureBundleTests {
  private let scratch: BenchScratch

  init() throws { scratch = try BenchScratch() }

  private static let words = [
    "harbour lights were burning", "beside every wooden pier", "while several boats waited", "until morning came again",
  ]

  /// Two pages of 16 words in lines of growing height, and a picture without words.
  private func pages() throws -> URL {
    var lines = #"{"file": "plain.png", "words": []}"# + "\n"
    try scratch.picture("pages/plain.png")
    for page in 0..<2 {
      try scratch.picture("pages/p\(page).png", width: 300, height: 200, color: [250, 250, UInt8(200 + page)])
      var words: [String] = []
      for (number, line) in Self.words.enumerated() {
        let height = 10 + 6 * number
        for (column, word) in line.split(separator: " ").enumerated() {
          let x = column * 74
          words.append("{\"text\": \"\(word)\", \"box\": [\(x), \(50 * number), \(x + 70), \(50 * number + height)]}")
        }
      }
      lines +=
        "{\"file\": \"p\(page).png\", \"licence\": \"MIT\", \"author\": \"someone\", \"source\": \"book.pdf\", \"words\": "
        + "[\(words.joined(separator: ", "))]}\n"
    }
    try scratch.save(lines, "pages/list.jsonl")
    return scratch.url.appending(path: "pages/list.jsonl")
  }

  private func contents(_ path: String) throws -> [String: Data] {
    try BuildFixture.files(scratch.url.appending(path: path))
  }

  @Test("items of pages ask for the next word, show it with a margin of its height, and name licence and source")
  func pageItems() throws {
    let list = try pages()
    var told: [Int] = []
    let out = scratch.url.appending(path: "out")
    let bundle = try #require(
      try BundleWriter.writePages(
        list, count: 3, seed: 4, to: out, progress: { done, all in told.append(done * 10 + all) }))
    #expect(bundle.items.count == 6 && told == [13, 23, 33])
    #expect(bundle.problems().isEmpty, "\(bundle.problems())")
    #expect(try scratch.read("out").hash() == bundle.hash(), "what was written is what is read")
    let text = Self.words.joined(separator: " ").split(separator: " ").map(String.init)
    for item in bundle.items {
      let quoted = try #require(item.question.split(separator: "\"").dropFirst().first.map(String.init))
      let place = try #require(text.firstIndex(of: quoted))
      #expect(item.question == "Which word comes right after \"\(quoted)\"?" && item.answer == text[place + 1])
      let x = Double(place % 4) * 74, y = Double(place / 4) * 50, height = Double(10 + 6 * (place / 4))
      #expect(item.box == BoundingBox(left: x, top: y, right: x + 144, bottom: y + height), "\(item.id)")
      let margin = BoundingBox(left: x - height, top: y - height, right: x + 144 + height, bottom: y + 2 * height)
        .clipped(to: ImageSize(width: 300, height: 200))
      let crop = try ImageFile.decode(bundle.folder.bytes(item.crop))
      #expect(crop.size == ImageSize(width: Int(2 * margin.width), height: Int(2 * margin.height)))
      #expect(item.license == "MIT" && item.source == "someone, book.pdf" && item.dimension == .ocr)
    }
    #expect(Set(bundle.items.map { ($0.box?.height) }).count > 1, "heights differ")
  }

  @Test("the same seed gives the same bytes, another one other questions; a stop leaves no items")
  func bytes() throws {
    let list = try pages()
    for name in ["one", "two"] {
      _ = try BundleWriter.writePages(list, count: 2, seed: 1, to: scratch.url.appending(path: name))
    }
    #expect(try contents("one") == contents("two"))
    let hashes = try (0..<8).map { seed in
      try BundleWriter.writePages(list, count: 2, seed: seed, to: scratch.url.appending(path: "s\(seed)"))?.hash()
    }
    #expect(Set(hashes).count > 1)
    let stopped = scratch.url.appending(path: "stopped")
    #expect(try BundleWriter.writePages(list, count: 2, seed: 1, to: stopped, shouldStop: { true }) == nil)
    #expect(!FileManager.default.fileExists(atPath: stopped.appending(path: "items.jsonl").path))
  }

  @Test("lists without words, without pairs, with paths that lead out or without pictures are refused")
  func hostile() throws {
    try scratch.picture("p.png")
    for line in [
      "", #"{"path": "p.png"}"#, #"{"path": "p.png", "words": []}"#, #"{"path": "../p.png", "words": []}"#,
      #"{"path": "none.png", "words": []}"#, #"{"path": "list.jsonl", "words": []}"#,
    ] {
      try scratch.save(line + "\n", "list.jsonl")
      #expect(throws: (any Error).self, "\(line)") {
        try BundleWriter.writePages(
          scratch.url.appending(path: "list.jsonl"), count: 2, seed: 0, to: scratch.url.appending(path: "bad"))
      }
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.url.appending(path: "bad/items.jsonl").path))
    #expect(throws: SignFolderError.self) {
      try BundleWriter.writePhotos(PhotoSceneFolder(scratch.url), seed: 0, to: scratch.url.appending(path: "bad"))
    }
  }

  @Test("items of photographs are the questions of the truth about things with unique names, with its wrong answers")
  func photoItems() throws {
    var config = PhotoSceneTests.config
    config.scenes = 3
    (config.shortest, config.longest, config.things, config.clutter) = (400, 720, 6, 0)
    let scenes = PhotoSceneFolder(scratch.url.appending(path: "scenes"))
    _ = try scenes.generate(ResolvedConfig(config), assets: try PhotoSceneTests.assets.get(), interrupt: Interrupt())
    let truths = try scenes.truths()
    for name in ["one", "two"] {
      _ = try BundleWriter.writePhotos(scenes, seed: 2, to: scratch.url.appending(path: name))
    }
    #expect(try contents("one") == contents("two"))
    let bundle = try scratch.read("one")
    #expect(bundle.problems().isEmpty, "\(bundle.problems())")
    let things = truths.flatMap { truth in
      truth.things.filter { !$0.isDuplicate && !$0.questions.isEmpty }.map { (truth, $0) }
    }
    #expect(bundle.items.count == things.count && things.count > 5)
    for (item, (truth, thing)) in zip(bundle.items, things) {
      #expect(item.box == thing.box && item.license == truth.licence && item.source == truth.origin)
      let question = try #require(thing.questions.first { $0.texts.contains(item.question) })
      #expect(item.answerText == question.answer && item.dimension == question.dimension)
      #expect(Set(item.options) == Set([question.answer] + question.wrong) && item.format == .choice)
    }
    // The words on labels are in the list, for scoring.
    let words = try WordedPicture.list(scenes.listFile)
    #expect(words.map(\.path) == truths.map { "images/\($0.id).jpg" })
    for (picture, truth) in zip(words, truths) {
      let labels = truth.things.compactMap { thing -> PictureWord? in
        guard case .label(_, let text) = thing.content else { return nil }
        return PictureWord(text.text, thing.box)
      }
      #expect(picture.words == labels)
    }
  }
}
