// Every way in which a call to a chat model can end without a reply.
// Not here: which of them are tried again (RetryPolicy.swift).

public import Lab

/// A call that brought no reply. No case carries a key or a header.
public enum ChatError: LabError, Equatable {
  /// No connection, or one that broke; `reason` is the system's text.
  case transport(server: String, reason: String)
  /// The server took too long.
  case timeout(server: String, seconds: Double)
  /// The server answered with an error; `body` is the start of its text.
  case status(server: String, code: Int, body: String)
  /// The answer is not a chat completion.
  case malformed(server: String, reason: String)
  /// Retrying used up its budget; `last` describes the last failure.
  case exhausted(server: String, attempts: Int, seconds: Double, last: String)
  /// A recording lacks this request.
  case notRecorded(purpose: String, key: String)
  /// A setting that cannot work.
  case configuration(place: String, reason: String)
  /// A file of the cache or a recording cannot be used.
  case storage(path: String, reason: String)
  /// The task was cancelled.
  case cancelled

  /// What failed, where, and what to do about it.
  public var description: String {
    switch self {
    case .transport(let server, let reason): "no connection, \(server): \(reason)."
    case .timeout(let server, let seconds): "no answer, \(server): waited \(seconds) s. Hint: raise 'timeout'."
    case .status(let server, let code, let body): "the server refused, \(server): status \(code), \(body)"
    case .malformed(let server, let reason): "unusable answer, \(server): \(reason)."
    case .exhausted(let server, let attempts, let seconds, let last):
      "gave up, \(server): \(attempts) attempts in \(seconds) s; the last: \(last)"
    case .notRecorded(let purpose, let key):
      "the recording has no reply for a call of purpose '\(purpose)' (\(key)). Hint: record it again."
    case .configuration(let place, let reason): "cannot use \(place): \(reason)."
    case .storage(let path, let reason): "cannot use '\(path)': \(reason)."
    case .cancelled: "cancelled."
    }
  }
}
