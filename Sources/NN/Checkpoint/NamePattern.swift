// Patterns of dotted parameter names, and rules that rename between two conventions.

/// A dotted name with gaps: `{i}` stands for one component of digits, a final `*` for all remaining components.
public struct NamePattern: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  private enum Component: Hashable {
    case text(Substring)
    case index(Substring)
    case rest
  }

  /// The pattern as written.
  public let description: String
  private let components: [Component]

  /// A pattern; a plain name is a pattern of itself.
  ///
  /// - Precondition: `*` stands last if at all.
  public init(_ text: String) {
    description = text
    components = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
      if part == "*" { return .rest }
      if part.hasPrefix("{") && part.hasSuffix("}") { return .index(part.dropFirst().dropLast()) }
      return .text(part)
    }
    precondition(
      components.dropLast().allSatisfy { $0 != .rest }, "NamePattern: * is not the last component of \(text)")
  }

  /// A pattern written as a literal.
  public init(stringLiteral text: String) { self.init(text) }

  /// The names of the gaps, `*` for the rest.
  var gaps: [Substring] {
    components.compactMap {
      switch $0 {
      case .text: nil
      case .index(let gap): gap
      case .rest: "*"
      }
    }
  }

  /// What the gaps stand for in `name`; nil if `name` does not match.
  func match(_ name: String) -> [Substring: String]? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    var found: [Substring: String] = [:]
    for (index, component) in components.enumerated() {
      guard index < parts.count else { return nil }
      switch component {
      case .text(let text):
        guard parts[index] == text else { return nil }
      case .index(let gap):
        guard !parts[index].isEmpty, parts[index].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        guard found.updateValue(String(parts[index]), forKey: gap).map({ $0 == parts[index] }) ?? true else {
          return nil
        }
      case .rest:
        found["*"] = parts[index...].joined(separator: ".")
        return found
      }
    }
    return parts.count == components.count ? found : nil
  }

  /// Whether `name` fits the pattern.
  public func matches(_ name: String) -> Bool { match(name) != nil }

  /// The pattern with its gaps filled.
  func filled(with values: [Substring: String]) -> String {
    components.map { component in
      switch component {
      case .text(let text): String(text)
      case .index(let gap): values[gap] ?? ""
      case .rest: values["*"] ?? ""
      }
    }.joined(separator: ".")
  }
}
