// Opening builds, estimates before and after, and the study of labels recomputed by hand.
// Not here: what single stages do.
import Chat
import Foundation
import Lab
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Builds")
struct ZoomBuildTests {
  @Test("other settings are refused by their keys, another number in flight is not")
  func settings() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      var config = BuildFixture.config(server, pictures: try BuildFixture.pictures(1, in: folder))
      let out = folder.appending(path: "out")
      _ = try BuildFixture.open(config, out)
      config.concurrency = 7
      _ = try BuildFixture.open(config, out)
      config.regions.area = 0.2
      config.teachers.endpoints["one"]?.model = "larger"
      let error = #expect(throws: ZoomError.self) { try BuildFixture.open(config, out) }
      let text = error?.description ?? ""
      #expect(text.contains("regions.area") && text.contains("teachers.endpoints.one.model"), "\(text)")
      #expect(text.contains("0.2") && text.contains("Hint"), "\(text)")
      #expect(throws: ZoomError.self) { try ZoomBuild.reopened(BuildFolder(folder.appending(path: "nothing"))) }
    }
  }

  @Test("one process at a time has a build")
  func lock() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      let config = BuildFixture.config(server, pictures: try BuildFixture.pictures(1, in: folder))
      let build = try BuildFixture.open(config, folder.appending(path: "out"))
      #expect(throws: RunError.self) { try BuildFixture.open(config, folder.appending(path: "out")) }
      withExtendedLifetime(build) {}
    }
  }

  private func calls(_ build: ZoomBuild) throws -> String {
    let rows = try CallEstimate(build).table.rows
    let last = try #require(rows.last)
    return Report(
      title: "",
      blocks: [.table(Table(columns: [.text("a"), .text("b"), .number("c"), .number("d"), .text("e")], rows: [last]))]
    )
    .plainText
  }

  @Test("an estimate calls nobody, and nothing is left of a complete build")
  func estimate() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      let build = try BuildFixture.open(
        BuildFixture.config(server, pictures: try BuildFixture.pictures(3, in: folder)), folder.appending(path: "out"))
      let before = try calls(build)
      #expect(server.requests.isEmpty)
      #expect(try build.context.store.images().isEmpty)
      #expect(before.contains(/[1-9]\d\d/), "\(before)")
      try await BuildFixture.run(build)
      let count = server.requests.count
      let after = try calls(build)
      #expect(after.contains(/\ball\s+0\s+0\.00/), "\(after)")
      #expect(server.requests.count == count)
      try await BuildFixture.run(build)
      #expect(server.requests.count == count, "a complete build calls nobody")
    }
  }

  @Test("pieces at most are worked on, and the same command goes on")
  func limit() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      let config = BuildFixture.config(server, pictures: try BuildFixture.pictures(3, in: folder))
      let expected = try await BuildFixture.build(config, folder.appending(path: "whole")).2
      let build = try BuildFixture.open(config, folder.appending(path: "steps"))
      for _ in 0..<200 {
        var done = 0
        for stage in BuildStage.allCases.reversed() {
          let summary = try await build.run(stage, limit: 2, interrupt: Interrupt(), progress: { _, _, _ in })
          #expect(summary.done <= 2 && summary.failed == 0)
          done += summary.done
        }
        if done == 0 { break }
      }
      #expect(try DatasetExport(build.context).write() == expected, "the order of work changed the dataset")
    }
  }

  @Test("the study of labels counts as one counts by hand")
  func study() async throws {
    try await BuildFixture.withFolder { folder in
      var config = ZoomBuildConfig.base
      config.images.source = .signs(scenes: 4)
      config.answers.measuresDirect = true
      let (build, _, _) = try await BuildFixture.build(config, folder.appending(path: "out"))
      let store = build.context.store
      let study = try #require(try LabelStudy.ifKnown(build.context))
      let scenes = Dictionary(
        uniqueKeysWithValues: try SignFolder(build.context.folder.scenes).truths().map { ("\($0.id).png", $0) })
      let items = try store.items(), votes = try store.votes()
      var asked = 0, done = 0, right = 0, kept = 0, keptRight = 0
      var views: [VoteRecord.View: (right: Int, all: Int)] = [:]
      for unit in try store.allQuestions() where ![.validation, .repeated].contains(unit.question.verdict) {
        let scene = try #require(scenes[unit.image.path])
        let signs = scene.signs.filter { $0.box.intersectionOverUnion(unit.region.box) > 0.3 }
        guard signs.count == 1, scene.signs.count(where: { $0.frame == signs[0].frame }) == 1,
          let question = SignQuestion(unit.question.text), question.frame == signs[0].frame,
          question.dimension == signs[0].dimension
        else { continue }
        let isRight = { (answer: String) in answer.lowercased() == signs[0].answer.lowercased() }
        asked += 1
        for vote in votes where vote.question == unit.question.id && vote.problem.isEmpty {
          views[vote.view, default: (0, 0)].all += 1
          if isRight(vote.text) { views[vote.view, default: (0, 0)].right += 1 }
        }
        guard unit.question.state == .done else { continue }
        done += 1
        right += isRight(unit.question.answer) ? 1 : 0
        guard items.first(where: { $0.id == unit.question.id })?.state == .done else { continue }
        kept += 1
        keptRight += isRight(unit.question.answer) ? 1 : 0
      }
      let all = try #require(study.labels.last)
      #expect(asked > 10 && all.dimension == "all")
      #expect(all.yield == Proportion(done, of: asked))
      #expect(all.consensus == Proportion(right, of: done))
      #expect(all.region == Proportion(views[.crop]?.right ?? 0, of: views[.crop]?.all ?? 0))
      #expect(all.direct == Proportion(views[.full]?.right ?? 0, of: views[.full]?.all ?? 0))
      #expect(study.kept == Proportion(keptRight, of: kept))
      #expect(study.labels.dropLast().reduce(0) { $0 + $1.yield.trials } == asked)
      #expect(study.thresholds.map(\.votes) == [4, 5, 6, 7, 8])
      let yields = study.thresholds.map(\.yield.successes)
      #expect(yields == yields.sorted(by: >), "a stricter rule keeps more")
    }
  }
}
