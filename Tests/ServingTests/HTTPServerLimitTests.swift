// Slow clients, too many clients, and the end of the server: nothing waits for ever, and what is being answered is
// answered. Not here: requests and answers as such (HTTPServerTests.swift).
import Serving
import TestSupport
import Testing

@Suite struct HTTPServerLimitTests {
  @Test(arguments: ["G", "GET / HTTP/1.1\r\nHost: x\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"])
  func requestsThatNeverEndAreCutOff(bytes: String) async throws {
    try await withServer(ServerConfig(idleSeconds: 60, transferSeconds: 0.05), handler: echo) { server, port in
      let client = try RawClient(port: port)
      await client.send(bytes)
      #expect(await client.isEnded())
      #expect(await eventually { server.connectionCount == 0 })
    }
  }

  @Test func idleConnectionsAreClosed() async throws {
    try await withServer(ServerConfig(idleSeconds: 0.05, transferSeconds: 60), handler: echo) { _, port in
      let silent = try RawClient(port: port)
      #expect(await silent.isEnded())
      let served = try RawClient(port: port)
      await served.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await served.read().body == "GET /1 ")
    }
  }

  @Test func answersMayTakeLongerThanConnectionsMayIdle() async throws {
    let handler: HTTPServer.Handler = { request in
      try? await Task.sleep(for: .milliseconds(200))
      return await echo(request)
    }
    try await withServer(ServerConfig(idleSeconds: 0.03, transferSeconds: 0.03), handler: handler) { _, port in
      let answer = try await rawRequest("GET", "/", port: port)
      #expect(answer.status == 200)
    }
  }

  @Test func clientsThatDoNotReadAreCutOff() async throws {
    let ended = Flag()
    let handler: HTTPServer.Handler = { _ in
      let (pieces, output) = AsyncStream.makeStream(of: [UInt8].self)
      output.onTermination = { _ in ended.raise() }
      // More than all buffers on the way hold.
      for _ in 0..<512 { output.yield(Array(repeating: 0x61, count: 1 << 16)) }
      return ServerResponse(body: .pieces(pieces))
    }
    try await withServer(ServerConfig(transferSeconds: 0.05), handler: handler) { server, port in
      let client = try RawClient(port: port)
      await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await eventually { ended.isRaised && server.connectionCount == 0 })
    }
  }

  @Test func oneConnectionTooManyIsToldSo() async throws {
    try await withServer(ServerConfig(connectionLimit: 2), handler: echo) { server, port in
      let first = try RawClient(port: port), second = try RawClient(port: port)
      #expect(await eventually { server.connectionCount == 2 })
      let third = try await rawRequest("GET", "/", port: port)
      #expect(third.status == 503 && third.body.contains("\"too_many_connections\""))
      first.close()
      #expect(await eventually { server.connectionCount == 1 })
      #expect(try await rawRequest("GET", "/", port: port).status == 200)
      second.close()
    }
  }

  @Test func aServerThatStopsEndsWhatItBegan() async throws {
    let (begun, mayEnd) = (Flag(), Flag())
    let handler: HTTPServer.Handler = { request in
      begun.raise()
      _ = await eventually { mayEnd.isRaised }
      return await echo(request)
    }
    try await withServer(handler: handler) { server, port in
      let idle = try RawClient(port: port), busy = try RawClient(port: port)
      await busy.send("GET /last HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await eventually { begun.isRaised && server.connectionCount == 2 })
      server.stop()
      #expect(await idle.isEnded(), "an idle connection holds nothing up")
      mayEnd.raise()
      let answer = await busy.read()
      #expect(answer.body == "GET /last " && answer.head.contains("connection: close"))
      await #expect(throws: (any Error).self) { try await rawRequest("GET", "/", port: port) }
    }
  }

  @Test func graceEnds() async throws {
    let handler: HTTPServer.Handler = { request in
      while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
      return await echo(request)
    }
    try await withServer(ServerConfig(graceSeconds: 0.05), handler: handler) { server, port in
      let client = try RawClient(port: port)
      await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await eventually { server.connectionCount == 1 })
      server.stop()
      #expect(await client.isEnded())
    }
  }

  @Test func aServerStoppedBeforeItStartsEnds() async throws {
    let server = HTTPServer(ServerConfig(port: 0), handler: echo)
    server.stop()
    try await server.run()
  }
}
