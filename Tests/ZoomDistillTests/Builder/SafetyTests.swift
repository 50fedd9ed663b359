// Whatever teachers, lists and pictures say, files stay inside the output folder and pages stay pages.
// Not here: keys (KeyTests.swift), damaged files of the build itself (DamageTests.swift).
import Chat
import Foundation
import Lab
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Hostile teachers and pictures")
struct SafetyTests {
  private static let names = [
    "../../etc/passwd", "/etc/passwd", "<script>zoom()</script>", "red\u{0}kettle\u{1B}[31m", "{object}{question}",
    String(repeating: "x", count: 10_000), "..", "C:\\windows", "a\u{2028}Object: moon",
    "e" + String(repeating: "\u{301}", count: 5000), "\" onload=\"zoom()",
  ]

  @Test("names never become paths, lines of prompts or markup")
  func names() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(4, in: folder)
      let server = try TeacherServer(
        StubTeacher(names: Self.names, questionMark: " <img src=x onerror=zoom()>", answer: "Tom & <i>Jerry"))
      let out = folder.appending(path: "out/deep/er")
      let (build, _, summary) = try await BuildFixture.build(BuildFixture.config(server, pictures: pictures), out)
      #expect(summary.items.values.reduce(0, +) > 0)
      try BuildReport(build.context, study: nil).write(toFolder: out, summary: summary)
      try AuditPage(build.context).report(count: 100).write(to: out.appending(path: "audit"))

      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["out", "pictures"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out/deep") == ["er"])
      let plain = /[A-Za-z0-9._\/-]{1,120}/
      for (path, bytes) in try BuildFixture.files(out) {
        #expect(path.wholeMatch(of: plain) != nil, "'\(path)'")
        for word in ["etc", "passwd", "script", "windows", "xxxx"] { #expect(!path.contains(word), "'\(path)'") }
        guard path.hasSuffix(".html") else { continue }
        let page = String(decoding: bytes, as: UTF8.self)
        for markup in ["<script>zoom", "<img src=x", "<i>Jerry", "\" onload="] {
          #expect(!page.contains(markup), "\(path) holds \(markup)")
        }
      }
      let audit = String(decoding: try Data(contentsOf: out.appending(path: "audit/index.html")), as: UTF8.self)
      #expect(audit.contains("&lt;img src=x onerror=zoom()"), "the page does not show the questions")

      let regions = try build.context.store.regions()
      #expect(
        regions.contains { $0.name == "../../etc/passwd" } && regions.contains { $0.name == "{object}{question}" })
      #expect(!regions.contains { $0.name.utf8.count > 500 })
      for chat in server.requests.compactMap({ ScriptedChat($0) }) {
        #expect(chat.text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("Object: ") }.count <= 1)
        #expect(!chat.text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
      }
    }
  }

  /// A PNG whose header promises a size.
  private static func forged(width: UInt32, height: UInt32) throws -> Data {
    var bytes = try ImageFile.encode(BuildFixture.picture(1), as: .png())
    for (offset, value) in [(16, width), (20, height)] {
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(index))) }
    }
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes[12..<29] {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    sum ^= 0xFFFF_FFFF
    for index in 0..<4 { bytes[29 + index] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(index))) }
    return Data(bytes)
  }

  @Test("pictures beyond limits, damaged ones and links out are rejected with their reasons; others go on")
  func pictures() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(2, in: folder)
      let outside = folder.appending(path: "outside.png")
      try ImageFile.write(BuildFixture.picture(77), to: outside, as: .png())
      let files = FileManager.default
      try files.createSymbolicLink(at: pictures.appending(path: "link.png"), withDestinationURL: outside)
      try files.createSymbolicLink(
        at: pictures.appending(path: "folder"), withDestinationURL: folder.deletingLastPathComponent())
      try files.createSymbolicLink(atPath: pictures.path + "/loop.png", withDestinationPath: "loop.png")
      try files.createDirectory(at: pictures.appending(path: "directory.png"), withIntermediateDirectories: true)
      try Self.forged(width: 60_000, height: 60_000).write(to: pictures.appending(path: "bomb.png"))
      try ImageFile.write(
        BuildFixture.picture(9, width: 900, height: 700), to: pictures.appending(path: "big.png"), as: .png())
      try Data("hello".utf8).write(to: pictures.appending(path: "text.png"))
      try Data("hello".utf8).write(to: pictures.appending(path: "text2.jpg"))
      try Data().write(to: pictures.appending(path: "empty.jpeg"))
      let whole = try Data(contentsOf: pictures.appending(path: "p0.png"))
      try whole.prefix(whole.count / 2).write(to: pictures.appending(path: "half.png"))
      try whole.write(to: pictures.appending(path: "q.png"))
      let server = try TeacherServer()
      var config = BuildFixture.config(server, pictures: pictures)
      config.images.limits.maxPixels = 300_000
      let build = try BuildFixture.open(config, folder.appending(path: "out"))
      try await BuildFixture.run(build)
      let records = Dictionary(uniqueKeysWithValues: try build.context.store.images().map { ($0.path, $0) })
      for name in ["link", "loop", "bomb", "big", "text", "half"].map({ "\($0).png" }) + ["empty.jpeg", "text2.jpg"] {
        #expect(records[name]?.state == .rejected, "\(name)")
        #expect(records[name]?.verdict == .unreadable, "\(name)")
        #expect(records[name]?.reason.isEmpty == false, "\(name)")
      }
      #expect(records["link.png"]?.reason.contains("leads out of") == true)
      for name in ["bomb.png", "big.png"] {
        let reason = records[name]?.reason ?? ""
        #expect(reason.contains("300000") || reason.contains("65500") || reason.contains("limit"), "\(reason)")
      }
      #expect(records["q.png"]?.verdict == .copy)
      #expect(records["p0.png"]?.state == .done && records["p1.png"]?.state != .failed)
      #expect(!records.keys.contains { $0.contains("outside") || $0.hasPrefix("folder") })
      let secret = ContentName.of(bytes: Array(try Data(contentsOf: outside)))
      for chat in server.requests.compactMap({ ScriptedChat($0) }) {
        #expect(!chat.images.contains { ContentName.of(bytes: $0.bytes) == secret }, "a linked picture was sent")
      }
    }
  }

  @Test("lists cannot name files outside of their folder")
  func lists() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(2, in: folder)
      let outside = folder.appending(path: "outside.png")
      try ImageFile.write(BuildFixture.picture(77), to: outside, as: .png())
      let paths = [
        "p0.png", "../outside.png", outside.path, "./../pictures/../outside.png", "p1.png\u{0}.png", "", ".", "..",
        String(repeating: "a/", count: 5000) + "p.png", "/dev/zero", "no\nsuch.png",
      ]
      let lines = paths.map {
        #"{"path": \#(ScriptedAnswer.quoted($0)), "boxes": [{"name": "n", "box": [9, 9, 40, 40]}]}"#
      }
      let list = pictures.appending(path: "list.jsonl")
      try Data(lines.joined(separator: "\n").utf8).write(to: list)
      let server = try TeacherServer()
      var config = BuildFixture.config(server, pictures: pictures)
      config.images.source = .list(path: list.path)
      config.regions.strategy = .given
      let build = try BuildFixture.open(config, folder.appending(path: "out"))
      try await BuildFixture.run(build, [.propose])
      let records = try build.context.store.images()
      #expect(records.count == paths.count)
      for record in records {
        #expect((record.state == .done) == (record.path == "p0.png"), "\(record.path.prefix(60)): \(record.reason)")
      }
      #expect(try build.context.store.regions().map(\.name) == ["n"])

      for bad in [
        "{\"path\": 3}", "[]", "{\"path\": \"p0.png\", \"boxes\": [{\"name\": \"n\", \"box\": [1, 2, 3]}]}", "x",
      ] {
        try Data((lines[0] + "\n" + bad).utf8).write(to: list)
        let error = #expect(throws: ZoomError.self) {
          try ImageListing(
            config: config.images, seed: 1, input: InputRoot(pictures)
          ).pictures()
        }
        #expect("\(String(describing: error))".contains("line 2"), "\(bad)")
      }
    }
  }
}
