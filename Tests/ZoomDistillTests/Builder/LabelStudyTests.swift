// Studies of labels over lists that tell the words of their pictures: counted by hand, and nothing shown to teachers.
// Not here: the sign world (ZoomBuildTests.swift), the rule for words (WordQuestionTests.swift).

import Foundation
import Lab
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Studies of labels")
struct LabelStudyTests {
  /// A build over a list of two pictures, whose state is filled by hand.
  private static func build(_ folder: URL, list: String, margin: Double = 0) throws -> ZoomBuild {
    _ = try BuildFixture.pictures(2, in: folder)
    let file = folder.appending(path: "list.jsonl")
    try Data(list.utf8).write(to: file)
    var config = ZoomBuildConfig.base
    config.images.source = .list(path: file.path)
    config.crop.margin = margin
    return try BuildFixture.open(config, folder.appending(path: "out"))
  }

  private static let list = """
    {"path": "pictures/p0.png", "words": [{"text": "deep", "box": [10, 10, 50, 30]}, {"text": "sea,", "box": [60, 10, 100, 30]}, {"text": "blue", "box": [10, 40, 50, 60]}]}
    {"path": "pictures/p1.png", "words": [{"text": "EXIT", "box": [10, 10, 50, 30]}]}

    """

  private struct Asked {
    var picture = 0
    var text = "Which word comes right after \"deep\"?"
    var crop = "sea"
    var full = ""
    var state = WorkState.done
    var verdict = Verdict.none
    var problem = ""
  }

  private static func fill(_ build: ZoomBuild, _ asked: [Asked]) throws {
    let store = build.context.store
    let open: [String: Any] = ["state": "done", "verdict": "none", "reason": ""]
    let images: [ImageRecord] = try (0..<2).map { number in
      try record(
        open, ["id": "i\(number)", "path": "pictures/p\(number).png", "width": 317, "height": 241],
        ["hash": "", "licence": "", "origin": ""])
    }
    try store.add(images)
    for (number, one) in asked.enumerated() {
      let region: RegionRecord = try record(
        open, ["id": "r\(number)", "image": "i\(one.picture)", "name": "text", "score": 1],
        ["left": 5, "top": 5, "right": 105, "bottom": 35])
      try store.save(images[one.picture], [region])
      let question: QuestionRecord = try record(
        ["id": "q\(number)", "region": region.id, "text": one.text, "dimension": "ocr", "answer": one.crop],
        ["agreed": 1, "votes": 1, "state": one.state.rawValue, "verdict": one.verdict.rawValue, "reason": ""])
      try store.save(region, [question])
      let votes: [VoteRecord] = try [("crop", one.crop, ""), ("full", one.full, one.problem)].map {
        try record(
          ["question": question.id, "view": $0, "teacher": "t", "sample": 0, "text": $1, "problem": $2])
      }
      try store.save(question, votes)
    }
  }

  /// A row of the state from its columns.
  private static func record<Row: Decodable>(_ columns: [String: Any]...) throws -> Row {
    let merged = columns.reduce(into: [:]) { $0.merge($1) { $1 } }
    return try JSONDecoder().decode(Row.self, from: JSONSerialization.data(withJSONObject: merged))
  }

  @Test("answers are judged by the words of the crop; what they do not decide is left out and counted")
  func words() async throws {
    try await BuildFixture.withFolder { folder in
      let build = try Self.build(folder, list: Self.list)
      try Self.fill(
        build,
        [
          Asked(), Asked(full: "sea"), Asked(crop: "see", full: "Sea."),
          Asked(picture: 1, text: "What is written here?", crop: "exit", full: "exlt"),
          Asked(
            picture: 1, text: "Which word is written here?", crop: "EXIT", full: "EXIT", state: .rejected,
            verdict: .agreement),
          // A failed call is no wrong answer.
          Asked(problem: "timeout"),
          // Not decided: two words, no such word, the next one outside, nothing about words; not asked: invalid.
          Asked(text: "Which word is written here?"), Asked(text: "Which word comes right after \"cat\"?"),
          Asked(text: "Which word comes right after \"sea\"?"), Asked(text: "How many are there?"),
          Asked(state: .rejected, verdict: .validation),
        ])
      let study = try #require(try LabelStudy.ifKnown(build.context))
      #expect(study.unjudged == 4)
      let all = try #require(study.labels.last)
      #expect(all.dimension == "all" && study.labels.first { $0.dimension == "ocr" }?.yield == all.yield)
      #expect(all.yield == Proportion(5, of: 6))
      #expect(all.region == Proportion(5, of: 6) && all.direct == Proportion(3, of: 5))
      #expect(all.consensus == Proportion(4, of: 5))
      let gap = try #require(all.gap)
      #expect(gap.table == PairedOutcomes(both: 2, onlyFirst: 2, onlySecond: 1, neither: 0))
      #expect(abs(gap.difference - 0.2) < 1e-12 && gap.pValue == 1)
      #expect(gap.interval.lower < 0.2 && gap.interval.upper >= 0.2)
      #expect(study.filters.map(\.verdict) == [.agreement] && study.filters[0].justified == Proportion(0, of: 1))

      let rows = study.rows(prefix: "zoom.build")
      let row = try #require(rows.first { $0.id == "zoom.build.gap.ocr" })
      #expect(row.n == 5 && row.shape == ["both": 2, "only_first": 2, "only_second": 1, "neither": 0])
      #expect(rows.first { $0.id == "zoom.build.judged" }?.value == 60)
      #expect(rows.count == Set(rows.map(\.id)).count)
      let machine = ResultMachine(isa: "x", blas: "y")
      try ResultFile(name: "zoom", command: "test", machine: machine, rows: rows).write(to: folder)

      let report = BuildReport(build.context, study: study)
      let text = try report.plainText(nil)
      #expect(text.contains("Zooming gap") && text.contains("4 more questions are left out"))
    }
  }

  @Test("the crop's margin counts, since questions are written on the crop")
  func margin() async throws {
    for (margin, unjudged) in [(0.0, 1), (0.9, 0)] {
      try await BuildFixture.withFolder { folder in
        let build = try Self.build(folder, list: Self.list, margin: margin)
        try Self.fill(build, [Asked(text: "Which word comes right after \"sea\"?", crop: "blue")])
        #expect(try LabelStudy.ifKnown(build.context)?.unjudged == unjudged, "margin \(margin)")
      }
    }
  }

  @Test("a list without words has no study; a damaged one is refused")
  func unknown() async throws {
    try await BuildFixture.withFolder { folder in
      let build = try Self.build(folder, list: "{\"path\": \"pictures/p0.png\"}\n")
      #expect(try LabelStudy.ifKnown(build.context) == nil)
      try Data("{\"path\": 1}\n".utf8).write(to: folder.appending(path: "list.jsonl"))
      #expect(throws: ZoomError.self) { try LabelStudy.ifKnown(build.context) }
    }
  }
}
