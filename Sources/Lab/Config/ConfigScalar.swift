// Scalars of a config: their text, and which Swift values they can stand for.
// Not here: containers (ConfigNode) and the quoting of whole files (ConfigText).

import Foundation

/// A scalar as it was written.
struct ConfigScalar: Equatable, Sendable {
  var text: String
  /// Quoted text is a string whatever it looks like.
  var isQuoted: Bool

  init(plain text: String) {
    self.text = text
    isQuoted = false
  }

  init(quoted text: String) {
    self.text = text
    isQuoted = true
  }

  var isNull: Bool { !isQuoted && ["", "~", "null", "Null", "NULL"].contains(text) }

  /// What stands here, for "got …" in messages.
  var kind: String {
    if isNull { return "nothing (null)" }
    let shown = text.count > 60 ? text.prefix(57) + "…" : text[...]
    if isQuoted { return "the text \"\(shown)\"" }
    return "'\(shown)'"
  }

  /// Whether a plain scalar would be read as something else than text by a YAML reader.
  var looksTyped: Bool {
    let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "~", "", ".inf", "-.inf", "+.inf", ".nan"]
    return words.contains(text.lowercased()) || Double(config: ConfigScalar(plain: text)) != nil
      || (text.first.map { "+-.0123456789".contains($0) } ?? true)
  }
}

/// A Swift type that is one scalar in a config file.
protocol ConfigPrimitive: Codable {
  /// What to write, for "expected …" in messages.
  static var expectation: String { get }
  /// Stands in for a value that could not be read, so that the remaining problems are found too.
  static var placeholder: Self { get }
  /// Reads the scalar; nil if it is no value of this type.
  init?(config scalar: ConfigScalar)
  /// The scalar that reads back as exactly this value.
  var configScalar: ConfigScalar { get }
}

extension Bool: ConfigPrimitive {
  static var expectation: String { "true or false" }
  static var placeholder: Bool { false }

  init?(config scalar: ConfigScalar) {
    switch scalar {
    case ConfigScalar(plain: "true"): self = true
    case ConfigScalar(plain: "false"): self = false
    default: return nil
    }
  }

  var configScalar: ConfigScalar { ConfigScalar(plain: self ? "true" : "false") }
}

extension String: ConfigPrimitive {
  static var expectation: String { "text" }
  static var placeholder: String { "" }

  init?(config scalar: ConfigScalar) {
    guard !scalar.isNull else { return nil }
    self = scalar.text
  }

  var configScalar: ConfigScalar { ConfigScalar(quoted: self) }
}

extension ConfigPrimitive where Self: FixedWidthInteger {
  static var expectation: String {
    switch (Self.isSigned, Self.bitWidth) {
    case (true, 64): "an integer"
    case (false, 64): "an integer from 0"
    default: "an integer from \(Self.min) to \(Self.max)"
    }
  }

  static var placeholder: Self { 0 }

  init?(config scalar: ConfigScalar) {
    guard !scalar.isQuoted, let value = Self.integer(scalar.text) else { return nil }
    self = value
  }

  /// `1000`, `1_000`, `-3`, `0xFF`, and integers such as `1e6`; no octal, because `010` means two things.
  private static func integer(_ text: String) -> Self? {
    let isNegative = text.hasPrefix("-")
    let digits = (isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]).filter { $0 != "_" }
    let sign = isNegative ? "-" : ""
    guard let first = digits.first, first.isASCII, first.isNumber, text.last != "_" else { return nil }
    if digits.lowercased().hasPrefix("0x") { return Self(sign + digits.dropFirst(2), radix: 16) }
    if digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
      return first == "0" && digits.count > 1 ? nil : Self(sign + digits, radix: 10)
    }
    guard let value = Double(config: ConfigScalar(plain: sign + digits)), abs(value) <= 0x1p53 else { return nil }
    return Self(exactly: value)
  }

  var configScalar: ConfigScalar { ConfigScalar(plain: String(self)) }
}

extension Int: ConfigPrimitive {}
extension Int8: ConfigPrimitive {}
extension Int16: ConfigPrimitive {}
extension Int32: ConfigPrimitive {}
extension Int64: ConfigPrimitive {}
extension UInt: ConfigPrimitive {}
extension UInt8: ConfigPrimitive {}
extension UInt16: ConfigPrimitive {}
extension UInt32: ConfigPrimitive {}
extension UInt64: ConfigPrimitive {}

extension Double: ConfigPrimitive {
  static var expectation: String { "a number" }
  static var placeholder: Double { 0 }

  init?(config scalar: ConfigScalar) {
    guard !scalar.isQuoted else { return nil }
    switch scalar.text.lowercased() {
    case ".inf", "+.inf": self = .infinity
    case "-.inf": self = -.infinity
    default:
      // Double("inf"), Double("nan") and hexadecimal floats exist, but are not YAML.
      let text = scalar.text.filter { $0 != "_" }
      guard text.allSatisfy({ "+-.0123456789eE".contains($0) }), text.contains(where: \.isNumber) else { return nil }
      guard let value = Double(text), value.isFinite else { return nil }
      self = value
    }
  }

  var configScalar: ConfigScalar { ConfigScalar(plain: configNumberText(self)) }
}

extension Float: ConfigPrimitive {
  static var expectation: String { "a number" }
  static var placeholder: Float { 0 }

  init?(config scalar: ConfigScalar) {
    guard !scalar.isQuoted else { return nil }
    // The decimal text is rounded once: going through Double could round twice.
    if let direct = Float(scalar.text), direct.isFinite, Double(config: scalar) != nil {
      self = direct
    } else if let wide = Double(config: scalar), wide.isInfinite || Float(wide).isFinite {
      self = Float(wide)
    } else {
      return nil
    }
  }

  var configScalar: ConfigScalar { ConfigScalar(plain: configNumberText(self)) }
}

/// The shortest decimal text that reads back as the value, in a form that every YAML reader takes for a float.
private func configNumberText<Value: BinaryFloatingPoint & LosslessStringConvertible>(_ value: Value) -> String {
  guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
  let text = String(value)
  guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
  return text[..<exponent] + ".0" + text[exponent...]
}
