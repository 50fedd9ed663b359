// The state of a build in SQLite: every stage's records, one transaction a piece of work.
// Not here: the records (BuildRecords.swift), replies of servers (Chat's cache), the dataset (Export).
package import Chat
package import Foundation
import GRDB
import Lab
import Synchronization

/// The state of a build. A piece of work is either recorded whole or not at all, so that a killed build goes on where it
/// was; a reply that was paid for is in the cache of replies before it is used here.
package final class BuildStore: Sendable {
  private let queue: DatabaseQueue
  private let path: String
  private let session: String
  private let lastCount = Mutex(ContinuousClock.now - .seconds(10))

  /// Opens or makes the state in a file.
  ///
  /// - Throws: ``ZoomError/state(path:reason:)`` if the file is no such state.
  package init(_ url: URL) throws(ZoomError) {
    path = url.path
    session = UUID().uuidString
    do {
      var configuration = Configuration()
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA journal_mode = WAL")
        // A crash of the machine may cost the last pieces of work, never the file; replies are synced by their cache.
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
      }
      configuration.busyMode = .timeout(10)
      queue = try DatabaseQueue(path: url.path, configuration: configuration)
      try Self.migrator.migrate(queue)
    } catch {
      throw .state(path: url.path, reason: "\(error)")
    }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
          CREATE TABLE image (
            id TEXT PRIMARY KEY, path TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
            hash TEXT NOT NULL, licence TEXT NOT NULL, origin TEXT NOT NULL,
            state TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL);
          CREATE TABLE region (
            id TEXT PRIMARY KEY, image TEXT NOT NULL REFERENCES image(id), name TEXT NOT NULL,
            left REAL NOT NULL, top REAL NOT NULL, right REAL NOT NULL, bottom REAL NOT NULL, score REAL NOT NULL,
            state TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL);
          CREATE TABLE question (
            id TEXT PRIMARY KEY, region TEXT NOT NULL REFERENCES region(id), text TEXT NOT NULL,
            dimension TEXT NOT NULL, answer TEXT NOT NULL, agreed INTEGER NOT NULL, votes INTEGER NOT NULL,
            state TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL);
          CREATE TABLE vote (
            question TEXT NOT NULL REFERENCES question(id), view TEXT NOT NULL, teacher TEXT NOT NULL,
            sample INTEGER NOT NULL, text TEXT NOT NULL, problem TEXT NOT NULL,
            PRIMARY KEY (question, view, teacher, sample)) WITHOUT ROWID;
          CREATE TABLE item (
            id TEXT PRIMARY KEY REFERENCES question(id), options TEXT NOT NULL, correct INTEGER NOT NULL,
            solved INTEGER NOT NULL, attempts INTEGER NOT NULL,
            state TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL);
          CREATE TABLE usage (
            session TEXT NOT NULL, model TEXT NOT NULL, purpose TEXT NOT NULL, counts TEXT NOT NULL,
            PRIMARY KEY (session, model, purpose)) WITHOUT ROWID;
          CREATE INDEX region_image ON region(image);
          CREATE INDEX region_state ON region(state);
          CREATE INDEX question_region ON question(region);
          CREATE INDEX question_state ON question(state);
          """)
    }
    return migrator
  }

  /// Reads.
  ///
  /// - Throws: ``ZoomError/state(path:reason:)``.
  func read<Value>(_ body: (Database) throws -> Value) throws(ZoomError) -> Value {
    do { return try queue.read(body) } catch { throw .state(path: path, reason: "\(error)") }
  }

  /// Writes in one transaction.
  ///
  /// - Throws: ``ZoomError/state(path:reason:)``; nothing is changed then.
  func write(_ body: (Database) throws -> Void) throws(ZoomError) {
    do { try queue.write(body) } catch { throw .state(path: path, reason: "\(error)") }
  }

  /// A note about the whole build.
  package func note(_ key: String) throws(ZoomError) -> String? {
    try read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key]) }
  }

  /// Replaces notes about the whole build, all or none of them.
  package func setNotes(_ notes: [String: String]) throws(ZoomError) {
    try write { database in
      for (key, value) in notes {
        try database.execute(sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)", arguments: [key, value])
      }
    }
  }

  /// Records what this process called so far; often called, seldom written.
  package func record(_ counts: ChatCounts, now isLast: Bool = false) throws(ZoomError) {
    let isDue = lastCount.withLock { last in
      guard isLast || ContinuousClock.now - last > .seconds(1) else { return false }
      last = .now
      return true
    }
    guard isDue else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try write { database in
      for row in counts.rows {
        try database.execute(
          sql: "INSERT OR REPLACE INTO usage VALUES (?, ?, ?, ?)",
          arguments: [session, row.model, row.purpose, String(decoding: try encoder.encode(row.count), as: UTF8.self)])
      }
    }
  }

  /// What all processes that worked on this build called.
  package func usage() throws(ZoomError) -> [(model: String, purpose: String, count: ChatCount)] {
    try read { database in
      var sums: [[String]: ChatCount] = [:]
      for row in try UsageRow.fetchAll(database, sql: "SELECT model, purpose, counts FROM usage") {
        let count = try JSONDecoder().decode(ChatCount.self, from: Data(row.counts.utf8))
        let place = [row.model, row.purpose]
        sums[place] = sums[place, default: ChatCount()] + count
      }
      return sums.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key[0], $0.key[1], $0.value) }
    }
  }

  /// How many rows of a table are in each state, and why rows were rejected.
  package func tally(_ table: BuildTable) throws(ZoomError) -> [(state: WorkState, verdict: Verdict, count: Int)] {
    try read { database in
      try TallyRow.fetchAll(
        database,
        sql:
          "SELECT state, verdict, COUNT(*) AS n FROM \(table.rawValue) GROUP BY state, verdict ORDER BY state, verdict"
      ).map { ($0.state, $0.verdict, $0.n) }
    }
  }

  // Decoded rows throw where a damaged file has other values; subscripts of plain rows would end the process.
  private struct UsageRow: Decodable, FetchableRecord {
    let model, purpose, counts: String
  }

  private struct TallyRow: Decodable, FetchableRecord {
    let state: WorkState
    let verdict: Verdict
    let n: Int
  }
}

/// The tables with states.
package enum BuildTable: String, CaseIterable, Sendable { case image, region, question, item }
