// Where a trainer's batches come from: a pure function of the step, so that resumption needs no reader state.

/// Batches by step.
public protocol BatchSource {
  /// What the loss function reads.
  associatedtype Batch

  /// The batch of one micro-batch of one step; the same for the same arguments, in any order of calls.
  ///
  /// - Parameters:
  ///   - step: the step, from 0.
  ///   - micro: the micro-batch within the step, from 0.
  func batch(step: Int, micro: Int) -> Batch

  /// The number of tokens (or other units of progress) that a batch trains on.
  func tokens(in batch: Batch) -> Int
}
