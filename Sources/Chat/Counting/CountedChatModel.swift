// Counting the calls to any model.
// Not here: requests and retries inside of a call (OpenAIChatModel.swift), hits of the cache (CachedChatModel.swift).

public import Lab

/// A model whose calls are counted: replies, failures, tokens, time and cost. It stands behind the cache, in front of
/// the model that costs something.
public struct CountedChatModel: ChatModel {
  private let model: any ChatModel
  private let counters: ChatCounters
  private let prices: ChatPrices
  private let time: TimeSource

  /// Counts the calls to `model`.
  public init(
    _ model: any ChatModel, counters: ChatCounters, prices: ChatPrices = ChatPrices(), time: TimeSource = .system
  ) {
    self.model = model
    self.counters = counters
    self.prices = prices
    self.time = time
  }

  /// The name of the model behind.
  public var name: String { model.name }

  /// Asks the model behind.
  ///
  /// - Throws: what that throws.
  public func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    let start = time.seconds()
    do {
      let reply = try await model.reply(to: request)
      note(request, since: start) { count in
        count.replies += 1
        count.promptTokens += reply.usage.promptTokens
        count.completionTokens += reply.usage.completionTokens
        count.cost += prices.cost(of: reply.usage)
      }
      return reply
    } catch {
      note(request, since: start) { $0.failures[error.kind, default: 0] += 1 }
      throw error
    }
  }

  private func note(_ request: ChatRequest, since start: Double, _ change: (inout ChatCount) -> Void) {
    let seconds = max(0, time.seconds() - start)
    counters.note(name, request.purpose) { count in
      count.calls += 1
      count.seconds += seconds
      change(&count)
    }
  }
}
