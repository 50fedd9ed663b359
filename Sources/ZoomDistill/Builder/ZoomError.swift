// Every way in which building or exporting a dataset can fail, apart from single items, whose failures are records.
// Not here: pictures (Media's ImageError), calls (Chat's ChatError).
public import Lab

/// A build that cannot go on.
public enum ZoomError: LabError, Equatable {
  /// A prompt file that cannot be used.
  case prompt(path: String, reason: String)
  /// The folder of pictures or the list cannot be used.
  case source(path: String, reason: String)
  /// An annotation file that cannot be used.
  case annotations(path: String, line: Int, reason: String)
  /// The state database cannot be used.
  case state(path: String, reason: String)
  /// The state was made with other settings.
  case otherSettings(path: String, changes: [String])
  /// A purpose that nobody serves.
  case nobody(purpose: String)
  /// A file of the output cannot be written or read.
  case output(path: String, reason: String)
  /// There is nothing to work on.
  case empty(what: String, hint: String)

  /// What failed, where, and what to do about it.
  public var description: String {
    switch self {
    case .prompt(let path, let reason):
      "cannot use the prompt '\(path)': \(reason). Hint: 'zoom-build prompts DIR' writes the built-in ones."
    case .source(let path, let reason): "cannot use '\(path)' as a source of pictures: \(reason)."
    case .annotations(let path, let line, let reason):
      "cannot use the annotations '\(path)'\(line > 0 ? ", line \(line)" : ""): \(reason)."
    case .state(let path, let reason):
      "cannot use the state '\(path)': \(reason). Hint: name another --out, or remove the folder to begin anew."
    case .otherSettings(let path, let changes):
      "'\(path)' was built with other settings: \(changes.joined(separator: "; "))."
        + " Hint: name another --out, or take the settings back."
    case .nobody(let purpose): "nobody is named for '\(purpose)'. Hint: set teachers.\(purpose).model."
    case .output(let path, let reason): "cannot write '\(path)': \(reason)\(reason.hasSuffix(".") ? "" : ".")"
    case .empty(let what, let hint): "no \(what). Hint: \(hint)"
    }
  }
}
