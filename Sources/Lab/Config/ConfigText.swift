// The canonical text of a config, its hash, and differences between configs.
// Not here: reading YAML (ConfigParser).

extension ConfigNode {
  /// The tree as YAML: two spaces a level, keys in the order of the properties, lists of scalars on one line.
  ///
  /// Equal trees have equal text, on every machine.
  var yaml: String {
    var text = ""
    switch content {
    case .mapping(let entries) where !entries.isEmpty: Self.append(entries, indent: "", to: &text)
    case .sequence(let elements) where !isInline: Self.append(elements, indent: "", to: &text)
    default: text = inline + "\n"
    }
    return text
  }

  /// Whether the value stands behind its key on the same line.
  private var isInline: Bool {
    switch content {
    case .scalar: true
    case .mapping(let entries): entries.isEmpty
    case .sequence(let elements): elements.allSatisfy { $0.scalar != nil }
    }
  }

  private var inline: String {
    switch content {
    case .scalar(let scalar): scalar.yaml
    case .mapping: "{}"
    case .sequence(let elements): "[" + elements.map(\.inline).joined(separator: ", ") + "]"
    }
  }

  private static func append(_ entries: [ConfigEntry], indent: String, to text: inout String) {
    for entry in entries {
      text += indent + ConfigScalar(quoted: entry.key).yaml + ":"
      entry.value.appendValue(indent: indent, to: &text)
    }
  }

  private static func append(_ elements: [ConfigNode], indent: String, to text: inout String) {
    for element in elements {
      switch element.content {
      case .mapping(let entries) where !entries.isEmpty:
        // The first key stands behind the dash, the others below it.
        var block = ""
        append(entries, indent: indent + "  ", to: &block)
        text += indent + "- " + block.dropFirst(indent.count + 2)
      case .sequence where !element.isInline:
        text += indent + "-"
        element.appendValue(indent: indent, to: &text)
      default: text += indent + "- " + element.inline + "\n"
      }
    }
  }

  private func appendValue(indent: String, to text: inout String) {
    guard !isInline else {
      text += " " + inline + "\n"
      return
    }
    text += "\n"
    switch content {
    case .mapping(let entries): Self.append(entries, indent: indent + "  ", to: &text)
    case .sequence(let elements): Self.append(elements, indent: indent + "  ", to: &text)
    case .scalar: break
    }
  }

  /// All leaves with their paths, in order; empty containers are leaves.
  func leaves(below path: ConfigPath = ConfigPath()) -> [(path: ConfigPath, text: String)] {
    switch content {
    case .mapping(let entries) where !entries.isEmpty:
      entries.flatMap { $0.value.leaves(below: path / .key($0.key)) }
    case .sequence(let elements) where !isInline:
      elements.enumerated().flatMap { $0.element.leaves(below: path / .index($0.offset)) }
    default: [(path, inline)]
    }
  }
}

extension ConfigScalar {
  /// The scalar as YAML. Text is quoted only where a reader would take it for something else.
  var yaml: String {
    guard isQuoted else { return text }
    let isSafe =
      !looksTyped && text.unicodeScalars.allSatisfy { Self.plainCharacters.contains($0) }
      && !text.hasPrefix(" ") && !text.hasSuffix(" ") && !text.hasPrefix("-") && !text.contains(" #")
    return isSafe ? text : JSONValue.string(text).text
  }

  private static let plainCharacters = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+ ()=^~".unicodeScalars)
}

/// A value that one config has otherwise than another.
public struct ConfigChange: Equatable, Sendable, CustomStringConvertible {
  /// The dotted path of the key.
  public var key: String
  /// The earlier value as YAML; `(absent)` if there was none.
  public var before: String
  /// The later value as YAML; `(absent)` if there is none.
  public var after: String

  /// `key: before → after`.
  public var description: String { "\(key): \(before) → \(after)" }

  /// The differences between two trees, in their order.
  static func between(_ before: ConfigNode, _ after: ConfigNode) -> [ConfigChange] {
    let absent = "(absent)"
    let old = before.leaves().map { ("\($0.path)", $0.text) }
    let new = after.leaves().map { ("\($0.path)", $0.text) }
    let oldValues = Dictionary(old) { $1 }
    let newValues = Dictionary(new) { $1 }
    let changed = new.compactMap { key, text -> ConfigChange? in
      let earlier = oldValues[key]
      return earlier == text ? nil : ConfigChange(key: key, before: earlier ?? absent, after: text)
    }
    let removed = old.filter { newValues[$0.0] == nil }.map { ConfigChange(key: $0.0, before: $0.1, after: absent) }
    return changed + removed
  }
}

/// FNV-1a with 64 bits: short, fast, the same everywhere. No protection against forgery is needed.
///
/// > Source: Fowler, Noll and Vo, draft-eastlake-fnv, section 2.
public enum StableHash {
  /// The hash of some bytes as 16 hexadecimal digits.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The hash of a text's UTF-8 as 16 hexadecimal digits.
  public static func hex(_ text: String) -> String { hex(text.utf8) }
}
