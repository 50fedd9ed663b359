// Everything that is known of each question, one question in memory at a time.
// Not here: work that is open (BuildStore+Work.swift).
import GRDB

/// A question with its region, its picture, its item and its votes.
package struct QuestionHistory: Sendable {
  package let work: QuestionWork
  /// The item, where there is one yet.
  package let item: ItemRecord?
  /// The votes, where they were asked for.
  package let votes: [VoteRecord]
}

/// Which questions are gone through, and in which order; texts are compared byte by byte.
package enum HistoryOrder: Sendable {
  /// All by identity, without votes.
  case identity
  /// All by identity, with their votes.
  case identityWithVotes
  /// Those with a finished item by path of the picture, region and identity, without votes.
  case finishedByPicture
}

extension BuildStore {
  /// Calls `body` for each question. The state may not be used by `body`.
  ///
  /// - Throws: ``ZoomError/state(path:reason:)``; what `body` throws.
  package func forEachHistory(_ order: HistoryOrder, _ body: (QuestionHistory) throws -> Void) throws {
    var failure: (any Error)?
    try read { database in
      let votes = try VoteRecord.fetchCursor(
        database, sql: "SELECT * FROM vote ORDER BY question, view, teacher, sample")
      var vote = order == .identityWithVotes ? try votes.next() : nil
      let rows =
        switch order {
        case .identity, .identityWithVotes: try QuestionRow.cursor(database, where: "1", order: "question.id")
        case .finishedByPicture:
          try QuestionRow.cursor(
            database, where: "item.state = 'done'", order: "image.path, region.id, question.id")
        }
      while let row = try rows.next() {
        var own: [VoteRecord] = []
        // Both run in the order of bytes. Votes without a question are passed over.
        while let next = vote, !row.question.id.utf8.lexicographicallyPrecedes(next.question.utf8) {
          if next.question == row.question.id { own.append(next) }
          vote = try votes.next()
        }
        do {
          try body(QuestionHistory(work: row.work, item: row.item, votes: own))
        } catch {
          failure = error
          return
        }
      }
    }
    if let failure { throw failure }
  }

  /// Calls `body` for each region that was rejected, by picture. The state may not be used by `body`.
  ///
  /// - Throws: ``ZoomError/state(path:reason:)``.
  package func forEachRejectedRegion(_ body: (RegionRecord) -> Void) throws(ZoomError) {
    try read { database in
      let rows = try RegionRecord.fetchCursor(
        database, sql: "SELECT * FROM region WHERE state = 'rejected' ORDER BY image, id")
      while let row = try rows.next() { body(row) }
    }
  }

  /// The votes on a question by view, teacher and sample.
  package func votes(on question: String) throws(ZoomError) -> [VoteRecord] {
    try read { database in
      try VoteRecord.fetchAll(
        database, sql: "SELECT * FROM vote WHERE question = ? ORDER BY view, teacher, sample", arguments: [question])
    }
  }

  /// How many items are finished.
  ///
  /// - Throws: ``ZoomError/state(path:reason:)``, also if one of them has no question any more.
  package func finishedItems() throws(ZoomError) -> Int {
    try read { database in
      let lost = try String.fetchOne(
        database,
        sql: """
          SELECT id FROM item WHERE state = 'done' AND NOT EXISTS (
            SELECT 1 FROM question JOIN region ON region.id = question.region JOIN image ON image.id = region.image
            WHERE question.id = item.id) LIMIT 1
          """)
      if let lost { throw LostItem(id: lost) }
      return try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM item WHERE state = 'done'") ?? 0
    }
  }

  private struct LostItem: Error, CustomStringConvertible {
    let id: String
    var description: String { "the item '\(id)' has no question" }
  }
}
