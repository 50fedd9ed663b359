// A server on its worst day changes nothing but the time.
// Not here: killed processes (KillTests.swift), replies that are lies (SafetyTests.swift).
import Chat
import Foundation
import TestSupport
import Testing
import ZoomDistill

@Suite("Builds against faulty servers")
struct FaultTests {
  /// Checks that the counters of the state say what the server saw.
  private func check(_ build: ZoomBuild, _ server: TeacherServer, _ note: Comment) throws {
    let log = server.snapshot
    let usage = try build.context.store.usage().reduce(ChatCount()) { $0 + $1.count }
    #expect(usage.attempts == log.requests, note)
    #expect(usage.replies == log.answers.count, note)
    #expect(usage.calls == usage.replies, note)
    #expect(usage.failures.isEmpty, note)
    #expect(usage.retries.values.reduce(0, +) == log.faults.values.reduce(0, +), note)
    #expect(usage.promptTokens == 10 * usage.replies, note)
    #expect(usage.completionTokens == 5 * usage.replies, note)
    #expect(usage.sentBytes == server.requests.reduce(0) { $0 + $1.body.count }, note)
    #expect(log.answers.allSatisfy { $0.value.count == 1 }, "a request was paid twice; \(note)")
  }

  @Test("faults change no byte, lose nothing, and nothing is paid twice", arguments: [UInt64(1), 2])
  func faults(seed: UInt64) async throws {
    let note: Comment = "seed \(seed)"
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(10, in: folder, seed: seed)
      let teacher = StubTeacher(garbage: 5)
      let calm = try TeacherServer(teacher)
      let (quiet, summaries, expected) = try await BuildFixture.build(
        BuildFixture.config(calm, pictures: pictures), folder.appending(path: "calm"))
      let stormy = try TeacherServer(teacher, faultShare: 30, seed: seed)
      let (build, others, found) = try await BuildFixture.build(
        BuildFixture.config(stormy, pictures: pictures), folder.appending(path: "stormy"))
      #expect(found == expected, note)
      #expect(others == summaries, note)
      #expect(
        try BuildFixture.differences(folder.appending(path: "calm/dataset"), folder.appending(path: "stormy/dataset"))
          == [], note)
      #expect(try build.context.store.votes() == (try quiet.context.store.votes()), note)
      #expect(try build.context.store.questions() == (try quiet.context.store.questions()), note)
      #expect(Set(stormy.snapshot.answers.keys).count == calm.snapshot.answers.count, note)
      #expect(stormy.snapshot.faults.count == TeacherServer.Fault.quick.count, "not every fault was met; \(note)")
      #expect(expected.items.values.reduce(0, +) > 15, "the build made hardly any items; \(note)")
      try check(quiet, calm, note)
      try check(build, stormy, note)

      // The same again calls nobody.
      let before = stormy.snapshot.requests
      try await BuildFixture.run(build)
      let failed = others.reduce(0) { $0 + $1.failed }
      #expect(failed > 0 || stormy.snapshot.requests == before, note)
      #expect(stormy.snapshot.answers.allSatisfy { $0.value.count == 1 }, note)
    }
  }

  @Test("a server that hangs among all other faults costs time-outs and nothing else")
  func hangs() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(4, in: folder)
      let teacher = StubTeacher(garbage: 5)
      let calm = try TeacherServer(teacher)
      let (_, summaries, expected) = try await BuildFixture.build(
        BuildFixture.config(calm, pictures: pictures), folder.appending(path: "calm"))
      let stormy = try TeacherServer(
        teacher, faultShare: 30, faults: TeacherServer.Fault.allCases + [.hangs, .hangs, .hangs], mostHangs: 6, seed: 4)
      var config = BuildFixture.config(stormy, pictures: pictures)
      for name in config.teachers.endpoints.keys {
        config.teachers.endpoints[name]?.timeouts = ChatTimeouts(
          connectSeconds: 5, firstByteSeconds: 0.5, totalSeconds: 5)
      }
      let (build, others, found) = try await BuildFixture.build(config, folder.appending(path: "stormy"))
      #expect(found == expected && others == summaries)
      #expect(
        try BuildFixture.differences(folder.appending(path: "calm/dataset"), folder.appending(path: "stormy/dataset"))
          == [])
      let usage = try build.context.store.usage().reduce(ChatCount()) { $0 + $1.count }
      let hangs = stormy.snapshot.faults[.hangs, default: 0]
      // On a busy machine an honest answer may be late too.
      #expect(hangs >= 3 && usage.retries["timeout", default: 0] >= hangs, "\(hangs) hangs, \(usage.retries)")
      #expect(usage.failures.isEmpty && usage.attempts == stormy.snapshot.requests)
    }
  }

  @Test("streams and whole answers build the same dataset")
  func streams() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(2, in: folder)
      var digests: Set<String> = []
      for (index, stream) in [false, true].enumerated() {
        let server = try TeacherServer(faultShare: index == 1 ? 20 : 0, seed: 9)
        var config = BuildFixture.config(server, pictures: pictures)
        for name in config.teachers.endpoints.keys { config.teachers.endpoints[name]?.stream = stream }
        digests.insert(try await BuildFixture.build(config, folder.appending(path: "\(index)")).2.digest)
      }
      #expect(digests.count == 1)
    }
  }

  /// The rows of a build without the counts that missing votes and attempts change.
  private func decisions(_ build: ZoomBuild) throws -> [ExportRow] {
    try build.context.exportRows().map { row in
      var row = row
      (row.agreed, row.solved, row.attempts) = (0, 0, 0)
      return row
    }
  }

  @Test("a server that gives up is a failure of pieces, which a later run makes good")
  func outage() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(3, in: folder)
      let calm = try TeacherServer()
      let expected = try await BuildFixture.build(
        BuildFixture.config(calm, pictures: pictures), folder.appending(path: "calm")
      ).0
      let outage = Outage()
      let server = try TeacherServer { _, number in
        outage.isOn && number % 3 == 0 ? .status(403, "no money left") : nil
      }
      let build = try BuildFixture.open(
        BuildFixture.config(server, pictures: pictures), folder.appending(path: "poor"))
      var failed = 0
      for _ in 0..<3 { failed += try await BuildFixture.run(build).reduce(0) { $0 + $1.failed } }
      #expect(failed > 0)
      let votes = try build.context.store.votes()
      #expect(votes.allSatisfy { $0.text.isEmpty != $0.problem.isEmpty })
      outage.end()
      for summary in try await BuildFixture.run(build) { #expect(summary.failed == 0) }
      #expect(try decisions(build) == decisions(expected))
      #expect(server.snapshot.answers.allSatisfy { $0.value.count == 1 })
    }
  }
}

/// Whether a server refuses.
private final class Outage: Sendable {
  private let state = Flag()
  var isOn: Bool { !state.isSet }
  func end() { state.set() }
}
