// Config trees to Swift values, strictly, finding all problems in one pass where possible.
// Not here: the containers of `Codable` (ConfigDecoder+Containers), the YAML (ConfigParser).

/// Decodes a tree and judges every key that the user wrote.
///
/// `Codable` stops at the first error. To report all of them, scalars that cannot be read are recorded and replaced by
/// a placeholder; an error that stops the decoding is recorded too, the defaults are put in its place, and decoding
/// starts again. A value is returned only if there was no problem at all.
struct ConfigDecoder {
  /// The tree of the defaults, which names valid keys and repairs broken places.
  let defaults: ConfigNode

  /// Decodes a value.
  ///
  /// - Throws: ``ConfigError`` with every problem found, in the order of the file.
  func decode<Value: Decodable>(_ type: Value.Type, from root: ConfigNode) throws(ConfigError) -> Value {
    var tree = root
    var problems: [ConfigProblem] = []
    func note(_ found: [ConfigProblem]) {
      for problem in found where !problems.contains(problem) { problems.append(problem) }
    }
    // Every repair replaces or removes at least one node that the user wrote.
    for _ in 0..<(1 + tree.nodeCount) {
      let journal = DecodingJournal(root: tree, defaults: defaults)
      do {
        let value = try NodeDecoder(node: tree, codingPath: [], journal: journal).value(of: type)
        note(journal.problems + journal.unknownKeys)
        if problems.isEmpty { return value }
        break
      } catch {
        let path = journal.path(of: error)
        note(journal.problems)
        if let problem = journal.problem(for: error, at: path) { note([problem]) }
        guard let repaired = tree.repaired(at: path.steps[...], from: defaults), repaired != tree else { break }
        tree = repaired
      }
    }
    throw ConfigError(problems.isEmpty ? [Self.unexplained(root)] : problems.sortedByPlace)
  }

  private static func unexplained(_ root: ConfigNode) -> ConfigProblem {
    ConfigProblem(.syntax, at: root.origin, expected: "a config of the right form", got: root.kind)
  }
}

extension ConfigNode {
  fileprivate var nodeCount: Int {
    switch content {
    case .scalar: 1
    case .sequence(let elements): elements.reduce(1) { $0 + $1.nodeCount }
    case .mapping(let entries): entries.reduce(1) { $0 + $1.value.nodeCount }
    }
  }

  /// The tree with the innermost node on the path that the defaults know replaced by theirs, or with the broken list
  /// element removed; nil if there is nothing to put in its place.
  fileprivate func repaired(at path: ArraySlice<ConfigPath.Step>, from defaults: ConfigNode?) -> ConfigNode? {
    guard let step = path.first else { return defaults }
    var copy = self
    switch (step, content) {
    case (.key(let key), .mapping(var entries)):
      guard let position = entries.firstIndex(where: { $0.key == key }) else { return defaults }
      guard let inner = entries[position].value.repaired(at: path.dropFirst(), from: defaults?[key]) else {
        return defaults
      }
      entries[position].value = inner
      copy.content = .mapping(entries)
      return copy
    case (.index(let index), .sequence(var elements)):
      guard let position = elements.firstIndex(where: { $0.index == index }) else { return defaults }
      if let inner = elements[position].repaired(at: path.dropFirst(), from: nil) {
        elements[position] = inner
      } else {
        elements.remove(at: position)
      }
      copy.content = .sequence(elements)
      return copy
    default: return defaults
    }
  }
}

extension [ConfigProblem] {
  /// File order; problems on the command line and without a place come last, in the order of their discovery.
  fileprivate var sortedByPlace: [ConfigProblem] {
    func place(_ problem: ConfigProblem) -> (Int, Int) {
      if case .file(_, let line, let column) = problem.origin { (line, column) } else { (.max, 0) }
    }
    return enumerated().sorted { a, b in
      let (first, second) = (place(a.element), place(b.element))
      return first == second ? a.offset < b.offset : first < second
    }.map(\.element)
  }
}
