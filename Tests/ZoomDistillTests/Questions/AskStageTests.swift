// Questions on a crop: written, repeated, validated, or not to be had.
// Not here: whole builds (Builder).
import Chat
import Foundation
import Media
import Testing
import ZoomDistill

@Suite("Asking")
struct AskStageTests {
  private func outcome(
    _ folder: URL, _ answer: @escaping @Sendable (ChatRequest) throws(ChatError) -> String
  ) async throws -> (RegionRecord, [QuestionRecord]) {
    let fixture = try StageFixture(in: folder, answer: answer)
    return try await AskStage(fixture.context).work(on: try fixture.regionWork)
  }

  @Test("repeated and refused questions are rejected, others stay open")
  func questions() async throws {
    try await BuildFixture.withFolder { folder in
      let log = CallLog()
      let (region, questions) = try await outcome(folder) { request throws(ChatError) in
        _ = log.add(request)
        if request.purpose == "ask" {
          return
            #"["How many dots are there?", "How many dots are there?", "how many DOTS are there", "What is red?", "Four?"]"#
        }
        return request.messages[0].text.contains("red") ? "VALID: No\nREASON: two" : "VALID: Yes"
      }
      #expect(region.state == .done)
      #expect(questions.map(\.text) == ["How many dots are there?", "how many DOTS are there"])
      #expect(questions.map(\.verdict) == [.none, .repeated])
      #expect(questions.map(\.state) == [.pending, .rejected])
      let requests = log.requests
      #expect(requests.map(\.purpose) == ["ask", "validate"], "a repeated question is not paid for")
      #expect(requests.map { $0.messages[0].images.count } == [1, 2])
      let crop = try ImageFile.decode(requests[0].messages[0].images[0].bytes)
      #expect(crop.size == ImageSize(width: 120, height: 80), "the crop is enlarged twice")
    }
  }

  @Test("a validator without a verdict is asked again, then it is an error")
  func noVerdict() async throws {
    try await BuildFixture.withFolder { folder in
      let log = CallLog()
      await #expect(throws: ChatError.self) {
        try await outcome(folder) { request throws(ChatError) in
          _ = log.add(request)
          return request.purpose == "ask" ? #"["What is red?"]"# : "hm"
        }
      }
      #expect(log.requests.map(\.sample) == [0, 0, 1000, 2000])
    }
    try await BuildFixture.withFolder { folder in
      let (_, questions) = try await outcome(folder) { request throws(ChatError) in
        request.purpose == "ask" ? #"["What is red?"]"# : request.sample == 0 ? "hm" : "VALID: No\nREASON: because"
      }
      #expect(questions.map(\.verdict) == [.validation] && questions.map(\.reason) == ["because"])
    }
  }

  @Test("no list three times is an error, an empty list a decision")
  func noList() async throws {
    try await BuildFixture.withFolder { folder in
      await #expect(throws: ChatError.self) { try await outcome(folder) { _ throws(ChatError) in "I cannot" } }
    }
    try await BuildFixture.withFolder { folder in
      let (region, questions) = try await outcome(folder) { request throws(ChatError) in
        request.sample == 0 ? "I cannot" : "[]"
      }
      #expect(region.verdict == .noQuestion && region.state == .rejected && questions.isEmpty)
    }
  }
}
