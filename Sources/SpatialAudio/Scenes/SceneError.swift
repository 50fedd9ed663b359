// What can go wrong with a scene, a clip or a dataset folder.
// Not here: rooms and places (AcousticsError), sound files (MediaError).

public import Lab

/// An error of the scene composer or of a dataset on disk.
public enum SceneError: LabError, Equatable {
  /// A clip folder or its list that cannot be used.
  case clips(folder: String, problem: String)
  /// A clip that cannot be used.
  case clip(file: String, problem: String)
  /// A scene that could not be made.
  case scene(id: String, problem: String)
  /// A dataset folder that is not what was expected.
  case dataset(path: String, problem: String)

  /// What, where: expected, got.
  public var description: String {
    switch self {
    case .clips(let folder, let problem): "clips, \(folder): \(problem)"
    case .clip(let file, let problem): "clip \(file): \(problem)"
    case .scene(let id, let problem): "scene \(id): \(problem)"
    case .dataset(let path, let problem): "dataset, \(path): \(problem)"
    }
  }
}
