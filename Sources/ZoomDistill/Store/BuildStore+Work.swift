// What is open, and recording what was done.
// Not here: the tables (BuildStore.swift), going through all that is known (BuildStore+Histories.swift), the stages.
import GRDB

/// A region with its picture.
package struct RegionWork: Sendable {
  package let region: RegionRecord
  package let image: ImageRecord
}

/// A question with its region and picture.
package struct QuestionWork: Sendable {
  package let question: QuestionRecord
  package let region: RegionRecord
  package let image: ImageRecord
}

extension BuildStore {
  /// All pictures by path.
  package func images() throws(ZoomError) -> [ImageRecord] {
    try read { try ImageRecord.fetchAll($0, sql: "SELECT * FROM image ORDER BY path") }
  }

  /// All regions by picture.
  package func regions() throws(ZoomError) -> [RegionRecord] {
    try read { try RegionRecord.fetchAll($0, sql: "SELECT * FROM region ORDER BY image, id") }
  }

  /// All questions by region.
  package func questions() throws(ZoomError) -> [QuestionRecord] {
    try read { try QuestionRecord.fetchAll($0, sql: "SELECT * FROM question ORDER BY region, id") }
  }

  /// All votes by question, view, teacher and sample.
  package func votes() throws(ZoomError) -> [VoteRecord] {
    try read { try VoteRecord.fetchAll($0, sql: "SELECT * FROM vote ORDER BY question, view, teacher, sample") }
  }

  /// All items.
  package func items() throws(ZoomError) -> [ItemRecord] {
    try read { try ItemRecord.fetchAll($0, sql: "SELECT * FROM item ORDER BY id") }
  }

  /// Pictures without regions yet.
  package func openImages(limit: Int) throws(ZoomError) -> [ImageRecord] {
    try read { database in
      try ImageRecord.fetchAll(
        database, sql: "SELECT * FROM image WHERE state IN ('pending', 'failed') ORDER BY id LIMIT ?",
        arguments: [Self.bound(limit)])
    }
  }

  /// Regions without questions yet.
  package func openRegions(limit: Int) throws(ZoomError) -> [RegionWork] {
    try read {
      try RegionRow.fetch($0, where: "region.state IN ('pending', 'failed')", limit: Self.bound(limit))
    }
  }

  /// Valid questions without an agreed answer yet, by picture: what was decoded for one serves the next.
  package func openQuestions(limit: Int) throws(ZoomError) -> [QuestionWork] {
    try read {
      try QuestionRow.fetch($0, where: "question.state IN ('pending', 'failed')", limit: Self.bound(limit))
    }
  }

  /// Questions with an answer and without a finished item.
  package func questionsWithoutItem(limit: Int) throws(ZoomError) -> [QuestionWork] {
    try read {
      try QuestionRow.fetch(
        $0, where: "question.state = 'done' AND coalesce(item.state, '') NOT IN ('done', 'rejected')",
        limit: Self.bound(limit))
    }
  }

  /// All questions with their regions and pictures.
  package func allQuestions() throws(ZoomError) -> [QuestionWork] {
    try read { try QuestionRow.fetch($0, where: "1", limit: -1) }
  }

  /// Adds pictures that the state does not have.
  package func add(_ images: [ImageRecord]) throws(ZoomError) {
    try write { database in for image in images { try image.insert(database, onConflict: .ignore) } }
  }

  /// Records what became of a picture, with its regions.
  package func save(_ image: ImageRecord, _ regions: [RegionRecord]) throws(ZoomError) {
    try write { database in
      try image.update(database)
      for region in regions { try region.insert(database, onConflict: .ignore) }
    }
  }

  /// Records what became of a region, with its questions.
  package func save(_ region: RegionRecord, _ questions: [QuestionRecord]) throws(ZoomError) {
    try write { database in
      try region.update(database)
      for question in questions { try question.insert(database, onConflict: .ignore) }
    }
  }

  /// Records what became of a question, with its votes.
  package func save(_ question: QuestionRecord, _ votes: [VoteRecord]) throws(ZoomError) {
    try write { database in
      try question.update(database)
      for vote in votes { try vote.insert(database, onConflict: .replace) }
    }
  }

  /// Records what became of an item.
  package func save(_ item: ItemRecord) throws(ZoomError) {
    try write { try item.insert($0, onConflict: .replace) }
  }

  /// What failed and why, some of it.
  package func failures(limit: Int) throws(ZoomError) -> [String] {
    try read { database in
      try BuildTable.allCases.flatMap { table in
        try FailureRow.fetchAll(
          database, sql: "SELECT id, reason FROM \(table.rawValue) WHERE state = 'failed' ORDER BY id LIMIT ?",
          arguments: [limit]
        ).map { "\(table.rawValue) \($0.id): \($0.reason)" }
      }
    }
  }

  private struct FailureRow: Decodable, FetchableRecord {
    let id, reason: String
  }

  private static func bound(_ limit: Int) -> Int { limit > 0 ? limit : -1 }
}
