// Time limits of one connection: for its next request, for a request to arrive, for a client to read its answer.
// Not here: limits of size and number (HTTPServer.swift).
import NIOCore
import NIOHTTP1

/// Closes a connection that takes too long, and one that waits when the server stops.
///
/// It stands behind the HTTP handlers, where it also lets tasks write byte buffers into a pipeline that takes data of
/// several kinds. All its calls come on the event loop of its channel.
final class ConnectionGuard: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServer.ResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// Told to all connections when the server stops.
  struct Stopping: Sendable {}

  private enum Phase { case waiting, receiving, answering }

  private let idle, transfer: TimeAmount
  private var phase = Phase.waiting
  private var isStopping = false
  private var limit: Scheduled<Void>?
  /// Runs while the client does not read.
  private var stall: Scheduled<Void>?

  /// Limits in seconds.
  init(idleSeconds: Double, transferSeconds: Double) {
    func amount(_ seconds: Double) -> TimeAmount { .milliseconds(Int64(min(max(seconds, 0.001), 1e9) * 1000)) }
    (idle, transfer) = (amount(idleSeconds), amount(transferSeconds))
  }

  func handlerAdded(context: ChannelHandlerContext) { enter(.waiting, context.channel) }

  func handlerRemoved(context: ChannelHandlerContext) {
    limit?.cancel()
    stall?.cancel()
  }

  /// Told of every byte that comes, before it is parsed.
  func received(on channel: any Channel) { if phase == .waiting { enter(.receiving, channel) } }

  private func enter(_ new: Phase, _ channel: any Channel) {
    phase = new
    limit?.cancel()
    limit = nil
    if new == .waiting && isStopping { return channel.close(promise: nil) }
    if new == .answering { return }
    limit = channel.eventLoop.scheduleTask(in: new == .waiting ? idle : transfer) { channel.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Even the head: a body that is too long is answered before its end.
    switch unwrapInboundIn(data) {
    case .end: enter(.answering, context.channel)
    case .head, .body: break
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head): context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .body(let buffer): context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: promise)
    case .end(let trailers):
      context.write(wrapOutboundOut(.end(trailers)), promise: promise)
      // A body that was refused may still be on its way.
      enter(phase == .receiving ? .receiving : .waiting, context.channel)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    stall?.cancel()
    stall = nil
    if !context.channel.isWritable {
      let channel = context.channel
      stall = channel.eventLoop.scheduleTask(in: transfer) { channel.close(promise: nil) }
    }
    context.fireChannelWritabilityChanged()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is Stopping {
      isStopping = true
      if phase == .waiting { context.close(promise: nil) }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Tells the guard when the first byte of a request comes, which may be long before its head is whole.
final class FirstByteWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let limits: ConnectionGuard

  init(_ limits: ConnectionGuard) { self.limits = limits }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    limits.received(on: context.channel)
    context.fireChannelRead(data)
  }
}
