// Training steps of a configuration on random tokens, timed one by one.
import Foundation
public import Lab
import NN
import Tensor

/// A training step that can be repeated and timed.
public struct StepBenchmark {
  private let model: LanguageModel
  private var optimizer: any Optimizer
  private let config: LanguageModelConfig
  private let tokens: IndexTensor
  private let targets: IndexTensor
  private let profile: OperationProfile?

  /// A benchmark of `config`; a vocabulary of 0 becomes 4,096.
  ///
  /// - Parameters:
  ///   - config: model and batch.
  ///   - threads: 0 leaves the choice to the machine.
  ///   - profile: whether to keep the time of each operation.
  public init(_ config: LanguageModelConfig, threads: Int, profile: Bool) throws {
    if threads > 0 { Runtime.configure(threads: threads) }
    self.config = config
    var modelConfig = config.model
    if modelConfig.vocabulary == 0 { modelConfig.vocabulary = 4096 }
    model = LanguageModel(modelConfig, seed: config.seed)
    optimizer = config.training.optimizer.makeOptimizer(for: model.parameters)
    let shape: Shape = [config.training.batch, config.training.tokens]
    var random = RandomSource(seed: config.seed).split("benchmark")
    func ids() -> IndexTensor {
      IndexTensor((0..<shape.count).map { _ in Int32(random.integer(below: modelConfig.vocabulary)) }, shape: shape)
    }
    tokens = ids()
    targets = ids()
    self.profile = profile ? OperationProfile() : nil
  }

  private struct Header: Encodable {
    let isa: String
    let blas: String
    let precision: Precision
    let threads: Int
    let parameters: Int
    let predictedBytes: Int
    let operations: Double
  }

  private struct Step: Encodable {
    let seconds: Double
    let loss: Float
    let poolMisses: Int
    let peakBytes: Int
  }

  private func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "{}\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  /// One JSON line about machine and model.
  public var header: String {
    let (batch, tokens) = (config.training.batch, config.training.tokens)
    let costs = CostModel(model.config), memory = costs.trainingMemory(batch: batch, tokens: tokens)
    let sequences = Double(batch * tokens * config.training.microBatches)
    return line(
      Header(
        isa: "\(Runtime.instructionSet)", blas: "\(Runtime.matrixBackend) \(Runtime.blasDescription)",
        precision: config.training.precision.available, threads: Runtime.threads, parameters: model.parameters.count,
        predictedBytes: memory.total,
        operations: costs.trainingOperationsPerToken(tokens: tokens) * sequences))
  }

  /// Performs one step.
  ///
  /// - Returns: one JSON line with its time.
  public mutating func step() throws -> String {
    BufferPool.shared.resetPeak()
    let before = BufferPool.shared.statistics
    var loss: Float = 0
    let time = ContinuousClock().measure {
      model.parameters.resetGradients()
      for _ in 0..<config.training.microBatches {
        let tape = Tape(precision: config.training.precision.available, profile: profile)
        let mean = model.loss(tokens, targets: targets, on: tape, zLoss: config.training.zLoss).mean
        loss = mean.value.scalar
        tape.backward(from: mean, seed: 1 / Float(config.training.microBatches))
      }
      model.parameters.completeGradients()
      let norm = model.parameters.gradientNorm()
      let clip = Double(config.training.clipNorm)
      optimizer.step(
        model.parameters, learningRate: config.training.learningRate,
        gradientScale: clip > 0 && norm > clip ? Float(clip / norm) : 1)
    }
    let after = BufferPool.shared.statistics
    return line(
      Step(
        seconds: time.seconds, loss: loss, poolMisses: after.misses - before.misses,
        peakBytes: after.peakBytesInUse))
  }

  /// The time of each operation since the benchmark began.
  public var profileTable: Report {
    let entries = profile?.entries ?? []
    let total = entries.reduce(0) { $0 + $1.forwardSeconds + $1.backwardSeconds }
    return Report(
      title: "Time by operation",
      blocks: [
        .table(
          Table(
            columns: [
              .text("operation"), .number("calls"), .number("forward (s)"), .number("backward (s)"),
              .number("share (%)"),
            ],
            rows: entries.map { entry in
              [
                .init(stringLiteral: entry.operation), .integer(entry.calls),
                .number(entry.forwardSeconds, decimals: 3), .number(entry.backwardSeconds, decimals: 3),
                .number(100 * (entry.forwardSeconds + entry.backwardSeconds) / max(1e-9, total), decimals: 1),
              ]
            }))
      ])
  }
}
