// How right an encoder is: one hearing a scene, and the figures over many.
// Not here: the page (EncoderStudy+Report.swift), the loss that training minimises (Encoder/SlotLoss.swift).

import Foundation
public import Lab

/// One scene beside what an encoder heard of it.
public struct EncoderHearing: Sendable {
  /// The name of the scene.
  public let scene: String
  /// Sources in the scene.
  public let sourceCount: Int
  /// Sources that were heard.
  public let heardCount: Int
  /// Angles with the number of sources known.
  public let known: SceneErrors
  /// Angles with the number of sources as heard.
  public let ungated: SceneErrors
  /// Whether the class of each source is right, under the assignment of `known`.
  public let classHits: [Bool]
  /// `|ln d̂/d|` of each source, under the assignment of `known`.
  public let distanceErrors: [Double]
  /// Whether all classes and all directions within 20° are right as sets; nil if they are not.
  public let isBoundRight: Bool?
  /// `|ln|` of the ratio of decay times.
  public let decayError: Double
  /// `|ln|` of the ratio of volumes.
  public let volumeError: Double
  /// Frame by frame.
  public let recording: ScoredRecording

  /// Compares a scene with what was heard of it.
  public init(_ name: String, truth: SceneTarget, heard: HeardScene) {
    scene = name
    sourceCount = truth.sources.count
    heardCount = heard.sources.count
    let directions = truth.sources.map(\.place.direction)
    let found = heard.sources(known: truth.sources.count)
    known = SceneErrors(estimates: found.map(\.place.direction), truth: directions)
    ungated = SceneErrors(estimates: heard.sources.map(\.place.direction), truth: directions)
    let costs = directions.flatMap { direction in found.map { direction.angle(to: $0.place.direction) } }
    let pairs = Assignment.minimumSum(costs: costs, rows: directions.count, columns: found.count)
    classHits = pairs.map { truth.sources[$0.row].classIndex == found[$0.column].classIndex }
    distanceErrors = pairs.map { abs(log(found[$0.column].place.distance / truth.sources[$0.row].place.distance)) }
    let areDirectionsRight = pairs.allSatisfy { costs[$0.row * found.count + $0.column] <= 20 }
    let areClassesRight = truth.sources.map(\.classIndex).sorted() == found.map(\.classIndex).sorted()
    isBoundRight = truth.sources.count > 1 && areDirectionsRight && areClassesRight ? classHits.allSatisfy { $0 } : nil
    decayError = abs(log(heard.decay / truth.decay))
    volumeError = abs(log(heard.volume / truth.volume))
    recording = ScoredRecording(name: name, reference: truth.events, prediction: heard.events())
  }
}

extension SceneTarget {
  /// Events frame by frame, as a label file has them.
  var events: [LabelEvent] {
    var numbers: [Int: Int] = [:]
    return sources.flatMap { source in
      let number = numbers[source.classIndex, default: 0]
      numbers[source.classIndex] = number + 1
      return source.activity.indices.filter { source.activity[$0] }.map { moment in
        LabelEvent(
          frame: moment, classIndex: source.classIndex, source: number, direction: source.places[moment].direction,
          distance: source.places[moment].distance)
      }
    }
  }
}

/// The figures of an encoder on many scenes.
public struct EncoderScores: Codable, Equatable, Sendable {
  /// A figure with its 95 % interval over scenes.
  public struct Figure: Codable, Equatable, Sendable {
    /// The value.
    public var value: Double
    /// The interval.
    public var interval: Interval
    /// Scenes.
    public var scenes: Int
  }

  /// Mean angle in degrees by the number of sources, that number known.
  public var angles: [Int: Figure]
  /// Median angle in degrees by the number of sources.
  public var medianAngles: [Int: Double]
  /// Share of sources with an estimate within 20°, by the number of sources.
  public var recalls: [Int: Figure]
  /// Mean angle of matched sources with the number of sources as heard; 180° counts for a source that was missed.
  public var ungatedAngles: [Int: Figure]
  /// Share of scenes whose number of sources was heard.
  public var count: Figure
  /// Share of sources whose class was heard.
  public var classes: Figure
  /// Median of `|ln d̂/d|`.
  public var distance: Figure
  /// Of the scenes of several sources with the right set of classes and of directions, those with the right pairs.
  public var binding: Figure?
  /// Median of `|ln|` of the ratio of decay times.
  public var decay: Figure
  /// Median of `|ln|` of the ratio of volumes.
  public var volume: Figure

  /// Adds up hearings.
  ///
  /// - Precondition: there is a hearing.
  public init(_ hearings: [EncoderHearing]) {
    precondition(!hearings.isEmpty, "EncoderScores: no hearings")
    var angles: [Int: Figure] = [:], medians: [Int: Double] = [:], recalls: [Int: Figure] = [:]
    var ungatedAngles: [Int: Figure] = [:]
    for (sources, part) in Dictionary(grouping: hearings, by: \.sourceCount) {
      angles[sources] = .mean(part.map { Statistics.mean($0.known.angles) })
      medians[sources] = Statistics.median(part.flatMap(\.known.angles))
      recalls[sources] = .mean(part.map { Double($0.known.hits(within: 20)) / Double(sources) })
      ungatedAngles[sources] = .mean(
        part.map { ($0.ungated.angles.reduce(0, +) + 180 * Double($0.ungated.misses)) / Double(sources) })
    }
    (self.angles, medianAngles, self.recalls, self.ungatedAngles) = (angles, medians, recalls, ungatedAngles)
    count = .mean(hearings.map { $0.heardCount == $0.sourceCount ? 1 : 0 })
    classes = .clustered(hearings.map { $0.classHits.map { $0 ? 1 : 0 } }, Statistics.mean)
    distance = .median(hearings.map(\.distanceErrors))
    let bound = hearings.compactMap(\.isBoundRight)
    binding = bound.isEmpty ? nil : .mean(bound.map { $0 ? 1 : 0 })
    decay = .median(hearings.map { [$0.decayError] })
    volume = .median(hearings.map { [$0.volumeError] })
  }
}

extension EncoderScores.Figure {
  static func mean(_ values: [Double]) -> EncoderScores.Figure {
    EncoderScores.Figure(
      value: Statistics.mean(values), interval: Statistics.bootstrapInterval(values, resamples: 2000),
      scenes: values.count)
  }

  /// A statistic of the values of all scenes; whole scenes are drawn.
  static func clustered(
    _ values: [[Double]], resamples: Int = 2000, _ statistic: ([Double]) -> Double
  ) -> EncoderScores.Figure {
    let clusters = values.indices.flatMap { scene in values[scene].map { _ in scene } }
    let all = values.flatMap { $0 }
    return EncoderScores.Figure(
      value: statistic(all),
      interval: Statistics.bootstrapInterval(all, clusters: clusters, resamples: resamples, statistic: statistic),
      scenes: values.count)
  }

  /// The median of the values of all scenes.
  static func median(_ values: [[Double]]) -> EncoderScores.Figure {
    clustered(values, resamples: 500, Statistics.median)
  }
}
