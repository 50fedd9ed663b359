// Swift values to config trees, with the roles that merging needs.
// Not here: the text of a tree (ConfigText).

/// Encodes `Codable` values as trees; properties keep their order.
enum ConfigEncoder {
  /// The tree of a value.
  ///
  /// - Throws: what the value's own `encode(to:)` throws.
  static func encode(_ value: some Encodable) throws -> ConfigNode {
    let node = EncodedNode()
    try node.set(value, codingPath: [])
    return node.frozen
  }
}

/// A tree under construction: containers of `Codable` write into it through references.
private final class EncodedNode {
  enum Content {
    case none
    case scalar(ConfigScalar)
    case sequence([EncodedNode])
    case mapping([(key: String, value: EncodedNode)])
  }

  var content = Content.none
  var role = ConfigNode.Role.plain

  func set(_ value: some Encodable, codingPath: [any CodingKey]) throws {
    if let primitive = value as? any ConfigPrimitive {
      content = .scalar(primitive.configScalar)
      return
    }
    try value.encode(to: NodeEncoder(node: self, codingPath: codingPath))
    if value is any StringKeyedDictionary { makeDictionary() }
    if Mirror(reflecting: value).displayStyle == .enum, case .mapping(let entries) = content, entries.count == 1,
      case .mapping = entries[0].value.content
    {
      role = .choice
    }
  }

  /// Dictionaries have no order of their own: sorted keys make the text and its hash reproducible.
  private func makeDictionary() {
    role = .dictionary
    guard case .mapping(let entries) = content else { return }
    content = .mapping(entries.sorted { $0.key < $1.key })
  }

  func child(key: String) -> EncodedNode {
    let child = EncodedNode()
    var entries: [(key: String, value: EncodedNode)] = []
    if case .mapping(let present) = content { entries = present.filter { $0.key != key } }
    content = .mapping(entries + [(key, child)])
    return child
  }

  func appendChild() -> EncodedNode {
    let child = EncodedNode()
    var elements: [EncodedNode] = []
    if case .sequence(let present) = content { elements = present }
    content = .sequence(elements + [child])
    return child
  }

  var count: Int {
    if case .sequence(let elements) = content { elements.count } else { 0 }
  }

  func startMapping() {
    if case .mapping = content { return }
    content = .mapping([])
  }

  func startSequence() {
    if case .sequence = content { return }
    content = .sequence([])
  }

  var frozen: ConfigNode {
    switch content {
    case .none: return ConfigNode(content: .mapping([]), role: role)
    case .scalar(let scalar): return ConfigNode(content: .scalar(scalar), role: role)
    case .sequence(let elements):
      let frozen = elements.enumerated().map { index, element in
        var node = element.frozen
        node.index = index
        return node
      }
      return ConfigNode(content: .sequence(frozen), role: role)
    case .mapping(let entries):
      let frozen = entries.map { ConfigEntry(key: $0.key, value: $0.value.frozen) }
      return ConfigNode(content: .mapping(frozen), role: role)
    }
  }
}

/// Tells dictionaries, whose keys are data, from structs.
private protocol StringKeyedDictionary {}
extension Dictionary: StringKeyedDictionary where Key == String {}

private struct NodeEncoder: Encoder, SingleValueEncodingContainer {
  let node: EncodedNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.startMapping()
    return KeyedEncodingContainer(KeyedContainer<Key>(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.startSequence()
    return UnkeyedContainer(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() throws { node.content = .scalar(ConfigScalar(plain: "null")) }
  func encode<T: Encodable>(_ value: T) throws { try node.set(value, codingPath: codingPath) }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: EncodedNode
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) throws {
    node.child(key: key.stringValue).content = .scalar(ConfigScalar(plain: "null"))
  }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try node.child(key: key.stringValue).set(value, codingPath: codingPath + [key])
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    NodeEncoder(node: node.child(key: key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    NodeEncoder(node: node.child(key: key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { NodeEncoder(node: node.child(key: "super"), codingPath: codingPath) }

  func superEncoder(forKey key: Key) -> any Encoder {
    NodeEncoder(node: node.child(key: key.stringValue), codingPath: codingPath + [key])
  }
}

private struct UnkeyedContainer: UnkeyedEncodingContainer {
  let node: EncodedNode
  let codingPath: [any CodingKey]
  var count: Int { node.count }

  func encodeNil() throws { node.appendChild().content = .scalar(ConfigScalar(plain: "null")) }

  func encode<T: Encodable>(_ value: T) throws {
    let key = ConfigCodingKey(index: count)
    try node.appendChild().set(value, codingPath: codingPath + [key])
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    NodeEncoder(node: node.appendChild(), codingPath: codingPath).container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    NodeEncoder(node: node.appendChild(), codingPath: codingPath).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { NodeEncoder(node: node.appendChild(), codingPath: codingPath) }
}

/// Keys and indices in coding paths.
struct ConfigCodingKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(index: Int) {
    stringValue = "\(index)"
    intValue = index
  }

  init(intValue: Int) { self.init(index: intValue) }
}
