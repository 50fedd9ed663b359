// What can go wrong with a folder of sign scenes.
// Not here: files that cannot be written (Lab's FileError), pictures (Media).

public import Lab

/// An error of a folder of scenes.
public enum SignFolderError: LabError, Equatable {
  /// The folder is not what was expected.
  case folder(path: String, problem: String)
  /// A line of the truth that cannot be used.
  case truth(path: String, line: Int, problem: String)

  /// What, where: expected, got.
  public var description: String {
    switch self {
    case .folder(let path, let problem): "scenes, \(path): \(problem)"
    case .truth(let path, let line, let problem): "truth, \(path), line \(line): \(problem)"
    }
  }
}
