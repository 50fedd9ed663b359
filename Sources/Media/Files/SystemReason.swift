// Why the system refused a file, as text for the errors of this library.
// Not here: opening and replacing files (Lab's OpenFile, AtomicFile), the errors (MediaError.swift, ImageError.swift).

import Foundation
package import Lab

/// Texts for what the system reports.
package enum SystemReason {
  /// The system's text for an `errno`, with a hint where there is one.
  package static func text(_ code: Int32) -> String {
    let hint =
      switch code {
      case ENOSPC, EDQUOT: ". Hint: free some space and run again"
      case EISDIR: ". Hint: a directory is in its place"
      default: ""
      }
    return "\(String(cString: strerror(code))) (errno \(code))\(hint)"
  }

  /// The reason of a file error, without the path, which the caller's error names.
  package static func text(_ error: FileError) -> String {
    switch error {
    case .cannotRead(_, let code), .cannotCreate(_, let code), .cannotWrite(_, _, let code),
      .cannotReplace(_, let code):
      text(code)
    case .notText(_, let offset): "not UTF-8 at byte \(offset)"
    }
  }
}
