// A question with its region and picture: what the later stages work on.
// Not here: the stages (AnswerStage.swift, FilterStage.swift).
import Foundation
package import GRDB
package import Chat
import Media

/// A question with its region and picture.
package struct QuestionWork: Sendable {
  package let question: QuestionRecord
  package let region: RegionRecord
  package let image: ImageRecord

  /// The questions of an SQL condition, in a fixed order.
  package static func fetch(
    _ database: Database, where condition: String, limit: Int = 0
  ) throws -> [QuestionWork] {
    let questions = try QuestionRecord.fetchAll(
      database, sql: "SELECT question.* FROM question WHERE \(condition) ORDER BY region, id LIMIT ?",
      arguments: [limit > 0 ? limit : -1])
    let regions = try RegionRecord.fetchAll(database, keys: Array(Set(questions.map(\.region))))
    let images = try ImageRecord.fetchAll(database, keys: Array(Set(regions.map(\.image))))
    let regionByID = Dictionary(uniqueKeysWithValues: regions.map { ($0.id, $0) })
    let imageByID = Dictionary(uniqueKeysWithValues: images.map { ($0.id, $0) })
    return questions.compactMap { question in
      guard let region = regionByID[question.region], let image = imageByID[region.image] else { return nil }
      return QuestionWork(question: question, region: region, image: image)
    }
  }
}

extension BuildContext {
  /// The crop of a region, as the second stage wrote it.
  ///
  /// - Throws: Media's `ImageError` if the file is gone.
  package func crop(of region: RegionRecord) throws -> ChatImage {
    let bytes = try ImageFile.bytes(of: folder.crop(region.id, config.crop.encoding), limits: config.images.limits)
    return ChatImage(bytes: bytes, mediaType: config.crop.encoding.format.mediaType)
  }
}
