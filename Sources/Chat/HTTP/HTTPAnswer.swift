// What an exchange with a server comes to, whichever way the bytes travel.
// Not here: the ways (SocketTransport.swift, SessionTransport.swift), what the bytes mean (CompletionParser.swift).

package import Foundation

/// A way to post bytes to a server.
package protocol HTTPTransport: Sendable {
  /// Posts JSON and waits for the whole answer.
  ///
  /// - Throws: ``HTTPFailure``; an answer with any status is no failure.
  func post(
    _ body: Data, to url: URL, header: (name: String, value: String)?, timeouts: ChatTimeouts, byteLimit: Int
  ) async throws(HTTPFailure) -> HTTPAnswer
}

/// What a server answered, whatever it was.
package struct HTTPAnswer: Equatable, Sendable {
  /// The status code.
  package var status: Int
  /// The header `Content-Type`; empty where it is missing.
  package var contentType: String
  /// The header `Retry-After`; empty where it is missing.
  package var retryAfter: String
  /// The host of the header `Location`; empty where it is missing.
  package var redirectHost: String
  /// The body.
  package var body: Data

  /// An answer.
  package init(status: Int, contentType: String, retryAfter: String, redirectHost: String, body: Data) {
    self.status = status
    self.contentType = contentType
    self.retryAfter = retryAfter
    self.redirectHost = redirectHost
    self.body = body
  }
}

/// Why there is no answer.
package enum HTTPFailure: Error, Equatable {
  /// The task was cancelled.
  case cancelled
  /// A limit passed, in seconds.
  case timeout(Double)
  /// The body has more bytes than are allowed.
  case tooLarge(limit: Int)
  /// What the system says.
  case broken(String)
}

extension HTTPAnswer {
  /// Whether the body ends with the line that ends a stream of completions. Some servers keep the connection open after
  /// it. Inside of JSON a line break is escaped, so the mark at the start of a line is no part of a text.
  var endsStream: Bool {
    guard contentType.lowercased().hasPrefix("text/event-stream") else { return false }
    var tail = body.suffix(32)
    while let last = tail.last, [0x0A, 0x0D, 0x20].contains(last) { tail.removeLast() }
    for mark in ["data: [DONE]", "data:[DONE]"] where tail.count >= mark.utf8.count {
      guard tail.suffix(mark.utf8.count).elementsEqual(mark.utf8) else { continue }
      let before = tail.dropLast(mark.utf8.count).last
      return before == nil || before == 0x0A || before == 0x0D
    }
    return false
  }
}
