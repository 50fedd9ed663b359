// Posting bytes to a server without TLS, such as one on this machine, over sockets of its own.
// Not here: the sockets (SocketConnection.swift), servers with TLS (SessionTransport.swift).

package import Foundation
import Synchronization

/// A client that keeps connections for the next request to the same server.
///
/// Each request has a thread that waits for it, so that no thread of the tasks waits for a network. Redirects are not
/// followed, nothing is compressed, proxies are not used.
package final class SocketTransport: HTTPTransport {
  private let idle = Mutex<[String: [SocketConnection]]>([:])
  private let connections: Int

  /// A client that keeps at most so many connections to a server.
  package init(connections: Int) { self.connections = connections }

  /// Posts JSON and waits for the whole answer.
  ///
  /// - Throws: ``HTTPFailure``; an answer with any status is no failure.
  package func post(
    _ body: Data, to url: URL, header: (name: String, value: String)?, timeouts: ChatTimeouts, byteLimit: Int
  ) async throws(HTTPFailure) -> HTTPAnswer {
    let start = DispatchTime.now()
    let call = Call(
      host: url.host ?? "", port: url.port ?? 80, bytes: Self.request(body, url, header), byteLimit: byteLimit,
      connect: Deadline(min(timeouts.connectSeconds, timeouts.totalSeconds), after: start),
      firstByte: Deadline(min(timeouts.firstByteSeconds, timeouts.totalSeconds), after: start),
      total: Deadline(timeouts.totalSeconds, after: start))
    let wire = Wire()
    return try await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard wire.wait(continuation) else { return }
        Thread.detachNewThread {
          do throws(HTTPFailure) {
            wire.finish(.success(try self.exchange(call, on: wire)))
          } catch {
            wire.finish(.failure(error))
          }
        }
      }
    } onCancel: {
      wire.finish(.failure(.cancelled))
    }.get()
  }

  private struct Call: Sendable {
    var host: String
    var port: Int
    var bytes: Data
    var byteLimit: Int
    var connect: Deadline
    var firstByte: Deadline
    var total: Deadline
    var server: String { "\(host):\(port)" }
  }

  private func exchange(_ call: Call, on wire: Wire) throws(HTTPFailure) -> HTTPAnswer {
    while let kept = takeIdle(call.server) {
      // A server may end a kept connection at the moment of the request. Without a byte of an answer it has not read
      // the request, or died on it: a new connection will tell.
      var parser = HTTPResponseParser(byteLimit: call.byteLimit)
      do throws(HTTPFailure) {
        return try converse(call, on: kept, wire, &parser)
      } catch {
        guard case .broken = error, !parser.hasBegun else { throw error }
      }
    }
    let connection = SocketConnection()
    try wire.use(connection)
    try connection.connect(host: call.host, port: call.port, until: call.connect)
    var parser = HTTPResponseParser(byteLimit: call.byteLimit)
    return try converse(call, on: connection, wire, &parser)
  }

  private func converse(
    _ call: Call, on connection: SocketConnection, _ wire: Wire, _ parser: inout HTTPResponseParser
  ) throws(HTTPFailure) -> HTTPAnswer {
    try wire.use(connection)
    let isSent = try connection.send(call.bytes, until: call.firstByte)
    while !parser.isDone {
      let bytes = try connection.receive(until: parser.answer == nil ? call.firstByte : call.total)
      if bytes.isEmpty { try parser.end() } else { try parser.take(bytes) }
      if !parser.isDone, let answer = parser.answer, answer.endsStream { return answer }
    }
    guard let answer = parser.answer else { throw .broken("the connection ended without an answer") }
    if isSent && parser.keepsOpen { keep(connection, call.server) }
    return answer
  }

  private func takeIdle(_ server: String) -> SocketConnection? {
    idle.withLock { idle in
      while let connection = idle[server]?.popLast() {
        if connection.isQuiet { return connection }
      }
      return nil
    }
  }

  private func keep(_ connection: SocketConnection, _ server: String) {
    idle.withLock { idle in
      if idle[server, default: []].count < connections { idle[server, default: []].append(connection) }
    }
  }

  private static func request(_ body: Data, _ url: URL, _ header: (name: String, value: String)?) -> Data {
    let parts = URLComponents(url: url, resolvingAgainstBaseURL: false)
    let host = (parts?.percentEncodedHost ?? "") + (parts?.port.map { ":\($0)" } ?? "")
    var lines = [
      "POST \(parts?.percentEncodedPath ?? "/") HTTP/1.1", "Host: \(host)", "Content-Type: application/json",
      "Accept: application/json, text/event-stream", "Content-Length: \(body.count)",
    ]
    if let header { lines.append("\(header.name): \(header.value)") }
    return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }
}

/// Who waits for an exchange, and the connection that it uses now.
private final class Wire: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Result<HTTPAnswer, HTTPFailure>, Never>?
    var outcome: Result<HTTPAnswer, HTTPFailure>?
    var connection: SocketConnection?
  }

  private let state = Mutex(State())

  /// Takes who waits; false if it is over already, and was told so.
  func wait(_ continuation: CheckedContinuation<Result<HTTPAnswer, HTTPFailure>, Never>) -> Bool {
    let outcome = state.withLock { state in
      if state.outcome == nil { state.continuation = continuation }
      return state.outcome
    }
    if let outcome { continuation.resume(returning: outcome) }
    return outcome == nil
  }

  /// The connection that is cut when the exchange ends before its time.
  func use(_ connection: SocketConnection) throws(HTTPFailure) {
    let isOver = state.withLock { state in
      state.connection = connection
      return state.outcome != nil
    }
    if isOver { throw .cancelled }
  }

  /// The end; only the first counts.
  func finish(_ outcome: Result<HTTPAnswer, HTTPFailure>) {
    let (continuation, connection) = state.withLock { state in
      guard state.outcome == nil else {
        return (nil, nil) as (CheckedContinuation<Result<HTTPAnswer, HTTPFailure>, Never>?, SocketConnection?)
      }
      state.outcome = outcome
      defer {
        state.continuation = nil
        state.connection = nil
      }
      return (state.continuation, state.connection)
    }
    if case .failure = outcome { connection?.cut() }
    continuation?.resume(returning: outcome)
  }
}
