// A client that sends any bytes to a server on this machine, good or bad, and reads whatever comes back.
// Not here: what well-behaved clients do (Chat).
import Foundation
import Synchronization

/// What a server answered.
public struct RawAnswer: Sendable, Equatable {
  /// The status code; 0 where nothing like one came.
  public let status: Int
  /// The head, its names in lower case as far as the server writes them so.
  public let head: String
  /// The body, with the frames of chunks taken off.
  public let body: String

  /// Reads bytes as an answer.
  init(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    // A line break is one character here, \r\n.
    let parts = text.components(separatedBy: "\r\n\r\n")
    head = parts[0].lowercased()
    status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
    let rest = parts.dropFirst().joined(separator: "\r\n\r\n")
    body = head.contains("transfer-encoding: chunked") ? Self.unchunked(rest) : rest
  }

  private static func unchunked(_ text: String) -> String {
    var bytes = Array(text.utf8)[...], result: [UInt8] = []
    while let end = bytes.firstIndex(of: 0x0D) {
      guard let size = Int(String(decoding: bytes[..<end], as: UTF8.self), radix: 16), size > 0 else { break }
      let first = min(bytes.endIndex, end + 2)
      result += bytes[first..<min(bytes.endIndex, first + size)]
      bytes = bytes[min(bytes.endIndex, first + size + 2)...]
    }
    return String(decoding: result, as: UTF8.self)
  }
}

/// One connection. Its calls block, on threads of their own.
public final class RawClient: Sendable {
  private let descriptor: Int32
  private let isOpen = Atomic(true)

  /// Connects to a port of this machine.
  ///
  /// - Throws: `POSIXError`.
  public init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    // A test that waits for what never comes is to fail, not to hang.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard descriptor >= 0, code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  deinit { close() }

  /// Ends the connection.
  public func close() {
    if isOpen.exchange(false, ordering: .relaxed) { Foundation.close(descriptor) }
  }

  /// Sends bytes; errors show when something is read.
  public func send(_ text: String) async {
    await onThread { [descriptor] in
      let bytes = Array(text.utf8)
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }
  }

  /// Reads until the server ends the connection, `isEnough` says so, or 20 seconds are over without a byte.
  public func read(until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }) async -> RawAnswer {
    RawAnswer(
      await onThread { [descriptor] in
        var all: [UInt8] = [], piece = [UInt8](repeating: 0, count: 1 << 14)
        while !isEnough(String(decoding: all, as: UTF8.self)) {
          let count = recv(descriptor, &piece, piece.count, 0)
          guard count > 0 else { break }
          all += piece[..<count]
        }
        return all
      })
  }

  /// Whether the server has ended the connection when this returns; false after 20 seconds.
  public func isEnded() async -> Bool {
    await onThread { [descriptor] in
      var piece = [UInt8](repeating: 0, count: 1 << 14)
      while true {
        let count = recv(descriptor, &piece, piece.count, 0)
        if count == 0 || (count < 0 && errno == ECONNRESET) { return true }
        if count < 0 { return false }
      }
    }
  }

  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }
}

/// One request on a connection of its own.
///
/// - Throws: `POSIXError` if there is no server.
public func rawRequest(
  _ method: String, _ path: String, body: String = "", headers: [String] = [], port: Int
) async throws -> RawAnswer {
  let client = try RawClient(port: port)
  let lines =
    ["\(method) \(path) HTTP/1.1", "Host: here", "Connection: close", "Content-Length: \(body.utf8.count)"] + headers
  await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  return await client.read()
}
