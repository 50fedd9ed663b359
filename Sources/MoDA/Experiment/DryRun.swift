// What a run would cost, before it starts.
import Foundation
public import Lab
import NN
import Tensor
import Text

/// The costs of a configuration.
public struct DryRun {
  let config: LanguageModelConfig
  let model: ModelConfig
  let calibration: StepCalibration

  /// The costs of `config`; a step's time is measured on copies of the model with one and two blocks.
  ///
  /// - Throws: errors of the tokenizer's file.
  public init(_ config: LanguageModelConfig) throws {
    self.config = config
    var model =
      config.start.isEmpty ? config.model : try EvaluatedModel(URL(fileURLWithPath: config.start)).model.config
    if model.vocabulary == 0 { model.vocabulary = try Self.vocabulary(config.data.tokenizer) }
    self.model = model
    calibration = StepCalibration(
      model, batch: config.training.batch, tokens: config.training.tokens,
      microBatches: config.training.microBatches, precision: config.training.precision.available)
  }

  private static func vocabulary(_ tokenizer: TokenizerConfig) throws -> Int {
    switch tokenizer {
    case .train(let vocabulary): vocabulary
    case .bytes: ByteTokenizer().vocabularySize
    case .file(let path): try BytePairEncoding(contentsOf: path).vocabularySize
    }
  }

  /// The precision that training would have here, and why it is not the configured one.
  private var precisionNote: String {
    let precision = config.training.precision
    return precision.missing.map { "f32, not \(precision): \($0)" } ?? "\(precision)"
  }

  /// Parameters, operations, memory and time as a document.
  public var report: Report {
    let costs = CostModel(model)
    let training = config.training
    let memory = costs.trainingMemory(batch: training.batch, tokens: training.tokens)
    let perStep = training.batch * training.tokens * training.microBatches
    let operations = costs.trainingOperationsPerToken(tokens: training.tokens)
    func mebibytes(_ bytes: Int) -> RichText { RichText(String(format: "%.1f MiB", Double(bytes) / 1_048_576)) }
    func giga(_ value: Double) -> RichText { RichText(String(format: "%.3f G", value / 1e9)) }
    var report = Report(title: "\(model.label), \(model.blocks) blocks", subtitle: "dry run: nothing was trained")
    report.append(
      .facts([
        .init("Parameters", RichText(String(format: "%.3f M", Double(costs.parameters) / 1e6))),
        .init("Depth slots", RichText("\(model.slotCount) written, \(costs.slotReads) read over all blocks")),
        .init("Forward operations of a sequence", giga(costs.forwardOperations(tokens: training.tokens))),
        .init("of these in the depth phase", giga(costs.depthOperations(tokens: training.tokens))),
        .init("Training operations a token", giga(operations)),
        .init("Tokens a step", RichText("\(perStep)")),
        .init("Tokens of the run", RichText("\(perStep * training.steps)")),
      ]))
    report.append(.heading("Memory of a training step"))
    report.append(
      .facts([
        .init("Parameters, gradients, moments", mebibytes(memory.parameters)),
        .init("Activations", mebibytes(memory.activations)),
        .init("Depth stream and its gradients", mebibytes(memory.depthStream)),
        .init("Transient", mebibytes(memory.transient)),
        .init("Peak", .strong(String(format: "%.1f MiB", Double(memory.total) / 1_048_576))),
        .init("Cache of a generated token", RichText("\(costs.cacheBytesPerToken) bytes")),
      ]))
    report.append(.heading("Time on this machine"))
    let total = calibration.secondsPerStep * Double(training.steps)
    report.append(
      .facts([
        .init("Threads", RichText("\(Runtime.threads), \(Runtime.instructionSet)")),
        .init("Products multiply in", RichText(precisionNote)),
        .init("Measured rate", RichText(String(format: "%.0f GFLOP/s", calibration.operationsPerSecond / 1e9))),
        .init("Step", RichText(String(format: "%.3f s", calibration.secondsPerStep))),
        .init("Tokens a second", RichText(String(format: "%.0f", Double(perStep) / calibration.secondsPerStep))),
        .init("Run, evaluation excluded", RichText(String(format: "%.1f min", total / 60))),
      ]))
    report.append(
      .paragraph("The step is extrapolated from copies of the model with one and two blocks, measured just now."))
    return report
  }
}
