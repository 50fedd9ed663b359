// Items with the folder of their pictures, and the hash that identifies both.
// Not here: reading and writing (BundleReader.swift, BundleWriter.swift), checks (BundleCheck.swift).

import Foundation
import Lab

/// A benchmark in memory; pictures stay on disk.
public struct BenchBundle: Sendable {
  /// The name of the file of items in a folder.
  public static let itemsFile = "items.jsonl"

  /// Where the pictures lie.
  public var folder: BenchFolder
  /// The items in their order.
  public var items: [BenchItem]

  /// A bundle.
  public init(folder: BenchFolder, items: [BenchItem]) {
    self.folder = folder
    self.items = items
  }

  /// SHA-256 over the items in order, each with the digests of its pictures in place of their paths: the same for the
  /// same content, wherever it lies and however its files are named.
  ///
  /// - Throws: ``BenchError`` for a picture that is missing or out of bounds.
  public func hash() throws(BenchError) -> String {
    var digests: [String: String] = ["": ""]
    var lines = ""
    for item in items {
      var row = item
      row.image = try digest(item.image, &digests)
      row.crop = try digest(item.crop, &digests)
      row.placeholders = 0
      lines += try BenchJSON.line(row) + "\n"
    }
    return ContentDigest.hex(Data(lines.utf8))
  }

  private func digest(_ path: String, _ known: inout [String: String]) throws(BenchError) -> String {
    if let digest = known[path] { return digest }
    let digest = ContentDigest.hex(Data(try folder.bytes(path)))
    known[path] = digest
    return digest
  }
}

/// JSON of one line with sorted keys.
enum BenchJSON {
  static func line(_ value: some Encodable) throws(BenchError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw .cannotWrite(path: "JSON", reason: "\(error)")
    }
  }

  static func pretty(_ value: some Encodable) throws(BenchError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(value) + Data("\n".utf8)
    } catch {
      throw .cannotWrite(path: "JSON", reason: "\(error)")
    }
  }
}
