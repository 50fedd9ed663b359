// Lives here: what becomes of the matches of a split: kept apart, dropped, or joined to a neighbour.
// Not here: where the matches are (SplitPattern.swift).

/// The five ways in which a `Split` pre-tokenizer turns matches and the stretches between them into pieces.
///
/// > Source: `SplitDelimiterBehavior` of the reference library.
enum SplitBehavior: String, CaseIterable, Sendable {
  /// Matches and stretches between them are pieces of their own.
  case isolated = "Isolated"
  /// Only the stretches between matches are pieces.
  case removed = "Removed"
  /// A match joins the stretch before it.
  case mergedWithPrevious = "MergedWithPrevious"
  /// A match joins the stretch after it.
  case mergedWithNext = "MergedWithNext"
  /// Neighbouring matches become one piece.
  case contiguous = "Contiguous"

  /// The pieces, in order.
  func pieces(of stretches: [(range: Range<Int>, isMatch: Bool)]) -> [Range<Int>] {
    switch self {
    case .isolated: return stretches.map(\.range)
    case .removed: return stretches.filter { !$0.isMatch }.map(\.range)
    case .contiguous: return joined(stretches) { isMatch, previous in isMatch == previous }
    case .mergedWithPrevious: return joined(stretches) { isMatch, previous in isMatch && !previous }
    case .mergedWithNext:
      let backwards = joined(stretches.reversed()) { isMatch, previous in isMatch && !previous }
      return backwards.reversed()
    }
  }

  /// Joins a stretch to its predecessor where `joins` says so; before the first stretch stands "no match".
  private func joined(
    _ stretches: [(range: Range<Int>, isMatch: Bool)], where joins: (Bool, Bool) -> Bool
  ) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var previous = false
    for (range, isMatch) in stretches {
      if joins(isMatch, previous), let last = pieces.last {
        pieces[pieces.count - 1] =
          min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound)
      } else {
        pieces.append(range)
      }
      previous = isMatch
    }
    return pieces
  }
}
