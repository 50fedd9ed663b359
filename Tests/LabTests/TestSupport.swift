// Temporary directories, fixtures and small configs for the tests of Lab.

import Foundation
import Lab
import Synchronization
import Testing

/// A directory that goes away with the value.
final class TestDirectory {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "lab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appending(path: name) }

  func text(_ name: String) throws -> String { try String(contentsOf: file(name), encoding: .utf8) }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// `Tests/Fixtures/Lab/…`.
func fixture(_ name: String) -> URL {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/Lab").appending(path: name)
}

/// A clock that moves when it is told to.
final class FakeClock: Sendable {
  private let now = Mutex(0.0)

  /// 2026-11-30T08:15:00Z at 0 seconds.
  var source: TimeSource {
    TimeSource(
      date: { Date(timeIntervalSince1970: 1_796_026_500 + self.now.withLock { $0 }) },
      seconds: { self.now.withLock { $0 } })
  }

  func advance(_ seconds: Double) { now.withLock { $0 += seconds } }
}

/// A run's surroundings without a terminal, git or real time.
func testContext(_ clock: FakeClock = FakeClock(), output: TextOutput = TextBuffer().output()) -> RunContext {
  RunContext(
    console: Console(output: output, time: clock.source), time: clock.source, command: ["program", "run"],
    source: { SourceState(commit: "0123456789abcdef", hasChanges: true) },
    machine: { Machine(cpu: "Test CPU", cores: 2, memory: 1 << 30, system: "Test OS") })
}
