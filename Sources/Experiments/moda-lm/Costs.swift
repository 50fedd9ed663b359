// moda-lm costs: the mechanisms of the paper side by side, from formulas.
import ArgumentParser
import Lab
import MoDA

struct Costs: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compares the costs of the paper's mechanisms for the sizes of a configuration.",
    discussion: """
      Prints the formulas of the paper's Table 1 with their values for these sizes, and exact counts of whole models: \
      depth residual, depth dense, depth attention and MoDA. Nothing is built or measured; the prefill has \
      training.tokens tokens. Without a vocabulary in the configuration, one of 4,096 is assumed.

      EXAMPLE:
        moda-lm costs --config Configs/moda/table3-row4-moda.yaml
      """)

  @OptionGroup var options: ExperimentOptions

  func run(in environment: CommandEnvironment) throws {
    let config = try options.resolved(LanguageModelConfig.self).value
    var model = config.model
    if model.vocabulary == 0 { model.vocabulary = 4096 }
    guard model.queryHeads * model.headWidth == model.width else {
      throw ValidationError(
        "model.width: expected queryHeads · headWidth = \(model.queryHeads * model.headWidth), as the paper's symbols "
          + "have it, got \(model.width)")
    }
    environment.standardOutput.write(ComplexityTable(model, tokens: config.training.tokens).report.plainText)
  }
}
