// Matrices as coloured cells with a colour bar.
// Not here: how it is drawn (HeatmapRenderer), charts with axes of numbers (Plot).

/// A matrix as a figure.
///
/// Rows run from top to bottom, columns from left to right, as in print. NaN cells stay grey. Large matrices become a
/// picture inside the SVG, one pixel a cell.
public struct Heatmap: Equatable, Sendable {
  /// The heading.
  public var title: String
  /// A line below the heading.
  public var subtitle: String
  /// The cells, row by row, all rows equally long.
  public var rows: [[Double]]
  /// Names of the rows; empty for numbers.
  public var rowNames: [String]
  /// Names of the columns; empty for numbers.
  public var columnNames: [String]
  /// What the rows are.
  public var rowLabel: String
  /// What the columns are.
  public var columnLabel: String
  /// What the values are, with their unit.
  public var valueLabel: String
  /// The values of the two ends of the colour bar; nil fits the data.
  public var range: ClosedRange<Double>?
  /// Largest width in pixels; few columns take less, and the height follows from the number of rows.
  public var width: Double

  /// Creates a figure.
  ///
  /// - Precondition: all rows are equally long; names, where there are any, fit their number.
  public init(
    title: String = "", subtitle: String = "", rows: [[Double]], rowNames: [String] = [], columnNames: [String] = [],
    rowLabel: String = "", columnLabel: String = "", valueLabel: String = "", range: ClosedRange<Double>? = nil,
    width: Double = 720
  ) {
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "Heatmap: expected rows of \(columns) columns, got others")
    precondition(
      rowNames.isEmpty || rowNames.count == rows.count,
      "Heatmap: expected \(rows.count) row names, got \(rowNames.count)")
    precondition(
      columnNames.isEmpty || columnNames.count == columns,
      "Heatmap: expected \(columns) column names, got \(columnNames.count)")
    self.title = title
    self.subtitle = subtitle
    self.rows = rows
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.valueLabel = valueLabel
    self.range = range
    self.width = width
  }

  /// The figure as an SVG document.
  public var svg: String { HeatmapRenderer(self).rendered() }
}
