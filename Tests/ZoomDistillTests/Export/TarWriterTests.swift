// Archives, read back by a reader of a few lines and by tar itself.
// Not here: what goes into them (DatasetExportTests.swift).
import Foundation
import Lab
import TestSupport
import Testing
import ZoomDistill

@Suite("Tar archives")
struct TarWriterTests {
  /// Names and contents of an archive, by the fields of POSIX alone.
  static func entries(_ bytes: [UInt8]) throws -> [(name: String, content: [UInt8])] {
    func text(_ range: Range<Int>) -> String {
      String(decoding: bytes[range].prefix { $0 != 0 && $0 != 0x20 }, as: UTF8.self)
    }
    var entries: [(String, [UInt8])] = []
    var start = 0
    while bytes[start] != 0 {
      let size = try #require(Int(text(start + 124..<start + 136), radix: 8))
      let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
      let own = bytes[start + 148..<start + 156].reduce(0) { $0 + Int($1) }
      #expect(Int(text(start + 148..<start + 156), radix: 8) == sum - own + 8 * 0x20)
      #expect(text(start + 257..<start + 263) == "ustar" && bytes[start + 156] == 0x30)
      entries.append((text(start..<start + 100), Array(bytes[start + 512..<start + 512 + size])))
      start += 512 + (size + 511) / 512 * 512
    }
    #expect(bytes.count == start + 1024 && bytes[start...].allSatisfy { $0 == 0 })
    return entries
  }

  @Test("what goes in comes out, whatever its size")
  func roundTrip() async throws {
    var random = TestRandom(seed: 4)
    var written = Data()
    let tar = TarWriter { (piece: Data) throws(FileError) in written += piece }
    var expected: [(String, [UInt8])] = []
    for size in [0, 1, 511, 512, 513, 1024, 9999] {
      let content = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
      expected.append(("\(size).\(String(repeating: "n", count: min(size, 95)))", content))
      try tar.add(expected[expected.count - 1].0, Data(content))
    }
    try tar.finish()
    let bytes = Array(written)
    let found = try Self.entries(bytes)
    #expect(found.map(\.name) == expected.map(\.0) && found.map(\.content) == expected.map(\.1))

    let program = ["/bin/tar", "/usr/bin/tar"].first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let program else { return }
    try await BuildFixture.withFolder { folder in
      try Data(bytes).write(to: folder.appending(path: "a.tar"))
      let runner = ZoomBuildRunner(folder: folder)
      let listing = try runner.run(["tf", "a.tar"], program: URL(fileURLWithPath: program))
      #expect(listing.status == 0 && listing.output.split(separator: "\n").map(String.init) == expected.map(\.0))
      #expect(try runner.run(["xf", "a.tar"], program: URL(fileURLWithPath: program)).status == 0)
      for (name, content) in expected { #expect(try Data(contentsOf: folder.appending(path: name)) == Data(content)) }
    }
  }
}
