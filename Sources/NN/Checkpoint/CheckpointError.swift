// Every way in which a checkpoint or a folder of weights can be wrong, with the place in the message.
public import Tensor

/// One disagreement between the arrays that a model needs and those that a file has.
public enum TensorProblem: Equatable, Sendable, CustomStringConvertible {
  /// The file has no array of that name.
  case missing(name: String, expected: Shape)
  /// The file has an array that nothing asks for.
  case unexpected(name: String)
  /// The array has another shape.
  case shape(name: String, expected: Shape, found: Shape)
  /// Two arrays of the file stand for the same name.
  case ambiguous(name: String, candidates: [String])

  /// Name, expected and found.
  public var description: String {
    switch self {
    case .missing(let name, let expected): "missing \(name): expected \(expected), got nothing"
    case .unexpected(let name): "unexpected \(name): expected no such array"
    case .shape(let name, let expected, let found): "shape of \(name): expected \(expected), got \(found)"
    case .ambiguous(let name, let candidates):
      "ambiguous \(name): expected one array, got \(candidates.joined(separator: " and "))"
    }
  }
}

/// A checkpoint or weight file that cannot be read or written.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The arrays are not those of the model; all problems at once, by file.
  case mismatch(files: [String: [TensorProblem]])
  /// The directory is no complete checkpoint.
  case incomplete(directory: String, reasons: [String])
  /// The checkpoint was written by another optimiser.
  case optimizer(directory: String, expected: String, found: String)
  /// A safetensors file is malformed or lacks what is asked for.
  case weights(SafeTensorsError)
  /// The system refuses to read.
  case unreadable(path: String, reason: String)
  /// The contents make no sense.
  case malformed(path: String, reason: String)
  /// The system refuses to write; nothing that was there before has changed.
  case unwritable(path: String, reason: String)

  /// What, where, expected, got, and what to try.
  public var description: String {
    switch self {
    case .mismatch(let files):
      files.sorted { $0.key < $1.key }.map { path, problems in
        "arrays of \(path): \(problems.count) \(problems.count == 1 ? "problem" : "problems")\n"
          + problems.map { "  \($0)" }.joined(separator: "\n")
      }.joined(separator: "\n") + "\nHint: the file belongs to another model configuration or name mapping."
    case .incomplete(let directory, let reasons):
      "checkpoint \(directory): expected a complete checkpoint, got \(reasons.joined(separator: "; ")). "
        + "Hint: resume from an earlier checkpoint of the run."
    case .optimizer(let directory, let expected, let found):
      "checkpoint \(directory): expected the state of \(expected), got that of \(found). "
        + "Hint: resume with the optimiser that the run was started with."
    case .weights(let error):
      error.description
    case .unreadable(let path, let reason):
      "reading \(path): expected a readable file, got: \(reason). Hint: check the path and its permissions."
    case .malformed(let path, let reason):
      "\(path): \(reason). Hint: the file is damaged or was not written by a training run."
    case .unwritable(let path, let reason):
      "writing \(path): expected it to be stored, got: \(reason). "
        + "Hint: free some disk space or choose another directory; earlier checkpoints are unchanged."
    }
  }
}
