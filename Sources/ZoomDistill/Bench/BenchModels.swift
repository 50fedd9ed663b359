// The models of a benchmark's configuration, made.
// Not here: what they do (Chat, Signs).

public import Chat
import Media

/// Makes the models that a benchmark's configuration names.
public struct BenchModels: Sendable {
  private let environment: [String: String]
  private let limiter = HostLimiter()
  /// Calls, retries and tokens of the servers.
  public let counters = ChatCounters()

  /// A factory.
  ///
  /// - Parameter environment: the variables of the process, for keys.
  public init(environment: [String: String]) { self.environment = environment }

  /// The model under test.
  ///
  /// - Parameter cache: keeps replies of servers; nil to keep none.
  /// - Throws: ``Chat/ChatError`` for an endpoint or a key that cannot work.
  public func model(_ choice: BenchModel, cache: ChatCache?) throws(ChatError) -> any ChatModel {
    switch choice {
    case .embedded(let reader):
      // It remembers one picture only: what it saw for another question must not shorten the time of this one.
      let memory = SignMemory(capacity: 1) { bytes in
        try? ImageFile.decode(bytes, limits: BenchFolder.imageLimits, opacity: .flatten(.white))
      }
      return SignTeacher(name: reader.benchName, config: reader, memory: memory)
    case .endpoint(let server): return try served(server, cache)
    }
  }

  /// The judge; nil if nobody judges.
  ///
  /// - Throws: ``Chat/ChatError`` for an endpoint or a key that cannot work.
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
