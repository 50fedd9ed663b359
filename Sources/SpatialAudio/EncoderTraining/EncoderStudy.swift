// An encoder on a frozen dataset, beside the classical estimators on the same scenes.
// Not here: the page (EncoderStudy+Report.swift), single scenes (EncoderScores.swift).

public import Foundation
public import Lab
import Tensor

/// What an encoder hears of a dataset, beside what estimators without training do.
public struct EncoderStudy: Sendable {
  /// The dataset.
  public let name: String
  /// One for each scene, in order.
  public let hearings: [EncoderHearing]
  /// The figures.
  public let scores: EncoderScores
  /// The classical estimators on the same scenes; nil if they were not asked for.
  public let classical: DatasetStudy?
  /// The scenes, for reports.
  let scenes: [SceneMetadata]
  /// Class names.
  let classes: [String]

  /// Hears all scenes of a dataset.
  ///
  /// - Parameters:
  ///   - folder: the dataset.
  ///   - bundle: the encoder.
  ///   - cache: where features are kept.
  ///   - classical: whether the classical estimators hear the scenes too.
  ///   - progress: told of each scene, first of the features, then of the encoder, then of the estimators.
  /// - Throws: ``SceneError``, ``FeatureStoreError``, ``EncoderStudyError``.
  public init(
    _ folder: DatasetFolder, bundle: EncoderBundle, cache: URL, classical: Bool, interrupt: Interrupt = Interrupt(),
    progress: @escaping @Sendable (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws {
    let supply = try SceneSupply.stored(folder, split: nil)
    guard supply.classes == bundle.encoder.config.classes else {
      throw EncoderStudyError.classes(
        dataset: folder.url.relativePath, expected: bundle.encoder.config.classes, got: supply.classes)
    }
    guard let first = try folder.completeScenes().first, let metadata = try folder.metadata(of: first) else {
      throw FeatureStoreError.empty(path: folder.url.relativePath, reason: "no scene is complete")
    }
    let moments = Int((metadata.duration * Double(SpatialEncoderConfig.momentsPerSecond)).rounded(.down))
    let store = try FeatureStore(
      supply, inputs: bundle.inputs, moments: moments, cache: cache, interrupt: interrupt
    ) { progress(.features, $0, $1) }
    scenes = store.scenes
    classes = supply.classes
    name = folder.url.relativePath
    hearings = Self.hear(store, bundle, moments: moments) { progress(.hearing, $0, $1) }
    scores = EncoderScores(hearings)
    self.classical = classical ? try DatasetStudy(folder) { progress(.classical, $0, $1) } : nil
  }

  /// What is being done.
  public enum Stage: String, Sendable, CaseIterable {
    /// Features are made.
    case features = "analyse"
    /// The encoder hears.
    case hearing = "hear"
    /// The classical estimators hear.
    case classical = "estimate"
  }

  private static func hear(
    _ store: FeatureStore, _ bundle: EncoderBundle, moments: Int, progress: (Int, Int) -> Void
  ) -> [EncoderHearing] {
    let batches = SceneBatches(
      store, inputs: bundle.inputs, moments: moments, size: 32, augmentation: .none, seed: 0)
    let count = store.scenes.count
    var hearings: [EncoderHearing] = []
    for start in stride(from: 0, to: count, by: batches.size) {
      let range = start..<min(count, start + batches.size)
      let batch = batches.plain(range)
      let heard = bundle.encoder.hear(batch.inputs, order: batch.order)
      for (scene, pair) in zip(range, zip(batch.targets, heard)) {
        hearings.append(EncoderHearing(store.scenes[scene].sceneID, truth: pair.0, heard: pair.1))
      }
      progress(range.upperBound, count)
    }
    return hearings
  }

  /// The encoder against one estimator with one number of sources.
  public struct Contrast: Sendable {
    /// The estimator.
    public let estimator: String
    /// Sources of the scenes.
    public let sources: Int
    /// Mean angle of the encoder less that of the estimator, over scenes.
    public let difference: PairedDifference
    /// Mean angle of the estimator in degrees.
    public let estimatorAngle: Double
  }

  /// The encoder against each estimator, on the scenes that both can hear, with the number of sources known.
  public var contrasts: [Contrast] {
    guard let classical else { return [] }
    let ours = Dictionary(uniqueKeysWithValues: hearings.map { ($0.scene, $0) })
    return classical.estimators.indices.flatMap { estimator in
      (1...3).compactMap { count -> Contrast? in
        let pairs = classical.hearings[estimator].compactMap { hearing -> (Double, Double)? in
          guard hearing.sourceCount == count, let own = ours[hearing.scene] else { return nil }
          let theirs = hearing.errors.angles.isEmpty ? 180 : Statistics.mean(hearing.errors.angles)
          return (Statistics.mean(own.known.angles), theirs)
        }
        guard pairs.count >= 2 else { return nil }
        return Contrast(
          estimator: classical.estimators[estimator].name, sources: count,
          difference: Statistics.pairedDifference(pairs.map(\.0), pairs.map(\.1)),
          estimatorAngle: Statistics.mean(pairs.map(\.1)))
      }
    }
  }

  /// SELD frame by frame in the form of 2024, with the classes and the number of sources as heard.
  public var seld: ScoringReport {
    ScoringReport(
      hearings.map(\.recording),
      options: ScoringOptions(
        forms: [.frames], referenceUnit: .metres, predictionUnit: .metres, classNames: classes))
  }
}

/// Why an encoder cannot hear a dataset.
public enum EncoderStudyError: LabError, Equatable {
  /// Other classes than those that the encoder knows.
  case classes(dataset: String, expected: [String], got: [String])

  /// What is wrong, and what would be right.
  public var description: String {
    switch self {
    case .classes(let dataset, let expected, let got):
      "\(dataset): expected the classes of the encoder (\(expected.joined(separator: ", "))), got "
        + "\(got.joined(separator: ", ")). Hint: render the dataset from the same clips."
    }
  }
}
