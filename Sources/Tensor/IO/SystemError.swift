// A failed system call. Not here: what the failure means to a file format.
internal import Foundation

/// A system call that failed.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The call, such as `write`.
  package let call: String
  /// The value of `errno`.
  package let code: Int32

  package init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  /// The failure of `call` that `errno` describes.
  static func last(_ call: String) -> SystemError { SystemError(call: call, code: errno) }

  /// The system's words for the failure.
  package var description: String { "\(call): \(String(cString: strerror(code)))" }
}
