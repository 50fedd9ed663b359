// A server for the length of a test.
// Not here: its clients (RawClient.swift, Chat), what is tested.
public import Serving

/// Why a test has no server.
public enum RunningServerError: Error {
  /// It ended before it listened.
  case didNotStart
  /// So many connections were left when it had ended.
  case leftConnections(Int)
}

/// Serves on a free port while `body` runs, then stops and waits for the end.
///
/// - Throws: what `body` throws, ``RunningServerError``, `ServerError`.
public func withServer<Value: Sendable>(
  _ config: ServerConfig = ServerConfig(), handler: @escaping HTTPServer.Handler,
  _ body: @escaping @Sendable (_ server: HTTPServer, _ port: Int) async throws -> Value
) async throws -> Value {
  var config = config
  config.port = 0
  let server = HTTPServer(config, handler: handler)
  let (ports, ready) = AsyncStream.makeStream(of: Int.self)
  return try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask {
      defer { ready.finish() }
      try await server.run { ready.yield($0) }
    }
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else {
      try await tasks.waitForAll()
      throw RunningServerError.didNotStart
    }
    let result: Result<Value, any Error>
    do { result = .success(try await body(server, port)) } catch { result = .failure(error) }
    server.stop()
    try await tasks.waitForAll()
    let value = try result.get()
    guard server.connectionCount == 0 else { throw RunningServerError.leftConnections(server.connectionCount) }
    return value
  }
}

/// Answers with what was asked.
@Sendable public func echo(_ request: ServerRequest) async -> ServerResponse {
  let text = "\(request.method) \(request.path) \(String(decoding: request.body, as: UTF8.self))"
  return ServerResponse(contentType: "text/plain", body: .whole(Array(text.utf8)))
}
