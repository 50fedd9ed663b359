// Scores as tables, as text for a terminal, and as JSON.
// Not here: plots (ScoringReport+Document.swift).

public import Foundation
public import Lab

extension ScoringReport {
  /// The table of one form: all classes, the interval over recordings, each class.
  public func table(_ scores: FormScores) -> Table {
    var columns: [Table.Column] = [.text("Class")]
    columns += scores.quantities.map { .number($0.title) }
    columns += [.number("Reference"), .number("Predicted")]
    let percent = Self.number(100 * options.level)
    var rows: [[Table.Cell]] = [
      [Table.Cell(.strong("all"))] + zip(scores.quantities, scores.overall).map { Self.cell($0, $1) }
        + [.integer(referenceEvents.reduce(0, +)), .integer(predictedEvents.reduce(0, +))],
      [Table.Cell("\(percent) % interval")]
        + zip(scores.quantities, scores.jackknife).map { Self.cell($0, $1.interval) } + ["", ""],
    ]
    for (index, name) in classNames.enumerated() {
      rows.append(
        [Table.Cell(RichText(name))]
          + zip(scores.quantities, scores.classes[index]).map { $0.isByClass ? Self.cell($0, $1) : "" }
          + [.integer(referenceEvents[index]), .integer(predictedEvents[index])])
    }
    return Table(columns: columns, rows: rows, caption: scores.title)
  }

  private static func cell(_ quantity: MetricQuantity, _ value: Double) -> Table.Cell {
    guard value.isFinite else { return "–" }
    // What has no reference at all gives numbers that no table can hold.
    guard abs(value) < 1e9 else { return "> 1e9" }
    return .number(quantity.scale * value, decimals: quantity.decimals)
  }

  private static func cell(_ quantity: MetricQuantity, _ interval: Interval) -> Table.Cell {
    guard interval.lower.isFinite, abs(interval.lower) < 1e9, abs(interval.upper) < 1e9 else { return "–" }
    let ends = [interval.lower, interval.upper].map {
      String(format: "%.\(quantity.decimals)f", locale: nil, quantity.scale * $0)
    }
    return Table.Cell(RichText("\(ends[0]) … \(ends[1])"))
  }

  /// All tables for a terminal.
  public var plainText: String {
    let files = recordings.count == 1 ? "1 recording" : "\(recordings.count) recordings"
    return Report(
      title: "\(files), \(classNames.count == 1 ? "1 class" : "\(classNames.count) classes")",
      subtitle: options.dcaseCompat
        ? "counted as the public evaluation code does" : "counted without the quirks of the public evaluation code",
      blocks: forms.map { .table(table($0)) }
    ).plainText
  }

  /// The scores as JSON, in fractions, degrees and metres; what is not defined is null.
  ///
  /// ```json
  /// {"recordings": 2, "classes": ["speech"], "dcase_compat": true, "angle_threshold_deg": 20,
  ///  "relative_distance_threshold": 1, "level": 0.95,
  ///  "forms": {"2024": {
  ///    "overall": {"f": {"value": 0.5, "estimate": 0.49, "bias": 0.01, "standard_error": 0.1,
  ///                      "lower": 0.3, "upper": 0.7}},
  ///    "by_class": {"speech": {"reference_events": 9, "predicted_events": 8, "f": 0.5}}}},
  ///  "warnings": [{"kind": "reference_decimal_distances", "count": 2, "place": "a.csv:3", "text": "…"}]}
  /// ```
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(Document(self)) + Data("\n".utf8)
  }

  /// A number that JSON can hold, or null.
  private struct Number: Encodable {
    var value: Double

    init(_ value: Double) { self.value = value }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
    }
  }

  private struct Document: Encodable {
    struct Form: Encodable {
      var title: String
      var overall: [String: [String: Number]]
      var by_class: [String: [String: Number]]
    }

    struct Warning: Encodable {
      var kind: String
      var count: Int
      var place: String
      var text: String
    }

    var recordings: Int
    var classes: [String]
    var dcase_compat: Bool
    var angle_threshold_deg: Number
    var relative_distance_threshold: Number
    var level: Number
    var forms: [String: Form]
    var warnings: [Warning]

    init(_ report: ScoringReport) {
      recordings = report.recordings.count
      classes = report.classNames
      dcase_compat = report.options.dcaseCompat
      angle_threshold_deg = Number(report.options.angleThreshold)
      relative_distance_threshold = Number(report.options.relativeDistanceThreshold)
      level = Number(report.options.level)
      warnings = report.warnings.map { Warning(kind: $0.kind, count: $0.count, place: $0.place, text: $0.text) }
      forms = Dictionary(
        report.forms.map { ($0.form.rawValue, Self.form($0, report)) }, uniquingKeysWith: { first, _ in first })
    }

    private static func form(_ scores: FormScores, _ report: ScoringReport) -> Form {
      var form = Form(title: scores.title, overall: [:], by_class: [:])
      for (quantity, jackknife) in zip(scores.quantities, scores.jackknife) {
        form.overall[quantity.key] = [
          "value": Number(jackknife.value), "estimate": Number(jackknife.estimate), "bias": Number(jackknife.bias),
          "standard_error": Number(jackknife.standardError), "lower": Number(jackknife.interval.lower),
          "upper": Number(jackknife.interval.upper),
        ]
      }
      for (index, name) in report.classNames.enumerated() {
        var values = [
          "reference_events": Number(Double(report.referenceEvents[index])),
          "predicted_events": Number(Double(report.predictedEvents[index])),
        ]
        for (quantity, value) in zip(scores.quantities, scores.classes[index]) where quantity.isByClass {
          values[quantity.key] = Number(value)
        }
        form.by_class[name] = values
      }
      return form
    }
  }
}
