// Waits between tries, and dates of HTTP.

import Chat
import Foundation
import Lab
import TestSupport
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
  private static let policy = RetryPolicy(
    attempts: 6, totalSeconds: 100, firstWaitSeconds: 0.5, longestWaitSeconds: 3)

  @Test("waits fill the whole range up to a bound that doubles until the longest")
  func bounds() {
    var random = SplitMix64(seed: 5)
    for (failures, bound) in [(1, 0.5), (2, 1), (3, 2), (4, 3), (5, 3), (90, 3)] {
      let waits = (0..<400).map { _ in Self.policy.wait(afterFailures: failures, asked: 0, using: &random) }
      #expect(waits.allSatisfy { (0...bound).contains($0) })
      #expect(waits.min() ?? bound < 0.05 * bound && waits.max() ?? 0 > 0.95 * bound, "failures \(failures)")
    }
  }

  @Test("a server that asks for time gets it, and jitter on top; equal seeds give equal waits")
  func asked() {
    var (first, second) = (SplitMix64(seed: 5), SplitMix64(seed: 5))
    for _ in 0..<50 {
      let wait = Self.policy.wait(afterFailures: 1, asked: 40, using: &first)
      #expect((40...40.5).contains(wait))
      #expect(wait == Self.policy.wait(afterFailures: 1, asked: 40, using: &second))
    }
  }

  @Test("what is tried again")
  func kinds() {
    let policy = Self.policy
    #expect(policy.retries(.transport(server: "", reason: "")) && policy.retries(.timeout(server: "", seconds: 1)))
    #expect(policy.retries(.malformed(server: "", reason: "")))
    let codes = (100...600).filter { policy.retries(.status(server: "", code: $0, body: "")) }
    #expect(codes == [408, 409, 425, 429] + Array(500...599))
    for error: ChatError in [
      .cancelled, .notRecorded(purpose: "", key: ""), .configuration(place: "", reason: ""),
      .storage(path: "", reason: ""), .exhausted(server: "", attempts: 1, seconds: 0, last: ""),
    ] {
      #expect(!policy.retries(error))
    }
  }

  @Test(
    "dates in three forms",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777.0), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
      ("Sun Nov  6 08:49:37 1994", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Tue, 29 Feb 2028 23:59:60 GMT", 1_835_481_600),
    ])
  func dates(text: String, seconds: Double) {
    #expect(RetryAfter.date(text)?.timeIntervalSince1970 == seconds)
  }

  @Test(
    "texts that are no date and no number ask for nothing",
    arguments: [
      "", "soon", "-5", "1e3", "nan", "inf", "0x10", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 25:49:37 GMT",
      "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT", "Sun Nov 6 1994",
      "Sun, 06 Nov 19940 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "GMT", ", , , , ,", "Sun GMT GMT GMT GMT GMT",
      "9" + String(repeating: "9", count: 400),
    ])
  func noDates(text: String) {
    #expect(RetryAfter.seconds(text, now: Date(timeIntervalSince1970: 0)) == 0)
  }

  @Test("numbers count from now, dates of the past ask for nothing")
  func seconds() {
    let now = Date(timeIntervalSince1970: 784_111_770)
    #expect(RetryAfter.seconds(" 12 ", now: now) == 12)
    #expect(RetryAfter.seconds("1.5", now: now) == 1.5)
    #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:37 GMT", now: now) == 7)
    #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:30 GMT", now: now) == 0)
    #expect(RetryAfter.seconds("Sun, 06 Nov 1993 08:49:30 GMT", now: now) == 0)
  }

  @Test("any text asks for a number of seconds from 0")
  func anyText() {
    forAll(500) { random, seed in
      let characters = Array("Sun, 06-Nov 1994:08 GMT")
      let text = String(
        (0..<Int.random(in: 0...30, using: &random)).map { _ in
          characters.randomElement(using: &random) ?? " "
        })
      let seconds = RetryAfter.seconds(text, now: Date(timeIntervalSince1970: 0))
      #expect(seconds >= 0 && seconds.isFinite, "seed \(seed): \(text)")
    }
  }
}
