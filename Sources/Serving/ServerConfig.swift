// Where a server listens and what it accepts.
// Not here: answering (HTTPServer.swift).

import Foundation

/// Where a server listens, and its limits.
public struct ServerConfig: Equatable, Sendable {
  /// The address to bind to. The default is reachable from this machine alone.
  public var host: String
  /// The port; 0 lets the system choose one.
  public var port: Int
  /// Most bytes of a request's body; a longer one is answered with status 413.
  public var bodyLimit: Int
  /// Most connections at once; one more is answered with status 503 and closed.
  public var connectionLimit: Int
  /// Seconds after which a connection is closed that waits for its next request.
  public var idleSeconds: Double
  /// Seconds that a request may take from its first byte to its last, and that a client may take to read what is sent.
  public var transferSeconds: Double
  /// Seconds that requests may still take when the server stops.
  public var graceSeconds: Double
  /// What clients must send as `Authorization: Bearer …`; empty for nobody is asked.
  public var token: String

  /// Limits for a server of one machine.
  public init(
    host: String = "127.0.0.1", port: Int = 8080, bodyLimit: Int = 4 << 20, connectionLimit: Int = 128,
    idleSeconds: Double = 120, transferSeconds: Double = 30, graceSeconds: Double = 30, token: String = ""
  ) {
    self.host = host
    self.port = port
    self.bodyLimit = bodyLimit
    self.connectionLimit = connectionLimit
    self.idleSeconds = idleSeconds
    self.transferSeconds = transferSeconds
    self.graceSeconds = graceSeconds
    self.token = token
  }

  /// Whether only this machine can connect.
  public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}

/// A whole request.
public struct ServerRequest: Sendable {
  /// `GET`, `POST` and so on.
  public let method: String
  /// The path without the query.
  public let path: String
  /// The body.
  public let body: [UInt8]

  /// A request.
  public init(method: String, path: String, body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.body = body
  }
}

/// An answer.
public struct ServerResponse: Sendable {
  /// What is sent.
  public enum Body: Sendable {
    /// All at once.
    case whole([UInt8])
    /// Piece by piece. The stream's consumer is cancelled when the client goes away.
    case pieces(AsyncStream<[UInt8]>)
  }

  /// The status code.
  public var status: Int
  /// The media type.
  public var contentType: String
  /// Other header fields.
  public var headers: [String: String]
  /// The body.
  public var body: Body

  /// An answer.
  public init(status: Int = 200, contentType: String = "application/json", headers: [String: String] = [:], body: Body)
  {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  /// An error in the form of the OpenAI interface.
  ///
  /// - Parameters:
  ///   - status: the status code.
  ///   - message: what was expected and what came.
  ///   - type: the kind of error.
  ///   - code: a word for programs; empty for none.
  ///   - parameter: the field that is to blame; empty for none.
  public static func failure(
    status: Int, message: String, type: String = "invalid_request_error", code: String = "", parameter: String = ""
  ) -> ServerResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let failure = ServerFailure(message: message, type: type, param: parameter, code: code)
    let bytes = (try? encoder.encode(["error": failure])) ?? Data()
    return ServerResponse(status: status, body: .whole(Array(bytes)))
  }
}

/// The inside of an error; what is empty is null.
private struct ServerFailure: Encodable {
  let message, type, param, code: String

  private enum CodingKeys: String, CodingKey { case message, type, param, code }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(message, forKey: .message)
    try fields.encode(type, forKey: .type)
    for (text, key) in [(param, CodingKeys.param), (code, .code)] {
      if text.isEmpty { try fields.encodeNil(forKey: key) } else { try fields.encode(text, forKey: key) }
    }
  }
}
