// A small HTTP server on this machine that plays answers, good and bad, and remembers what it was asked.
// Not here: the answers (ScriptedAnswer.swift), reading requests (ScriptedRequest.swift).

import Foundation
import Synchronization

/// An HTTP/1.1 server on a free port of the loopback, made of blocking sockets and one thread for each connection.
///
/// It can do what real servers only do on bad days: stall, drip, hang up in the middle, send garbage. It ends with the
/// object, or with ``stop()``; both wait for its threads.
public final class ScriptedServer: Sendable {
  /// Answers a request; `number` counts requests from 0, over all connections.
  public typealias Handler = @Sendable (_ request: ScriptedRequest, _ number: Int) -> ScriptedAnswer

  private let core: Core

  /// Starts a server whose answers are computed.
  ///
  /// - Throws: `POSIXError` where the system gives no socket.
  public init(_ handler: @escaping Handler) throws {
    core = try Core(handler)
    core.start()
  }

  /// Starts a server that plays a list; its last answer is repeated.
  public convenience init(_ answers: [ScriptedAnswer]) throws {
    precondition(!answers.isEmpty, "ScriptedServer: expected at least one answer")
    try self.init { _, number in answers[min(number, answers.count - 1)] }
  }

  /// Starts a server that speaks the chat completions protocol: `reply` makes the text from what was asked.
  public convenience init(chat reply: @escaping @Sendable (ScriptedChat) -> String) throws {
    try self.init { request, _ in
      ScriptedChat(request).map { .completion(reply($0), stream: $0.stream) } ?? .status(400, "no chat request")
    }
  }

  deinit { core.stop() }

  /// The port.
  public var port: Int { core.port }

  /// What a chat client is given as its base.
  public var baseURL: String { "http://127.0.0.1:\(port)/v1" }

  /// The requests so far, in the order of their arrival.
  public var requests: [ScriptedRequest] { core.state.withLock { $0.requests } }

  /// How many connections were opened so far.
  public var connections: Int { core.state.withLock { $0.connections } }

  /// The most requests that were being answered at one moment.
  public var mostAtOnce: Int { core.state.withLock { $0.mostRunning } }

  /// Ends all connections and waits for the threads. A second call does nothing.
  public func stop() { core.stop() }
}

/// What the threads hold: the server itself can go away while they run.
private final class Core: Sendable {
  struct State {
    var requests: [ScriptedRequest] = []
    var sockets: Set<Int32> = []
    var connections = 0
    var running = 0
    var mostRunning = 0
    var isStopped = false
  }

  let port: Int
  let state = Mutex(State())
  private let listener: Int32
  private let handler: ScriptedServer.Handler
  private let threads = DispatchGroup()

  init(_ handler: @escaping ScriptedServer.Handler) throws {
    self.handler = handler
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) == 0 && listen(listener, 128) == 0 && getsockname(listener, address, &size) == 0
      }
    }
    guard isListening else {
      let code = errno
      close(listener)
      throw POSIXError(.init(rawValue: code) ?? .EIO)
    }
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  func start() {
    threads.enter()
    Thread.detachNewThread {
      self.acceptAll()
      self.threads.leave()
    }
  }

  func stop() {
    let isFirst = state.withLock { state in
      let isFirst = !state.isStopped
      state.isStopped = true
      if isFirst {
        shutdown(listener, Int32(SHUT_RDWR))
        for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      }
      return isFirst
    }
    guard isFirst else { return }
    threads.wait()
    close(listener)
  }

  private func acceptAll() {
    while true {
      let socket = accept(listener, nil, nil)
      if socket < 0 && (errno == EINTR || errno == ECONNABORTED) { continue }
      guard socket >= 0 else { return }
      _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
      let isWelcome = state.withLock { state in
        guard !state.isStopped else { return false }
        state.sockets.insert(socket)
        state.connections += 1
        return true
      }
      guard isWelcome else {
        close(socket)
        return
      }
      threads.enter()
      Thread.detachNewThread {
        self.serve(socket)
        self.threads.leave()
      }
    }
  }

  private func serve(_ socket: Int32) {
    var yes: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    let connection = ScriptedConnection(socket)
    while let request = connection.nextRequest(), answer(request, on: connection) {}
    // Off the list before the number can be given to another socket.
    state.withLock { _ = $0.sockets.remove(socket) }
    close(socket)
  }

  private func answer(_ request: ScriptedRequest, on connection: ScriptedConnection) -> Bool {
    let number = state.withLock { state in
      state.requests.append(request)
      state.running += 1
      state.mostRunning = max(state.mostRunning, state.running)
      return state.requests.count - 1
    }
    return connection.play(handler(request, number)) { state.withLock { $0.running -= 1 } }
  }
}
