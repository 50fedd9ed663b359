// A small HTTP/1.1 server: whole requests in, answers or streams of pieces out, with limits on everything.
// Not here: what is answered; TLS, which belongs to a proxy in front; time limits (ConnectionGuard.swift).
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Serves requests until it is stopped.
///
/// Each connection is a task, each request is answered before the connection's next one is read. When a client goes
/// away, the task that answers it is cancelled.
public final class HTTPServer: Sendable {
  /// Answers one request. Cancelled when the client goes away.
  public typealias Handler = @Sendable (ServerRequest) async -> ServerResponse

  typealias ResponsePart = HTTPPart<HTTPResponseHead, ByteBuffer>
  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, ResponsePart>
  private typealias Outbound = NIOAsyncChannelOutboundWriter<ResponsePart>

  private struct State {
    var listening: (any Channel)?
    var isStopping = false
    var channels: [ObjectIdentifier: any Channel] = [:]
  }

  private let config: ServerConfig
  private let handler: Handler
  private let state = Mutex(State())

  /// A server that is not started yet.
  public init(_ config: ServerConfig, handler: @escaping Handler) {
    self.config = config
    self.handler = handler
  }

  /// Connections that are open now.
  public var connectionCount: Int { state.withLock { $0.channels.count } }

  /// Listens and serves until ``stop()`` or cancellation. Requests that are being answered then have the time of grace.
  ///
  /// - Parameter ready: told the port once clients can connect.
  /// - Throws: ``ServerError``.
  public func run(ready: @Sendable (Int) -> Void = { _ in }) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let server = try await bind(group)
      let isStopped = state.withLock { state in
        state.listening = server.channel
        return state.isStopping
      }
      if isStopped { server.channel.close(promise: nil) }
      ready(server.channel.localAddress?.port ?? config.port)
      try await withTaskCancellationHandler {
        try await accept(server)
      } onCancel: {
        stop()
      }
      try await group.shutdownGracefully()
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  /// Takes no more connections and requests; closes what is open when the time of grace is over.
  public func stop() {
    let (listening, open) = state.withLock { state in
      state.isStopping = true
      return (state.listening, Array(state.channels.values))
    }
    listening?.close(promise: nil)
    for channel in open {
      channel.pipeline.fireUserInboundEventTriggered(ConnectionGuard.Stopping())
      channel.eventLoop.scheduleTask(in: .milliseconds(Int64(config.graceSeconds * 1000))) {
        channel.close(promise: nil)
      }
    }
  }

