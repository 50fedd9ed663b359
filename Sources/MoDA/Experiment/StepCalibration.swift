// How long a step of a model takes, measured on shallow copies of it.
import Foundation
import Lab
import NN
public import Tensor

/// The time of a training step, extrapolated from copies with one and two blocks.
///
/// Blocks cost the same time each but for the depth phase, whose share is taken from the cost model.
public struct StepCalibration {
  /// Seconds of one step of the whole model.
  public let secondsPerStep: Double
  /// The measured rate, in floating-point operations a second.
  public let operationsPerSecond: Double

  /// Measures `config` with micro-batches of `batch` sequences of `tokens` tokens.
  ///
  /// - Parameters:
  ///   - config: the model; its vocabulary must be resolved.
  ///   - batch: sequences of one micro-batch.
  ///   - tokens: tokens of each.
  ///   - microBatches: micro-batches of a step.
  ///   - precision: in which products multiply.
  public init(_ config: ModelConfig, batch: Int, tokens: Int, microBatches: Int, precision: Precision) {
    var operations = 0.0, seconds = 0.0
    var perDepth: [Double] = []
    for blocks in 1...2 {
      var shallow = config
      shallow.blocks = blocks
      let time = Self.measure(shallow, batch: batch, tokens: tokens, precision: precision)
      perDepth.append(time)
      seconds += time
      operations += CostModel(shallow).trainingOperationsPerToken(tokens: tokens) * Double(batch * tokens)
    }
    let block = max(0, perDepth[1] - perDepth[0])
    let rate = operations / seconds
    let costs = CostModel(config)
    // The two-block copy paid its own depth phase; the rest of the deep model's is priced at the measured rate.
    let depth = 3 * costs.depthOperations(tokens: tokens) * Double(batch) / rate
    secondsPerStep = Double(microBatches) * (perDepth[0] + Double(config.blocks - 1) * block + depth)
    operationsPerSecond = rate
  }

  private static func measure(_ config: ModelConfig, batch: Int, tokens: Int, precision: Precision) -> Double {
    let model = LanguageModel(config, seed: 0)
    var optimizer = OptimizerKind.adamW().makeOptimizer(for: model.parameters)
    let ids = IndexTensor(
      (0..<batch * tokens).map { Int32($0 % config.vocabulary) }, shape: [batch, tokens])
    let clock = ContinuousClock()
    var best = Double.infinity
    for _ in 0..<3 {
      let time = clock.measure {
        model.parameters.resetGradients()
        let tape = Tape(precision: precision)
        tape.backward(from: model.loss(ids, targets: ids, on: tape).mean)
        model.parameters.completeGradients()
        optimizer.step(model.parameters, learningRate: 1e-4)
      }
      best = min(best, time.seconds)
      if best > 5 { break }
    }
    return best
  }
}
