// Seconds of repeated calls, and how many repeats a budget allows.
// Not here: what is called (BenchmarkCase and its suites).
import Lab

/// The seconds of repeated calls of the same work.
public struct Timing: Sendable, Equatable {
  /// One value a repeat, in the order of the repeats.
  public var seconds: [Double]

  /// Creates a timing from measured seconds.
  public init(_ seconds: [Double]) { self.seconds = seconds }

  /// The median.
  public var median: Double { Statistics.median(seconds) }

  /// The seconds of one call of `body`.
  public static func once(_ body: () -> Void) -> Double { ContinuousClock().measure(body).seconds }

  /// Work to be timed in turns with other work.
  public typealias Body = () -> Void

  /// Times several bodies in turns, so that a change of the machine's speed meets all of them.
  ///
  /// - Parameters:
  ///   - bodies: what to time.
  ///   - plan: warm-up and repeats.
  ///   - progress: called after each repeat with its number and the planned total.
  /// - Returns: one timing for each body.
  public static func inTurns(_ bodies: [Body], _ plan: RepeatPlan, progress: (Int, Int) -> Void = { _, _ in })
    -> [Timing]
  {
    var longest = 0.0
    for _ in 0..<plan.warmUp { longest = bodies.reduce(0) { $0 + once($1) } }
    let repeats = plan.repeats(secondsEach: longest)
    var timings = bodies.map { _ in Timing([]) }
    for turn in 0..<repeats {
      for (index, body) in bodies.enumerated() { timings[index].seconds.append(once(body)) }
      progress(turn + 1, repeats)
    }
    return timings
  }
}

/// How often something is repeated.
public struct RepeatPlan: Sendable {
  /// Calls before the first that counts, at least 1: the last of them decides how many repeats the budget allows.
  public var warmUp: Int
  /// The fewest repeats, whatever they take.
  public var least: Int
  /// The most repeats.
  public var most: Int
  /// Seconds that repeats beyond the fewest may take.
  public var budget: Double

  /// A plan.
  ///
  /// - Precondition: 1 ≤ `warmUp` and 1 ≤ `least` ≤ `most`.
  public init(warmUp: Int = 2, least: Int = 7, most: Int = 31, budget: Double = 6) {
    precondition(warmUp >= 1 && least >= 1 && least <= most, "RepeatPlan: \(warmUp) warm-ups, \(least) to \(most)")
    self.warmUp = warmUp
    self.least = least
    self.most = most
    self.budget = budget
  }

  /// The repeats of work that takes `secondsEach`.
  package func repeats(secondsEach: Double) -> Int {
    guard secondsEach > 0 else { return most }
    return Int(max(Double(least), min(Double(most), budget / secondsEach)))
  }
}
