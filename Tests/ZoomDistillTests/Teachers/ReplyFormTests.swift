// Replies without the form that was asked for: asked again, an error in the end, never a decision and never paid twice.
// Not here: reading the pieces of replies (ReplyListsTests.swift).
import Chat
import Foundation
import Lab
import Media
import Testing
import ZoomDistill

@Suite("Forms of replies")
struct ReplyFormTests {
  private let garbage = ["", "\u{FFFD}\u{0}]][[", "I cannot help.", "[[[[{", "{\"boxes\":", "sure"]
  private let size = ImageSize(width: 100, height: 50)
  private let key = AnswerKey(question: "How many?", answer: "B", options: ["3", "4", "5"], format: .choice)

  /// Checks what a form takes for something, for nothing, and for no reply of its kind.
  private func check<Value: Equatable>(
    _ form: ReplyForm<Value>, _ replies: [(String, Value)], not others: [String] = []
  ) {
    for (reply, value) in replies { #expect(form.read(reply) == value, "\(form.name): \(reply)") }
    for reply in garbage + others { #expect(form.read(reply) == nil, "\(form.name): \(reply)") }
  }

  @Test("each purpose has its form, and its own way to say that there is nothing")
  func forms() {
    check(.names, [("1. red kettle", ["red kettle"]), ("NONE", [])], not: ["red kettle", "[1]"])
    check(
      .boxes(in: size),
      [
        (
          "[[0, 0, 500, 1000]]",
          [GroundedBox(box: BoundingBox(left: 0, top: 0, right: 50, bottom: 50), score: 1)]
        ), ("[]", []),
      ], not: ["[[0, 0, 500", "none", "[[1, 2, 3, 4], \"x\"]"])
    check(.questions, [(#"[{"question": "What is it?"}]"#, ["What is it?"]), ("[]", [])], not: ["What is it?", "[1]"])
    check(.options, [(#"["a", 1]"#, ["a", "1"]), ("[]", [])], not: ["a, b", #"["a", "b"#, "[null]"])
    check(
      .validation, [("VALID: No\nREASON: two", ValidationVerdict(isValid: false, reason: "two"))],
      not: ["No", "VALID: perhaps"])
    check(
      .answer,
      [
        ("So <answer>4</answer>", "4"), (#"\boxed{4}"#, "4"), ("The answer is 4", "4"), ("<answer></answer>", ""),
        ("Nothing there. <answer> </answer>", ""), ("<answer>\(String(repeating: "w ", count: 400))</answer>", ""),
      ], not: ["VALID: perhaps", "4", "<answer>", "<think>hm"])
    check(
      .groups(of: 3), [("CLUSTER: 1, 3\nCLUSTER: 2", [[0, 2], [1]])], not: ["CLUSTER: 1, 3", "CLUSTER: 1, 3\nCLUS"])
    check(
      .choice(key),
      [
        ("<answer>B</answer>", true), ("B", true), ("<answer>C</answer>", false), ("<answer>17</answer>", false),
        ("<answer></answer>", false),
      ], not: ["17"])
    check(.dimension, [("<answer>Counting</answer>", .counting), ("ocr", .ocr)], not: ["<answer>size</answer>"])
    check(.yesOrNo, [("<answer>Yes</answer>", true), ("No.", false)], not: ["<answer>perhaps</answer>"])
  }

  @Test("garbage is asked again with other samples, and a later run goes on where this one gave up")
  func laterRuns() async throws {
    try await BuildFixture.withFolder { folder in
      let log = CallLog()
      let model = ClosureTeacher(name: "one", source: .server) { request throws(ChatError) in
        _ = log.add(request)
        return request.sample < 7 * ReplyForm<[String]>.stride ? "I cannot help." : "[]"
      }
      let request = ChatRequest(purpose: "ask", messages: [ChatMessage(.user, [.text("?")])], sample: 2)
      var samples: [Int] = []
      for run in 0..<3 {
        let cache = try ChatCache(folder)
        let cached = CachedChatModel(model, cache: cache)
        do {
          let (questions, reply) = try await ReplyForm.questions.asked(of: cached, request, tries: 3, at: "here")
          #expect(run == 2 && questions.isEmpty && reply.source == .server)
        } catch ChatError.malformed(let server, let reason) {
          #expect(run < 2 && server == "here", "\(reason)")
          #expect(reason == "expected a JSON list of questions, got 'I cannot help.' as the last of 3 replies")
        }
        samples += (0..<(run < 2 ? 3 : 2)).map { 2 + 1000 * (3 * run + $0) }
        #expect(log.requests.map(\.sample) == samples, "a reply was paid twice, or a sample left out")
      }
      let cached = CachedChatModel(model, cache: try ChatCache(folder))
      #expect(try await ReplyForm.questions.asked(of: cached, request, tries: 1, at: "here").value == [])
      #expect(log.requests.count == samples.count)
    }
  }

  @Test("failures of the model are no tries")
  func failures() async throws {
    let log = CallLog()
    let model = ClosureTeacher(name: "one") { request throws(ChatError) in
      _ = log.add(request)
      throw .timeout(server: "here", seconds: 1)
    }
    let request = ChatRequest(purpose: "ask", messages: [])
    await #expect(throws: ChatError.timeout(server: "here", seconds: 1)) {
      try await ReplyForm.questions.asked(of: model, request, tries: 3, at: "here")
    }
    #expect(log.requests.count == 1)
  }

  /// What must not be decided by garbage for a purpose.
  private static let verdicts: [(TeacherPurpose, BuildStage, [Verdict])] = [
    (.list, .propose, [.fewNames]), (.ground, .propose, [.notFound, .notUnique, .unstable]),
    (.ask, .ask, [.noQuestion]), (.validate, .ask, [.validation]), (.answer, .answer, [.agreement, .oneTeacher]),
    (.classify, .answer, []), (.distract, .filter, [.distractors]), (.solve, .filter, [.easy]),
  ]

  @Test("a purpose that brings garbage decides nothing, and a later run makes it good", arguments: verdicts.indices)
  func builds(index: Int) async throws {
    let (purpose, stage, verdicts) = Self.verdicts[index]
    try await BuildFixture.withFolder { folder in
      // Three samples a run: the first run gets nothing but garbage, the second one good reply.
      let server = try TeacherServer(StubTeacher(garbled: [purpose: 4000]))
      var config = BuildFixture.config(server, pictures: try BuildFixture.pictures(2, in: folder))
      config.items.unmeasured = .hold
      let build = try BuildFixture.open(config, folder.appending(path: "out"))
      let first = try await BuildFixture.run(build)
      let place = BuildStage.allCases.firstIndex(of: stage) ?? 0
      #expect(first[place].failed > 0 && first[..<place].allSatisfy { $0.failed == 0 }, "\(purpose): \(first)")
      let store = build.context.store
      let decided =
        try store.images().map(\.verdict) + store.regions().map(\.verdict) + store.questions().map(\.verdict)
        + store.items().map(\.verdict)
      #expect(decided.allSatisfy { !verdicts.contains($0) }, "\(purpose) decided by garbage")
      let reasons = try store.failures(limit: 100)
      #expect(!reasons.isEmpty)
      #expect(reasons.allSatisfy { $0.contains("malformed") || $0.contains("expected") }, "\(reasons)")
      var failed = first.reduce(0) { $0 + $1.failed }
      for _ in 0..<4 where failed > 0 { failed = try await BuildFixture.run(build).reduce(0) { $0 + $1.failed } }
      let left = try store.failures(limit: 3)
      #expect(failed == 0, "\(purpose): \(left)")
      let items = try store.items()
      #expect(!items.isEmpty)
      let log = server.snapshot
      #expect(log.answers.allSatisfy { $0.value.count == 1 }, "a reply was paid twice")
      let usage = try store.usage().reduce(ChatCount()) { $0 + $1.count }
      #expect(usage.replies == log.answers.count && usage.promptTokens == 10 * usage.replies, "costs are counted")
    }
  }

  @Test("garbage about which answers are the same leaves the question open")
  func clusters() async throws {
    for (reply, state) in [("hm", WorkState.failed), ("CLUSTER: 1, 2", .done)] {
      try await BuildFixture.withFolder { folder in
        let fixture = try StageFixture(in: folder, { $0.teachers.cluster.model = "one" }) {
          request throws(ChatError) in
          switch request.purpose {
          case "answer": "<answer>\(request.sample % 2 == 0 ? "mug" : "cup")</answer>"
          case "cluster": reply
          case "classify": "<answer>identification</answer>"
          default: "VALID: Yes\n[\"What is red?\"]"
          }
        }
        let ask = AskStage(fixture.context)
        try ask.commit(try await ask.work(on: try fixture.regionWork))
        let summary = try await AnswerStage(fixture.context).run(interrupt: Interrupt(), progress: { _, _ in })
        #expect((summary.failed > 0) == (state == .failed), "\(reply)")
        let question = try #require(try fixture.context.store.questions().first { $0.text == "What is red?" })
        #expect(question.state == state, "\(reply): \(question)")
      }
    }
  }
}
