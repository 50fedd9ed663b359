// Boxes that people or other programs drew: which format a file has, limits, and what all formats share.
// Not here: the formats (CocoAnnotations.swift, VocAnnotations.swift, TableAnnotations.swift), pictures (Gathering.swift).
package import Foundation
package import Media

/// Reads annotation files.
package struct Annotations: Sendable {
  /// What a file may cost before it is refused.
  package struct Limits: Sendable {
    /// Bytes of a JSON or CSV file.
    package var fileBytes = 1 << 30
    /// Bytes of one XML file.
    package var documentBytes = 4 << 20
    /// XML files of a folder.
    package var documents = 2_000_000
    /// Boxes in all.
    package var boxes = 50_000_000

    package init() {}
  }

  package let limits: Limits
  /// The size of a picture by its relative path, for boxes that are shares of it; nil where there is none.
  private let size: @Sendable (_ path: String) -> ImageSize?

  package init(limits: Limits = Limits(), size: @escaping @Sendable (_ path: String) -> ImageSize? = { _ in nil }) {
    self.limits = limits
    self.size = size
  }

  /// The boxes of each picture by its relative path: a folder holds Pascal VOC XML, a `.json` file COCO, a `.csv` file a
  /// table.
  ///
  /// Boxes are in pixels and keep the order of the file. Sides may be 0, which a filter of regions rejects later, but
  /// never negative.
  ///
  /// - Throws: ``ZoomError/annotations(path:line:reason:)``; the line is 0 where there is none.
  package func read(_ url: URL) throws(ZoomError) -> [String: [GivenBox]] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw .annotations(path: url.path, line: 0, reason: "no such file or folder")
    }
    if isFolder.boolValue { return try VocAnnotations(limits: limits).read(url) }
    switch url.pathExtension.lowercased() {
    case "json": return try CocoAnnotations(limits: limits).read(url)
    case "csv": return try TableAnnotations(limits: limits, size: size).read(url)
    case let other:
      throw .annotations(
        path: url.path, line: 0,
        reason: "expected a folder of XML, a .json or a .csv file, got \(other.isEmpty ? "no ending" : "'.\(other)'")")
    }
  }
}

/// What the formats share.
enum AnnotationFile {
  /// The bytes of a regular file, at most `limit` of them.
  static func bytes(_ url: URL, limit: Int) throws(ZoomError) -> [UInt8] {
    do {
      return try ImageFile.bytes(of: url, limits: ImageLimits(maxFileBytes: limit))
    } catch {
      if case .empty = error { return [] }
      throw .annotations(path: url.path, line: 0, reason: "\(error)")
    }
  }

  /// A path that names a picture below the root: relative, without steps upwards; `./` goes.
  ///
  /// - Returns: nil for any other.
  static func path(_ text: String) -> String? {
    guard !text.isEmpty, !text.hasPrefix("/"), !text.contains("\0"), !text.contains("\\") else { return nil }
    let parts = text.split(separator: "/").filter { $0 != "." }
    return parts.isEmpty || parts.contains("..") ? nil : parts.joined(separator: "/")
  }

  /// A box whose edges are finite and in order.
  ///
  /// - Returns: nil for any other.
  static func box(_ edges: [Double]) -> BoundingBox? {
    guard edges.count == 4, edges.allSatisfy({ $0.isFinite && abs($0) < 1e9 }), edges[0] <= edges[2],
      edges[1] <= edges[3]
    else { return nil }
    return BoundingBox(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3])
  }

  /// A name without control characters and blanks at its ends, of at most 200 characters.
  ///
  /// - Returns: nil where nothing is left.
  static func name(_ text: String) -> String? {
    let visible = String(
      text.map { $0.isWhitespace ? " " : $0 }.filter { !$0.unicodeScalars.contains { $0.value < 32 } })
    let trimmed = visible.trimmingCharacters(in: .whitespaces)
    return trimmed.isEmpty || trimmed.count > 200 ? nil : trimmed
  }
}
