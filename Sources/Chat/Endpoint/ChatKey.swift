// The secret that a server wants, in a type that does not show it.
// Not here: who may receive it (OpenAIChatModel.swift refuses servers without encryption).

public import Foundation

/// A key for a server, or none. Its text leaves this type only as a header of a request.
public struct ChatKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Empty for no key.
  private let secret: String

  /// What replaces the key wherever a server sent it back.
  private static let mask = "(hidden)"

  /// Shorter keys are placeholders of servers that want none, and could be words of a reply.
  private static let shortestSecret = 8

  /// No key.
  public static let none = ChatKey(unchecked: "")

  private init(unchecked secret: String) { self.secret = secret }

  /// Reads the key that an endpoint names.
  ///
  /// - Parameters:
  ///   - endpoint: names a variable, a file, or neither.
  ///   - environment: the variables of the process, which an executable passes.
  ///   - directory: what a relative path of the file starts from.
  /// - Throws: ``ChatError/configuration(place:reason:)``, which shows neither the key nor the name of the variable:
  ///   the key may have been put there by mistake.
  public init(
    for endpoint: ChatEndpoint, environment: [String: String], relativeTo directory: URL? = nil
  ) throws(ChatError) {
    guard endpoint.keyEnvironment.isEmpty || endpoint.keyFile.isEmpty else {
      throw .configuration(place: "keyFile", reason: "expected a variable or a file, got both")
    }
    if !endpoint.keyEnvironment.isEmpty {
      let text = Self.isVariableName(endpoint.keyEnvironment) ? environment[endpoint.keyEnvironment] : nil
      guard let text, !text.isEmpty else {
        throw .configuration(
          place: "keyEnvironment",
          reason: "expected the name of a variable with the key, got one that is not set. Hint: export it first")
      }
      try self.init(text, place: "keyEnvironment")
    } else if !endpoint.keyFile.isEmpty {
      try self.init(Self.firstLine(of: endpoint.keyFile, relativeTo: directory), place: "keyFile")
    } else {
      self = .none
    }
  }

  /// A key from its text.
  ///
  /// - Throws: ``ChatError/configuration(place:reason:)`` for text that cannot stand in a header; it is not shown.
  package init(_ text: String, place: String) throws(ChatError) {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !trimmed.isEmpty else { throw .configuration(place: place, reason: "expected a key, got blanks") }
    guard trimmed.utf8.count <= 8192, trimmed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .configuration(
        place: place, reason: "expected printable ASCII without blanks in the key, got other characters")
    }
    self.init(unchecked: trimmed)
  }

  /// Whether there is no key.
  public var isEmpty: Bool { secret.isEmpty }

  /// Never the key.
  public var description: String { secret.isEmpty ? "(none)" : Self.mask }
  /// Never the key.
  public var debugDescription: String { description }
  /// Nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// The header that carries the key; nil for none.
  var header: (name: String, value: String)? {
    secret.isEmpty ? nil : ("Authorization", "Bearer \(secret)")
  }

  /// A message without the key, as it is or as JSON writes it.
  func hidden(in message: String) -> String {
    guard !secret.isEmpty else { return message }
    let escaped = secret.replacing("\\", with: "\\\\").replacing("/", with: "\\/").replacing("\"", with: "\\\"")
    return message.replacing(secret, with: Self.mask).replacing(escaped, with: Self.mask)
  }

  /// A reply without the key; placeholders that are too short to be secrets stay.
  func hidden(inReply text: String) -> String { secret.utf8.count < Self.shortestSecret ? text : hidden(in: text) }

  /// Whether a text is empty or can be a variable's name: capitals, digits and underscores, which no pasted key is.
  static func isVariableName(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
      && !(text.utf8.first.map { (0x30...0x39).contains($0) } ?? false)
  }

  private static func firstLine(of path: String, relativeTo directory: URL?) throws(ChatError) -> String {
    let isRelative = !path.hasPrefix("/")
    let url = isRelative ? directory?.appending(path: path) ?? URL(fileURLWithPath: path) : URL(fileURLWithPath: path)
    let bytes: Data
    do {
      let file = try FileHandle(forReadingFrom: url)
      bytes = try file.read(upToCount: 1 << 16) ?? Data()
      try file.close()
    } catch {
      throw .configuration(place: "keyFile", reason: "the file cannot be read. Hint: check its path and permissions")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .configuration(place: "keyFile", reason: "expected text, got other bytes")
    }
    return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }
}
