// The models of a configuration, made.
// Not here: what they do (Chat, Signs).

public import Chat
import Foundation

/// Makes the models that a benchmark's configuration names.
public struct BenchModels: Sendable {
  private let environment: [String: String]
  private let embedded: @Sendable (_ reader: String) -> (any ChatModel)?
  private let readers: [String]
  private let limiter = HostLimiter()
  /// Calls, retries and tokens of the servers.
  public let counters = ChatCounters()

  /// A factory.
  ///
  /// - Parameters:
  ///   - environment: the variables of the process, for keys.
  ///   - readers: the names of the embedded readers.
  ///   - embedded: makes an embedded reader of a name.
  public init(
    environment: [String: String], readers: [String],
    embedded: @escaping @Sendable (_ reader: String) -> (any ChatModel)?
  ) {
    self.environment = environment
    self.readers = readers
    self.embedded = embedded
  }

  /// The model under test.
  ///
  /// - Parameter cache: keeps replies of servers; nil to keep none.
  /// - Throws: ``ChatError`` for an endpoint or a key that cannot work, or an unknown reader.
  public func model(_ choice: BenchModel, cache: ChatCache?) throws(ChatError) -> any ChatModel {
    switch choice {
    case .embedded(let name):
      guard let model = embedded(name) else {
        throw .configuration(
          place: "model.embedded.reader",
          reason: "expected one of \(readers.joined(separator: ", ")), got '\(name.prefix(60))'")
      }
      return model
    case .endpoint(let server): return try served(server, cache)
    }
  }

  /// The judge; nil if nobody judges.
  ///
  /// - Throws: ``ChatError`` for an endpoint or a key that cannot work.
  public func judge(_ choice: BenchJudge, cache: ChatCache?) throws(ChatError) -> (any ChatModel)? {
    guard case .endpoint(let server) = choice else { return nil }
    return try served(server, cache)
  }

  private func served(_ server: ChatEndpoint, _ cache: ChatCache?) throws(ChatError) -> any ChatModel {
    let key = try ChatKey(for: server, environment: environment)
    let model = CountedChatModel(
      try OpenAIChatModel(server, key: key, limiter: limiter, counters: counters), counters: counters,
      prices: server.prices)
    guard let cache else { return model }
    return CachedChatModel(model, cache: cache, counters: counters)
  }
}
