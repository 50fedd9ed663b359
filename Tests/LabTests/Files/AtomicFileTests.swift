// Whole-file writes: old or new, never a part, also on a full disk.

import Foundation
import Lab
import Synchronization
import Testing

@Suite struct AtomicFileTests {
  @Test func writesAndReplaces() throws {
    let directory = try TestDirectory()
    try AtomicFile.write("one", to: directory.file("a.txt"))
    #expect(try directory.text("a.txt") == "one")
    try AtomicFile.write(Data("two, longer".utf8), to: directory.file("a.txt"))
    #expect(try directory.text("a.txt") == "two, longer")
    #expect(directory.names == ["a.txt"])
  }

  @Test func manyThreadsWriteOneFile() throws {
    let directory = try TestDirectory(), target = directory.file("a.txt")
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 400) { index in
      do { try AtomicFile.write("written \(index % 4)", to: target) } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
    #expect(try directory.text("a.txt").hasPrefix("written "))
    #expect(directory.names == ["a.txt"])
  }

  @Test func aMissingDirectoryIsOneClearError() throws {
    let directory = try TestDirectory()
    let target = directory.file("no/such/a.txt")
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: target) }
    #expect(error == .cannotCreate(path: target.path, code: ENOENT))
    #expect(
      error?.description
        == "cannot create '\(target.path)': No such file or directory (errno 2). Check the spelling of the path.")
  }

  @Test func aDirectoryInTheWayStays() throws {
    let directory = try TestDirectory()
    try FileManager.default.createDirectory(at: directory.file("d/inner"), withIntermediateDirectories: true)
    let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: directory.file("d")) }
    #expect(error?.description.contains("The earlier file is unchanged") == true)
    #expect(directory.names == ["d"])
  }

  /// A file system of 256 KiB, where the process may mount one.
  @Test(.enabled(if: SmallDisk.isAvailable, "mounting a tmpfs needs root"))
  func aFullDiskKeepsTheEarlierFile() throws {
    let disk = try SmallDisk(kibibytes: 256)
    let file = disk.url.appending(path: "state.bin")
    let old = Data(repeating: 1, count: 100_000)
    try AtomicFile.write(old, to: file)
    let new = Data(repeating: 2, count: 200_000)
    let error = #expect(throws: FileError.self) { try AtomicFile.write(new, to: file) }
    #expect(error == .cannotWrite(path: file.path, bytes: 200_000, code: ENOSPC))
    #expect(
      error?.description == """
        cannot write '\(file.path)': 200000 bytes wanted, got 'No space left on device (errno 28)'. \
        Free some space and run again. What was saved before is unchanged.
        """)
    #expect(try Data(contentsOf: file) == old)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.url.path) == ["state.bin"])
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "mounting a tmpfs needs root"))
  func aFullDiskKeepsWholeMetricLines() throws {
    let disk = try SmallDisk(kibibytes: 64)
    let file = disk.url.appending(path: "metrics.jsonl")
    let logger = try MetricsLogger(file, time: .system)
    var written = 0
    let error = #expect(throws: MetricsError.self) {
      for step in 1...100_000 {
        try logger.log(step: step, ["train/loss": 1.0 / Double(step)])
        written = step
      }
    }
    #expect(error?.description.contains("No space left on device") == true)
    let log = try MetricsLog(reading: file)
    #expect(log.rows.count == written)
    #expect(!log.isTorn)
    #expect(written > 500)
  }
}

/// A tmpfs of a few kibibytes, unmounted at the end of its life.
final class SmallDisk {
  let directory: TestDirectory
  var url: URL { directory.url }

  static let isAvailable: Bool = {
    guard let disk = try? SmallDisk(kibibytes: 64) else { return false }
    return FileManager.default.fileExists(atPath: disk.url.path)
  }()

  init(kibibytes: Int) throws {
    directory = try TestDirectory()
    let result = mount("tmpfs", directory.url.path, "tmpfs", 0, "size=\(kibibytes)k")
    guard result == 0 else { throw POSIXError(.EPERM) }
  }

  deinit { umount2(url.path, Int32(MNT_DETACH)) }
}
