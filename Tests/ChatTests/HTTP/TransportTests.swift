// Both ways to a server must do the same, as far as a server without TLS can show it.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("HTTP transports")
struct TransportTests {
  enum Way: String, CaseIterable, Sendable {
    case socket, session

    func transport() -> any HTTPTransport {
      self == .socket ? SocketTransport(connections: 4) : SessionTransport(connections: 4)
    }
  }

  private static let limits = ChatTimeouts(connectSeconds: 5, firstByteSeconds: 5, totalSeconds: 5)

  private static func post(
    _ transport: any HTTPTransport, _ server: ScriptedServer, body: Data = Data("{}".utf8),
    timeouts: ChatTimeouts = limits, byteLimit: Int = 1 << 20
  ) async -> Result<HTTPAnswer, HTTPFailure> {
    guard let url = URL(string: server.baseURL + "/chat/completions") else { return .failure(.broken("no address")) }
    do throws(HTTPFailure) {
      return .success(
        try await transport.post(
          body, to: url, header: ("Authorization", "Bearer k"), timeouts: timeouts, byteLimit: byteLimit))
    } catch {
      return .failure(error)
    }
  }

  @Test("large bodies go up and come down, over one connection", arguments: Way.allCases)
  func large(way: Way) async throws {
    let body = Data((0..<3_000_000).map { UInt8($0 % 251) })
    let server = try ScriptedServer { request, _ in .http(200, ["Content-Type": "x/y"], body: request.body) }
    let transport = way.transport()
    for _ in 0..<3 {
      let answer = try await Self.post(transport, server, body: body, byteLimit: body.count).get()
      #expect(answer.status == 200 && answer.contentType == "x/y" && answer.body == body)
    }
    #expect(server.connections == 1)
    let sent = try #require(server.requests.first)
    #expect(sent.header("Authorization") == "Bearer k" && sent.header("Content-Type") == "application/json")
    #expect(sent.header("Host") == "127.0.0.1:\(server.port)" && sent.path == "/v1/chat/completions")
    #expect(sent.header("Cookie") == nil)
  }

  @Test("statuses, challenges and redirects are answers", arguments: Way.allCases)
  func statuses(way: Way) async throws {
    let server = try ScriptedServer([
      .status(500), .status(401, headers: ["WWW-Authenticate": "Basic realm=\"x\""]),
      .status(401, headers: ["WWW-Authenticate": "Bearer"]), .status(307, headers: ["Location": "http://localhost:1/"]),
      .status(429, headers: ["Retry-After": "7", "Set-Cookie": "a=b"]), .http(204, body: []), .completion("x"),
    ])
    let transport = way.transport()
    var statuses: [Int] = []
    for index in 0..<7 {
      let answer = try await Self.post(transport, server).get()
      statuses.append(answer.status)
      if index == 3 { #expect(answer.redirectHost == "localhost") }
      if index == 4 { #expect(answer.retryAfter == "7") }
    }
    #expect(statuses == [500, 401, 401, 307, 429, 204, 200])
    #expect(server.requests.count == 7 && server.requests.allSatisfy { $0.header("Cookie") == nil })
  }

  @Test("limits of time and size, and ends of connections", arguments: Way.allCases)
  func limits(way: Way) async throws {
    let answers: [ScriptedAnswer] = [
      ScriptedAnswer([.hang]), ScriptedAnswer([.send(ScriptedAnswer.streamHead), .hang]),
      .http(200, body: [UInt8](repeating: 1, count: 2000)), ScriptedAnswer([.close]), ScriptedAnswer([.reset]),
      .completion("x").cut(after: 150), .raw(Array("garbage".utf8)),
    ]
    let server = try ScriptedServer(answers)
    let transport = way.transport()
    var failures: [HTTPFailure] = []
    let short = ChatTimeouts(connectSeconds: 5, firstByteSeconds: 0.05, totalSeconds: 0.1)
    // FoundationNetworking says nothing about some of the ends, and then the limit of time does.
    let medium = ChatTimeouts(connectSeconds: 5, firstByteSeconds: 0.3, totalSeconds: 0.3)
    for index in answers.indices {
      let timeouts = index < 2 ? short : index > 2 && way == .session ? medium : Self.limits
      let result = await Self.post(transport, server, timeouts: timeouts, byteLimit: 1000)
      if case .failure(let failure) = result { failures.append(failure) }
    }
    try #require(failures.count == answers.count)
    #expect(failures[..<3] == [.timeout(0.05), .timeout(0.1), .tooLarge(limit: 1000)])
    for (index, failure) in failures.enumerated().dropFirst(3) {
      switch failure {
      case .broken(let reason): #expect(!reason.isEmpty)
      case .timeout where way == .session: break
      default: Issue.record("expected a broken connection for answer \(index), got \(failure)")
      }
    }
  }

  @Test("nobody there, and cancelling", arguments: Way.allCases)
  func ends(way: Way) async throws {
    let server = try ScriptedServer([ScriptedAnswer([.hang])])
    let transport = way.transport()
    let task = Task { await Self.post(transport, server) }
    #expect(await eventually { server.requests.count == 1 })
    task.cancel()
    #expect(await task.value == .failure(.cancelled))
    server.stop()
    guard case .failure(.broken) = await Self.post(transport, server) else {
      Issue.record("expected no connection")
      return
    }
  }

  @Test("a kept connection that the server ended is replaced without a failure")
  func staleConnection() async throws {
    // The first answer promises to go on, and the server hangs up a moment later.
    let good = ScriptedAnswer.completion("x")
    let server = try ScriptedServer([ScriptedAnswer(good.moves + [.wait(0.002), .close]), good])
    let transport = SocketTransport(connections: 1)
    for _ in 0..<2 {
      let answer = try await Self.post(transport, server).get()
      #expect(answer.status == 200)
      try await Task.sleep(for: .milliseconds(8))
    }
    #expect(server.connections == 2 && server.requests.count == 2)
    // The same while the request is on its way: the server reads it and hangs up without a byte.
    let abrupt = try ScriptedServer([good, ScriptedAnswer([.close]), good])
    for _ in 0..<2 { #expect(try await Self.post(transport, abrupt).get().status == 200) }
    #expect(abrupt.requests.count == 3)
  }
}
