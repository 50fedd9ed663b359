// What people see: lines, the progress bar, and Ctrl-C.

import Foundation
import Lab
import Logging
import Testing

@Suite struct ConsoleTests {
  @Test func linesAndLevels() {
    let buffer = TextBuffer()
    let clock = FakeClock()
    let log = Console(output: buffer.output(), time: clock.source).logger(label: "x")
    log.debug("hidden")
    log.info("shown", metadata: ["key": "value"])
    clock.advance(61)
    log.warning("careful")
    #expect(buffer.text == "08:15:00 shown key=value\n08:16:01 warning: careful\n")
  }

  @Test func quietShowsWarningsOnly() {
    let buffer = TextBuffer()
    let log = Console(output: buffer.output(), shownLevel: .warning, time: FakeClock().source).logger(label: "x")
    log.info("hidden")
    log.error("shown")
    #expect(buffer.text == "08:15:00 error: shown\n")
  }

  @Test func handlersAreValues() {
    let buffer = TextBuffer()
    var first = Console(output: buffer.output(), time: FakeClock().source).logger(label: "x")
    var second = first
    first[metadataKey: "only"] = "first"
    second.logLevel = .error
    first.info("a")
    second.info("hidden")
    #expect(buffer.text == "08:15:00 a only=first\n")
  }

  @Test func linesStayAboveTheStatusLine() {
    let buffer = TextBuffer()
    let console = Console(output: buffer.output(isTerminal: true, columns: 20), time: FakeClock().source)
    console.setStatus("working")
    console.show("news")
    console.setStatus("working")
    console.setStatus("a status line that is too long")
    console.setStatus("")
    console.show("end")
    #expect(
      buffer.text
        == "\r\u{1B}[2Kworking\r\u{1B}[2Knews\nworking\r\u{1B}[2Ka status line that \r\u{1B}[2Kend\n")
  }

  @Test func aFullDiskUnderTheLogIsReportedOnce() throws {
    let buffer = TextBuffer()
    let console = Console(output: buffer.output(), time: FakeClock().source)
    try console.appendLines(to: URL(fileURLWithPath: "/dev/full"))
    let log = console.logger(label: "x")
    log.info("one")
    log.info("two")
    let lines = buffer.text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0].hasPrefix("warning: cannot write '/dev/full'"))
  }
}

@Suite struct ProgressBarTests {
  private func bar(_ buffer: TextBuffer, _ clock: FakeClock, terminal columns: Int?, total: Int = 1000) -> ProgressBar {
    let output = buffer.output(isTerminal: columns != nil, columns: columns ?? 80)
    let console = Console(output: output, time: clock.source)
    return ProgressBar("train", total: total, unit: "tokens", console: console, log: console.logger(label: "x"))
  }

