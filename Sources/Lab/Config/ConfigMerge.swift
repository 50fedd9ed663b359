// Laying a patch over a tree of defaults.
// Not here: judging whether the result makes sense (ConfigDecoder).

extension ConfigNode {
  /// This tree with the patch laid over it.
  ///
  /// - Mappings merge key by key; keys that the defaults lack are kept for the decoder to judge.
  /// - An enum case with associated values merges with the same case, and replaces another case. A bare scalar
  ///   names a case.
  /// - Everything else (scalars, lists, dictionaries) is replaced.
  func merged(with patch: ConfigNode) -> ConfigNode {
    guard let entries else { return patch }
    if role == .choice { return mergedChoice(with: patch) }
    guard let patchEntries = patch.entries else { return patch }
    var result = patch
    result.role = role
    if role == .dictionary { return result }
    var merged = entries
    for entry in patchEntries {
      if let position = merged.firstIndex(where: { $0.key == entry.key }) {
        let value = merged[position].value.merged(with: entry.value)
        merged[position] = ConfigEntry(key: entry.key, origin: entry.origin, value: value)
      } else {
        merged.append(entry)
      }
    }
    result.content = .mapping(merged)
    return result
  }

  private func mergedChoice(with patch: ConfigNode) -> ConfigNode {
    var result = patch.normalizedChoice
    guard let patched = result.entries else { return patch }
    result.role = .choice
    if let own = entries?.first, let other = patched.first, patched.count == 1, own.key == other.key {
      let payload = own.value.merged(with: other.value)
      result.content = .mapping([ConfigEntry(key: other.key, origin: other.origin, value: payload)])
    }
    return result
  }

  /// `name` becomes `{name: {}}`, and `{name: }` too; other trees stay.
  var normalizedChoice: ConfigNode {
    var result = self
    if let scalar, !scalar.isNull {
      let payload = ConfigNode(content: .mapping([]), origin: origin)
      result.content = .mapping([ConfigEntry(key: scalar.text, origin: origin, value: payload)])
    } else if let entries, let only = entries.first, entries.count == 1, only.value.isNull {
      let payload = ConfigNode(content: .mapping([]), origin: only.value.origin)
      result.content = .mapping([ConfigEntry(key: only.key, origin: only.origin, value: payload)])
    }
    return result
  }

  /// This tree with the value at one path patched, as `--set a.b[2].c=value` does.
  ///
  /// Mappings on the way are created where they are missing, dictionaries are extended, and list elements must exist.
  ///
  /// - Throws: ``ConfigProblem`` (as an error of one) if the path leads through a scalar or past the end of a list.
  func setting(_ path: ArraySlice<String>, walked: ConfigPath = ConfigPath(), to value: ConfigNode)
    throws(ConfigError) -> ConfigNode
  {
    guard let step = path.first else { return merged(with: value) }
    let rest = path.dropFirst()
    switch content {
    case .mapping(var entries):
      var result = self
      let next = walked / .key(step)
      if let position = entries.firstIndex(where: { $0.key == step }) {
        let changed = try entries[position].value.setting(rest, walked: next, to: value)
        entries[position] = ConfigEntry(key: step, origin: value.origin, value: changed)
      } else {
        let created = Self.nested(rest, value: value)
        let entry = ConfigEntry(key: step, origin: value.origin, value: created)
        // Naming another case of an enum leaves the present one.
        entries = role == .choice ? [entry] : entries + [entry]
      }
      result.content = .mapping(entries)
      return result
    case .sequence(var elements):
      guard let index = Int(step), elements.indices.contains(index) else {
        throw ConfigError([
          ConfigProblem(
            .unknownKey, key: "\(walked / .key(step))", at: value.origin,
            expected: elements.isEmpty
              ? "no key, because the list is empty" : "an index from 0 to \(elements.count - 1)",
            got: "'\(step)'")
        ])
      }
      elements[index] = try elements[index].setting(rest, walked: walked / .index(index), to: value)
      var result = self
      result.content = .sequence(elements)
      return result
    case .scalar:
      throw ConfigError([
        ConfigProblem(
          .unknownKey, key: "\(walked / .key(step))", at: value.origin, expected: "no key below '\(walked)'",
          got: "'\(step)'", hint: "'\(walked)' is a single value.")
      ])
    }
  }

  /// Mappings for the remaining steps, with the value inside.
  private static func nested(_ path: ArraySlice<String>, value: ConfigNode) -> ConfigNode {
    guard let step = path.first else { return value }
    let inner = nested(path.dropFirst(), value: value)
    let entry = ConfigEntry(key: step, origin: value.origin, value: inner)
    return ConfigNode(content: .mapping([entry]), origin: value.origin)
  }
}
