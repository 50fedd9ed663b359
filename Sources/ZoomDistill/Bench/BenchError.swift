// Every way in which a benchmark's files can be unusable.
// Not here: calls to models that fail (ChatError), pictures that cannot be decoded (ImageError).

public import Lab

/// A file of a benchmark or of a run that cannot be used.
public enum BenchError: LabError, Equatable {
  /// A row is not what its schema says.
  case malformed(path: String, line: Int, expected: String, got: String)
  /// Two rows have the same id.
  case duplicate(path: String, line: Int, id: String, earlier: Int)
  /// A path leads out of the folder of its items, or to something that is no file.
  case refusedPath(path: String, folder: String, reason: String)
  /// The file cannot be read, or is none of the known kinds.
  case unreadable(path: String, reason: String)
  /// There is nothing in it.
  case empty(path: String)
  /// Results that belong to another benchmark, model or setting.
  case foreignResults(path: String, what: String, expected: String, got: String)
  /// Another process writes the same results.
  case inUse(path: String)
  /// The results cannot be written.
  case cannotWrite(path: String, reason: String)
  /// An item lacks what a view needs.
  case noEvidence(item: String, view: String, missing: String)

  /// What failed, where, and what to do about it.
  public var description: String {
    switch self {
    case .malformed(let path, let line, let expected, let got):
      "malformed row in '\(path)', line \(line): expected \(expected), got \(got)."
    case .duplicate(let path, let line, let id, let earlier):
      "duplicate id in '\(path)', line \(line): expected an id of its own, got '\(id)' as in line \(earlier)."
    case .refusedPath(let path, let folder, let reason):
      "refused path '\(path)' in '\(folder)': \(reason). Hint: pictures lie in the folder of the items or below it."
    case .unreadable(let path, let reason): "cannot read '\(path)': \(reason)."
    case .empty(let path): "no items in '\(path)': expected a row or more, got none."
    case .foreignResults(let path, let what, let expected, let got):
      "other results in '\(path)': expected \(what) \(expected), got \(got). Hint: choose another folder with --out."
    case .inUse(let path):
      "cannot use '\(path)': another process writes it. Hint: wait for it, or choose another --out."
    case .cannotWrite(let path, let reason): "cannot write '\(path)': \(reason). What was saved before is unchanged."
    case .noEvidence(let item, let view, let missing):
      "cannot show item '\(item)' in the \(view) view: expected \(missing), got none."
    }
  }

  /// Files that cannot be used at all are a matter of the command line.
  public var exitStatus: ExitStatus {
    switch self {
    case .cannotWrite, .noEvidence: .failure
    default: .usage
    }
  }
}
