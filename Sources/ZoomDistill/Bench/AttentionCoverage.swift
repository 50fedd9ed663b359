// How much of a model's attention to a picture falls into a box.
// Not here: getting attention out of a model.

public import Media

/// Attention over the patches of a picture, one weight a cell.
public struct AttentionMap: Hashable, Sendable {
  /// Cells in a row.
  public let columns: Int
  /// Rows.
  public let rows: Int
  /// Weights, row by row from the top left; their sum need not be 1.
  public let weights: [Double]

  /// A map of `rows × columns` weights.
  ///
  /// - Precondition: sides are positive, weights are finite and not negative, and there is one for each cell.
  public init(columns: Int, rows: Int, weights: [Double]) {
    precondition(columns > 0 && rows > 0, "AttentionMap: expected positive sides, got \(columns) x \(rows)")
    precondition(
      weights.count == columns * rows, "AttentionMap: expected \(columns * rows) weights, got \(weights.count)")
    precondition(
      weights.allSatisfy { $0.isFinite && $0 >= 0 }, "AttentionMap: expected finite weights from 0, got others")
    self.columns = columns
    self.rows = rows
    self.weights = weights
  }
}

/// The share of attention inside a box, beside what a uniform map would give.
public struct AttentionCoverage: Codable, Hashable, Sendable {
  /// Attention inside over attention in all, 0...1; 0 for a map of zeros.
  public var coverage: Double
  /// Area of the box over area of the picture, 0...1.
  public var areaShare: Double
  /// Whether the center of the cell with the most attention (the first of several) lies in the box.
  public var points: Bool

  /// ``coverage`` over ``areaShare``: 1 for attention that does not care, 0 for a box without area.
  public var lift: Double { areaShare > 0 ? coverage / areaShare : 0 }

  /// How boxes become cells.
  public enum Overlap: String, CaseIterable, Codable, Hashable, Sendable {
    /// Each cell counts with the fraction of its area that the box covers.
    case exact
    /// Whole cells, the last one included, as the reference script counts: small boxes come out up to 16 times too
    /// high. For comparison with published figures only.
    case inclusive
  }

  /// Measures a box in pixels of a picture.
  ///
  /// - Parameters:
  ///   - map: attention over the whole picture.
  ///   - box: the evidence; what lies outside the picture does not count.
  ///   - size: the picture.
  ///   - overlap: how cells count.
  /// > Source: the coverage of arXiv 2602.11858 is attention inside the box over attention to all image tokens.
  public init(_ map: AttentionMap, box: BoundingBox, in size: ImageSize, overlap: Overlap = .exact) {
    let clipped = box.clipped(to: size)
    areaShare = clipped.area / Double(size.area)
    let cells = CoordinateSpace.patches(columns: map.columns, rows: map.rows).express(clipped, in: size)
    let total = map.weights.reduce(0, +)
    let shares =
      switch overlap {
      case .exact:
        (Self.fractions(cells.left, cells.right, map.columns), Self.fractions(cells.top, cells.bottom, map.rows))
      case .inclusive: (Self.whole(cells.left, cells.right, map.columns), Self.whole(cells.top, cells.bottom, map.rows))
      }
    var inside = 0.0
    for (row, height) in shares.1 {
      for (column, width) in shares.0 { inside += map.weights[row * map.columns + column] * width * height }
    }
    coverage = total > 0 ? inside / total : 0
    var peak = 0
    for (index, weight) in map.weights.enumerated() where weight > map.weights[peak] { peak = index }
    let (x, y) = (Double(peak % map.columns) + 0.5, Double(peak / map.columns) + 0.5)
    points = cells.left <= x && x < cells.right && cells.top <= y && y < cells.bottom
  }

  /// The cells of one axis that an interval touches, each with the fraction that it covers.
  private static func fractions(_ lower: Double, _ upper: Double, _ count: Int) -> [(cell: Int, share: Double)] {
    guard lower < upper else { return [] }
    let first = min(count - 1, max(0, Int(lower)))
    let last = min(count - 1, max(0, Int(upper)))
    return (first...last).map { cell in
      (cell, max(0, min(upper, Double(cell + 1)) - max(lower, Double(cell))))
    }
  }

  /// Both ends rounded down, an empty range made one longer, the end included.
  private static func whole(_ lower: Double, _ upper: Double, _ count: Int) -> [(cell: Int, share: Double)] {
    let first = min(count - 1, max(0, Int(lower)))
    var last = min(count - 1, max(0, Int(upper)))
    if last <= first { last = first + 1 }
    return (first...min(last, count - 1)).map { ($0, 1) }
  }
}
