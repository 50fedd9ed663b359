// Assignment of rows to columns at the least sum of costs.
// Not here: what is matched (EventMatching.swift, SceneMetrics.swift).

/// The assignment problem.
public enum Assignment {
  /// A row with its column.
  public struct Pair: Equatable, Sendable {
    /// The row.
    public var row: Int
    /// The column.
    public var column: Int

    /// Creates a pair.
    public init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
  }

  /// Pairs of the least sum; each row and column occurs at most once, and all of the shorter side do.
  ///
  /// Takes O(n² m) steps for n ≤ m. Of several solutions the same one is found every time.
  ///
  /// > Source: Crouse, "On implementing 2D rectangular assignment algorithms", IEEE Transactions on Aerospace and
  /// > Electronic Systems 52 (2016), section IV: shortest augmenting paths with dual variables.
  /// - Parameter costs: row by row, `[rows, columns]`.
  /// - Returns: pairs by ascending row.
  /// - Precondition: finite costs, as many as there are cells.
  public static func minimumSum(costs: [Double], rows: Int, columns: Int) -> [Pair] {
    precondition(
      rows >= 0 && columns >= 0 && costs.count == rows * columns,
      "Assignment: expected \(rows) × \(columns) costs, got \(costs.count)")
    precondition(costs.allSatisfy(\.isFinite), "Assignment: expected finite costs")
    guard rows > 0, columns > 0 else { return [] }
    if rows > columns {
      var transposed: [Double] = []
      transposed.reserveCapacity(costs.count)
      for column in 0..<columns { for row in 0..<rows { transposed.append(costs[row * columns + column]) } }
      return minimumSum(costs: transposed, rows: columns, columns: rows)
        .map { Pair(row: $0.column, column: $0.row) }.sorted { $0.row < $1.row }
    }
    var search = PathSearch(costs: costs, rows: rows, columns: columns)
    for row in 0..<rows { search.assign(row) }
    return search.columnOfRow.enumerated().map { Pair(row: $0.offset, column: $0.element) }
  }

  /// The solution of the first rows, with the dual variables that prove it.
  private struct PathSearch {
    let costs: [Double]
    let columns: Int
    var columnOfRow: [Int]
    private var rowOfColumn: [Int]
    private var rowPrice: [Double]
    private var columnPrice: [Double]

    init(costs: [Double], rows: Int, columns: Int) {
      self.costs = costs
      self.columns = columns
      columnOfRow = Array(repeating: -1, count: rows)
      rowOfColumn = Array(repeating: -1, count: columns)
      rowPrice = Array(repeating: 0, count: rows)
      columnPrice = Array(repeating: 0, count: columns)
    }

    /// Adds a row: the cheapest path to a free column, along which assignments move on.
    mutating func assign(_ start: Int) {
      var reached = Array(repeating: Double.infinity, count: columns)
      var predecessor = Array(repeating: -1, count: columns)
      // From the last to the first, so that equal costs pair equal numbers.
      var open = Array((0..<columns).reversed())
      var visitedRows: [Int] = []
      var visitedColumns: [Int] = []
      var row = start
      var length = 0.0
      var sink = -1
      while sink < 0 {
        visitedRows.append(row)
        var best = 0
        var shortest = Double.infinity
        for (place, column) in open.enumerated() {
          let candidate = length + costs[row * columns + column] - rowPrice[row] - columnPrice[column]
          if candidate < reached[column] {
            reached[column] = candidate
            predecessor[column] = row
          }
          let isFree = rowOfColumn[column] < 0
          if reached[column] < shortest || (reached[column] == shortest && isFree) {
            shortest = reached[column]
            best = place
          }
        }
        let column = open[best]
        open[best] = open[open.count - 1]
        open.removeLast()
        visitedColumns.append(column)
        length = shortest
        if rowOfColumn[column] < 0 { sink = column } else { row = rowOfColumn[column] }
      }
      for visited in visitedRows {
        rowPrice[visited] += visited == start ? length : length - reached[columnOfRow[visited]]
      }
      for visited in visitedColumns { columnPrice[visited] -= length - reached[visited] }
      augment(from: start, to: sink, predecessor)
    }

    private mutating func augment(from start: Int, to sink: Int, _ predecessor: [Int]) {
      var column = sink
      while true {
        let row = predecessor[column]
        rowOfColumn[column] = row
        let next = columnOfRow[row]
        columnOfRow[row] = column
        if row == start { return }
        column = next
      }
    }
  }
}
