// How wide a text will be, without a font at hand.
// Not here: drawing text (SVGWriter).

/// Estimates of text widths and line breaks.
package enum TextMetrics {
  /// The fonts of all figures; the first that is installed is used.
  static let family = "Inter, 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif"

  /// Advance widths of the characters from space to tilde, in thousandths of the font size, of DejaVu Sans, the widest
  /// of the family: with any of the others the text is narrower than planned, never clipped.
  private static let widths = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
  ]

  /// Bold text is about an eighth wider.
  private static let boldFactor = 1.125

  /// The width in pixels.
  package static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
    let thousandths = text.unicodeScalars.reduce(0) { sum, scalar in
      let index = Int(scalar.value) - 32
      if widths.indices.contains(index) { return sum + widths[index] }
      // Superscript digits are small, East Asian characters are square, the rest is about as wide as a digit.
      return sum + ("⁰¹²³⁴⁵⁶⁷⁸⁹⁻".unicodeScalars.contains(scalar) ? 420 : scalar.value >= 0x2E80 ? 1000 : 640)
    }
    return Double(thousandths) / 1000 * size * (isBold ? boldFactor : 1)
  }

  /// The text in lines of at most `limit` pixels, broken at spaces; a longer word is cut with an ellipsis.
  package static func wrapped(_ text: String, size: Double, isBold: Bool = false, limit: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, width("\(last) \(word)", size: size, isBold: isBold) <= limit {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(truncated(String(word), size: size, isBold: isBold, limit: limit))
      }
    }
    return lines
  }

  /// The text, or its beginning with an ellipsis.
  package static func truncated(_ text: String, size: Double, isBold: Bool = false, limit: Double) -> String {
    guard width(text, size: size, isBold: isBold) > limit else { return text }
    var kept = text
    while !kept.isEmpty, width(kept + "…", size: size, isBold: isBold) > limit { kept.removeLast() }
    return kept + "…"
  }
}
