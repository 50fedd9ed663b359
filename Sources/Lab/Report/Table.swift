// Tables of reports: columns, cells, and which value of a column is the best.
// Not here: tables of result files (ResultsTable), their text in Markdown and HTML.

/// A table.
public struct Table: Equatable, Sendable {
  /// Which value of a column is emphasised.
  public enum Best: Equatable, Sendable {
    /// None.
    case none
    /// The lowest, as for losses.
    case lowest
    /// The highest, as for rates.
    case highest
  }

  /// A column.
  public struct Column: Equatable, Sendable {
    /// The heading, with the unit.
    public var title: String
    /// Whether cells stand at the right, as numbers do.
    public var isNumeric: Bool
    /// Which value is emphasised.
    public var best: Best

    /// A column of text.
    public static func text(_ title: String) -> Column { Column(title: title, isNumeric: false, best: .none) }
    /// A column of numbers.
    public static func number(_ title: String, best: Best = .none) -> Column {
      Column(title: title, isNumeric: true, best: best)
    }
  }

  /// A cell.
  public struct Cell: Equatable, Sendable, ExpressibleByStringLiteral {
    /// What is shown.
    public var text: RichText
    /// What is compared; nil for text.
    public var value: Double?

    /// A cell of text.
    public init(_ text: RichText) {
      self.text = text
      value = nil
    }

    /// A cell of text.
    public init(stringLiteral text: String) { self.init(RichText(text)) }

    /// A number with fixed decimals, and half the width of its interval where that is known.
    public static func number(_ value: Double, decimals: Int, margin: Double? = nil) -> Cell {
      guard value.isFinite else { return Cell(RichText("\(value)")) }
      let text = NumberText.fixed(value, decimals: decimals)
      var cell = Cell(RichText(margin.map { "\(text) ± \(NumberText.fixed($0, decimals: decimals))" } ?? text))
      cell.value = value
      return cell
    }

    /// An integer with its thousands grouped.
    public static func integer(_ value: Int) -> Cell {
      var cell = Cell(RichText(NumberText.grouped(value)))
      cell.value = Double(value)
      return cell
    }
  }

  /// The columns.
  public var columns: [Column]
  /// The rows, each with as many cells as there are columns.
  public var rows: [[Cell]]
  /// The text above.
  public var caption: String

  /// Creates a table.
  ///
  /// - Precondition: each row has as many cells as there are columns.
  public init(columns: [Column], rows: [[Cell]], caption: String = "") {
    for row in rows {
      precondition(row.count == columns.count, "Table: expected \(columns.count) cells in a row, got \(row.count)")
    }
    self.columns = columns
    self.rows = rows
    self.caption = caption
  }

  /// Whether a cell holds the best value of its column; ties are all best, a single value is not.
  func isBest(row: Int, column: Int) -> Bool {
    guard let value = rows[row][column].value else { return false }
    let values = rows.compactMap { $0[column].value }
    guard values.count > 1 else { return false }
    switch columns[column].best {
    case .none: return false
    case .lowest: return value == values.min()
    case .highest: return value == values.max()
    }
  }
}
