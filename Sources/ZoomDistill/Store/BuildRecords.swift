// What is known about each picture, region, question, vote and item: the rows of the state.
// Not here: the tables and the transactions (BuildStore.swift).
import GRDB
package import Media

/// Where a piece of work stands. `rejected` is a decision and final; `failed` is an error and tried again.
package enum WorkState: String, Codable, CaseIterable, DatabaseValueConvertible, Sendable {
  case pending, done, rejected, failed
}

/// Which check rejected something; the raw value is what tables, exports and counters show.
package enum Verdict: String, Codable, CaseIterable, DatabaseValueConvertible, Sendable {
  /// Nothing was held against it.
  case none
  // Pictures.
  case unreadable, small, copy, nearDuplicate, benchmark, fewNames
  // Regions.
  case notFound, notUnique, unstable, score, degenerate, area, shortSide, aspect, tokens, overlap, surplus, noQuestion
  // Questions.
  case repeated, validation, agreement, oneTeacher
  // Items.
  case distractors, easy, unmeasured
  // Errors.
  case error
}

/// A picture.
package struct ImageRecord: Codable, Equatable, FetchableRecord, PersistableRecord, Sendable {
  package static let databaseTableName = "image"
  /// The start of the SHA-256 of the file.
  package var id: String
  /// The file, from the folder of the source.
  package var path: String
  package var width: Int
  package var height: Int
  /// The perceptual hash, in hexadecimal digits; empty where it was not needed.
  package var hash: String
  package var licence: String
  package var origin: String
  package var state: WorkState
  package var verdict: Verdict
  package var reason: String

  /// Width and height in pixels as shown, orientation applied.
  package var size: ImageSize { ImageSize(width: width, height: height) }
}

/// A part of a picture.
package struct RegionRecord: Codable, Equatable, FetchableRecord, PersistableRecord, Sendable {
  package static let databaseTableName = "region"
  /// Digest of picture, name and box.
  package var id: String
  package var image: String
  /// What the region shows, as whoever proposed it says; never a file name.
  package var name: String
  package var left: Double
  package var top: Double
  package var right: Double
  package var bottom: Double
  package var score: Double
  package var state: WorkState
  package var verdict: Verdict
  package var reason: String

  /// The box in pixels of the picture.
  package var box: BoundingBox { BoundingBox(left: left, top: top, right: right, bottom: bottom) }
}

/// A question on a region.
package struct QuestionRecord: Codable, Equatable, FetchableRecord, PersistableRecord, Sendable {
  package static let databaseTableName = "question"
  /// Digest of region and text.
  package var id: String
  package var region: String
  package var text: String
  /// One of the six dimensions, or empty.
  package var dimension: String
  /// The agreed answer, or that of the largest group where there is no agreement; empty before.
  package var answer: String
  /// Votes for the answer.
  package var agreed: Int
  /// Votes asked for.
  package var votes: Int
  package var state: WorkState
  package var verdict: Verdict
  package var reason: String
}

/// One answer of one teacher.
package struct VoteRecord: Codable, Equatable, FetchableRecord, PersistableRecord, Sendable {
  package static let databaseTableName = "vote"
  /// What the teacher saw.
  package enum View: String, Codable, DatabaseValueConvertible, Sendable { case crop, full }
  package var question: String
  package var view: View
  package var teacher: String
  package var sample: Int
  /// The answer taken from the reply; empty if there is none.
  package var text: String
  /// Why there is none; empty if there is one.
  package var problem: String
}

/// A finished item.
package struct ItemRecord: Codable, Equatable, FetchableRecord, PersistableRecord, Sendable {
  package static let databaseTableName = "item"
  /// The question's.
  package var id: String
  /// Options in their order, as a JSON list.
  package var options: String
  /// Index of the right one.
  package var correct: Int
  /// Attempts that were right.
  package var solved: Int
  /// Attempts that brought a reply.
  package var attempts: Int
  package var state: WorkState
  package var verdict: Verdict
  package var reason: String
}
