// Numbers as text, the same on every machine and in every locale.
// Not here: numbers in config files, which must come back unchanged (ConfigScalar).

import Foundation

/// Formats of numbers for people, plots and tables.
package enum NumberText {
  /// A fixed number of decimals; never `-0`.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", locale: nil, value)
    let isZero = text.allSatisfy { "-0.".contains($0) }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }

  /// At most `decimals` decimals, without trailing zeros; never `-0`.
  package static func shortest(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(String(trimmed.reversed()))
  }

  /// `1.23e-05` in as many significant digits.
  package static func scientific(_ value: Double, digits: Int) -> String {
    String(format: "%.\(max(0, digits - 1))e", locale: nil, value)
  }

  /// Thousands separated by commas: `12,345,678`.
  package static func grouped(_ value: Int) -> String {
    var groups: [String] = []
    var digits = Substring(String(value.magnitude))
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits = digits.dropLast(3)
    }
    groups.insert(String(digits), at: 0)
    return (value < 0 ? "-" : "") + groups.joined(separator: ",")
  }
}
