// The outcome of an evaluation as tables and as a file.
// Not here: how it came about (TaskEvaluation.swift).
public import Foundation
public import Lab

extension TaskEvaluation {
  /// The name of the file that a run keeps its latest evaluation in.
  static let file = "tasks.json"

  /// The document: a table of tasks, and one of the kinds of questions where a task has several.
  public var report: Report {
    var report = Report(title: model, subtitle: "Downstream tasks, accuracy in %")
    report.append(.table(table))
    if let kinds { report.append(.table(kinds)) }
    return report
  }

  /// The table of tasks; the metric that counts for the mean is strong.
  public var table: Table {
    let columns: [(RankingMetric, String)] = [
      (.sum, "sum"), (.perCharacter, "per character"), (.perToken, "per token"), (.unconditional, "unconditional"),
    ]
    let rows: [[Table.Cell]] = tasks.map { task in
      let cells: [Table.Cell] = columns.map { metric, _ in
        guard let accuracy = task.accuracies[metric.rawValue] else { return "" }
        var cell = Table.Cell.number(100 * accuracy.value, decimals: 1, margin: 100 * accuracy.standardError)
        if metric == task.primary { cell.text = .strong(Self.percent(accuracy)) }
        return cell
      }
      let interval = task.accuracies[task.primary.rawValue].map { accuracy in
        String(format: "%.1f … %.1f", 100 * accuracy.interval.lower, 100 * accuracy.interval.upper)
      }
      return [
        .init(stringLiteral: "\(task.name) v\(task.version)"), .integer(task.documents),
        .number(100 * task.chance, decimals: 1),
      ] + cells + [.init(stringLiteral: interval ?? ""), .number(task.bitsPerByte, decimals: 3)]
    }
    let mean: [Table.Cell] = [
      "mean", .integer(tasks.reduce(0) { $0 + $1.documents }), .number(100 * meanChance, decimals: 1),
      .init(.strong(String(format: "%.1f", 100 * self.mean))), "", "", "", "", "",
    ]
    return Table(
      columns: [.text("task"), .number("items"), .number("chance")] + columns.map { .number($0.1) }
        + [.text("95% interval"), .number("bits/byte")],
      rows: rows + (tasks.count > 1 ? [mean] : []),
      caption: "± is one standard error. The metric in strong type counts for the mean and has its Wilson interval "
        + "beside it; of choices that score equally the first is taken. Bits/byte of the right continuations.")
  }

  private static func percent(_ accuracy: Accuracy) -> String {
    String(format: "%.1f ± %.1f", 100 * accuracy.value, 100 * accuracy.standardError)
  }

  /// The table of kinds of questions, nil where no task has several.
  private var kinds: Table? {
    let rows: [[Table.Cell]] = tasks.flatMap { task in
      task.groups.count < 2
        ? []
        : task.groups.sorted { $0.key < $1.key }.map { name, accuracy in
          [
            .init(stringLiteral: task.name), .init(stringLiteral: name),
            .number(100 * accuracy.value, decimals: 1, margin: 100 * accuracy.standardError),
          ]
        }
    }
    guard !rows.isEmpty else { return nil }
    return Table(
      columns: [.text("task"), .text("kind"), .number("accuracy")], rows: rows,
      caption: "Kinds of questions within a task, by its own metric.")
  }

  /// Writes the scores as JSON.
  ///
  /// - Throws: `FileError`.
  public func write(to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(encoder.encode(self) + Data("\n".utf8), to: file)
  }

  /// The latest evaluation of a run, nil if there was none.
  ///
  /// - Throws: what reading and decoding the file throws.
  public static func latest(in run: URL) throws -> TaskEvaluation? {
    let url = run.appending(path: file)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return try JSONDecoder().decode(TaskEvaluation.self, from: Data(contentsOf: url))
  }

  /// Keeps the scores with their run.
  ///
  /// - Throws: `FileError`.
  public func keep(in run: URL) throws { try write(to: run.appending(path: Self.file)) }
}
