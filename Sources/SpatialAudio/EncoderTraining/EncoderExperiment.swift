// The spatial encoder as an experiment: what `foa-encoder train`, `resume`, `dry-run`, `config` and `report` do.
// Not here: the commands that need a trained encoder (Sources/Experiments/foa-encoder).

import Foundation
public import Lab
import NN
import Tensor

/// Training a spatial encoder.
public enum EncoderExperiment: ResumableExperiment {
  /// Run directories lie under `Runs/foa-encoder`.
  public static let name = "foa-encoder"
  /// One line for the help.
  public static let abstract = "Trains a spatial encoder: what sounds where, how far, and in what room."
  /// What a newcomer should know.
  public static let discussion = """
    Scenes are rendered from clips when they are first needed (`make data ARGS=clips` fetches real ones), and their \
    features are kept. Scenes of training and validation share neither clips nor rooms.

    EXAMPLES:
      foa-encoder train --config Configs/spatial/encoder.yaml
      foa-encoder train --smoke --out Runs/first-encoder

    Ctrl-C finishes the step, saves and prints the command that continues.
    """
  /// The names of the commands.
  public static let verbs = ExperimentVerbs(run: "train")
  /// What may change when a run goes on.
  public static let keysThatMayChange = [
    "training.steps", "training.evaluateEvery", "training.saveEvery", "training.keepCheckpoints",
  ]

  /// Trains from the start.
  public static func run(_ config: EncoderConfig, in run: Run) throws -> EncoderSummary {
    try EncoderRun(config, in: run).train()
  }

  /// Trains on from the newest checkpoint.
  public static func resume(_ config: EncoderConfig, in run: Run) throws -> EncoderSummary {
    try EncoderRun(config, in: run).train()
  }

  /// Sizes of the encoder and of its data.
  public static func dryRun(_ config: EncoderConfig, threads: Int) throws -> Report {
    var model = config.model
    if model.classes.isEmpty { model.classes = try ClipLibrary(config.scenes.clips).classes }
    let encoder = SpatialEncoder(model, seed: config.seed)
    let moments = Int(config.scenes.duration * Double(SpatialEncoderConfig.momentsPerSecond))
    let numbers = try EncoderInputs(model).shapes(moments: moments).reduce(0) { $0 + $1.count }
    let scenes = config.scenes.scenes.train + config.scenes.scenes.validation
    var table = Table(columns: [.text("what"), .text("how much")], rows: [])
    table.rows = [
      [Table.Cell("parameters"), Table.Cell(RichText("\(encoder.parameters.count)"))],
      [Table.Cell("classes"), Table.Cell(RichText("\(model.classes.count)"))],
      [Table.Cell("scenes to render"), Table.Cell(RichText("\(scenes)"))],
      [Table.Cell("features on disk"), Table.Cell(RichText("\(scenes * numbers * 2 / 1_000_000) MB"))],
      [Table.Cell("scenes seen"), Table.Cell(RichText("\(config.training.steps * config.training.batch)"))],
    ]
    return Report(title: "Training of a spatial encoder", blocks: [.table(table)])
  }
}
