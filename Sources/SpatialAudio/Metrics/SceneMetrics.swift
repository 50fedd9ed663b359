// Metrics of whole scenes: one set of sources each, without time.
// Not here: metrics over frames (FrameSELDMetrics.swift).

import Foundation
public import Lab

/// One source of a scene, true or predicted.
public struct SceneSource: Equatable, Sendable {
  /// The class, from 0.
  public var classIndex: Int
  /// Where it is, as seen by the listener.
  public var direction: Direction
  /// The distance in metres; NaN if it is not known.
  public var distance: Double

  /// Creates a source.
  public init(classIndex: Int, direction: Direction, distance: Double = .nan) {
    self.classIndex = classIndex
    self.direction = direction
    self.distance = distance
  }
}

/// A share with its counts.
public struct Proportion: Equatable, Sendable {
  /// How often it was so.
  public var successes = 0
  /// How often it could have been so.
  public var trials = 0

  /// Creates a share of counts.
  public init(successes: Int = 0, trials: Int = 0) {
    self.successes = successes
    self.trials = trials
  }

  /// The share; NaN without trials.
  public var value: Double { trials > 0 ? Double(successes) / Double(trials) : .nan }

  /// The score interval; NaN without trials.
  public func interval(level: Double = 0.95) -> Interval {
    trials > 0
      ? Statistics.wilsonInterval(successes: successes, trials: trials, level: level)
      : Interval(lower: .nan, upper: .nan)
  }

  mutating func count(_ isSuccess: Bool) {
    trials += 1
    successes += isSuccess ? 1 : 0
  }
}

/// What a localizer gets right in whole scenes.
///
/// Predicted sources are matched with true ones at the least sum of angles, whatever their classes.
public struct SceneMetrics: Sendable {
  /// The largest angle at which a source counts as found, in degrees.
  public let angleThreshold: Double
  /// Scenes.
  public private(set) var scenes = 0
  /// Angles of matched pairs in degrees, in the order in which scenes were added.
  public private(set) var angles: [Double] = []
  /// Elevation errors of matched pairs in degrees.
  public private(set) var elevationErrors: [Double] = []
  /// `|ln(d̂ / d)|` of matched pairs with two positive distances.
  public private(set) var distanceLogRatios: [Double] = []
  /// True sources found within the threshold.
  public private(set) var recall = Proportion()
  /// Predicted sources that are within the threshold of the true one they are matched with.
  public private(set) var precision = Proportion()
  /// Matched pairs on different sides of front and back; true sources exactly to the side are left out.
  public private(set) var frontBackConfusion = Proportion()
  /// Scenes with the right number of sources.
  public private(set) var countAccuracy = Proportion()
  /// Matched pairs of the same class.
  public private(set) var classAccuracy = Proportion()
  /// Scenes whose classes belong to the right directions, among those with two or more classes whose classes and
  /// directions are right as sets.
  public private(set) var bindingAccuracy = Proportion()

  /// Starts without scenes.
  public init(angleThreshold: Double = 20) { self.angleThreshold = angleThreshold }

  /// Adds a scene.
  public mutating func add(reference: [SceneSource], prediction: [SceneSource]) {
    scenes += 1
    countAccuracy.count(reference.count == prediction.count)
    let angleOf = { (a: Int, b: Int) in reference[a].direction.angle(to: prediction[b].direction) }
    let costs = reference.indices.flatMap { a in prediction.indices.map { (angleOf(a, $0) * 1e9).rounded() } }
    let pairs = Assignment.minimumSum(costs: costs, rows: reference.count, columns: prediction.count)
    var found = 0
    for pair in pairs {
      let angle = angleOf(pair.row, pair.column)
      found += isFound(angle) ? 1 : 0
      add(reference[pair.row], prediction[pair.column], angle)
    }
    recall.successes += found
    recall.trials += reference.count
    precision.successes += found
    precision.trials += prediction.count
    addBinding(reference, prediction, pairs, allFound: found == reference.count && found == prediction.count)
  }

  private func isFound(_ angle: Double) -> Bool { angle <= angleThreshold + EventMatching.tolerance }

  private mutating func add(_ truth: SceneSource, _ guess: SceneSource, _ angle: Double) {
    angles.append(angle)
    elevationErrors.append(abs(truth.direction.elevation - guess.direction.elevation))
    classAccuracy.count(truth.classIndex == guess.classIndex)
    if truth.distance > 0, guess.distance > 0 { distanceLogRatios.append(abs(log(guess.distance / truth.distance))) }
    // Straight up and to the side there is neither front nor back.
    let front = truth.direction.unit.x
    if abs(front) > EventMatching.tolerance { frontBackConfusion.count((front > 0) != (guess.direction.unit.x > 0)) }
  }

  private mutating func addBinding(
    _ reference: [SceneSource], _ prediction: [SceneSource], _ pairs: [Assignment.Pair], allFound: Bool
  ) {
    let classes = reference.map(\.classIndex)
    guard allFound, Set(classes).count >= 2, classes.sorted() == prediction.map(\.classIndex).sorted() else { return }
    bindingAccuracy.count(
      pairs.allSatisfy { reference[$0.row].classIndex == prediction[$0.column].classIndex })
  }

  /// The counts of both; lists follow each other.
  public static func + (a: SceneMetrics, b: SceneMetrics) -> SceneMetrics {
    precondition(
      a.angleThreshold == b.angleThreshold,
      "SceneMetrics.+: expected equal thresholds, got \(a.angleThreshold) and \(b.angleThreshold)")
    var sum = a
    sum.scenes += b.scenes
    sum.angles += b.angles
    sum.elevationErrors += b.elevationErrors
    sum.distanceLogRatios += b.distanceLogRatios
    for part in [\Self.recall, \.precision, \.frontBackConfusion, \.countAccuracy, \.classAccuracy, \.bindingAccuracy] {
      sum[keyPath: part].successes += b[keyPath: part].successes
      sum[keyPath: part].trials += b[keyPath: part].trials
    }
    return sum
  }

  /// The median angle of matched pairs in degrees; NaN without pairs.
  public var medianAngle: Double { angles.isEmpty ? .nan : Statistics.median(angles) }

  /// The mean angle of matched pairs in degrees; NaN without pairs.
  public var meanAngle: Double { angles.isEmpty ? .nan : Statistics.mean(angles) }

  /// The mean elevation error of matched pairs in degrees; NaN without pairs.
  public var elevationError: Double { elevationErrors.isEmpty ? .nan : Statistics.mean(elevationErrors) }

  /// The median of `|ln(d̂ / d)|` over matched pairs with distances; NaN without such pairs.
  public var medianDistanceLogRatio: Double {
    distanceLogRatios.isEmpty ? .nan : Statistics.median(distanceLogRatios)
  }
}
