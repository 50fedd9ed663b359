// What is wrong with a server's settings or its address.
// Not here: answers to requests that cannot be served (ServerConfig.swift).
public import Lab

/// Why a server cannot start.
public enum ServerError: LabError, Equatable {
  /// The address cannot be bound.
  case cannotListen(host: String, port: Int, reason: String)
  /// The file of the token cannot be used.
  case token(path: String, reason: String)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .cannotListen(let host, let port, let reason):
      "server, \(host):\(port): expected to listen there, got an error: \(reason). Hint: another --port or --host."
    case .token(let path, let reason):
      "token, \(path): expected a file with one line of printable characters without spaces, got \(reason)."
    }
  }
}