  @Test func terminalLine() {
    let (buffer, clock) = (TextBuffer(), FakeClock())
    var bar = bar(buffer, clock, terminal: 100)
    clock.advance(10)
    bar.update(done: 250, amount: 512_000, metrics: [.init("loss", 3.21456)])
    #expect(
      buffer.text
        == "\r\u{1B}[2Ktrain ███████░░░░░░░░░░░░░░░░░░░░░░░ 250/1000 25% · 51.2k tokens/s · ETA 0:30 · loss 3.21")
  }

  @Test func narrowTerminalsLoseTheBarFirst() {
    let (buffer, clock) = (TextBuffer(), FakeClock())
    var bar = bar(buffer, clock, terminal: 60)
    clock.advance(1)
    bar.update(done: 500, amount: 100)
    #expect(buffer.text.contains("train ███████░░░░░░░ 500/1000 50% · 100 tokens/s · ETA 0:01"))
    var tiny = self.bar(buffer, clock, terminal: 30)
    clock.advance(1)
    tiny.update(done: 500, amount: 100)
    #expect(buffer.text.hasSuffix("train 500/1000 50% · 100 token"[...].prefix(29)))
  }

  @Test func terminalsAreRedrawnAtMostTenTimesASecond() {
    let (buffer, clock) = (TextBuffer(), FakeClock())
    var bar = bar(buffer, clock, terminal: 100)
    for step in 1...100 {
      clock.advance(0.01)
      bar.update(done: step, amount: Double(step))
    }
    #expect((8...11).contains(buffer.text.components(separatedBy: "\r").count - 1))
  }

  @Test func withoutATerminalALineComesEveryHalfMinute() {
    let (buffer, clock) = (TextBuffer(), FakeClock())
    var bar = bar(buffer, clock, terminal: nil, total: 100)
    for step in 1...100 {
      clock.advance(1)
      bar.update(done: step, amount: Double(step) * 1000, metrics: [.init("loss", 1)])
    }
    bar.finish()
    #expect(
      buffer.text == """
        08:15:01 train 1/100 (1%), 1.00k tokens/s, ETA 1:39, loss 1.00
        08:15:31 train 31/100 (31%), 1.00k tokens/s, ETA 1:09, loss 1.00
        08:16:01 train 61/100 (61%), 1.00k tokens/s, ETA 0:39, loss 1.00
        08:16:31 train 91/100 (91%), 1.00k tokens/s, ETA 0:09, loss 1.00
        08:16:40 train 100/100 (100%), 1.00k tokens/s, loss 1.00

        """)
  }

  @Test func theRateFollowsTheLastHalfMinute() {
    let (buffer, clock) = (TextBuffer(), FakeClock())
    var bar = bar(buffer, clock, terminal: nil)
    for step in 1...100 {
      clock.advance(10)
      bar.update(done: step, amount: Double(step))
    }
    for step in 101...300 {
      clock.advance(0.5)
      bar.update(done: step, amount: Double(step))
    }
    #expect(buffer.text.split(separator: "\n").last?.contains("2.00 tokens/s, ETA") == true)
  }

  @Test func resumedLoopsDoNotCountEarlierSteps() {
    let (buffer, clock) = (TextBuffer(), FakeClock())
    let console = Console(output: buffer.output(), time: clock.source)
    var bar = ProgressBar(
      "train", total: 1000, startingAt: 900, unit: "tokens", console: console, log: console.logger(label: "x"))
    clock.advance(10)
    bar.update(done: 910, amount: 10)
    #expect(buffer.text.contains("train 910/1000 (91%), 1.00 tokens/s, ETA 1:30"))
  }

  @Test(arguments: [
    (0.0, "0.00"), (0.12345, "0.123"), (0.05, "0.0500"), (0.0012345, "0.00123"), (0.00001234, "1.23e-05"), (1, "1.00"),
    (12.34, "12.3"),
    (999.4, "999"), (1234, "1.23k"), (999_700, "1.00M"), (4_560_000, "4.56M"), (7.8e9, "7.80G"),
  ]) func quantities(value: Double, text: String) {
    #expect(ProgressBar.quantity(value) == text)
  }

  @Test(arguments: [
    (0.0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (750, "12:30"), (11100, "3:05:00"), (187_200, "2d 4h"),
    (.infinity, "?"),
  ]) func durations(seconds: Double, text: String) {
    #expect(ProgressBar.duration(seconds: seconds) == text)
  }
}

@Suite(.serialized) struct InterruptTests {
  private func wait(_ condition: () -> Bool) async throws {
    for _ in 0..<500 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
  }

  @Test func theFirstSignalAsksTheSecondEnds() async throws {
    let buffer = TextBuffer()
    let interrupt = Interrupt()
    interrupt.install(
      signals: [SIGUSR1], onFirst: { buffer.output().write("first ") },
      onSecond: { buffer.output().write("second \($0) ") })
    #expect(!interrupt.isRequested)
    kill(getpid(), SIGUSR1)
    try await wait { interrupt.isRequested && !buffer.text.isEmpty }
    #expect(interrupt.isRequested)
    #expect(buffer.text == "first ")
    kill(getpid(), SIGUSR1)
    try await wait { buffer.text.contains("second") }
    #expect(buffer.text == "first second \(SIGUSR1) ")
    interrupt.remove()
  }

  @Test func removingGivesTheSignalBack() {
    let interrupt = Interrupt()
    interrupt.install(signals: [SIGUSR2])
    interrupt.remove()
    var action = sigaction()
    sigaction(SIGUSR2, nil, &action)
    #expect(action.__sigaction_handler.sa_handler == nil)
  }

  @Test func aRequestByHand() {
    let interrupt = Interrupt()
    interrupt.request()
    #expect(interrupt.isRequested)
  }
}
