// A small HTTP/1.1 server: whole requests in, answers or streams of pieces out, with limits on everything.
// Not here: what is answered; TLS, which belongs to a proxy in front.
import Lab
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Why a server cannot start.
public enum ServerError: LabError {
  /// The address cannot be bound.
  case cannotListen(host: String, port: Int, reason: String)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .cannotListen(let host, let port, let reason):
      "server: expected to listen on \(host):\(port), got an error: \(reason). Choose another --port or --host."
    }
  }
}

/// Serves requests until it is stopped.
///
/// Each connection is a task, each request is answered before the connection's next one is read. When a client goes
/// away, the task that answers it is cancelled.
public final class HTTPServer: Sendable {
  /// Answers one request. Cancelled when the client goes away.
  public typealias Handler = @Sendable (ServerRequest) async -> ServerResponse

  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

  private let config: ServerConfig
  private let handler: Handler
  private let connections = Atomic(0)
  private let listening: Mutex<(any Channel)?> = Mutex(nil)

  /// A server that is not started yet.
  public init(_ config: ServerConfig, handler: @escaping Handler) {
    self.config = config
    self.handler = handler
  }

  /// Listens and serves until ``stop()`` or cancellation; requests that are being answered end first.
  ///
  /// - Parameter ready: told the port once clients can connect.
  /// - Throws: ``ServerError``.
  public func run(ready: @Sendable (Int) -> Void = { _ in }) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    do {
      let server = try await bind(group)
      listening.withLock { $0 = server.channel }
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

  /// Takes no more connections.
  public func stop() { listening.withLock { $0?.close(promise: nil) } }

  private func bind(_ group: MultiThreadedEventLoopGroup) async throws -> NIOAsyncChannel<Connection, Never> {
    let seconds = Int64(config.idleSeconds)
    do {
      return try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: config.host, port: config.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(seconds)))
            try pipeline.addHandler(ConnectionGuard())
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
          tasks.addTask { await self.serve(connection) }
        }
      }
    }
  }

  /// One connection from its first request to its end. Errors of a connection end that connection alone.
  private func serve(_ connection: Connection) async {
    let isOneTooMany = connections.add(1, ordering: .relaxed).newValue > config.connectionLimit
    defer { connections.subtract(1, ordering: .relaxed) }
    try? await connection.executeThenClose { inbound, outbound in
      var parts = inbound.makeAsyncIterator()
      while case .head(let head)? = try await parts.next() {
        var body = ByteBuffer()
        var isTooLong = false
        reading: while let part = try await parts.next() {
          switch part {
          case .body(var piece):
            isTooLong = isTooLong || body.readableBytes + piece.readableBytes > config.bodyLimit
            if !isTooLong { body.writeBuffer(&piece) }
          case .end: break reading
          case .head: return
          }
        }
        let response =
          isOneTooMany
          ? .failure(status: 503, message: "expected at most \(config.connectionLimit) connections", type: "server_error")
          : await answer(head, body: isTooLong ? nil : Array(body.readableBytesView), on: connection.channel)
        let goesOn = head.isKeepAlive && !isOneTooMany && !isTooLong
        try await send(response, keepAlive: goesOn, isHead: head.method == .HEAD, to: outbound)
        guard goesOn else { return }
      }
    }
  }

  /// Asks the handler, in a task that ends when the client goes away.
  private func answer(_ head: HTTPRequestHead, body: [UInt8]?, on channel: any Channel) async -> ServerResponse {
    guard isAllowed(head) else {
      return .failure(
        status: 401, message: "expected 'Authorization: Bearer' with the server's token", type: "authentication_error",
        code: "invalid_api_key")
    }
    guard let body else {
      return .failure(
        status: 413, message: "expected a body of at most \(config.bodyLimit) bytes", code: "request_too_large")
    }
    let path = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first.map { String($0) }
    let request = ServerRequest(method: head.method.rawValue, path: path ?? "/", body: body)
    let handler = handler
    let task = Task { await handler(request) }
    channel.closeFuture.whenComplete { _ in task.cancel() }
    return await task.value
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
    _ response: ServerResponse, keepAlive: Bool, isHead: Bool,
    to outbound: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>
  ) async throws {
    var headers = HTTPHeaders(response.headers.map { ($0.key, $0.value) })
    headers.add(name: "content-type", value: response.contentType)
    if !keepAlive { headers.add(name: "connection", value: "close") }
    let status = HTTPResponseStatus(statusCode: response.status)
    switch response.body {
    case .whole(let bytes):
      headers.add(name: "content-length", value: "\(bytes.count)")
      try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
      if !isHead { try await outbound.write(.body(ByteBuffer(bytes: bytes))) }
    case .pieces(let pieces):
      headers.add(name: "cache-control", value: "no-cache")
      headers.add(name: "transfer-encoding", value: "chunked")
      try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
      // A write to a client that went away throws; leaving the loop ends the stream, and with it the generation.
      for await piece in pieces where !isHead { try await outbound.write(.body(ByteBuffer(bytes: piece))) }
    }
    try await outbound.write(.end(nil))
  }
}

/// Closes connections on which nothing moves while no request is being answered, and lets tasks write byte buffers where
/// the pipeline takes data of several kinds.
private final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
  typealias OutboundOut = HTTPServerResponsePart

  private var isAnswering = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .end = unwrapInboundIn(data) { isAnswering = true }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part: HTTPServerResponsePart
    switch unwrapOutboundIn(data) {
    case .head(let head): part = .head(head)
    case .body(let buffer): part = .body(.byteBuffer(buffer))
    case .end(let trailers):
      part = .end(trailers)
      isAnswering = false
    }
    context.write(wrapOutboundOut(part), promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
    if !isAnswering { context.close(promise: nil) }
  }
}
