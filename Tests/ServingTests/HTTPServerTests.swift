// Requests and answers over real sockets: what is served, what is refused, and what happens to those who go away.
// Not here: limits of time (HTTPServerLimitTests.swift).
import Serving
import Synchronization
import TestSupport
import Testing

@Suite struct HTTPServerTests {
  @Test func answersWithWhatTheHandlerSays() async throws {
    try await withServer(handler: echo) { _, port in
      let answer = try await rawRequest("POST", "/a/b?c=d", body: "hällo", port: port)
      #expect(answer.status == 200)
      #expect(answer.body == "POST /a/b hällo")
      #expect(answer.head.contains("content-type: text/plain"))
      #expect(try await rawRequest("GET", "/", port: port).body == "GET / ")
    }
  }

  @Test func keepsConnectionsAndAnswersInOrder() async throws {
    try await withServer(handler: echo) { server, port in
      let client = try RawClient(port: port)
      // Two requests at once, then a third on the same connection.
      await client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
      let both = await client.read { $0.contains("GET /2 ") }
      #expect(both.body.contains("GET /1 "))
      #expect(server.connectionCount == 1)
      await client.send("GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let third = await client.read()
      #expect(third.body == "GET /3 " && third.head.contains("connection: close"))
    }
  }

  @Test func sendsPiecesAsChunksAndHeadsWithoutBodies() async throws {
    let handler: HTTPServer.Handler = { _ in
      let (pieces, output) = AsyncStream.makeStream(of: [UInt8].self)
      for piece in ["one ", "two ", "three"] { output.yield(Array(piece.utf8)) }
      output.finish()
      return ServerResponse(contentType: "text/event-stream", body: .pieces(pieces))
    }
    try await withServer(handler: handler) { _, port in
      let answer = try await rawRequest("GET", "/", port: port)
      #expect(answer.body == "one two three" && answer.head.contains("transfer-encoding: chunked"))
      let head = try await rawRequest("HEAD", "/", port: port)
      #expect(head.status == 200 && !head.body.contains("one"))
    }
  }

  @Test(arguments: ["garbage\r\n\r\n", "GET\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"])
  func refusesWhatIsNoHTTP(bytes: String) async throws {
    try await withServer(handler: echo) { _, port in
      let client = try RawClient(port: port)
      await client.send(bytes)
      let answer = await client.read()
      #expect(answer.status == 400 || answer.status == 413 || answer.status == 0, "\(answer)")
      // And goes on with others.
      #expect(try await rawRequest("GET", "/", port: port).status == 200)
    }
  }

  @Test func refusesBodiesAboveTheLimit() async throws {
    try await withServer(ServerConfig(bodyLimit: 10), handler: echo) { _, port in
      #expect(try await rawRequest("POST", "/", body: "0123456789", port: port).status == 200)
      let announced = try await rawRequest("POST", "/", body: "0123456789a", port: port)
      #expect(announced.status == 413 && announced.body.contains("\"request_too_large\""))
      let client = try RawClient(port: port)
      await client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n012345\r\n")
      let chunked = await client.read()
      #expect(chunked.status == 413 && chunked.head.contains("connection: close"))
    }
  }

  /// A client that sends all of it before it reads is told as well.
  @Test func drainsWhatItRefuses() async throws {
    try await withServer(ServerConfig(bodyLimit: 10), handler: echo) { server, port in
      let answer = try await rawRequest("POST", "/", body: String(repeating: "x", count: 8 << 20), port: port)
      #expect(answer.status == 413)
      #expect(await eventually { server.connectionCount == 0 })
    }
  }

  @Test func clientsOfTheOldProtocolGetNoChunks() async throws {
    let handler: HTTPServer.Handler = { _ in
      let (pieces, output) = AsyncStream.makeStream(of: [UInt8].self)
      for piece in ["one ", "two"] { output.yield(Array(piece.utf8)) }
      output.finish()
      return ServerResponse(body: .pieces(pieces))
    }
    try await withServer(handler: handler) { _, port in
      let client = try RawClient(port: port)
      await client.send("GET / HTTP/1.0\r\n\r\n")
      let answer = await client.read()
      #expect(answer.status == 200 && answer.body == "one two" && !answer.head.contains("chunked"))
    }
  }

  @Test func tellsClientsThatWaitToGoOn() async throws {
    try await withServer(ServerConfig(bodyLimit: 10), handler: echo) { _, port in
      func expecting(_ length: Int) async throws -> RawAnswer {
        let client = try RawClient(port: port)
        await client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: \(length)\r\n\r\n")
        return await client.read { $0.contains("\r\n\r\n") }
      }
      let (fitting, larger) = (try await expecting(10), try await expecting(11))
      #expect(fitting.status == 100 && larger.status == 413)
    }
  }

  @Test(arguments: [
    ("", 401), ("Authorization: Bearer secret", 200), ("Authorization: Bearer secre", 401),
    ("Authorization: Bearer secret1", 401), ("Authorization: secret", 401), ("Authorization: bearer", 401),
    ("authorization: Bearer secret", 200),
  ]) func asksForTheToken(header: String, status: Int) async throws {
    try await withServer(ServerConfig(token: "secret"), handler: echo) { _, port in
      let answer = try await rawRequest("GET", "/", headers: header.isEmpty ? [] : [header], port: port)
      #expect(answer.status == status)
      if status == 401 {
        #expect(answer.head.contains("www-authenticate: bearer") && answer.body.contains("\"invalid_api_key\""))
        #expect(!answer.body.contains("secret"))
      }
    }
  }

  @Test func aClientThatGoesAwayCancelsItsHandler() async throws {
    let (begun, ended) = (Flag(), Flag())
    let handler: HTTPServer.Handler = { _ in
      begun.raise()
      while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
      ended.raise()
      return ServerResponse(body: .whole([]))
    }
    try await withServer(handler: handler) { server, port in
      let client = try RawClient(port: port)
      await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await eventually { begun.isRaised })
      client.close()
      #expect(await eventually { ended.isRaised && server.connectionCount == 0 })
    }
  }

  @Test func aClientThatGoesAwayEndsItsStream() async throws {
    let ended = Flag()
    let handler: HTTPServer.Handler = { _ in
      let (pieces, output) = AsyncStream.makeStream(of: [UInt8].self)
      output.onTermination = { _ in ended.raise() }
      output.yield(Array("first".utf8))
      return ServerResponse(body: .pieces(pieces))
    }
    try await withServer(handler: handler) { _, port in
      let client = try RawClient(port: port)
      await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = await client.read { $0.contains("first") }
      #expect(!ended.isRaised)
      client.close()
      // No further piece is ever written: the end of the connection itself has to be noticed.
      #expect(await eventually { ended.isRaised })
    }
  }

  @Test func aPortInUseIsAnError() async throws {
    try await withServer(handler: echo) { _, port in
      let error = try #require(
        await #expect(throws: ServerError.self) {
          try await HTTPServer(ServerConfig(port: port), handler: echo).run()
        })
      #expect("\(error)".contains("127.0.0.1:\(port)"))
    }
  }
}

/// Something that happens once.
final class Flag: Sendable {
  private let value = Atomic(false)
  func raise() { value.store(true, ordering: .releasing) }
  var isRaised: Bool { value.load(ordering: .acquiring) }
}
