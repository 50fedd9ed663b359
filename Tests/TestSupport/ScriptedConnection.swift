// One connection of the scripted server: requests in, moves out.
// Not here: accepting connections (ScriptedServer.swift).

import Foundation

/// A socket with the bytes that were read too far.
struct ScriptedConnection {
  /// POLLRDHUP of poll(2), which the C library only shows with its extensions.
  private static let peerClosed: Int16 = 0x2000

  private let socket: Int32
  private let reader: Reader

  private final class Reader {
    var bytes: [UInt8] = []
  }

  init(_ socket: Int32) {
    self.socket = socket
    reader = Reader()
  }

  /// The next request; nil at the end of the connection, or for bytes that are no request.
  func nextRequest() -> ScriptedRequest? {
    var answered = false
    while true {
      switch ScriptedRequest.parse(reader.bytes) {
      case .complete(let request, let length):
        reader.bytes.removeFirst(length)
        return request
      case .incomplete(let wantsContinue):
        if wantsContinue && !answered {
          answered = true
          guard send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) else { return nil }
        }
        guard receive() else { return nil }
      case .invalid: return nil
      }
    }
  }

  /// Plays an answer; `done` is called before its last move, or at the end. Returns whether the connection goes on.
  func play(_ answer: ScriptedAnswer, done: () -> Void) -> Bool {
    var isDone = false
    func finish() {
      if !isDone { done() }
      isDone = true
    }
    defer { finish() }
    for (index, move) in answer.moves.enumerated() {
      if index == answer.moves.count - 1 { finish() }
      switch move {
      case .send(let bytes): guard send(bytes) else { return false }
      case .drip(let bytes, let size, let seconds):
        for start in stride(from: 0, to: bytes.count, by: size) {
          guard send(Array(bytes[start..<min(start + size, bytes.count)])), wait(seconds) else { return false }
        }
      case .wait(let seconds): guard wait(seconds) else { return false }
      case .hang:
        while wait(3600) {}
        return false
      case .close: return false
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        return false
      }
    }
    return true
  }

  /// Waits; false as soon as the other side has gone or the server stops.
  private func wait(_ seconds: Double) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while true {
      let left = end.timeIntervalSinceNow
      if left <= 0 { return true }
      var entry = pollfd(fd: socket, events: Self.peerClosed, revents: 0)
      // Rounded up, so that the last part of a millisecond is not spent in a loop.
      let result = poll(&entry, 1, Int32(min(left * 1000, 60_000).rounded(.up)))
      if result > 0 { return false }
      if result < 0 && errno != EINTR { return false }
    }
  }

  private func receive() -> Bool {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &piece, piece.count, 0)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      reader.bytes.append(contentsOf: piece[..<count])
      return true
    }
  }

  /// Sends all bytes; false when the other side has gone. No signal is raised then.
  private func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.send(
          socket, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
