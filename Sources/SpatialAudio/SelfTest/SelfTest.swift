// The simulator's proof of itself: thirteen checks with their figures, in some seconds.
// Not here: the checks (RoomChecks.swift and its neighbours).

public import Foundation
public import Lab

/// A check with what it measured.
public struct SelfTestResult: Equatable, Sendable {
  /// What one figure says.
  public struct Figure: Equatable, Sendable {
    /// What was measured.
    public var name: String
    /// The value.
    public var value: Double
    /// The bound, as text.
    public var bound: String
    /// Whether the value is within it.
    public var holds: Bool

    /// A value that may not be above a limit.
    static func atMost(_ limit: Double, _ name: String, _ value: Double) -> Figure {
      Figure(name: name, value: value, bound: "≤ \(limit)", holds: value <= limit)
    }

    /// A value that may not be below a limit.
    static func atLeast(_ limit: Double, _ name: String, _ value: Double) -> Figure {
      Figure(name: name, value: value, bound: "≥ \(limit)", holds: value >= limit)
    }

    /// A value that has to lie in a range.
    static func within(_ range: ClosedRange<Double>, _ name: String, _ value: Double) -> Figure {
      Figure(name: name, value: value, bound: "\(range.lowerBound) … \(range.upperBound)", holds: range.contains(value))
    }
  }

  /// The number, 1 to 13.
  public var number: Int
  /// What is checked.
  public var title: String
  /// The figures.
  public var figures: [Figure]

  /// Whether all figures hold.
  public var passed: Bool { !figures.isEmpty && figures.allSatisfy(\.holds) }
}

/// All checks.
public struct SelfTest: Sendable {
  /// A check before it has run.
  public struct Check: Sendable {
    /// The number.
    public let number: Int
    /// What is checked.
    public let title: String
    let body: @Sendable () throws -> [SelfTestResult.Figure]

    /// Runs the check.
    ///
    /// - Throws: what the simulator throws; that is a failure as well.
    public func run() throws -> SelfTestResult {
      SelfTestResult(number: number, title: title, figures: try body())
    }
  }

  /// The checks in their order.
  ///
  /// - Parameter scratch: a folder for the files of the last one; it is made, and removed again.
  public static func checks(scratch: URL) -> [Check] {
    [
      Check(number: 1, title: "Free field: one arrival of 1/d", body: RoomChecks.freeField),
      Check(number: 2, title: "Images: number and arrival times by brute force", body: RoomChecks.images),
      Check(number: 3, title: "Reflections of six different walls", body: RoomChecks.reflections),
      Check(number: 4, title: "Reciprocity, translation, turning the listener", body: RoomChecks.symmetries),
      Check(number: 5, title: "Encoding against closed forms", body: ConventionChecks.encoding),
      Check(number: 6, title: "Conventions, patterns, rotations", body: ConventionChecks.conversions),
      Check(number: 7, title: "Responses against the float64 reference", body: RoomChecks.reference),
      Check(number: 8, title: "Diffuse noise: covariance", body: FieldChecks.covariance),
      Check(number: 9, title: "Decay: tails, shoebox, direct to reverberant", body: FieldChecks.decay),
      Check(number: 10, title: "Directions can be recovered", body: FieldChecks.directions),
      Check(number: 11, title: "Moving sources: labels and clicks", body: MotionChecks.motion),
      Check(number: 12, title: "Labels: write, read, score", body: DatasetChecks.labels),
      Check(number: 13, title: "Determinism: threads, shards, resumption") {
        try DatasetChecks.determinism(scratch: scratch)
      },
    ]
  }

  /// Results as a table.
  public static func report(_ results: [SelfTestResult]) -> Report {
    var table = Table(
      columns: [.number("#"), .text("check"), .text("figure"), .number("value"), .text("bound"), .text("holds")],
      rows: [])
    for result in results {
      for (index, figure) in result.figures.enumerated() {
        table.rows.append([
          index == 0 ? .integer(result.number) : "", index == 0 ? Table.Cell(RichText(result.title)) : "",
          Table.Cell(RichText(figure.name)), Table.Cell(RichText(String(format: "%.3g", figure.value))),
          Table.Cell(RichText(figure.bound)), figure.holds ? "yes" : "NO",
        ])
      }
    }
    return Report(title: "Self-test: \(results.count(where: \.passed)) of \(results.count)", blocks: [.table(table)])
  }
}
