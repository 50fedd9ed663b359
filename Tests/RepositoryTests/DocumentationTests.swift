// Every public symbol says what it is: a `///` comment stands right above it.

import Testing

@Suite("Documentation")
struct DocumentationTests {
  @Test("every public declaration has a documentation comment")
  func publicSymbolsAreDocumented() throws {
    var offences: [Offence] = []
    for path in Checkout.files(in: ["Sources"], extensions: ["swift"]) {
      let file = SwiftText(try #require(Checkout.text(path)))
      for (line, text) in PublicSurface(file).undocumented {
        offences.append(Offence(path: path, line: line, what: "no /// comment: \(text)"))
      }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  @Test("every Swift file of some length begins with a comment on what lives in it")
  func filesHaveHeads() throws {
    let offences = Checkout.files(in: ["Sources", "Tests"], extensions: ["swift"])
      .filter { path in
        let text = Checkout.text(path) ?? ""
        return !text.hasPrefix("//") && text.split(separator: "\n").count > 5
      }
      .map { Offence(path: $0, line: 1, what: "no head comment") }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  @Test(
    "undocumented declarations are found",
    arguments: [
      ("public func f() {}", [1]),
      ("/// Does f.\npublic func f() {}", []),
      ("/// Does f.\n@inlinable\n@available(*, deprecated)\npublic func f() {}", []),
      ("/// Does f.\n@available(\n  *, deprecated,\n  message: \"x\")\npublic func f() {}", []),
      ("@frozen public struct S {\n  public var x = 1\n}", [1, 2]),
      ("/// P.\npublic protocol P {\n  func a()\n  /// B.\n  var b: Int { get }\n  static func c()\n}", [3, 6]),
      (
        "/// E.\npublic enum E {\n  case a\n  /// B.\n  case b(Int)\n  func f() {\n    switch self {\n    case .a: break"
          + "\n    }\n  }\n}",
        [3]
      ),
      ("enum E {\n  case a\n}\nprotocol P {\n  func f()\n}", []),
      ("public extension S {\n  func f() {}\n  private func g() {}\n}", [2]),
      ("extension S: P {\n  public var d: String { \"\" }\n}", [2]),
      ("public import NN", []),
      ("/// A.\n\npublic let a = 1", [3]),
      ("/// A.\n// Safety: b.\npublic struct S {}", [3]),
      ("// Safety: b.\n/// A.\npublic struct S {}", []),
      ("// public func f()\nlet s = \"\"\"\n  public func g()\n  \"\"\"", []),
      ("public\n  static func f() {}", [1]),
      ("/// X.\npublic private(set) var x = 1\nopen class C {}", [3]),
    ])
  func findsUndocumented(source: String, lines: [Int]) {
    #expect(PublicSurface(SwiftText(source)).undocumented.map(\.line) == lines, "\(source)")
  }
}

/// The declarations of a file that others can see, found line by line with a stack of the braces around them.
private struct PublicSurface {
  /// (line number, text) of the public declarations without a comment.
  private(set) var undocumented: [(line: Int, text: String)] = []

  private enum Scope { case publicProtocol, publicEnum, publicExtension, other }

  private static let accesses: Set<String> = ["public", "open", "package", "internal", "private", "fileprivate"]
  private static let modifiers: Set<String> = [
    "static", "class", "final", "mutating", "nonmutating", "consuming", "borrowing", "indirect", "lazy", "weak",
    "unowned", "override", "required", "convenience", "nonisolated", "isolated", "dynamic", "optional", "async",
    "prefix", "postfix", "infix", "distributed", "sending",
  ]
  private static let keywords: Set<String> = [
    "func", "var", "let", "init", "subscript", "associatedtype", "typealias", "struct", "class", "enum", "protocol",
    "actor", "extension", "import", "case", "operator", "macro", "precedencegroup", "deinit",
  ]

  init(_ file: SwiftText) {
    var scopes: [Scope] = []
    var pending = Scope.other
    var parentheses = 0
    for (index, line) in file.code.enumerated() {
      if parentheses == 0, let declaration = Self.declaration(at: index, in: file.code) {
        let scope = scopes.last ?? .other
        let isPublic = Self.isPublic(declaration, in: scope)
        if isPublic, !["extension", "import", "deinit"].contains(declaration.keyword),
          !Self.isDocumented(index, in: file)
        {
          undocumented.append((index + 1, file.raw[index].trimmed))
        }
        pending = Self.scope(of: declaration, isPublic: isPublic)
      }
      for character in line {
        switch character {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        case "{":
          scopes.append(parentheses == 0 ? pending : .other)
          pending = .other
        case "}": _ = scopes.popLast()
        default: break
        }
      }
    }
  }

  private struct Declaration {
    var access: String?
    var keyword: String
  }

  /// The declaration that begins on a line: attributes, modifiers, then a keyword.
  private static func declaration(at index: Int, in code: [String]) -> Declaration? {
    var access: String?
    var lines = code[index...].prefix(3).makeIterator()
    var words = Self.words(of: lines.next() ?? "")[...]
    while true {
      guard let word = words.popFirst() else {
        // Only modifiers so far: the keyword is on the next line.
        guard access != nil, let next = lines.next() else { return nil }
        words = Self.words(of: next)[...]
        continue
      }
      if keywords.contains(word), !(word == "class" && modifiersFollow(words)) {
        return Declaration(access: access, keyword: word)
      }
      if accesses.contains(word) {
        access = access ?? word
      } else if !modifiers.contains(word) {
        return nil
      }
    }
  }

  /// Whether `class` is a modifier here (`class func`), not a type.
  private static func modifiersFollow(_ words: ArraySlice<String>) -> Bool {
    words.first.map { ["func", "var", "subscript"].contains($0) || modifiers.contains($0) } ?? false
  }

  /// The words at a line's beginning, without attributes and without `private(set)`, which limits the setter only.
  private static func words(of line: String) -> [String] {
    let bare = line.replacing(/@[A-Za-z_]+(\([^)]*\))?/, with: "").replacing(/[a-z]+\(set\)/, with: "")
    var words: [String] = []
    for token in bare.split(separator: " ") {
      let word = token.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      if word.isEmpty { break }
      words.append(String(word))
    }
    return words
  }

  private static func isPublic(_ declaration: Declaration, in scope: Scope) -> Bool {
    if let access = declaration.access { return access == "public" || access == "open" }
    switch scope {
    case .publicProtocol, .publicExtension: return declaration.keyword != "case"
    case .publicEnum: return declaration.keyword == "case"
    case .other: return false
    }
  }

  private static func scope(of declaration: Declaration, isPublic: Bool) -> Scope {
    switch declaration.keyword {
    case "protocol" where isPublic: .publicProtocol
    case "enum" where isPublic: .publicEnum
    case "extension" where isPublic: .publicExtension
    default: .other
    }
  }

  /// Whether the line above, attributes left aside, is a documentation comment.
  private static func isDocumented(_ index: Int, in file: SwiftText) -> Bool {
    var depth = 0
    for above in stride(from: index - 1, through: 0, by: -1) {
      let text = file.raw[above].trimmed
      if depth == 0, text.hasPrefix("///") || text.hasSuffix("*/") { return true }
      depth += file.code[above].filter { $0 == ")" }.count - file.code[above].filter { $0 == "(" }.count
      let isAttribute = text.hasPrefix("@") || text.hasPrefix("#if") || text.hasPrefix("// swift-format-ignore")
      if depth > 0 || isAttribute { continue }
      return false
    }
    return false
  }
}