  private func bind(_ group: MultiThreadedEventLoopGroup) async throws -> NIOAsyncChannel<Connection, Never> {
    let (idle, transfer) = (config.idleSeconds, config.transferSeconds)
    do {
      return try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
        .bind(host: config.host, port: config.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let limits = ConnectionGuard(idleSeconds: idle, transferSeconds: transfer)
            try pipeline.addHandler(FirstByteWatch(limits))
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(limits)
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      throw ServerError.cannotListen(host: config.host, port: config.port, reason: "\(error)")
    }
  }

  private func accept(_ server: NIOAsyncChannel<Connection, Never>) async throws {
    try await withThrowingDiscardingTaskGroup { tasks in
      try await server.executeThenClose { inbound in
        for try await connection in inbound {
          let (count, isStopping) = open(connection.channel)
          // Connections beyond the limit are told so; far beyond it, that would itself be too much.
          if count > 2 * config.connectionLimit || isStopping {
            connection.channel.close(promise: nil)
          }
          tasks.addTask {
            await self.serve(connection, isOneTooMany: count > self.config.connectionLimit)
            self.closed(connection.channel)
          }
        }
      }
    }
  }

  private func open(_ channel: any Channel) -> (count: Int, isStopping: Bool) {
    state.withLock { state in
      state.channels[ObjectIdentifier(channel)] = channel
      return (state.channels.count, state.isStopping)
    }
  }

  private func closed(_ channel: any Channel) {
    state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
  }

  private var isStopping: Bool { state.withLock { $0.isStopping } }

  // MARK: One connection

  /// One connection from its first request to its end. Errors of a connection end that connection alone.
  private func serve(_ connection: Connection, isOneTooMany: Bool) async {
    try? await connection.executeThenClose { inbound, outbound in
      var parts = inbound.makeAsyncIterator()
      while case .head(let head)? = try await parts.next() {
        if head.headers[canonicalForm: "expect"].contains("100-continue"), isWithinLimit(head) {
          try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
        }
        var body: ByteBuffer? = isWithinLimit(head) ? ByteBuffer() : nil
        reading: while body != nil, let part = try await parts.next() {
          switch part {
          case .body(var piece):
            if (body?.readableBytes ?? 0) + piece.readableBytes > config.bodyLimit { body = nil }
            body?.writeBuffer(&piece)
          case .end: break reading
          case .head: return
          }
        }
        let isWhole = body != nil
        let goesOn = head.isKeepAlive && head.knowsChunks && isWhole && !isOneTooMany && !isStopping
        let bytes = body.map { Array($0.readableBytesView) }
        try await Self.cancelled(byClosing: connection.channel) {
          let response = isOneTooMany ? self.busy : await self.answer(head, body: bytes)
          try await self.send(response, to: head, keepAlive: goesOn && !self.isStopping, outbound)
        }
        if !isWhole { try await drain(&parts) }
        guard goesOn, !isStopping else { return }
      }
    }
  }

  /// Whether the head promises no longer a body than is taken.
  private func isWithinLimit(_ head: HTTPRequestHead) -> Bool {
    guard let length = head.headers.first(name: "content-length") else { return true }
    return Int(length).map { $0 <= config.bodyLimit } ?? false
  }

  /// Reads the rest of a request that was refused: a connection that is closed with bytes unread is reset, and the client
  /// would not see why. Not without end.
  private func drain(_ parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator) async throws {
    var left = max(config.bodyLimit, 1 << 20) * 16
    while left > 0, let part = try await parts.next() {
      switch part {
      case .body(let piece): left -= piece.readableBytes
      case .head, .end: return
      }
    }
  }

  /// Runs `body` in a task that is cancelled when the channel closes.
  private static func cancelled(
    byClosing channel: any Channel, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    let task = Task { try await body() }
    channel.closeFuture.whenComplete { _ in task.cancel() }
    try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private var busy: ServerResponse {
    .failure(
      status: 503, message: "expected at most \(config.connectionLimit) connections, got one more",
      type: "server_error",
      code: "too_many_connections")
  }

  private func answer(_ head: HTTPRequestHead, body: [UInt8]?) async -> ServerResponse {
    guard isAllowed(head) else {
      var response = ServerResponse.failure(
        status: 401, message: "expected 'Authorization: Bearer' with the server's token", type: "authentication_error",
        code: "invalid_api_key")
      response.headers["www-authenticate"] = "Bearer"
      return response
    }
    guard let body else {
      return .failure(
        status: 413, message: "expected a body of at most \(config.bodyLimit) bytes, got a longer one",
        code: "request_too_large")
    }
    let path = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first.map { String($0) }
    return await handler(ServerRequest(method: head.method.rawValue, path: path ?? "/", body: body))
  }

  /// Compares in a time that does not depend on where the token is wrong.
  private func isAllowed(_ head: HTTPRequestHead) -> Bool {
    guard !config.token.isEmpty else { return true }
    let given = Array((head.headers.first(name: "authorization") ?? "").utf8)
    let wanted = Array("Bearer \(config.token)".utf8)
    var difference = given.count ^ wanted.count
    for (index, byte) in wanted.enumerated() { difference |= Int(byte ^ (index < given.count ? given[index] : 0)) }
    return difference == 0
  }

  private func send(
    _ response: ServerResponse, to request: HTTPRequestHead, keepAlive: Bool, _ outbound: Outbound
  ) async throws {
    let isHead = request.method == .HEAD
    var headers = HTTPHeaders(response.headers.map { ($0.key, $0.value) })
    headers.add(name: "content-type", value: response.contentType)
    if !keepAlive { headers.add(name: "connection", value: "close") }
    let status = HTTPResponseStatus(statusCode: response.status)
    let version = request.knowsChunks ? HTTPVersion.http1_1 : .http1_0
    func head() -> ResponsePart { .head(HTTPResponseHead(version: version, status: status, headers: headers)) }
    switch response.body {
    case .whole(let bytes):
      headers.add(name: "content-length", value: "\(bytes.count)")
      try await outbound.write(head())
      if !isHead { try await outbound.write(.body(ByteBuffer(bytes: bytes))) }
    case .pieces(let pieces):
      headers.add(name: "cache-control", value: "no-cache")
      // Clients of HTTP/1.0 know no chunks; for them the end of the connection ends the answer.
      if request.knowsChunks { headers.add(name: "transfer-encoding", value: "chunked") }
      try await outbound.write(head())
      // A write to a client that went away throws; leaving the loop ends the stream, and with it the work behind it.
      for await piece in pieces where !isHead { try await outbound.write(.body(ByteBuffer(bytes: piece))) }
      try Task.checkCancellation()
    }
    try await outbound.write(.end(nil))
  }
}

extension HTTPRequestHead {
  /// Whether the client speaks HTTP/1.1 or later.
  fileprivate var knowsChunks: Bool { (version.major, version.minor) >= (1, 1) }
}
