// What a sub-layer writes to the depth stream: keys and values, reused or projected, and their utility where readers
// choose by it. Not here: the stream (DepthStream.swift) and the choice (SlotSelection.swift).
public import NN
import Tensor

/// A key and a value for one depth slot, `[B, T, Hk, d]` each, and the slot's utility where readers choose by it.
public struct SlotEntry {
  /// The key, as readers score it.
  public let key: Variable
  /// The value.
  public let value: Variable
  /// The utility `[B, T, Hk]` by which readers choose; nil if they do not.
  public let score: Variable?
}

/// Makes the slots of one sub-layer.
///
/// Parameters: `depth_k_proj` and `depth_v_proj` `[Hk·d, D]` if it projects, `depth_score` `[Hk, D]` with a bias if
/// readers choose by score.
struct SlotWriter {
  let config: ModelConfig
  /// The norm of the block's keys, whose unit vectors slots hold.
  let keyNorm: HeadNorm
  let key, value, score: Linear?

  /// A writer.
  ///
  /// - Parameters:
  ///   - config: the model's configuration.
  ///   - projects: whether slots have projections of their own.
  ///   - writes: whether a block reads the slots.
  ///   - keyNorm: the norm of the block's keys.
  ///   - scope: the sub-layer's.
  init(_ config: ModelConfig, projects: Bool, writes: Bool, keyNorm: HeadNorm, in scope: ParameterScope) {
    self.config = config
    self.keyNorm = keyNorm
    let keyWidth = config.keyHeads * config.headWidth, initial = Initializer.normal(deviation: config.initialDeviation)
    func projection(_ name: String) -> Linear {
      Linear(config.width, keyWidth, bias: config.biases == .all, initializer: initial, in: scope / name)
    }
    key = projects ? projection("depth_k_proj") : nil
    value = projects ? projection("depth_v_proj") : nil
    score =
      writes && config.depth.window.isScored
      ? Linear(config.width, config.keyHeads, bias: true, initializer: initial, in: scope / "depth_score") : nil
  }

  /// The slot that the projections make of the sub-layer's input.
  ///
  /// - Parameter x: `[B, T, D]`.
  /// - Precondition: the writer projects.
  func project(_ x: Variable) -> SlotEntry {
    guard let key, let value else { preconditionFailure("SlotWriter.project: the writer has no projections") }
    let x = config.depth.detached ? x.detached : x
    let shape: Shape = [x.shape[0], x.shape[1], config.keyHeads, config.headWidth]
    let own = key(x).reshaped(to: shape)
    return entry(
      key: config.depth.keyMode == .raw ? own : keyNorm.unit(own), value: value(x).reshaped(to: shape), of: x)
  }

  /// The slot that reuses a key and a value of the sequence.
  ///
  /// - Parameters:
  ///   - key: `[B, T, Hk, d]`, as readers score it.
  ///   - value: `[B, T, Hk, d]`.
  ///   - x: the sub-layer's input, `[B, T, D]`.
  func reuse(key: Variable, value: Variable, of x: Variable) -> SlotEntry {
    guard config.depth.detached else { return entry(key: key, value: value, of: x) }
    return entry(key: key.detached, value: value.detached, of: x.detached)
  }

  private func entry(key: Variable, value: Variable, of x: Variable) -> SlotEntry {
    guard let score else { return SlotEntry(key: key, value: value, score: nil) }
    let utility = score(x)
    return SlotEntry(key: key, value: gated(value, by: utility), score: utility)
  }
}
