// Files written piece by piece: the old content until the end, and nothing left of what was dropped.

import Foundation
import Lab
import Testing

@Suite struct AtomicFileWriterTests {
  @Test func appearsWholeAtTheEnd() throws {
    let directory = try TestDirectory()
    let file = directory.file("a.bin")
    try AtomicFile.write("old", to: file)
    let writer = try AtomicFileWriter(file)
    for piece in ["one, ", "", "two"] { try writer.write(piece) }
    #expect(try directory.text("a.bin") == "old")
    try writer.finish()
    #expect(try directory.text("a.bin") == "one, two")
    #expect(directory.names == ["a.bin"])
  }

  @Test func oneThatIsDroppedLeavesNothing() throws {
    let directory = try TestDirectory()
    do {
      let writer = try AtomicFileWriter(directory.file("a.bin"))
      try writer.write("half")
      #expect(directory.names.count == 1 && directory.names != ["a.bin"])
    }
    #expect(directory.names.isEmpty)
  }

  @Test func errorsNameTheFileThatWasAskedFor() throws {
    let directory = try TestDirectory()
    let target = directory.file("no/a.bin")
    #expect(throws: FileError.cannotCreate(path: target.path, code: ENOENT)) { try AtomicFileWriter(target) }
    try FileManager.default.createDirectory(at: directory.file("d/inner"), withIntermediateDirectories: true)
    let writer = try AtomicFileWriter(directory.file("d"))
    #expect(throws: FileError.self) { try writer.finish() }
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "mounting a tmpfs needs root"))
  func aFullDiskKeepsTheEarlierFile() throws {
    let disk = try SmallDisk(kibibytes: 256)
    let file = disk.url.appending(path: "a.bin")
    try AtomicFile.write("old", to: file)
    do {
      let writer = try AtomicFileWriter(file)
      let error = #expect(throws: FileError.self) {
        for _ in 0..<100 { try writer.write(Data(repeating: 2, count: 10_000)) }
      }
      #expect(error == .cannotWrite(path: file.path, bytes: 10_000, code: ENOSPC))
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.url.path) == ["a.bin"])
  }
}
