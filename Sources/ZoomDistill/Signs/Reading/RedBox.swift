// Finding the red box that marks a region on a boxed picture, on the retina alone.
// Not here: drawing it (Media), the sign inside it (SignLocator.swift).

package import Media

/// The outline of a red rectangle on a retina.
package enum RedBox {
  /// The middle of the box's line in retina pixels, or nil where there is no red outline.
  package static func find(on retina: Retina) -> BoundingBox? {
    let side = retina.side
    let (red, green, blue) = (retina.planes[0], retina.planes[1], retina.planes[2])
    let redness = red.indices.map { max(0, red[$0] - max(green[$0], blue[$0])) }
    guard let most = redness.max(), most > 0.12 else { return nil }
    var best: (box: BoundingBox, score: Float)?
    for share: Float in [0.3, 0.45, 0.6] {
      for part in components(redness.map { $0 > share * most }, side: side) {
        guard part.columns.count >= 3, part.rows.count >= 3 else { continue }
        let score = hollowness(redness, side, part.columns, part.rows)
        guard score > 0.03 else { continue }
        // A large outline is a stronger sign of a box than a small one.
        let weighted = score * Float(part.columns.count + part.rows.count)
        if weighted > best?.score ?? 0 {
          best = (line(redness, side, part.columns, part.rows), weighted)
        }
      }
    }
    return best?.box
  }

  /// How much redder the border of a rectangle is than its inside.
  private static func hollowness(_ values: [Float], _ side: Int, _ columns: Range<Int>, _ rows: Range<Int>) -> Float {
    var border: (sum: Float, count: Float) = (0, 0), inside: (sum: Float, count: Float) = (0, 0)
    for row in rows {
      for column in columns {
        let value = values[row * side + column]
        let depth = min(
          min(row - rows.lowerBound, rows.upperBound - 1 - row),
          min(column - columns.lowerBound, columns.upperBound - 1 - column))
        if depth == 0 { border = (border.sum + value, border.count + 1) }
        if depth >= 2 || (depth == 1 && min(columns.count, rows.count) < 5) {
          inside = (inside.sum + value, inside.count + 1)
        }
      }
    }
    guard inside.count > 0 else { return 0 }
    return border.sum / border.count - inside.sum / inside.count
  }

  /// The line's middle on each side: the centre of redness across it.
  private static func line(
    _ values: [Float], _ side: Int, _ columns: Range<Int>, _ rows: Range<Int>
  ) -> BoundingBox {
    let innerRows = inner(rows), innerColumns = inner(columns)
    let profileX = columns.expanded(in: side).map { x in
      (Double(x) + 0.5, innerRows.reduce(Float(0)) { $0 + values[$1 * side + x] })
    }
    let profileY = rows.expanded(in: side).map { y in
      (Double(y) + 0.5, innerColumns.reduce(Float(0)) { $0 + values[y * side + $1] })
    }
    let (left, right) = ends(profileX), (top, bottom) = ends(profileY)
    return BoundingBox(left: left, top: top, right: right, bottom: bottom)
  }

  private static func inner(_ range: Range<Int>) -> Range<Int> {
    let cut = range.count / 4
    return range.lowerBound + cut..<max(range.lowerBound + cut + 1, range.upperBound - cut)
  }

  /// Centres of the first and of the last few entries, weighted.
  private static func ends(_ profile: [(place: Double, weight: Float)]) -> (Double, Double) {
    let width = profile.count >= 7 ? 3 : 2
    func center(_ part: ArraySlice<(place: Double, weight: Float)>) -> Double {
      let sum = part.reduce(0) { $0 + Double($1.weight) }
      guard sum > 0 else { return part.first?.place ?? 0 }
      return part.reduce(0) { $0 + $1.place * Double($1.weight) } / sum
    }
    return (center(profile.prefix(width)), center(profile.suffix(width)))
  }

  /// Bounds of connected sets, with diagonal neighbours.
  private static func components(_ isRed: [Bool], side: Int) -> [(columns: Range<Int>, rows: Range<Int>)] {
    var isOpen = isRed
    var found: [(columns: Range<Int>, rows: Range<Int>)] = []
    var stack: [Int] = []
    for start in isOpen.indices where isOpen[start] {
      isOpen[start] = false
      stack.append(start)
      var (left, right, top, bottom) = (side, 0, side, 0)
      while let index = stack.popLast() {
        let (row, column) = index.quotientAndRemainder(dividingBy: side)
        (left, right, top, bottom) = (min(left, column), max(right, column), min(top, row), max(bottom, row))
        for y in max(0, row - 1)...min(side - 1, row + 1) {
          for x in max(0, column - 1)...min(side - 1, column + 1) where isOpen[y * side + x] {
            isOpen[y * side + x] = false
            stack.append(y * side + x)
          }
        }
      }
      found.append((left..<right + 1, top..<bottom + 1))
    }
    return found
  }
}

extension Range<Int> {
  /// One more on each side, within `0..<limit`.
  fileprivate func expanded(in limit: Int) -> Range<Int> {
    Swift.max(0, lowerBound - 1)..<Swift.min(limit, upperBound + 1)
  }
}
