// Options and difficulty of one item.
// Not here: grading replies (Grading), whole builds (Builder).
import Chat
import Foundation
import Testing
import ZoomDistill

@Suite("Items")
struct FilterStageTests {
  private func item(
    _ folder: URL, _ change: (inout ZoomBuildConfig) -> Void = { _ in },
    _ answer: @escaping @Sendable (ChatRequest) throws(ChatError) -> String
  ) async throws -> (ItemRecord, [String]) {
    let fixture = try StageFixture(in: folder, change, answer: answer)
    let item = try await FilterStage(fixture.context).work(on: try fixture.questionWork)
    return (item, try JSONDecoder().decode([String].self, from: Data(item.options.utf8)))
  }

  @Test("options that say the answer or each other in other words are dropped")
  func distractors() async throws {
    try await BuildFixture.withFolder { folder in
      let log = CallLog()
      let (item, options) = try await item(folder, { $0.items.attempts = 0 }) { request throws(ChatError) in
        _ = log.add(request)
        return request.sample == 0
          ? #"["12", "twelve", "12.0", "13", "thirteen", ""]"# : #"["13.0", 14, "15", "16"]"#
      }
      #expect(Set(options) == ["12", "13", "14", "15"])
      #expect(options[item.correct] == "12")
      #expect(item.state == .done && item.verdict == .none)
      #expect(log.requests.map(\.sample) == [0, 1])
    }
    try await BuildFixture.withFolder { folder in
      let (item, options) = try await item(folder) { _ throws(ChatError) in #"["12", "13"]"# }
      #expect(item.verdict == .distractors && item.state == .rejected && options.isEmpty)
    }
  }

  /// Replies with the right or a wrong letter.
  private func solver(right: Int, missing: Int) -> @Sendable (ChatRequest) throws(ChatError) -> String {
    { request throws(ChatError) in
      if request.purpose == "distract" { return #"["13", "14", "15"]"# }
      if request.sample < missing { throw .timeout(server: "here", seconds: 1) }
      let lines = request.messages[0].text.split(separator: "\n")
      let letter = lines.first { $0.hasSuffix(". 12") }?.prefix(1) ?? "?"
      let other = letter == "A" ? "B" : "A"
      return "<answer>\(request.sample - missing < right ? String(letter) : other)</answer>"
    }
  }

  @Test("difficulty is measured, or the item is unmeasured and kept or held", arguments: UnmeasuredItems.allCases)
  func difficulty(unmeasured: UnmeasuredItems) async throws {
    for missing in 0...4 {
      for right in 0...(4 - missing) {
        try await BuildFixture.withFolder { folder in
          let (item, _) = try await item(
            folder, { $0.items.unmeasured = unmeasured }, solver(right: right, missing: missing))
          let note: Comment = "\(right) right, \(missing) missing"
          #expect(item.solved == right && item.attempts == 4 - missing, note)
          if right > 1 {
            #expect(item.verdict == .easy && item.state == .rejected, note)
          } else if right + missing > 1 {
            #expect(item.verdict == .unmeasured && item.state == (unmeasured == .keep ? .done : .failed), note)
            #expect(item.reason.contains("timeout"), note)
          } else {
            #expect(item.verdict == .none && item.state == .done && item.reason.isEmpty, note)
          }
        }
      }
    }
  }

  @Test("replies that cannot be kept end the stage instead of being missing attempts")
  func storage() async throws {
    try await BuildFixture.withFolder { folder in
      await #expect(throws: ChatError.storage(path: "x", reason: "full")) {
        try await item(folder) { request throws(ChatError) in
          if request.purpose == "distract" { return #"["13", "14", "15"]"# }
          throw .storage(path: "x", reason: "full")
        }
      }
    }
  }
}
