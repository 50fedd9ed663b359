// Saving as a trainer's hook. Not here: the directory format (Checkpoint/).
public import Foundation

/// Writes a checkpoint whenever the trainer asks for one, and removes old ones.
public final class CheckpointHook: TrainerHook {
  /// Where the checkpoints go.
  public let checkpoints: Checkpoints
  /// The step of the last checkpoint that this hook wrote.
  public private(set) var lastSavedStep: Int?
  private let store: ParameterStore
  private let configuration: String
  private let keepsLast: Int
  private let write: (ParameterStore, any Optimizer, TrainingState, String, URL) throws -> Void
  private let state: (Int) -> TrainingState

  /// A hook that saves into `directory/step-…`.
  ///
  /// - Parameters:
  ///   - store: the trainer's store.
  ///   - directory: the directory of the run's checkpoints.
  ///   - configuration: the text of `config.yaml`.
  ///   - count: checkpoints that are kept, 1 or more.
  ///   - state: the place of the run after a number of completed steps.
  ///   - payload: whatever else belongs in the checkpoint after a number of completed steps.
  public init<Payload: Encodable>(
    store: ParameterStore, directory: URL, configuration: String, keepingLast count: Int,
    state: @escaping (Int) -> TrainingState = { TrainingState(step: $0) },
    payload: @escaping (Int) -> Payload = { _ in NoPayload() }
  ) {
    precondition(count >= 1, "CheckpointHook: keeping the last \(count)")
    self.store = store
    self.checkpoints = Checkpoints(in: directory)
    self.configuration = configuration
    self.keepsLast = count
    self.state = state
    self.write = { store, optimizer, state, configuration, url in
      try Checkpoint.save(
        store, optimizer: optimizer, state: state, payload: payload(state.step), configuration: configuration, to: url)
    }
  }

  /// Writes a checkpoint, then prunes.
  public func save(afterStep step: Int, optimizer: any Optimizer) throws {
    try write(store, optimizer, state(step), configuration, checkpoints.directory(ofStep: step))
    lastSavedStep = step
    try checkpoints.prune(keepingLast: keepsLast)
  }
}
