// A connection to a server without TLS: a socket whose every wait has an end.
// Not here: which connection a request gets (SocketTransport.swift), what the bytes mean (HTTPResponseParser.swift).

import Foundation
import Synchronization

/// An open socket. One thread works with it at a time; any thread may cut it off.
final class SocketConnection: Sendable {
  private struct State {
    var socket: Int32 = -1
    var isCut = false
  }

  private let state = Mutex(State())

  /// Not connected yet.
  init() {}

  deinit {
    let socket = state.withLock { $0.socket }
    if socket >= 0 { close(socket) }
  }

  /// Ends what the other thread waits for, now and later.
  func cut() {
    state.withLock { state in
      state.isCut = true
      if state.socket >= 0 { shutdown(state.socket, Int32(SHUT_RDWR)) }
    }
  }

  /// Whether an idle connection still stands: a server that sends without being asked has ended it.
  var isQuiet: Bool {
    let socket = state.withLock { $0.isCut ? -1 : $0.socket }
    var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return socket >= 0 && poll(&entry, 1, 0) == 0
  }

  /// Connects to the first address of a host that answers.
  func connect(host: String, port: Int, until deadline: Deadline) throws(HTTPFailure) {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), "\(port)", &hints, &list)
    guard code == 0 else { throw .broken("the host is not known (\(String(cString: gai_strerror(code))))") }
    defer { freeaddrinfo(list) }
    var failure = HTTPFailure.broken("the host has no address")
    var entry = list
    while let address = entry {
      entry = address.pointee.ai_next
      do throws(HTTPFailure) {
        return try connect(address.pointee, until: deadline)
      } catch {
        guard case .broken = error else { throw error }
        failure = error
      }
    }
    throw failure
  }

  private func connect(_ address: addrinfo, until deadline: Deadline) throws(HTTPFailure) {
    let type = address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let opened = socket(address.ai_family, type, address.ai_protocol)
    guard opened >= 0 else { throw Self.failure(errno) }
    let previous: Int32 = state.withLock { state in
      defer { state.socket = opened }
      return state.socket
    }
    if previous >= 0 { close(previous) }
    var yes: Int32 = 1
    setsockopt(opened, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    if Foundation.connect(opened, address.ai_addr, address.ai_addrlen) == 0 { return }
    guard errno == EINPROGRESS else { throw Self.failure(errno) }
    try wait(opened, for: Int16(POLLOUT), until: deadline)
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(opened, SOL_SOCKET, SO_ERROR, &code, &size)
    guard code == 0 else { throw Self.failure(code) }
  }

  /// Sends all bytes.
  ///
  /// - Returns: false if the server stopped listening; it may have answered before.
  func send(_ bytes: Data, until deadline: Deadline) throws(HTTPFailure) -> Bool {
    let socket = try current()
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Foundation.send(socket, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if count < 0 && errno == EAGAIN {
        try wait(socket, for: Int16(POLLOUT), until: deadline)
      } else if count < 0 && errno != EINTR {
        _ = try current()
        return false
      }
    }
    return true
  }

  /// The bytes that are there, at least one; none at the end of the connection.
  func receive(until deadline: Deadline) throws(HTTPFailure) -> ArraySlice<UInt8> {
    let socket = try current()
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &piece, piece.count, 0)
      if count > 0 { return piece[..<count] }
      if count == 0 {
        _ = try current()
        return []
      }
      if errno == EAGAIN {
        try wait(socket, for: Int16(POLLIN), until: deadline)
      } else if errno != EINTR {
        throw Self.failure(errno)
      }
    }
  }

  private func current() throws(HTTPFailure) -> Int32 {
    let (socket, isCut) = state.withLock { ($0.socket, $0.isCut) }
    guard !isCut else { throw .cancelled }
    return socket
  }

  private func wait(_ socket: Int32, for events: Int16, until deadline: Deadline) throws(HTTPFailure) {
    while true {
      let left = deadline.left
      guard left > 0 else { throw .timeout(deadline.seconds) }
      var entry = pollfd(fd: socket, events: events, revents: 0)
      let result = poll(&entry, 1, Int32((min(left, 60) * 1000).rounded(.up)))
      _ = try current()
      if result > 0 { return }
      if result < 0 && errno != EINTR { throw Self.failure(errno) }
    }
  }

  private static func failure(_ code: Int32) -> HTTPFailure { .broken(String(cString: strerror(code))) }
}

/// A moment until which something may take.
struct Deadline: Sendable {
  /// The seconds that it is after the start.
  let seconds: Double
  private let nanoseconds: UInt64

  /// So many seconds after a start.
  init(_ seconds: Double, after start: DispatchTime) {
    self.seconds = seconds
    nanoseconds = start.uptimeNanoseconds + UInt64(min(max(0, seconds), 1e8) * 1e9)
  }

  /// The seconds that are left; not positive when it is over.
  var left: Double { (Double(nanoseconds) - Double(DispatchTime.now().uptimeNanoseconds)) / 1e9 }
}
