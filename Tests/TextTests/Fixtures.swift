// Lives here: finding and reading what Scripts/golden/tokenizer_fixtures.py wrote.
// Not here: the tests.

import Foundation
import Testing
import Text

enum Fixtures {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let folder = root.appendingPathComponent("Tests/Fixtures/tokenizers")

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }

  /// Contents of `<stem>-1<suffix>`, `<stem>-2<suffix>`, … in order.
  static func parts(_ stem: String, _ suffix: String) throws -> [Data] {
    var parts: [Data] = []
    while FileManager.default.fileExists(atPath: path("\(stem)-\(parts.count + 1)\(suffix)")) {
      parts.append(try data("\(stem)-\(parts.count + 1)\(suffix)"))
    }
    try #require(!parts.isEmpty, "no fixture \(stem)-1\(suffix)")
    return parts
  }

  /// The texts in their order.
  static func strings() throws -> [String] {
    try parts("strings", ".json").flatMap { try JSONDecoder().decode([String].self, from: $0) }
  }

  /// The reference's identifiers of each text.
  static func identifiers(_ name: String) throws -> [[Int32]] {
    try parts("\(name)-ids", ".txt").flatMap { part in
      String(decoding: part, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map { line in line.split(separator: " ").compactMap { Int32($0) } }
    }
  }

  /// Long repeated texts, as in Scripts/golden/token_strings.py.
  static let repeats: [(unit: String, count: Int)] = [
    ("a", 10_000), (" ", 10_000), ("\n", 4_096), ("ab", 8_000), ("\u{e9}", 5_000), ("\u{4e2d}", 5_000),
    ("=", 9_999), ("e\u{301}\u{323}", 3_000), ("\u{301}\u{323}", 4_000), (" a", 5_000), ("9", 10_000),
    ("\u{1F600}", 2_500), ("'s", 4_000), ("a\u{200d}", 3_000),
  ]

  struct Repeat: Equatable {
    let count: Int
    let hash: String
    let start: [Int32]
  }

  static func repeatedIdentifiers(_ name: String) throws -> [Repeat] {
    String(decoding: try data("\(name)-repeats.txt"), as: UTF8.self).split(separator: "\n").map { line in
      let fields = line.split(separator: " ")
      return Repeat(
        count: Int(fields[0]) ?? -1, hash: String(fields[1]), start: fields.dropFirst(2).compactMap { Int32($0) })
    }
  }

  static func summary(of tokens: [Int32]) -> Repeat {
    var hash = Fingerprint()
    for token in tokens { hash.update((0..<4).map { UInt8(truncatingIfNeeded: token >> (8 * $0)) }) }
    return Repeat(count: tokens.count, hash: hexadecimal(hash.value), start: Array(tokens.prefix(12)))
  }

  static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Path of a published vocabulary, fetched by a script and never committed.
  static func published(_ file: String) -> String {
    root.appendingPathComponent("Data/cache/tokenizers/\(file)").path
  }

  static func isFetched(_ file: String) -> Bool { FileManager.default.fileExists(atPath: published(file)) }
}

/// Equality of texts as bytes; Swift's `==` takes canonically equivalent texts for equal.
func sameBytes(_ first: String, _ second: String) -> Bool { first.utf8.elementsEqual(second.utf8) }

/// A folder that is removed when the test is done.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "text-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// A reproducible source of random numbers.
///
/// > Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
