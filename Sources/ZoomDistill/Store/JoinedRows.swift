// Rows that span tables: a question with its region, picture and item. One statement reads them, however many there are.
// Not here: what is asked for (BuildStore+Work.swift, BuildStore+Histories.swift).
import GRDB

/// Columns of the tables and the records that they become.
enum JoinedColumns: String, CaseIterable {
  case question, region, image, item

  private var names: [String] {
    switch self {
    case .question: ["id", "region", "text", "dimension", "answer", "agreed", "votes", "state", "verdict", "reason"]
    case .region: ["id", "image", "name", "left", "top", "right", "bottom", "score", "state", "verdict", "reason"]
    case .image: ["id", "path", "width", "height", "hash", "licence", "origin", "state", "verdict", "reason"]
    case .item: ["id", "options", "correct", "solved", "attempts", "state", "verdict", "reason"]
    }
  }

  /// What stands after SELECT. Columns are named, so that another schema is an error of SQLite.
  static func list(_ tables: [JoinedColumns]) -> String {
    tables.flatMap { table in table.names.map { "\(table.rawValue).\"\($0)\"" } }.joined(separator: ", ")
  }

  /// Splits a row of ``list(_:)`` into one part for each table.
  static func adapter(_ tables: [JoinedColumns]) -> any RowAdapter {
    var scopes: [String: any RowAdapter] = [:]
    var start = 0
    for table in tables {
      scopes[table.rawValue] = RangeRowAdapter(start..<start + table.names.count)
      start += table.names.count
    }
    // Without columns of its own: a column 'image' would be taken for the record of that name.
    return EmptyRowAdapter().addingScopes(scopes)
  }
}

/// A region with its picture. Decoded whole: damaged values throw.
struct RegionRow: Decodable, FetchableRecord {
  let region: RegionRecord
  let image: ImageRecord

  /// Rows that fulfil a condition, by picture: what follows each other shares its picture.
  static func fetch(_ database: Database, where condition: String, limit: Int) throws -> [RegionWork] {
    let cursor = try fetchCursor(
      database,
      sql: """
        SELECT \(JoinedColumns.list([.region, .image])) FROM region JOIN image ON image.id = region.image
        WHERE \(condition) ORDER BY region.image, region.id LIMIT ?
        """, arguments: [limit], adapter: JoinedColumns.adapter([.region, .image]))
    var all: [RegionWork] = []
    while let row = try cursor.next() {
      let image = all.last.flatMap { $0.image.id == row.image.id ? $0.image : nil } ?? row.image
      all.append(RegionWork(region: row.region, image: image))
    }
    return all
  }
}

/// A question with all that belongs to it. Decoded whole: damaged values throw.
struct QuestionRow: Decodable, FetchableRecord {
  let question: QuestionRecord
  let region: RegionRecord
  let image: ImageRecord
  let item: ItemRecord?

  var work: QuestionWork { QuestionWork(question: question, region: region, image: image) }

  /// Rows that fulfil a condition, one at a time.
  static func cursor(
    _ database: Database, where condition: String, order: String, limit: Int = -1
  ) throws -> RecordCursor<QuestionRow> {
    try fetchCursor(
      database,
      sql: """
        SELECT \(JoinedColumns.list(JoinedColumns.allCases)) FROM question
        JOIN region ON region.id = question.region JOIN image ON image.id = region.image
        LEFT JOIN item ON item.id = question.id WHERE \(condition) ORDER BY \(order) LIMIT ?
        """, arguments: [limit], adapter: JoinedColumns.adapter(JoinedColumns.allCases))
  }

  /// Rows that fulfil a condition, by picture and region: what follows each other shares them.
  static func fetch(_ database: Database, where condition: String, limit: Int) throws -> [QuestionWork] {
    let cursor = try cursor(database, where: condition, order: "region.image, region.id, question.id", limit: limit)
    var all: [QuestionWork] = []
    while let row = try cursor.next() {
      let last = all.last
      let region = last.flatMap { $0.region.id == row.region.id ? $0.region : nil } ?? row.region
      let image = last.flatMap { $0.image.id == row.image.id ? $0.image : nil } ?? row.image
      all.append(QuestionWork(question: row.question, region: region, image: image))
    }
    return all
  }
}
