// Counts of calls by model and purpose.

import Chat
import Foundation
import Lab
import Testing

@Suite("Chat counters")
struct ChatCountersTests {
  @Test("calls, tokens, failures and cost, by model and purpose")
  func counts() async throws {
    let counters = ChatCounters()
    let time = JumpingClock()
    let model = ClosureModel("m") { request async throws(ChatError) in
      time.advance(0.5)
      if request.purpose == "judge" { throw .timeout(server: "s", seconds: 1) }
      return ChatReply(
        text: "x", usage: ChatUsage(promptTokens: 1000, completionTokens: 100), source: .server)
    }
    let counted = CountedChatModel(
      model, counters: counters, prices: ChatPrices(promptPerMillion: 2, completionPerMillion: 10),
      time: time.clock.time)
    for _ in 0..<3 { _ = await outcome(counted, request(purpose: "answer")) }
    for _ in 0..<2 { _ = await outcome(counted, request(purpose: "judge")) }
    let counts = counters.snapshot
    #expect(counts.rows.map(\.purpose) == ["answer", "judge"] && counts.rows.allSatisfy { $0.model == "m" })
    let answer = counts.rows[0].count
    #expect(answer.calls == 3 && answer.replies == 3 && answer.promptTokens == 3000 && answer.completionTokens == 300)
    #expect(abs(answer.cost - 0.009) < 1e-12 && answer.seconds == 1.5 && answer.failures.isEmpty)
    #expect(counts.rows[1].count.failures == ["timeout": 2] && counts.rows[1].count.replies == 0)
    #expect(counts.total.calls == 5 && counts.total { $0.purpose == "judge" }.calls == 2)
    #expect(counts.table().rows.count == 2)
    #expect(try JSONDecoder().decode(ChatCounts.self, from: JSONEncoder().encode(counts)) == counts)
  }

  @Test("every failure has a kind of its own")
  func kinds() {
    let errors: [ChatError] = [
      .transport(server: "", reason: ""), .timeout(server: "", seconds: 1), .status(server: "", code: 429, body: ""),
      .status(server: "", code: 500, body: ""), .malformed(server: "", reason: ""),
      .exhausted(server: "", attempts: 1, seconds: 1, last: ""), .notRecorded(purpose: "", key: ""),
      .configuration(place: "", reason: ""), .storage(path: "", reason: ""), .cancelled,
    ]
    #expect(Set(errors.map(\.kind)).count == errors.count)
  }
}
