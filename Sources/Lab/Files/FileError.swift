// Every way in which reading or writing a file can fail.
// Not here: what the content of a file means; see the errors of the readers.

import Foundation

/// A file operation that the system refused.
public enum FileError: LabError, Equatable {
  /// The file cannot be opened or read; `code` is the `errno`.
  case cannotRead(path: String, code: Int32)
  /// The file or directory cannot be created; `code` is the `errno`.
  case cannotCreate(path: String, code: Int32)
  /// `bytes` bytes were wanted in the file and did not get there; `code` is the `errno`.
  case cannotWrite(path: String, bytes: Int, code: Int32)
  /// The finished temporary file cannot take the place of `path`; `code` is the `errno`.
  case cannotReplace(path: String, code: Int32)
  /// The file is not UTF-8; `offset` is the byte where the first invalid sequence starts.
  case notText(path: String, offset: Int)

  /// What failed, where, why, and what to do about it.
  public var description: String {
    switch self {
    case .cannotRead(let path, let code):
      "cannot read '\(path)': \(Self.reason(code)).\(Self.hint(code))"
    case .cannotCreate(let path, let code):
      "cannot create '\(path)': \(Self.reason(code)).\(Self.hint(code))"
    case .cannotWrite(let path, let bytes, let code):
      "cannot write '\(path)': \(bytes) bytes wanted, got '\(Self.reason(code))'.\(Self.hint(code))"
        + " What was saved before is unchanged."
    case .cannotReplace(let path, let code):
      "cannot replace '\(path)': \(Self.reason(code)).\(Self.hint(code)) The earlier file is unchanged."
    case .notText(let path, let offset):
      "cannot read '\(path)' as text: expected UTF-8, got an invalid byte sequence at offset \(offset)."
    }
  }

  /// The system's text for an `errno`, with the number.
  static func reason(_ code: Int32) -> String {
    "\(String(cString: strerror(code))) (errno \(code))"
  }

  private static func hint(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: " Free some space and run again."
    case EACCES, EPERM: " Check the permissions of the file and its directory."
    case EROFS: " The file system is read-only; choose another directory."
    case ENOENT: " Check the spelling of the path."
    case EISDIR: " A directory is in its place."
    default: ""
    }
  }
}
