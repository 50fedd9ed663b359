// Reading metrics back: strictly in the middle, tolerantly at the end, where a kill may have torn a line.
// Not here: writing (MetricsLogger).

public import Foundation

/// What can be wrong with a metrics file.
public enum MetricsError: LabError, Equatable {
  /// The file cannot be read or written.
  case file(FileError)
  /// A line in the middle is not a metrics object.
  case malformed(path: String, line: Int, got: String)

  /// What is wrong and where.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .malformed(let path, let line, let got):
      "malformed line in '\(path)', line \(line): expected an object with \"step\" and \"time\", got '\(got)'."
        + " Delete the line to read the rest."
    }
  }
}

/// The content of a metrics file.
public struct MetricsLog: Sendable {
  /// One line.
  public struct Row: Sendable {
    /// The step.
    public var step: Int
    /// Seconds that the run had been running, over all its sessions.
    public var time: Double
    /// The values by name; empty for events.
    public var values: [String: Double]
    /// The name of the event; empty for ordinary rows.
    public var event: String
    /// The texts that go with an event.
    public var details: [String: String]
    /// The line as it was written.
    let line: String
  }

  /// One value of a series.
  public struct Point: Equatable, Sendable {
    /// The step.
    public var step: Int
    /// Seconds of the run.
    public var time: Double
    /// The value.
    public var value: Double
  }

  /// The lines in their order.
  public var rows: [Row]
  /// Whether the last line was incomplete and is left out.
  public var isTorn: Bool

  /// Reads a file.
  ///
  /// - Throws: ``MetricsError``. An incomplete last line is no error.
  public init(reading file: URL) throws(MetricsError) {
    let bytes: [UInt8]
    do {
      bytes = try TextFile.readBytes(file)
    } catch {
      throw .file(error)
    }
    rows = []
    isTorn = false
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      let isUnfinished = index == lines.count - 1
      if !isUnfinished, let row = Self.row(line) {
        rows.append(row)
      } else if isUnfinished || lines[(index + 1)...].allSatisfy(\.isEmpty) {
        // Without its line break, or as garbage at the very end (blocks that a crash left unwritten).
        isTorn = true
      } else {
        let shown = String(decoding: line.prefix(80), as: UTF8.self)
        throw .malformed(path: file.displayPath, line: index + 1, got: shown)
      }
    }
  }

  /// All names, in the order of their first appearance.
  public var names: [String] {
    var seen: Set<String> = []
    return rows.flatMap { $0.values.keys.sorted() }.filter { seen.insert($0).inserted }
  }

  /// One metric over the run.
  public func series(_ name: String) -> [Point] {
    rows.compactMap { row in row.values[name].map { Point(step: row.step, time: row.time, value: $0) } }
  }

  /// The last value of a metric, if there is one.
  public func last(_ name: String) -> Double? { rows.last { $0.values[name] != nil }?.values[name] }

  private static func row(_ line: ArraySlice<UInt8>) -> Row? {
    guard let text = String(validating: line, as: UTF8.self),
      let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
      let step = (object["step"] as? NSNumber)?.intValue, let time = (object["time"] as? NSNumber)?.doubleValue
    else { return nil }
    var row = Row(step: step, time: time, values: [:], event: "", details: [:], line: text)
    for (name, value) in object where name != "step" && name != "time" {
      switch value {
      case let text as String where name == "event": row.event = text
      case let text as String: row.details[name] = text
      case let number as NSNumber: row.values[name] = number.doubleValue
      default: return nil
      }
    }
    return row
  }
}
