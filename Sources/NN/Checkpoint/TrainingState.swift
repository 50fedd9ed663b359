// What a training run needs to continue besides parameters and optimiser state.
public import Tensor

/// The place of a training run: counters only, since batches and randomness are functions of them.
public struct TrainingState: Codable, Sendable, Equatable {
  /// Completed steps.
  public var step: Int
  /// The position in the training data, in the unit of its source.
  public var dataPosition: Int
  /// Random streams by name, at their current counters.
  public var randomSources: [String: RandomSource]

  /// A place; the data position is the step unless the source counts otherwise.
  public init(step: Int, dataPosition: Int? = nil, randomSources: [String: RandomSource] = [:]) {
    self.step = step
    self.dataPosition = dataPosition ?? step
    self.randomSources = randomSources
  }
}

/// The contents of `state.json`.
struct StateFile<Payload> {
  /// The layout of the directory that this code writes.
  static var currentFormat: Int { 1 }

  var format: Int
  var optimizer: String?
  var optimizerSteps: Int
  /// Bytes of every other file: what makes a truncated directory recognisable.
  var files: [String: Int]
  var training: TrainingState
  var payload: Payload
}

extension StateFile: Encodable where Payload: Encodable {}
extension StateFile: Decodable where Payload: Decodable {}

/// No payload.
public struct NoPayload: Codable, Sendable, Equatable {
  /// Nothing.
  public init() {}
}
