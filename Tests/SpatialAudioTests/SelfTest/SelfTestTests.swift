// The simulator's own checks hold, and their report shows each figure.
// Not here: check 13, whose datasets take longest; Dataset has the same in small.

import Foundation
import Lab
import SpatialAudio
import Testing

@Suite("Self-test")
struct SelfTestTests {
  static let checks = SelfTest.checks(scratch: FileManager.default.temporaryDirectory.appending(path: "self-test"))

  @Test("checks 1 to 12 pass", arguments: 1...12)
  func passes(number: Int) throws {
    let check = try #require(Self.checks.first { $0.number == number })
    let result = try check.run()
    #expect(result.passed, "\(result.title): \(result.figures.filter { !$0.holds })")
  }

  @Test("there are thirteen, in order")
  func order() { #expect(Self.checks.map(\.number) == Array(1...13)) }

  @Test("a check without figures, or with one that does not hold, has not passed")
  func failing() throws {
    var result = try #require(Self.checks.first).run()
    #expect(result.passed)
    result.figures[0].holds = false
    #expect(!result.passed)
    let report = SelfTest.report([result])
    #expect(report.title == "Self-test: 0 of 1")
    result.figures = []
    #expect(!result.passed)
  }
}
