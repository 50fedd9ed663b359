// What a client makes of servers on bad days: which failures it outlasts, which it reports, and how soon.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("Failures of servers")
struct ServerFailureTests {
  /// A client that jumps over its waits.
  private static func model(
    _ server: ScriptedServer, counters: ChatCounters = ChatCounters(), time: JumpingClock = JumpingClock(),
    _ change: (inout ChatEndpoint) -> Void = { _ in }
  ) throws -> OpenAIChatModel {
    let endpoint = endpoint(server) {
      $0.retry = RetryPolicy(attempts: 4, totalSeconds: 600, firstWaitSeconds: 1, longestWaitSeconds: 8)
      change(&$0)
    }
    return try OpenAIChatModel(endpoint, counters: counters, clock: time.clock, jitterSeed: 1)
  }

  @Test("busy and failing servers are asked again", arguments: [408, 409, 425, 429, 500, 502, 503, 504, 529])
  func retriedStatus(code: Int) async throws {
    let server = try ScriptedServer([.status(code), .status(code), .completion("late")])
    let (counters, time) = (ChatCounters(), JumpingClock())
    let reply = try await Self.model(server, counters: counters, time: time).reply(to: request())
    #expect(reply.text == "late" && reply.attempts == 3)
    #expect(time.waits.count == 2 && time.waits[0] <= 1 && time.waits[1] <= 2)
    #expect(counters.snapshot.total.retries == ["status \(code)": 2])
    #expect(counters.snapshot.total.attempts == 3)
  }

  @Test("a refusal is final", arguments: [400, 401, 402, 403, 404, 413, 422])
  func finalStatus(code: Int) async throws {
    let server = try ScriptedServer([.status(code, "no\nway \u{1B}[31m")])
    let result = await outcome(try Self.model(server))
    let label = "127.0.0.1:\(server.port)"
    #expect(result == .failure(.status(server: label, code: code, body: "no way [31m")))
    #expect(server.requests.count == 1)
  }

  @Test("a 401 that asks for a password is a refusal too")
  func challenge() async throws {
    let server = try ScriptedServer([.status(401, "who?", headers: ["WWW-Authenticate": "Basic realm=\"x\""])])
    guard case .failure(.status(_, 401, _)) = await outcome(try Self.model(server)) else {
      Issue.record("expected status 401")
      return
    }
    #expect(server.requests.count == 1)
  }

  @Test("the server says when to come back: in seconds, or as a date")
  func retryAfter() async throws {
    let date = "Mon, 30 Nov 2026 08:15:20 GMT"
    let server = try ScriptedServer([
      .status(429, headers: ["Retry-After": "7"]), .status(503, headers: ["Retry-After": date]), .completion("ok"),
    ])
    let time = JumpingClock()
    let reply = try await Self.model(server, time: time).reply(to: request())
    #expect(reply.attempts == 3)
    try #require(time.waits.count == 2)
    #expect((7...8).contains(time.waits[0]))
    // 20 s after the start of the clock, of which the first wait took its part.
    let left = 20 - time.waits[0]
    #expect((left...(left + 1)).contains(time.waits[1]))
  }

  @Test("a server that asks for more time than there is ends the call at once")
  func patienceIsBounded() async throws {
    let server = try ScriptedServer([.status(429, headers: ["Retry-After": "86400"])])
    let time = JumpingClock()
    guard case .failure(.exhausted(_, 1, _, let last)) = await outcome(try Self.model(server, time: time)) else {
      Issue.record("expected an exhausted budget")
      return
    }
    #expect(time.waits.isEmpty && last.contains("429"))
  }

  @Test("the budget ends the tries, and the error tells the last failure")
  func attemptsAreBounded() async throws {
    let server = try ScriptedServer([.status(500, "out of order")])
    guard case .failure(.exhausted(_, 4, let seconds, let last)) = await outcome(try Self.model(server)) else {
      Issue.record("expected an exhausted budget")
      return
    }
    #expect(server.requests.count == 4 && seconds <= 1 + 2 + 4 && last.contains("out of order"))
  }

  @Test("a broken connection is tried again, wherever it breaks", arguments: [0, 9, 40, 100, 200], [false, true])
  func disconnects(count: Int, reset: Bool) async throws {
    let good = ScriptedAnswer.completion("whole")
    let server = try ScriptedServer([good.cut(after: count, reset: reset), good])
    let counters = ChatCounters()
    let reply = try await Self.model(server, counters: counters).reply(to: request())
    #expect(reply.text == "whole")
    #expect(counters.snapshot.total.retries.keys.allSatisfy { $0 == "transport" }, "\(counters.snapshot)")
    #expect(server.requests.count == 2)
  }

