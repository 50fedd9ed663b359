// The `Codable` side of the strict decoder.
// Not here: collecting problems (ConfigDecoder) and wording them (DecodingJournal).

/// Decodes one node. A missing node is a hole: it reads as placeholders, because its absence is recorded already.
struct NodeDecoder: Decoder {
  let node: ConfigNode?
  let codingPath: [any CodingKey]
  let journal: DecodingJournal
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  private var path: ConfigPath { ConfigPath(codingPath: codingPath) }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    if let node {
      guard let entries = node.entries else { throw mismatch(ContainerKind.Mapping.self) }
      journal.visit(entries, at: path)
    }
    return KeyedDecodingContainer(KeyedReader<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    if let node, node.sequence == nil { throw mismatch(ContainerKind.List.self) }
    return UnkeyedReader(decoder: self, elements: node?.sequence ?? [])
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleReader(decoder: self) }

  private func mismatch(_ type: Any.Type) -> DecodingError {
    .typeMismatch(type, DecodingError.Context(codingPath: codingPath, debugDescription: ""))
  }

  // MARK: Values

  func value<Value: Decodable>(of type: Value.Type) throws -> Value {
    if let primitive = type as? any ConfigPrimitive.Type, let value = scalarValue(of: primitive) as? Value {
      return value
    }
    if let choice = type as? any ConfigChoice.Type { return try completed(for: choice).plainValue(of: type) }
    return try plainValue(of: type)
  }

  private func plainValue<Value: Decodable>(of type: Value.Type) throws -> Value {
    do {
      return try Value(from: self)
    } catch DecodingError.dataCorrupted(let context) where context.codingPath.count == codingPath.count {
      let refusal = (type as? any RawRepresentable.Type).flatMap { unknownRawValue($0) }
      // With a value to stand in, decoding goes on and finds the other problems.
      if let standIn = (type as? any CaseIterable.Type).flatMap({ Self.firstCase(of: $0) }) as? Value {
        if let node, let refusal { journal.record(refusal.problem(key: "\(path)", node: node)) }
        return standIn
      }
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath, debugDescription: context.debugDescription, underlyingError: refusal))
    }
  }

  private func scalarValue<Value: ConfigPrimitive>(of type: Value.Type) -> Value {
    guard let node else { return Value.placeholder }
    if let scalar = node.scalar, let value = Value(config: scalar) { return value }
    journal.recordMismatch(node, at: path, expected: Value.expectation)
    return Value.placeholder
  }

  var isNil: Bool { node?.isNull ?? true }

  // MARK: Enums

  /// The decoder with what a registered enum leaves to its defaults filled in.
  private func completed<Choice: ConfigChoice>(for type: Choice.Type) throws -> NodeDecoder {
    let cases = try type.defaults.map { try ConfigEncoder.encode($0) }
    guard let written = node?.normalizedChoice else {
      return NodeDecoder(node: cases.first, codingPath: codingPath, journal: journal)
    }
    guard let entries = written.entries else { return self }
    let names = cases.compactMap { $0.entries?.first?.key }
    guard entries.count == 1, let entry = entries.first else { return self }
    guard let known = cases.first(where: { $0[entry.key] != nil }) else {
      let near = SpellingHelp.nearest(to: entry.key, among: names)
      journal.record(
        ConfigProblem(
          .invalidValue, key: "\(path)", at: entry.origin, expected: SpellingHelp.list(names), got: "'\(entry.key)'",
          hint: near.map { "Did you mean '\($0)'?" } ?? ""))
      return NodeDecoder(node: cases.first, codingPath: codingPath, journal: journal)
    }
    return NodeDecoder(node: known.merged(with: written), codingPath: codingPath, journal: journal)
  }

  /// The raw values that an enum of strings has, as far as they can be found out.
  private func unknownRawValue<Raw: RawRepresentable>(_ type: Raw.Type) -> UnknownRawValue? {
    guard let text = node?.scalar?.text else { return nil }
    if let iterable = type as? any CaseIterable.Type {
      let allowed = Self.rawValues(of: iterable)
      return UnknownRawValue(allowed: allowed, near: SpellingHelp.nearest(to: text, among: allowed))
    }
    let near = SpellingHelp.oneEdit(from: text).first { ($0 as? Raw.RawValue).flatMap(Raw.init) != nil }
    return UnknownRawValue(allowed: [], near: near)
  }

  private static func firstCase<Cases: CaseIterable>(of type: Cases.Type) -> Any? { type.allCases.first }

  private static func rawValues<Cases: CaseIterable>(of type: Cases.Type) -> [String] {
    type.allCases.compactMap { ($0 as? any RawRepresentable).map { "\($0.rawValue)" } }
  }
}

private struct KeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: NodeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }
  private var path: ConfigPath { ConfigPath(codingPath: codingPath) }
  private var entries: [ConfigEntry] { decoder.node?.entries ?? [] }

  init(decoder: NodeDecoder) { self.decoder = decoder }

  /// Listing the keys is how enums and dictionaries find theirs: what is a key of the type counts as asked for.
  var allKeys: [Key] {
    let keys = entries.compactMap { Key(stringValue: $0.key) }
    for key in keys { decoder.journal.ask(key.stringValue, at: path) }
    var suggestion: String?
    if keys.isEmpty, entries.count == 1, let name = entries.first?.key {
      suggestion = SpellingHelp.oneEdit(from: name).first { Key(stringValue: $0) != nil }
    }
    decoder.journal.list(at: path, suggestion: suggestion)
    return keys
  }

  func contains(_ key: Key) -> Bool {
    decoder.journal.ask(key.stringValue, at: path)
    return entries.contains { $0.key == key.stringValue }
  }

  func decodeNil(forKey key: Key) throws -> Bool { child(key).isNil }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try child(key).value(of: type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try child(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try child(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { child(ConfigCodingKey(stringValue: "super")) }
  func superDecoder(forKey key: Key) throws -> any Decoder { child(key) }

  private func child(_ key: any CodingKey) -> NodeDecoder {
    decoder.journal.ask(key.stringValue, at: path)
    let entry = entries.first { $0.key == key.stringValue }
    if entry == nil, let node = decoder.node {
      decoder.journal.recordMissing(key.stringValue, at: path, origin: node.origin)
    }
    return NodeDecoder(node: entry?.value, codingPath: codingPath + [key], journal: decoder.journal)
  }
}

private struct UnkeyedReader: UnkeyedDecodingContainer {
  let decoder: NodeDecoder
  let elements: [ConfigNode]
  var currentIndex = 0
  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  init(decoder: NodeDecoder, elements: [ConfigNode]) {
    self.decoder = decoder
    self.elements = elements
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().value(of: type) }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }

  private mutating func next() throws -> NodeDecoder {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        ContainerKind.List.self,
        DecodingError.Context(codingPath: codingPath, debugDescription: "the list has \(elements.count) elements"))
    }
    let element = elements[currentIndex]
    let key = ConfigCodingKey(index: element.index ?? currentIndex)
    currentIndex += 1
    return NodeDecoder(node: element, codingPath: codingPath + [key], journal: decoder.journal)
  }
}

private struct SingleReader: SingleValueDecodingContainer {
  let decoder: NodeDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }
  func decodeNil() -> Bool { decoder.isNil }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value(of: type) }
}
