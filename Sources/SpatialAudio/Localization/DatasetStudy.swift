// Classical estimators on a whole dataset: angles, recall and SELD scores by the number of sources.
// Not here: the estimators (Localizer.swift), the page (DatasetStudy+Report.swift).

import Foundation
public import Lab
import Media
import Synchronization
import Tensor

/// What the classical estimators hear of a dataset.
public struct DatasetStudy: Sendable {
  /// One scene as one estimator heard it.
  public struct Hearing: Sendable {
    /// The scene.
    public let scene: String
    /// True sources.
    public let sourceCount: Int
    /// The mean ratio of direct to reverberant energy of the sources in dB.
    public let directToReverberant: Double
    /// Errors with the number of sources known.
    public let errors: SceneErrors
    /// The number of sources that the estimator found by itself.
    public let estimatedCount: Int
    /// Frame by frame, all of one class.
    public let recording: ScoredRecording
  }

  /// The estimators.
  public let estimators: [DirectionEstimator]
  /// For each estimator, its hearings of the scenes it can serve, in the order of the scenes.
  public let hearings: [[Hearing]]
  /// Scenes that could not be heard, with the reason.
  public let failures: [String]
  /// The dataset.
  public let name: String

  /// Runs estimators over the scenes of a dataset, several at once; one scene of each thread is in memory at a time.
  ///
  /// - Parameters:
  ///   - limit: scenes at most, 0 for all.
  ///   - progress: told after each scene.
  /// - Throws: ``SceneError`` if the folder is not a dataset.
  public init(
    _ folder: DatasetFolder, estimators: [DirectionEstimator] = DirectionEstimator.defaults, limit: Int = 0,
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    let all = try folder.completeScenes()
    let scenes = limit > 0 ? Array(all.prefix(limit)) : all
    let localizers = estimators.map { Localizer($0) }
    let found = Mutex<[Int: [Hearing?]]>([:])
    let failed = Mutex<[String]>([])
    let done = Atomic(0)
    parallelForEach(scenes.count) { index, _ in
      do {
        let hearings = try Self.hear(scenes[index], in: folder, localizers)
        found.withLock { $0[index] = hearings }
      } catch {
        let text = "\(error)"
        failed.withLock { $0.append(text.hasPrefix("scene ") ? text : "scene \(scenes[index]): \(text)") }
      }
      progress(done.add(1, ordering: .relaxed).newValue, scenes.count)
    }
    self.estimators = estimators
    let results = found.withLock { $0 }
    hearings = estimators.indices.map { estimator in scenes.indices.compactMap { results[$0]?[estimator] } }
    failures = failed.withLock { $0 }.sorted()
    name = folder.url.relativePath
  }

  private static func hear(
    _ scene: String, in folder: DatasetFolder, _ localizers: [Localizer]
  ) throws -> [Hearing?] {
    let (metadata, audio) = try folder.scene(scene)
    let labels = try DCASELabels.read(
      folder.url.appending(path: metadata.labels), options: DCASELabels.ReadingOptions(unit: .centimetres))
    let reference = labels.events.map { event in
      LabelEvent(frame: event.frame, classIndex: 0, direction: event.direction)
    }
    // A source that moves counts where it is in the middle of its path.
    let truth = metadata.sources.compactMap { source in
      source.trajectory.isEmpty
        ? nil : source.trajectory[source.trajectory.count / 2]
    }.map { Direction(azimuth: $0[1], elevation: $0[2]) }
    let ratio = metadata.sources.reduce(0) { $0 + $1.directToReverberant } / Double(max(1, truth.count))
    let field = try SoundField(audio)
    return localizers.map { localizer -> Hearing? in
      guard !truth.isEmpty, truth.count <= localizer.estimator.mostSources else { return nil }
      let known = localizer.estimate(field, sources: .known(truth.count))
      let open = localizer.estimate(field, sources: .estimated(most: min(3, localizer.estimator.mostSources)))
      let moments = localizer.track(field, duration: audio.duration, sources: .known(truth.count))
      let heard = moments.enumerated().flatMap { frame, estimates in
        estimates.map { LabelEvent(frame: frame, classIndex: 0, direction: $0.direction) }
      }
      return Hearing(
        scene: scene, sourceCount: truth.count, directToReverberant: ratio,
        errors: SceneErrors(estimates: known.map(\.direction), truth: truth), estimatedCount: open.count,
        recording: ScoredRecording(name: scene, reference: numbered(reference), prediction: numbered(heard)))
    }
  }