  private static let malformed: [(String, ScriptedAnswer)] = [
    ("truncated JSON", .json(String(ScriptedAnswer.completionText("x").dropLast(9)))),
    ("no JSON", .json("<html>")),
    ("no object", .json("[1]")),
    ("wrong type", .http(200, ["Content-Type": "text/html"], body: Array(ScriptedAnswer.completionText("x").utf8))),
    ("no choices", .json(#"{"choices":[]}"#)),
    ("choices missing", .json(#"{"id":"1"}"#)),
    ("no message", .json(#"{"choices":[{}]}"#)),
    ("no content", .json(#"{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}"#)),
    ("empty body", .json("")),
    ("no body", .http(204, body: [])),
    ("invalid UTF-8", .http(200, ["Content-Type": "application/json"], body: [0x22, 0xFF, 0xFE, 0x22])),
    ("deep nesting", .json(String(repeating: "[", count: 100_000))),
    ("error in an answer", .json(#"{"error":{"message":"overloaded"}}"#)),
    ("stream without an end", .events([#"{"choices":[{"delta":{"content":"a"}}]}"#])),
    ("stream of garbage", .events(["{", "[DONE]"])),
    ("empty stream", .events(["[DONE]"])),
  ]

  @Test("an answer that is no completion is tried again, and named in the end", arguments: malformed.map(\.0))
  func malformedAnswers(name: String) async throws {
    let answer = try #require(Self.malformed.first { $0.0 == name }).1
    let counters = ChatCounters()
    let server = try ScriptedServer([answer, .completion("fine")])
    #expect(try await Self.model(server, counters: counters).reply(to: request()).text == "fine")
    #expect(counters.snapshot.total.retries == ["malformed": 1])
    let alone = try ScriptedServer([answer])
    guard case .failure(.exhausted(_, 2, _, let last)) = await outcome(try Self.model(alone) { $0.retry.attempts = 2 })
    else {
      Issue.record("expected an exhausted budget")
      return
    }
    #expect(last.hasPrefix("unusable answer"), "\(last)")
  }

  @Test("an error with a code inside of a good answer counts as that status")
  func errorInAnswer() async throws {
    let server = try ScriptedServer([
      .json(#"{"error":{"message":"slow down","code":429}}"#), .json(#"{"error":{"message":"no","code":402}}"#),
    ])
    let result = await outcome(try Self.model(server))
    #expect(result == .failure(.status(server: "127.0.0.1:\(server.port)", code: 402, body: "no")))
    #expect(server.requests.count == 2)
  }

  @Test("an endless answer is cut off, and costs no more tries than the budget has")
  func hugeAnswer() async throws {
    let server = try ScriptedServer([.completion(String(repeating: "x", count: 10 << 20))])
    let counters = ChatCounters()
    let model = try Self.model(server, counters: counters) { $0.retry.attempts = 2 }
    guard case .failure(.exhausted(_, 2, _, let last)) = await outcome(model) else {
      Issue.record("expected an exhausted budget")
      return
    }
    #expect(last.contains("at most \(4 << 20) bytes") && server.requests.count == 2)
  }

  @Test("a text beyond its limit is refused", arguments: [false, true])
  func longText(stream: Bool) async throws {
    let server = try ScriptedServer { _, number in
      .completion(String(repeating: "ü", count: number == 0 ? 501 : 500), stream: stream)
    }
    let model = try Self.model(server) { $0.textByteLimit = 1000 }
    #expect(try await model.reply(to: request()).attempts == 2)
  }

  @Test("a server that stalls is left when its time is over")
  func stalls() async throws {
    let slow: [(ScriptedAnswer, Double)] = [
      (ScriptedAnswer([.hang]), 0.05),
      (ScriptedAnswer.completion("x").dripping(seconds: 0.02), 0.05),
      (
        ScriptedAnswer([
          .send(ScriptedAnswer.streamHead), .drip(ScriptedAnswer.chunk(Array("data: x".utf8)), size: 1, seconds: 0.05),
        ]), 0.2
      ),
      (ScriptedAnswer([.send(Array("HTTP/1.1 200 OK\r\n".utf8)), .hang]), 0.05),
      (ScriptedAnswer([.send(ScriptedAnswer.streamHead), .hang]), 0.2),
    ]
    for (answer, seconds) in slow {
      let server = try ScriptedServer([answer])
      let model = try Self.model(server) {
        $0.retry.attempts = 1
        $0.timeouts = ChatTimeouts(connectSeconds: 5, firstByteSeconds: 0.05, totalSeconds: 0.2)
      }
      guard case .failure(.exhausted(_, 1, _, let last)) = await outcome(model) else {
        Issue.record("expected an exhausted budget")
        continue
      }
      #expect(last.contains("waited \(seconds) s"), "\(last)")
    }
  }

  @Test("a slow answer within its time is a good answer", arguments: [false, true])
  func slowButGood(stream: Bool) async throws {
    let server = try ScriptedServer([.completion("patience", stream: stream).dripping(size: 7, seconds: 0.0005)])
    #expect(try await Self.model(server).reply(to: request()).text == "patience")
  }

  @Test("nobody listens")
  func refused() async throws {
    let server = try ScriptedServer([.completion("x")])
    let model = try Self.model(server)
    server.stop()
    guard case .failure(.exhausted(_, 4, _, let last)) = await outcome(model) else {
      Issue.record("expected an exhausted budget")
      return
    }
    #expect(last.hasPrefix("no connection"), "\(last)")
  }

  @Test("a stream that says that it is done is done, even if the connection stays open")
  func streamLeftOpen() async throws {
    let body = Array(ScriptedAnswer.eventText(ScriptedAnswer.completionEvents("done")).utf8)
    let server = try ScriptedServer([
      ScriptedAnswer([.send(ScriptedAnswer.streamHead), .send(ScriptedAnswer.chunk(body)), .hang])
    ])
    #expect(try await Self.model(server) { $0.stream = true }.reply(to: request()).text == "done")
  }

  @Test("redirects are not followed, and the key stays", arguments: [301, 302, 303, 307, 308])
  func redirects(code: Int) async throws {
    let other = try ScriptedServer([.completion("caught")])
    let server = try ScriptedServer([
      .status(code, headers: ["Location": "http://localhost:\(other.port)/v1/chat/completions"])
    ])
    let key = try ChatKey("sk-secret-0123456789", place: "test")
    let result = await outcome(try OpenAIChatModel(endpoint(server), key: key))
    guard case .failure(.status(_, code, let body)) = result else {
      Issue.record("expected status \(code), got \(result)")
      return
    }
    #expect(body.contains("'localhost'") && body.contains("baseURL"))
    #expect(other.requests.isEmpty && server.requests.count == 1)
  }
}
