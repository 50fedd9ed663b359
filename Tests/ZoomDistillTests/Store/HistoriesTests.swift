// Going through a state row by row, beside the same put together from whole tables.
// Not here: transactions and damage (Builder).
import Foundation
import Testing
import ZoomDistill

@Suite("Histories of questions")
struct HistoriesTests {
  @Test("every question comes once, in order, with what belongs to it")
  func equalsWholeTables() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      let config = BuildFixture.config(server, pictures: try BuildFixture.pictures(4, in: folder))
      let (build, _, _) = try await BuildFixture.build(config, folder.appending(path: "out"))
      let store = build.context.store
      let images = try store.images(), regions = try store.regions(), questions = try store.questions()
      let items = try store.items(), votes = try store.votes()
      #expect(questions.count > 8 && votes.count > questions.count && !items.isEmpty)

      var seen: [String] = []
      try store.forEachHistory(.identityWithVotes) { history in
        let question = history.work.question
        seen.append(question.id)
        #expect(questions.contains(question))
        #expect(regions.contains(history.work.region) && history.work.region.id == question.region)
        #expect(images.contains(history.work.image) && history.work.image.id == history.work.region.image)
        #expect(history.item == items.first { $0.id == question.id })
        #expect(history.votes == votes.filter { $0.question == question.id })
      }
      #expect(seen == questions.map(\.id).sorted())

      var finished: [[String]] = []
      try store.forEachHistory(.finishedByPicture) { history in
        #expect(history.item?.state == .done && history.votes.isEmpty)
        finished.append([history.work.image.path, history.work.region.id, history.work.question.id])
      }
      #expect(finished.count == items.filter { $0.state == .done }.count && finished.count > 1)
      #expect(finished == finished.sorted { $0.lexicographicallyPrecedes($1) })
      #expect(try store.finishedItems() == finished.count)

      var rejected: [RegionRecord] = []
      try store.forEachRejectedRegion { rejected.append($0) }
      #expect(rejected == regions.filter { $0.state == .rejected })
      for work in try store.allQuestions() {
        #expect(work.region.id == work.question.region && work.image.id == work.region.image)
        #expect(try store.votes(on: work.question.id) == votes.filter { $0.question == work.question.id })
      }
    }
  }

  @Test("an error of the caller ends it and comes out as it is")
  func errors() async throws {
    struct Stop: Error, Equatable {}
    try await BuildFixture.withFolder { folder in
      let fixture = try StageFixture(in: folder) { _ in "" }
      var calls = 0
      #expect(throws: Stop()) {
        try fixture.context.store.forEachHistory(.identity) { _ in
          calls += 1
          throw Stop()
        }
      }
      #expect(calls == 1)
    }
  }
}
