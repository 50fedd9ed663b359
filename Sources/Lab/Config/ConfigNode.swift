// A config as a tree in which every node remembers where it was written.
// Not here: reading YAML (ConfigParser), Codable (ConfigEncoder, ConfigDecoder), merging (ConfigMerge).

/// Where a config value was written.
public enum ConfigOrigin: Equatable, Sendable, CustomStringConvertible {
  /// In Swift, as the default.
  case defaults
  /// In a file; line and column count from 1.
  case file(path: String, line: Int, column: Int)
  /// On the command line, with the argument as it was given.
  case argument(String)

  /// `path:line:column`, the argument, or `defaults`.
  public var description: String {
    switch self {
    case .defaults: "defaults"
    case .file(let path, let line, let column): "\(path):\(line):\(column)"
    case .argument(let text): text
    }
  }
}

/// One value of a config tree.
struct ConfigNode: Equatable, Sendable {
  enum Content: Equatable, Sendable {
    case scalar(ConfigScalar)
    case sequence([ConfigNode])
    case mapping([ConfigEntry])
  }

  /// What a mapping stands for, which decides how a patch changes it.
  enum Role: Equatable, Sendable {
    /// A struct (or no mapping at all): keys are merged.
    case plain
    /// An enum case with associated values, `{case: {…}}`: another case replaces it.
    case choice
    /// A dictionary, whose keys are data: it is replaced.
    case dictionary
  }

  var content: Content
  var role = Role.plain
  var origin = ConfigOrigin.defaults
  /// The position in the list as it was written, for elements of sequences.
  var index: Int?

  static let null = ConfigNode(content: .scalar(ConfigScalar(plain: "null")))
  static let emptyMapping = ConfigNode(content: .mapping([]))

  var scalar: ConfigScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  var sequence: [ConfigNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  var entries: [ConfigEntry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  var isNull: Bool { scalar?.isNull ?? false }

  /// The value of a key; nil if this is no mapping or lacks the key.
  subscript(key: String) -> ConfigNode? { entries?.first { $0.key == key }?.value }

  /// What stands here, for "got …" in messages.
  var kind: String {
    switch content {
    case .scalar(let scalar): scalar.kind
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  /// The same tree with every origin replaced.
  func settingOrigin(_ origin: ConfigOrigin) -> ConfigNode {
    var copy = self
    copy.origin = origin
    switch content {
    case .scalar: break
    case .sequence(let elements): copy.content = .sequence(elements.map { $0.settingOrigin(origin) })
    case .mapping(let entries):
      copy.content = .mapping(
        entries.map { ConfigEntry(key: $0.key, origin: origin, value: $0.value.settingOrigin(origin)) })
    }
    return copy
  }
}

/// One key of a mapping with its value.
struct ConfigEntry: Equatable, Sendable {
  var key: String
  /// Where the key itself stands.
  var origin = ConfigOrigin.defaults
  var value: ConfigNode
}

/// The way to a node, written `model.layers[2].width`.
struct ConfigPath: Hashable, Sendable, CustomStringConvertible {
  enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
  }

  var steps: [Step] = []

  static func / (path: ConfigPath, step: Step) -> ConfigPath { ConfigPath(steps: path.steps + [step]) }

  var parent: ConfigPath { ConfigPath(steps: Array(steps.dropLast())) }

  var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .key(let key): text += text.isEmpty ? key : "." + key
      case .index(let index): text += "[\(index)]"
      }
    }
  }
}
