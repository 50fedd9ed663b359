// "Did you mean …": the nearest of some names.
// Not here: which names are valid at a place (ConfigDecoder).

/// Finds the name that was probably meant.
enum SpellingHelp {
  /// The candidate nearest to a misspelt name, if any is near enough to be worth naming.
  static func nearest(to name: String, among candidates: [String]) -> String? {
    let folded = fold(name)
    let best = candidates.map { (name: $0, distance: distance(folded, fold($0))) }.min { $0.distance < $1.distance }
    guard let best, best.distance <= max(1, name.count / 3) else { return nil }
    return best.name
  }

  /// snake_case, kebab-case and camelCase are the same name.
  private static func fold(_ name: String) -> [Character] {
    Array(name.lowercased().filter { $0 != "_" && $0 != "-" })
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var previous: [Int] = []
    var current = Array(0...b.count)
    for i in 1..<(a.count + 1) {
      var next = [i] + [Int](repeating: 0, count: b.count)
      for j in 1..<(b.count + 1) {
        next[j] = min(current[j] + 1, next[j - 1] + 1, current[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          next[j] = min(next[j], previous[j - 2] + 1)
        }
      }
      (previous, current) = (current, next)
    }
    return current[b.count]
  }

  /// All names one edit away, to probe a set of names that can only be asked, not listed.
  static func oneEdit(from name: String) -> [String] {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    let name = Array(name)
    var edits: [[Character]] = []
    for position in name.indices {
      edits.append(Array(name[..<position] + name[(position + 1)...]))
      edits += letters.map { Array(name[..<position] + [$0] + name[(position + 1)...]) }
      if position > 0 {
        var swapped = name
        swapped.swapAt(position - 1, position)
        edits.append(swapped)
      }
    }
    for position in 0...name.count { edits += letters.map { Array(name[..<position] + [$0] + name[position...]) } }
    return edits.map { String($0) }
  }

  /// `'a', 'b' or 'c'`; long lists are cut.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(16).map { "'\($0)'" }
    if names.count > shown.count { return shown.joined(separator: ", ") + ", …" }
    guard shown.count > 1, let last = shown.last else { return shown.first ?? "nothing" }
    return shown.dropLast().joined(separator: ", ") + " or " + last
  }
}