  /// Sources of a frame numbered in their order.
  private static func numbered(_ events: [LabelEvent]) -> [LabelEvent] {
    var counts: [Int: Int] = [:]
    return events.map { event in
      let number = counts[event.frame, default: 0]
      counts[event.frame] = number + 1
      return LabelEvent(
        frame: event.frame, classIndex: 0, source: number, direction: event.direction, distance: event.distance)
    }
  }
}

extension DatasetStudy {
  /// The figures of one estimator with one number of sources.
  public struct Row: Codable, Equatable, Sendable {
    /// The estimator.
    public var estimator: String
    /// True sources in each scene.
    public var sources: Int
    /// Scenes.
    public var scenes: Int
    /// Mean angle of matched sources in degrees (180 for a scene without any); scenes are drawn for the interval.
    public var meanAngle: Double
    /// The 95 % interval of the mean.
    public var meanInterval: Interval
    /// The median angle in degrees.
    public var medianAngle: Double
    /// Share of true sources with an estimate within 20°.
    public var recall: Double
    /// The 95 % interval of the share.
    public var recallInterval: Interval
    /// Share of scenes whose number of sources was found.
    public var countAccuracy: Double
    /// SELD figures of the segment form of 2023, all sources of one class: ER, F, LE in degrees, LR.
    public var seld: [String: Double]
    /// Half widths of the jackknife's 95 % intervals of the same.
    public var seldMargins: [String: Double]
  }

  /// All rows: each estimator with 1, 2, 3 sources, where there are scenes.
  public func rows() -> [Row] {
    estimators.indices.flatMap { estimator in
      (1...3).compactMap { count in
        let part = hearings[estimator].filter { $0.sourceCount == count }
        return part.isEmpty ? nil : Self.row(estimators[estimator].name, count, part)
      }
    }
  }

  private static func row(_ estimator: String, _ sources: Int, _ part: [Hearing]) -> Row {
    let angles = part.flatMap(\.errors.angles)
    let perScene = part.map { $0.errors.angles.isEmpty ? 180 : Statistics.mean($0.errors.angles) }
    let recalls = part.map { Double($0.errors.hits(within: 20)) / Double(sources) }
    let scores = ScoringReport(
      part.map(\.recording),
      options: ScoringOptions(forms: [.segments], classNames: ["any"])
    ).forms[0]
    var seld: [String: Double] = [:], margins: [String: Double] = [:]
    for (index, quantity) in scores.quantities.enumerated() where scores.overall[index].isFinite {
      seld[quantity.key] = scores.overall[index]
      if scores.jackknife.indices.contains(index), scores.jackknife[index].margin.isFinite {
        margins[quantity.key] = scores.jackknife[index].margin
      }
    }
    return Row(
      estimator: estimator, sources: sources, scenes: part.count, meanAngle: Statistics.mean(perScene),
      meanInterval: interval(perScene), medianAngle: angles.isEmpty ? 180 : Statistics.median(angles),
      recall: Statistics.mean(recalls), recallInterval: interval(recalls),
      countAccuracy: Double(part.count { $0.estimatedCount == sources }) / Double(part.count), seld: seld,
      seldMargins: margins)
  }

  private static func interval(_ values: [Double]) -> Interval {
    Statistics.bootstrapInterval(values, resamples: 2000)
  }
}
