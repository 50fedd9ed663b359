// Lives here: unusual but supported options of tokenizer.json, compared with the reference library.
// Not here: ordinary vocabularies (BytePairEncodingGoldenTests.swift).

import Foundation
import Testing
import Text

/// A tokenizer of the fixtures with the reference's encodings.
struct Variant: CustomTestStringConvertible {
  struct Row {
    let text: String
    let full: [Int32]
    let withoutSurrounding: [Int32]
    let asText: [Int32]
  }

  let name: String
  let json: String
  let rows: [Row]

  var testDescription: String { name }

  /// All variants; empty if the fixtures are broken, which a test reports.
  static let all: [Variant] = (try? load()) ?? []

  static func load() throws -> [Variant] {
    try Fixtures.parts("variants", ".json").flatMap { part in
      let document = try #require(try JSONSerialization.jsonObject(with: part) as? [String: Any])
      let base = try #require(document["base"] as? [String: Any])
      return try #require(document["cases"] as? [[String: Any]]).map { item in
        let change = try #require(item["tokenizer"] as? [String: Any])
        let data = try JSONSerialization.data(withJSONObject: base.merging(change) { $1 })
        let rows = try #require(item["encodings"] as? [[Any]]).map { row in
          let full = try #require(row[1] as? [Int])
          let bare = row[2] as? [Int] ?? full
          let asText = row[3] as? [Int] ?? bare
          return Row(
            text: try #require(row[0] as? String), full: full.map(Int32.init),
            withoutSurrounding: bare.map(Int32.init), asText: asText.map(Int32.init))
        }
        return Variant(
          name: try #require(item["name"] as? String), json: String(decoding: data, as: UTF8.self), rows: rows)
      }
    }
  }
}

@Suite struct VariantTests {
  @Test func fixturesAreThere() throws {
    #expect(try Variant.load().count >= 40)
  }

  @Test(arguments: Variant.all)
  func encodesAsTheReference(variant: Variant) throws {
    let tokenizer = try BytePairEncoding(json: variant.json)
    for row in variant.rows {
      #expect(tokenizer.encode(row.text) == row.full, "\(row.text.debugDescription)")
      #expect(
        tokenizer.encode(row.text, addingSurroundingTokens: false) == row.withoutSurrounding,
        "\(row.text.debugDescription) without surrounding tokens")
      #expect(
        tokenizer.encode(row.text, addingSurroundingTokens: false, recognizingSpecialTokens: false) == row.asText,
        "\(row.text.debugDescription) with special tokens as text")
    }
  }

  @Test(arguments: Variant.all)
  func survivesWritingAndReading(variant: Variant) throws {
    let tokenizer = try BytePairEncoding(json: variant.json)
    let again = try BytePairEncoding(json: tokenizer.jsonText())
    #expect(again.fingerprint == tokenizer.fingerprint)
    for row in variant.rows { #expect(again.encode(row.text) == row.full) }
  }

  @Test func fingerprintsDifferWhereEncodingsDo() throws {
    let fingerprints = try Variant.load().map { try BytePairEncoding(json: $0.json).fingerprint }
    #expect(Set(fingerprints).count == fingerprints.count)
  }
}
