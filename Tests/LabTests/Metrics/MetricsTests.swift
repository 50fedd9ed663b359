// Metrics files: their lines, what a kill leaves, and resuming.

import Foundation
import Lab
import Testing

@Suite struct MetricsTests {
  @Test func lines() throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    let clock = FakeClock()
    let logger = try MetricsLogger(file, time: clock.source)
    try logger.log(step: 1, ["train/loss": 2.5, "speed/rate_tokens-per-s": 1e6])
    clock.advance(1.23456)
    try logger.log(step: 2, ["train/loss": 1e-7])
    try logger.log(event: "resumed", step: 2, ["reason": "a \"quoted\"\nline"])
    #expect(
      try directory.text("metrics.jsonl") == """
        {"step": 1, "time": 0, "train/loss": 2.5, "speed/rate_tokens-per-s": 1000000}
        {"step": 2, "time": 1.235, "train/loss": 1e-07}
        {"step": 2, "time": 1.235, "event": "resumed", "reason": "a \\"quoted\\"\\nline"}

        """)
    let log = try MetricsLog(reading: file)
    #expect(log.names == ["speed/rate_tokens-per-s", "train/loss"])
    #expect(log.series("train/loss").map(\.value) == [2.5, 1e-7])
    #expect(log.last("train/loss") == 1e-7)
    #expect(log.rows[2].event == "resumed")
    #expect(log.rows[2].details == ["reason": "a \"quoted\"\nline"])
  }

  @Test func nonFiniteValuesAreEvents() throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    let logger = try MetricsLogger(file, time: FakeClock().source)
    let broken = try logger.log(step: 3, ["train/loss": .nan, "train/norm": .infinity, "train/rate": 1])
    #expect(broken == ["train/loss", "train/norm"])
    #expect(
      try directory.text("metrics.jsonl") == """
        {"step": 3, "time": 0, "train/rate": 1}
        {"step": 3, "time": 0, "event": "non-finite", "metric": "train/loss", "value": "nan"}
        {"step": 3, "time": 0, "event": "non-finite", "metric": "train/norm", "value": "inf"}

        """)
    for line in try directory.text("metrics.jsonl").split(separator: "\n") {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    let log = try MetricsLog(reading: file)
    #expect(log.series("train/loss").isEmpty)
    #expect(log.rows.filter { $0.event == "non-finite" }.count == 2)
  }

  /// A kill can stop a write after any byte.
  @Test func everyTornTailIsRepaired() throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    let whole = "{\"step\": 1, \"time\": 0.5, \"a/b\": 1}\n"
    let next = "{\"step\": 2, \"time\": 1, \"a/b\": 2}\n"
    for length in 0..<next.count {
      try Data((whole + next.prefix(length)).utf8).write(to: file)
      let logger = try MetricsLogger(file, time: FakeClock().source)
      try logger.log(step: 2, ["a/b": 3])
      let log = try MetricsLog(reading: file)
      #expect(log.rows.map(\.step) == [1, 2], "cut at \(length)")
      #expect(log.series("a/b").map(\.value) == [1, 3], "cut at \(length)")
      #expect(!log.isTorn)
    }
  }

  @Test func blocksThatACrashLeftUnwrittenAreRepaired() throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    try Data("{\"step\": 1, \"time\": 0.5, \"a/b\": 1}\n\0\0\0\0\0\n".utf8).write(to: file)
    #expect(try MetricsLog(reading: file).isTorn)
    _ = try MetricsLogger(file, time: FakeClock().source)
    #expect(try directory.text("metrics.jsonl") == "{\"step\": 1, \"time\": 0.5, \"a/b\": 1}\n")
  }

  @Test func resumingDropsWhatCameAfterTheCheckpoint() throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    let clock = FakeClock()
    do {
      let logger = try MetricsLogger(file, time: clock.source)
      for step in 1...10 {
        clock.advance(1)
        try logger.log(step: step, ["a/b": Double(step)])
        if step == 5 { try logger.log(step: step, ["evaluate/loss": 7]) }
      }
    }
    clock.advance(1000)
    let logger = try MetricsLogger(file, time: clock.source)
    try logger.rewind(toStep: 5)
    clock.advance(2)
    try logger.log(step: 6, ["a/b": 60])
    let log = try MetricsLog(reading: file)
    #expect(log.series("a/b").map(\.step) == [1, 2, 3, 4, 5, 6])
    #expect(log.series("a/b").last?.value == 60)
    #expect(log.series("a/b").last?.time == 7, "the time between the sessions does not count")
    #expect(log.last("evaluate/loss") == 7)
    try logger.rewind(toStep: 0)
    #expect(try MetricsLog(reading: file).rows.isEmpty)
  }

  @Test func aBrokenLineInTheMiddleIsAnError() throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    let lines = ["{\"step\": 1, \"time\": 1}", "oops", "{\"step\": 2, \"time\": 1}"]
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file)
    let error = #expect(throws: MetricsError.self) { try MetricsLog(reading: file) }
    #expect(
      error?.description == """
        malformed line in '\(file.path)', line 2: expected an object with "step" and "time", got 'oops'. \
        Delete the line to read the rest.
        """)
    #expect(throws: MetricsError.self) { try MetricsLogger(file) }
    #expect(try String(contentsOf: file, encoding: .utf8).contains("oops"), "a refused file stays as it was")
  }

  @Test(arguments: [
    "{\"step\": 1}", "[1]", "{\"step\": \"x\", \"time\": 1}", "{\"step\": 1, \"time\": 1, \"a\": [1]}", "\u{FF}",
  ])
  func hostileLines(line: String) throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    try Data("\(line)\n{\"step\": 2, \"time\": 1}\n".utf8).write(to: file)
    #expect(throws: MetricsError.self) { try MetricsLog(reading: file) }
  }

  @Test func linesOfAKilledProcessSurvive() throws {
    // Another descriptor sees each line at once: nothing waits in a buffer of the process.
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    let logger = try MetricsLogger(file)
    for step in 1...50 {
      try logger.log(step: step, ["a/b": 1])
      #expect(try MetricsLog(reading: file).rows.count == step)
    }
  }

  @Test func manyThreadsWriteWholeLines() throws {
    let directory = try TestDirectory()
    let file = directory.file("metrics.jsonl")
    let logger = try MetricsLogger(file)
    DispatchQueue.concurrentPerform(iterations: 200) { index in
      _ = try? logger.log(step: index, ["a/b": Double(index)])
    }
    #expect(Set(try MetricsLog(reading: file).rows.map(\.step)) == Set(0..<200))
  }
}
