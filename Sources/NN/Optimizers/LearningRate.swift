// Learning-rate schedules as values: a pure function of the step, so that resumption needs no state.
import Foundation

/// A learning-rate schedule, relative to a peak.
///
/// All schedules rise linearly over `warmup` steps: step `s`, counted from 0, uses `(s + 1) / warmup` of the peak.
/// `floor` is a fraction of the peak.
public enum LearningRate: Codable, Sendable, Equatable {
  /// The peak after the warm-up.
  case constant(warmup: Int = 0)
  /// Half a cosine from the peak after the warm-up to the floor after the last step.
  case cosine(warmup: Int = 100, floor: Float = 0.1)
  /// The peak until `decay` steps before the end, then a straight line to the floor after the last step.
  ///
  /// With `decay` 0 the line starts right after the warm-up.
  case linearDecay(warmup: Int = 100, decay: Int = 0, floor: Float = 0)

  /// The learning rate of one step.
  ///
  /// - Parameters:
  ///   - step: the step about to be taken, from 0; steps past the end stay at the floor.
  ///   - steps: the number of steps of the whole run.
  ///   - peak: the largest learning rate.
  /// - Precondition: `step ≥ 0`.
  public func value(at step: Int, of steps: Int, peak: Float) -> Float {
    precondition(step >= 0, "LearningRate.value: step \(step)")
    if step < warmup { return Float(Double(peak) * Double(step + 1) / Double(warmup)) }
    switch self {
    case .constant:
      return peak
    case .cosine(let warmup, let floor):
      let share = Self.share(of: step, from: warmup, to: steps)
      return Float(Double(peak) * (Double(floor) + (1 - Double(floor)) * 0.5 * (1 + cos(Double.pi * share))))
    case .linearDecay(let warmup, let decay, let floor):
      let start = decay > 0 ? max(warmup, steps - decay) : warmup
      let share = Self.share(of: step, from: start, to: steps)
      return Float(Double(peak) * (1 - (1 - Double(floor)) * share))
    }
  }

  /// The number of warm-up steps.
  public var warmup: Int {
    switch self {
    case .constant(let warmup), .cosine(let warmup, _), .linearDecay(let warmup, _, _): warmup
    }
  }

  /// How far `step` lies between `start` and `end`, within 0...1.
  private static func share(of step: Int, from start: Int, to end: Int) -> Double {
    guard end > start else { return 1 }
    return min(1, max(0, Double(step - start) / Double(end - start)))
  }
}

extension LearningRate {
  private enum Kind: String, CodingKey, CaseIterable { case constant, cosine, linearDecay }
  private enum Number: String, CodingKey { case warmup, decay, floor }

  /// Decodes `{"cosine": {"warmup": 40}}`; omitted numbers take their defaults.
  public init(from decoder: any Decoder) throws {
    let (kind, numbers): (Kind, KeyedDecodingContainer<Number>) = try decoder.onlyCase()
    func steps(_ key: Number, _ base: Int) throws -> Int { try numbers.decodeIfPresent(Int.self, forKey: key) ?? base }
    func share(_ base: Float) throws -> Float { try numbers.decodeIfPresent(Float.self, forKey: .floor) ?? base }
    let base: LearningRate =
      switch kind {
      case .constant: .constant()
      case .cosine: .cosine()
      case .linearDecay: .linearDecay()
      }
    switch base {
    case .constant(let warmup):
      self = .constant(warmup: try steps(.warmup, warmup))
    case .cosine(let warmup, let floor):
      self = .cosine(warmup: try steps(.warmup, warmup), floor: try share(floor))
    case .linearDecay(let warmup, let decay, let floor):
      self = .linearDecay(
        warmup: try steps(.warmup, warmup), decay: try steps(.decay, decay), floor: try share(floor))
    }
  }
}
