// What happened while a config was decoded: problems, and which keys somebody asked for.
// Not here: the decoding itself (ConfigDecoder, its containers).

/// The record of one decoding pass.
final class DecodingJournal {
  /// A mapping that was decoded.
  private struct Visit {
    let path: ConfigPath
    let entries: [ConfigEntry]
    var asked: [String] = []
  }

  private let root: ConfigNode
  private let defaults: ConfigNode
  private var visits: [ConfigPath: Visit] = [:]
  private var order: [ConfigPath] = []
  /// Mappings whose keys were listed, as enums with associated values do.
  private var listed: Set<ConfigPath> = []
  /// Case names one edit away from what was written.
  private var suggestions: [ConfigPath: String] = [:]
  private(set) var problems: [ConfigProblem] = []

  init(root: ConfigNode, defaults: ConfigNode) {
    self.root = root
    self.defaults = defaults
  }

  // MARK: Recording

  func visit(_ entries: [ConfigEntry], at path: ConfigPath) {
    guard visits[path] == nil else { return }
    visits[path] = Visit(path: path, entries: entries)
    order.append(path)
  }

  func ask(_ key: String, at path: ConfigPath) {
    guard let visit = visits[path], !visit.asked.contains(key) else { return }
    visits[path]?.asked.append(key)
  }

  func list(at path: ConfigPath, suggestion: String?) {
    listed.insert(path)
    if let suggestion { suggestions[path] = suggestion }
  }

  func record(_ problem: ConfigProblem) { problems.append(problem) }

  /// Records a scalar that is no value of the type that was asked for.
  func recordMismatch(_ node: ConfigNode, at path: ConfigPath, expected: String) {
    record(
      ConfigProblem(
        .wrongType, key: "\(path)", at: node.origin, expected: expected, got: node.kind,
        hint: Self.hint(for: node, expected: expected)))
  }

  func recordMissing(_ key: String, at path: ConfigPath, origin: ConfigOrigin) {
    record(
      ConfigProblem(.missingKey, key: "\(path / .key(key))", at: origin, expected: "a value (there is no default here)")
    )
  }

  private static func hint(for node: ConfigNode, expected: String) -> String {
    guard let scalar = node.scalar else { return "" }
    guard !scalar.isNull else { return "Give it a value, or remove the key to accept the default." }
    let unquoted = ConfigScalar(plain: scalar.text)
    if scalar.isQuoted, expected == Bool.expectation ? Bool(config: unquoted) != nil : Double(config: unquoted) != nil {
      return "Remove the quotes."
    }
    if expected == Bool.expectation {
      switch scalar.text.lowercased() {
      case "yes", "on", "y", "1": return "Write true."
      case "no", "off", "n", "0": return "Write false."
      default: return ""
      }
    }
    if expected.hasPrefix("an integer"), scalar.text.hasPrefix("0"), scalar.text.allSatisfy(\.isNumber) {
      return "Remove the leading zero."
    }
    return ""
  }

  // MARK: Judging

  /// Every key that was written and that nobody asked for. Valid only after a decoding that did not stop half-way.
  var unknownKeys: [ConfigProblem] {
    order.compactMap { visits[$0] }.flatMap { visit in
      visit.entries.filter { $0.origin != .defaults && !visit.asked.contains($0.key) }.map { unknown($0, in: visit) }
    }
  }

  private func unknown(_ entry: ConfigEntry, in visit: Visit) -> ConfigProblem {
    var hint = ""
    if let near = SpellingHelp.nearest(to: entry.key, among: visit.asked) {
      hint = "Did you mean '\(near)'?"
    } else if let elsewhere = defaults.paths(endingIn: entry.key).first {
      hint = "Did you mean '\(elsewhere)'?"
    }
    return ConfigProblem(
      .unknownKey, key: "\(visit.path / .key(entry.key))", at: entry.origin,
      expected: visit.asked.isEmpty ? "no keys here" : SpellingHelp.list(visit.asked), got: "'\(entry.key)'",
      hint: hint)
  }

