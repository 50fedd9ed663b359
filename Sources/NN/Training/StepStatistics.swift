// What is known about one training step.

/// Measurements of one step.
public struct StepStatistics: Sendable, Equatable {
  /// The number of completed steps, this one included.
  public let step: Int
  /// The mean loss over the micro-batches, before the update.
  public let loss: Double
  /// The norm of all gradients before clipping.
  public let gradientNorm: Double
  /// The learning rate of the update.
  public let learningRate: Float
  /// Tokens of all micro-batches.
  public let tokens: Int
  /// Wall time of batches, forward, backward and update in seconds; hooks are not counted.
  public let seconds: Double
  /// Floating-point operations of the model per second, if the operations per token are known.
  public let operationsPerSecond: Double?
  /// Buffers that this step took from the pool's free lists.
  public let poolHits: Int
  /// Buffers that this step took from the system; 0 once every shape has been seen.
  public let poolMisses: Int
  /// The most bytes that lived in the pool at once during this step.
  public let peakPoolBytes: Int

  /// Tokens per second of wall time.
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }
}
