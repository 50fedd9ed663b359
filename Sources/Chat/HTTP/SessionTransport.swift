// Posting bytes to a server over TLS, through URLSession: no cookies, no cache, no credentials, no redirects.
// Not here: limits of one request (SessionExchange.swift), servers without TLS (SocketTransport.swift).

package import Foundation
import FoundationNetworking
import Synchronization

/// A session to one server.
///
/// Redirects are not followed: a request carries a key, and its body would have to be posted again.
///
/// FoundationNetworking ends the process when a server hangs up inside of the head of its answer. A server behind TLS
/// hardly does that; one on this machine that is being restarted may, so those have ``SocketTransport``.
package final class SessionTransport: HTTPTransport {
  private let session: URLSession
  private let receiver: Receiver
  private let clock = DispatchQueue(label: "chat.deadlines", qos: .userInitiated)

  /// A session with at most so many connections.
  package init(connections: Int) {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpMaximumConnectionsPerHost = connections
    configuration.httpShouldSetCookies = false
    configuration.httpCookieAcceptPolicy = .never
    configuration.httpCookieStorage = nil
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    // The limits of an exchange are kept by the exchange; these only must not come first.
    configuration.timeoutIntervalForRequest = 172_800
    configuration.timeoutIntervalForResource = 172_800
    receiver = Receiver()
    session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: nil)
  }

  // The session holds its delegate until it is told to let go.
  deinit { session.invalidateAndCancel() }

  /// Posts JSON and waits for the whole answer.
  ///
  /// - Throws: ``HTTPFailure``; an answer with any status is no failure.
  package func post(
    _ body: Data, to url: URL, header: (name: String, value: String)?, timeouts: ChatTimeouts, byteLimit: Int
  ) async throws(HTTPFailure) -> HTTPAnswer {
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 172_800)
    request.httpMethod = "POST"
    request.httpBody = body
    request.httpShouldHandleCookies = false
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.setValue("application/json, text/event-stream", forHTTPHeaderField: "Accept")
    if let header { request.setValue(header.value, forHTTPHeaderField: header.name) }
    let exchange = SessionExchange(byteLimit: byteLimit)
    let task = session.dataTask(with: request)
    receiver.add(exchange, for: task.taskIdentifier)
    return try await exchange.run(task, timeouts: timeouts, clock: clock).get()
  }
}

/// Hands the events of the session to the exchanges.
private final class Receiver: NSObject, URLSessionDataDelegate, Sendable {
  private let exchanges = Mutex<[Int: SessionExchange]>([:])

  func add(_ exchange: SessionExchange, for task: Int) { exchanges.withLock { $0[task] = exchange } }

  private func exchange(_ task: URLSessionTask) -> SessionExchange? { exchanges.withLock { $0[task.taskIdentifier] } }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
    totalBytesExpectedToSend: Int64
  ) {
    exchange(task)?.sent()
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    exchange(dataTask)?.received(response)
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    exchange(dataTask)?.received(data)
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }?.completed(error)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  ) {
    exchange(task)?.challenged(challenge.failureResponse as? HTTPURLResponse)
    completionHandler(.cancelAuthenticationChallenge, nil)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
