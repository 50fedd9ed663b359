// The complete description of the training of a spatial encoder. Defaults live here and only here; a YAML file under
// Configs/spatial is a patch.

public import Lab
import NN
public import Tensor

/// The configuration of a `foa-encoder` run.
public struct EncoderConfig: ExperimentConfig {
  /// Seeds initial values, the order of scenes and their augmentation. Scenes have a seed of their own.
  public var seed: UInt64 = 1
  /// The scenes: those of `train` teach, those of `validation` are watched; `test` is left alone.
  public var scenes = SceneDatasetConfig()
  /// A dataset of `foa-simulate` whose scenes are taken instead of rendering `scenes`; empty for none.
  public var folder = ""
  /// Where features are kept between runs.
  public var cache = "Data/cache/encoder"
  /// The encoder; class names come from the clips.
  public var model = SpatialEncoderConfig()
  /// The training loop.
  public var training = EncoderTrainingConfig()

  /// The defaults: the small study.
  public static let base: EncoderConfig = {
    var config = EncoderConfig()
    config.scenes.seed = 2
    config.scenes.scenes = SceneCounts(train: 12_000, validation: 500, test: 0)
    config.scenes.clips.folder = "Data/cache/clips"
    config.scenes.sources.separation = 10
    return config
  }()

  /// A run of a few seconds on the committed clips.
  public static var smoke: EncoderConfig {
    var config = base
    config.scenes.clips.folder = "Data/sample/clips"
    config.scenes.clips.split = .none
    config.scenes.scenes = SceneCounts(train: 12, validation: 4, test: 0)
    config.scenes.duration = 2
    config.scenes.room.walls = .decay(seconds: Span(lower: 0.2, upper: 0.3))
    config.model.onset.channels = [4, 8, 16]
    config.model.timbre.channels = [4, 8, 16]
    config.model.width = 16
    config.model.body = .attention(blocks: 1, heads: 2)
    config.model.headWidth = 16
    config.training.steps = 6
    config.training.batch = 4
    config.training.evaluateEvery = 3
    config.training.saveEvery = 3
    return config
  }

  /// Checks what types cannot express.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    model.check(&check, prefix: "model")
    for problem in trainerSettings.problems { check.report(problem, prefix: "training") }
    check.require(training.batch >= 1, "training.batch", expected: "at least 1", got: training.batch)
    check.require(
      training.keepCheckpoints >= 1, "training.keepCheckpoints", expected: "at least 1", got: training.keepCheckpoints)
    check.require(
      scenes.scenes.train >= 1 || !folder.isEmpty, "scenes.scenes.train", expected: "at least 1",
      got: scenes.scenes.train)
    let most = scenes.sources.counts.count
    check.require(
      most <= model.slots || !folder.isEmpty, "model.slots", expected: "at least \(most), the most sources of a scene",
      got: model.slots)
    for frontEnd in model.frontEnds {
      check.require(
        frontEnd.features.sampleRate == scenes.sampleRate, "scenes.sampleRate",
        expected: "that of the features, \(frontEnd.features.sampleRate)", got: scenes.sampleRate)
    }
    try check.finish()
    try scenes.validate()
  }

  /// What the trainer needs of this.
  var trainerSettings: TrainerSettings {
    TrainerSettings(
      steps: training.steps, precision: training.precision.available, learningRate: training.learningRate,
      schedule: .cosine(warmup: training.warmup, floor: training.floor), clipNorm: training.clipNorm,
      evaluateEvery: training.evaluateEvery,
      saveEvery: training.saveEvery)
  }
}

/// The training loop of an encoder.
public struct EncoderTrainingConfig: Codable, Equatable, Sendable {
  /// Optimiser steps.
  public var steps = 6000
  /// Scenes of one step.
  public var batch = 32
  /// The number format in which products multiply.
  public var precision = Precision.float32
  /// Peak learning rate.
  public var learningRate: Float = 1e-3
  /// Steps over which the learning rate rises to its peak; it falls as a half cosine from there.
  public var warmup = 200
  /// The learning rate at the end over the peak.
  public var floor: Float = 0.01
  /// Decay of weight matrices under AdamW.
  public var weightDecay = 0.05
  /// Largest global gradient norm.
  public var clipNorm: Float = 1
  /// What counts how much.
  public var loss = EncoderLossWeights()
  /// Changes of features that change labels in a known way.
  public var augmentation = AugmentationConfig()
  /// Steps between evaluations on the validation scenes; 0 evaluates only at the end.
  public var evaluateEvery = 1000
  /// Steps between checkpoints; 0 saves only at the end.
  public var saveEvery = 500
  /// Checkpoints that are kept.
  public var keepCheckpoints = 2
}

/// Changes of features that change labels in a known way.
public struct AugmentationConfig: Codable, Equatable, Sendable {
  /// Whether each scene is mapped by one of the 16 symmetries of first-order channels.
  public var symmetries = true
  /// The largest change of the level of all channels in dB.
  public var gain = 6.0
  /// The most mel bands of a stretch whose level is hidden, in front ends with 32 bands or more; 0 hides none.
  public var hiddenBands = 0

  /// No changes.
  public static let none = AugmentationConfig(symmetries: false, gain: 0, hiddenBands: 0)

  /// Creates a configuration.
  public init(symmetries: Bool = true, gain: Double = 6, hiddenBands: Int = 0) {
    self.symmetries = symmetries
    self.gain = gain
    self.hiddenBands = hiddenBands
  }
}
