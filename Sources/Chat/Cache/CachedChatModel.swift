// A cache in front of a model. Making a recording is nothing else: the folder is the recording.
// Not here: what is kept and shared (ChatCache.swift), replaying (RecordedChatModel.swift).

/// A model that is asked once for each request. Failures are not kept.
public struct CachedChatModel: ChatModel {
  private let model: any ChatModel
  private let cache: ChatCache
  private let counters: ChatCounters

  /// Puts a cache in front of `model`.
  public init(_ model: any ChatModel, cache: ChatCache, counters: ChatCounters = ChatCounters()) {
    self.model = model
    self.cache = cache
    self.counters = counters
  }

  /// The name of the model behind.
  public var name: String { model.name }

  /// The reply that is kept, or that of the model behind, which is kept before it is returned.
  ///
  /// - Throws: what the model behind throws, and ``ChatError/storage(path:reason:)`` when a reply cannot be kept.
  public func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    let (reply, origin) = try await cache.reply(to: request, from: model)
    switch origin {
    case .kept: counters.note(name, request.purpose) { $0.hits += 1 }
    case .joined: counters.note(name, request.purpose) { $0.joined += 1 }
    case .called: break
    }
    return reply
  }
}