  /// The place of an error that stopped the decoding.
  func path(of error: any Error) -> ConfigPath {
    guard let error = error as? DecodingError else { return ConfigPath() }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return ConfigPath(codingPath: context.codingPath)
    case .keyNotFound(let key, let context):
      return ConfigPath(codingPath: context.codingPath) / .key(key.stringValue)
    @unknown default: return ConfigPath()
    }
  }

  /// The problem behind an error that stopped the decoding; nil if it is recorded already.
  func problem(for error: any Error, at path: ConfigPath) -> ConfigProblem? {
    if let error = error as? ConfigError { return error.problems.first }
    // An enum over text that is no scalar at all fails twice.
    guard !problems.contains(where: { $0.key == "\(path)" }) else { return nil }
    guard let node = root.node(at: path) else {
      // Something was missing there, or the path leads into a replacement: both are recorded.
      guard problems.isEmpty else { return nil }
      return ConfigProblem(.missingKey, key: "\(path)", expected: "a value")
    }
    if let refusal = error as? DecodingError, case .dataCorrupted(let context) = refusal,
      let choices = context.underlyingError as? UnknownRawValue
    {
      return choices.problem(key: "\(path)", node: node)
    }
    if listed.contains(path) { return caseProblem(node, at: path) }
    let expected = Self.expectation(in: error)
    return ConfigProblem(
      .wrongType, key: "\(path)", at: node.origin, expected: expected, got: node.kind,
      hint: Self.hint(for: node, expected: expected))
  }

  private func caseProblem(_ node: ConfigNode, at path: ConfigPath) -> ConfigProblem {
    let names = (node.entries ?? []).map(\.key)
    guard names.count == 1, let name = names.first else {
      return ConfigProblem(
        .invalidValue, key: "\(path)", at: node.origin, expected: "the name of exactly one case",
        got: names.isEmpty ? "no key" : "the keys " + names.map { "'\($0)'" }.joined(separator: ", "))
    }
    let known = defaults.node(at: path)?.entries?.map(\.key) ?? []
    let near = suggestions[path] ?? SpellingHelp.nearest(to: name, among: known)
    return ConfigProblem(
      .invalidValue, key: "\(path)", at: node.entries?.first?.origin ?? node.origin, expected: "the name of a case",
      got: "'\(name)'", hint: near.map { "Did you mean '\($0)'?" } ?? "")
  }

  private static func expectation(in error: any Error) -> String {
    guard let error = error as? DecodingError else { return "another value (\(error))" }
    switch error {
    case .typeMismatch(let type, let context):
      if let known = ContainerKind(type) { return known.rawValue }
      return "a \(type) (\(context.debugDescription))"
    case .valueNotFound(let type, _): return "a \(type)"
    case .dataCorrupted(let context): return "another value (\(context.debugDescription))"
    case .keyNotFound(let key, _): return "the key '\(key.stringValue)'"
    @unknown default: return "another value"
    }
  }
}

/// The two kinds of containers, as marker types of `DecodingError.typeMismatch`.
enum ContainerKind: String {
  case mapping = "a mapping of keys to values"
  case list = "a list"

  enum Mapping {}
  enum List {}

  init?(_ type: Any.Type) {
    if type == Mapping.self {
      self = .mapping
    } else if type == List.self {
      self = .list
    } else {
      return nil
    }
  }
}

/// A string that is none of an enum's raw values.
struct UnknownRawValue: Error {
  let allowed: [String]
  let near: String?

  func problem(key: String, node: ConfigNode) -> ConfigProblem {
    ConfigProblem(
      .invalidValue, key: key, at: node.origin,
      expected: allowed.isEmpty ? "the name of a case" : SpellingHelp.list(allowed), got: node.kind,
      hint: near.map { "Did you mean '\($0)'?" } ?? "")
  }
}

extension ConfigPath {
  init(codingPath: [any CodingKey]) {
    steps = codingPath.map { key in
      if let key = key as? ConfigCodingKey, let index = key.intValue { return .index(index) }
      return .key(key.stringValue)
    }
  }
}

extension ConfigNode {
  /// The node at a path; list elements go by the index that they were written at.
  func node(at path: ConfigPath) -> ConfigNode? {
    path.steps.reduce(ConfigNode?.some(self)) { node, step in
      switch step {
      case .key(let key): node?[key]
      case .index(let index): node?.sequence?.first { $0.index == index }
      }
    }
  }

  /// Where a key of this name, or nearly this name, stands in the tree.
  fileprivate func paths(endingIn name: String, below path: ConfigPath = ConfigPath()) -> [ConfigPath] {
    (entries ?? []).flatMap { entry in
      let here = path / .key(entry.key)
      let found = SpellingHelp.nearest(to: name, among: [entry.key]) == nil ? [] : [here]
      return found + entry.value.paths(endingIn: name, below: here)
    }
  }
}
