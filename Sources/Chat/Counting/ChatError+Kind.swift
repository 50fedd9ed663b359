// The short names of failures, for counters and tables.
// Not here: the failures (ChatError.swift).

extension ChatError {
  /// What sort of failure this is, such as `timeout` or `status 429`.
  public var kind: String {
    switch self {
    case .transport: "transport"
    case .timeout: "timeout"
    case .status(_, let code, _): "status \(code)"
    case .malformed: "malformed"
    case .exhausted: "exhausted"
    case .notRecorded: "not recorded"
    case .configuration: "configuration"
    case .storage: "storage"
    case .cancelled: "cancelled"
    }
  }
}
