// YAML text to a tree with positions, and every way in which the text can be wrong.
// Not here: what the keys mean (ConfigDecoder). Yams is used in this file only.

import Yams

/// Reads the YAML of config files and of `--set` values.
enum ConfigParser {
  /// Aliases let a few lines stand for billions of nodes; no config needs as many as this.
  private static let nodeLimit = 100_000

  /// Parses a config file, whose root must be a mapping.
  ///
  /// - Parameters:
  ///   - text: the content.
  ///   - file: the path for messages.
  static func parseFile(_ text: String, file: String) throws(ConfigError) -> ConfigNode {
    let body = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    guard let root = try compose(body, place: { .file(path: file, line: $0, column: $1) }, file: file) else {
      throw ConfigError([
        ConfigProblem(
          .syntax, file: file, expected: "keys and values", got: "an empty file",
          hint: "Write {} to accept every default.")
      ])
    }
    let node = try convert(root) { mark in
      .file(path: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
    guard node.entries != nil else {
      throw ConfigError([
        ConfigProblem(.syntax, at: node.origin, expected: "a mapping of keys to values", got: node.kind)
      ])
    }
    return node
  }

  /// Parses the value of `--set key=value`.
  ///
  /// - Parameter argument: the whole argument for messages.
  static func parseValue(_ text: String, argument: String) throws(ConfigError) -> ConfigNode {
    let origin = ConfigOrigin.argument(argument)
    guard let root = try compose(text, place: { _, _ in origin }, file: "") else {
      return ConfigNode.null.settingOrigin(origin)
    }
    return try convert(root) { _ in origin }
  }

  // MARK: Composing

  private static func compose(
    _ text: String, place: (Int, Int) -> ConfigOrigin, file: String
  ) throws(ConfigError) -> Node? {
    do {
      // Types are ours to decide, so Yams' own tag rules stay out; naming the encoding keeps it off the environment.
      return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw ConfigError([problem(error, text: text, place: place, file: file)])
    } catch {
      throw ConfigError([ConfigProblem(.syntax, file: file, expected: "YAML", got: "\(error)")])
    }
  }

  private static func problem(
    _ error: YamlError, text: String, place: (Int, Int) -> ConfigOrigin, file: String
  ) -> ConfigProblem {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return syntaxProblem(problem, context: context, mark: mark, text: text, place: place)
    case .reader(let problem, let offset, _, _):
      let before = text.prefix(offset ?? 0)
      let line = before.count { $0.isNewline } + 1
      let column = before.reversed().prefix { !$0.isNewline }.count + 1
      return ConfigProblem(
        .syntax, at: place(line, column), expected: "printable text", got: "a character that YAML forbids (\(problem))")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let lines = linesDefining(duplicates.first ?? "", column: context.mark.column, in: text)
      let others = lines.filter { $0 != context.mark.line }.map { "line \($0)" }
      return ConfigProblem(
        .duplicateKey, key: duplicates.joined(separator: "', '"), at: place(context.mark.line, context.mark.column),
        expected: "each key once", got: others.isEmpty ? "it again" : "it again in \(others.joined(separator: ", "))")
    default:
      return ConfigProblem(.syntax, file: file, expected: "YAML", got: "\(error)")
    }
  }

  private static func syntaxProblem(
    _ problem: String, context: YamlError.Context?, mark: Mark, text: String, place: (Int, Int) -> ConfigOrigin
  ) -> ConfigProblem {
    let origin = place(mark.line, mark.column)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
    if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
      return ConfigProblem(.syntax, at: origin, expected: "spaces for indentation", got: "a tab")
    }
    let detail = context.map { "\(problem) \($0.text)" } ?? problem
    let hint = line.contains(": ") && problem.contains("mapping values") ? "Quote values that contain ': '." : ""
    return ConfigProblem(.syntax, at: origin, expected: "YAML", got: "a syntax error (\(detail))", hint: hint)
  }

  /// Yams tells where a repeated key stands first; the other lines are found by their text.
  private static func linesDefining(_ key: String, column: Int, in text: String) -> [Int] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      let fromKey = line.dropFirst(column - 1)
      let name = fromKey.hasPrefix("\"") || fromKey.hasPrefix("'") ? fromKey.dropFirst() : fromKey
      guard line.prefix(column - 1).allSatisfy({ $0 == " " || $0 == "-" }), name.hasPrefix(key) else { return nil }
      let rest = name.dropFirst(key.count).drop { "\"' ".contains($0) }
      return rest.first == ":" ? index + 1 : nil
    }
  }

  // MARK: Converting

  private static func convert(
    _ root: Node, place: (Mark?) -> ConfigOrigin
  ) throws(ConfigError) -> ConfigNode {
    var count = 0
    return try convert(root, count: &count, place: place)
  }

  private static func convert(
    _ node: Node, count: inout Int, place: (Mark?) -> ConfigOrigin
  ) throws(ConfigError) -> ConfigNode {
    let origin = place(node.mark)
    count += 1
    guard count <= nodeLimit else {
      throw ConfigError([
        ConfigProblem(.syntax, at: origin, expected: "at most \(nodeLimit) values, aliases expanded", got: "more")
      ])
    }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain && scalar.tag.description != "tag:yaml.org,2002:str"
      let value = isPlain ? ConfigScalar(plain: scalar.string) : ConfigScalar(quoted: scalar.string)
      return ConfigNode(content: .scalar(value), origin: origin)
    case .sequence(let sequence):
      var elements: [ConfigNode] = []
      for element in sequence {
        var converted = try convert(element, count: &count, place: place)
        converted.index = elements.count
        elements.append(converted)
      }
      return ConfigNode(content: .sequence(elements), origin: origin)
    case .mapping(let mapping):
      var entries: [ConfigEntry] = []
      for (key, value) in mapping {
        let keyOrigin = place(key.mark)
        guard let name = key.scalar?.string, name != "<<" || key.scalar?.style != .plain else {
          let got = key.scalar == nil ? "a list or mapping as a key" : "'<<'"
          throw ConfigError([
            ConfigProblem(
              .syntax, at: keyOrigin, expected: "a plain key", got: got,
              hint: "Merge keys and compound keys are not supported.")
          ])
        }
        let converted = try convert(value, count: &count, place: place)
        entries.append(ConfigEntry(key: name, origin: keyOrigin, value: converted))
      }
      return ConfigNode(content: .mapping(entries), origin: origin)
    case .alias:
      throw ConfigError([ConfigProblem(.syntax, at: origin, expected: "a defined anchor", got: "an unresolved alias")])
    }
  }
}
