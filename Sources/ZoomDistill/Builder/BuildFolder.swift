// The files of a build, and reading pictures without leaving the folders that were named.
// Not here: what is in the state (Store), the dataset (Export).
package import Chat
package import Foundation
import Lab
package import Media

/// The output folder of a build. Names of files come from digests, never from what a model or a file said.
package struct BuildFolder: Sendable {
  package let root: URL

  package init(_ root: URL) { self.root = root }

  /// The state.
  package var state: URL { root.appending(path: "state.sqlite") }
  /// Replies of servers.
  package var replies: URL { root.appending(path: "replies") }
  /// Scenes that the build makes itself, with the truth about them, which no stage but the measurements reads.
  package var scenes: URL { root.appending(path: "scenes") }
  /// The dataset.
  package var export: URL { root.appending(path: "dataset") }

  /// The crop of a region.
  package func crop(_ region: String, _ encoding: ImageEncoding) -> URL {
    root.appending(path: "crops/\(region.prefix(2))/\(region).\(encoding.format.fileExtension)")
  }

  /// The picture with the box of a region.
  package func boxed(_ region: String, _ encoding: ImageEncoding) -> URL {
    root.appending(path: "boxed/\(region.prefix(2))/\(region).\(encoding.format.fileExtension)")
  }

  /// Removes what a killed process left half-written among crops and pictures with boxes.
  func sweep() {
    for part in ["crops", "boxed"] {
      let top = root.appending(path: part)
      for path in (try? FileManager.default.subpathsOfDirectory(atPath: top.path)) ?? []
      where path.hasSuffix(".tmp") && (path as NSString).lastPathComponent.hasPrefix(".") {
        try? FileManager.default.removeItem(at: top.appending(path: path))
      }
    }
  }

  /// Writes a file of the build as a whole.
  ///
  /// - Throws: ``ZoomError/output(path:reason:)``.
  package static func write(_ bytes: [UInt8], to url: URL) throws(ZoomError) {
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try AtomicFile.write(Data(bytes), to: url)
    } catch {
      throw .output(path: url.path, reason: "\(error)")
    }
  }
}

/// Short digests as names.
package enum ContentName {
  /// The first 20 hexadecimal digits of the SHA-256 of the pieces, which cannot run into each other.
  package static func of(_ pieces: [String]) -> String {
    let joined = pieces.map { "\($0.utf8.count):\($0)" }.joined()
    return String(ContentDigest.hex(Data(joined.utf8)).prefix(20))
  }

  /// The same of bytes.
  package static func of(bytes: [UInt8]) -> String { String(ContentDigest.hex(Data(bytes)).prefix(20)) }
}

/// A folder from which files may be read, and nothing outside of it.
package struct InputRoot: Sendable {
  package let folder: URL
  private let real: String

  /// A folder that exists.
  ///
  /// - Throws: ``ZoomError/source(path:reason:)``.
  package init(_ folder: URL) throws(ZoomError) {
    self.folder = folder
    guard let real = Self.realPath(folder.path) else { throw .source(path: folder.path, reason: "no such folder") }
    self.real = real
  }

  /// The file of a relative path.
  ///
  /// - Throws: ``ZoomError/source(path:reason:)`` for absolute paths, and for whatever lies outside the folder once
  ///   links are followed.
  package func file(_ path: String) throws(ZoomError) -> URL {
    guard !path.hasPrefix("/"), !path.contains("\u{0}") else {
      throw .source(path: path, reason: "expected a path inside '\(folder.path)', got an absolute one")
    }
    let url = folder.appending(path: path)
    guard let resolved = Self.realPath(url.path) else { throw .source(path: path, reason: "no such file") }
    guard resolved.hasPrefix(real == "/" ? "/" : real + "/") else {
      throw .source(path: path, reason: "it leads out of '\(folder.path)'")
    }
    return URL(fileURLWithPath: resolved)
  }

  /// All PNG and JPEG files by name, sorted; hidden files and links to folders are left out.
  package func pictures() -> [String] {
    let endings: Set = ["png", "jpg", "jpeg"]
    guard
      let walker = FileManager.default.enumerator(
        at: URL(fileURLWithPath: real), includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
    else { return [] }
    var paths: [String] = []
    for case let url as URL in walker where endings.contains(url.pathExtension.lowercased()) {
      let path = url.path
      if path.hasPrefix(real + "/") { paths.append(String(path.dropFirst(real.count + 1))) }
    }
    return paths.sorted()
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}

/// A full picture as pixels and as it is sent to teachers.
package struct LoadedImage: Sendable {
  package let image: Image
  package let sent: ChatImage

  /// Reads a picture. The file's own bytes are sent if they can be: upright, small enough, and without opacity.
  ///
  /// - Parameter longestSide: the longest side that is sent, 0 for any.
  /// - Throws: ``ImageError``.
  package init(_ url: URL, limits: ImageLimits, longestSide: Int) throws(ImageError) {
    let bytes = try ImageFile.bytes(of: url, limits: limits)
    let info = try ImageFile.inspect(bytes, place: url.path, limits: limits)
    image = try ImageFile.decode(bytes, place: url.path, limits: limits, opacity: .flatten(.white))
    let side = max(image.width, image.height)
    if info.orientation == .up, info.pixelFormat != .rgba, longestSide == 0 || side <= longestSide {
      sent = ChatImage(bytes: bytes, mediaType: info.format.mediaType)
    } else {
      let factor = longestSide == 0 ? 1 : min(1, Double(longestSide) / Double(side))
      let size = ImageSize(
        width: max(1, Int((Double(image.width) * factor).rounded())),
        height: max(1, Int((Double(image.height) * factor).rounded())))
      let reduced = size == image.size ? image : image.resized(to: size)
      sent = ChatImage(bytes: try ImageFile.encode(reduced, as: .jpeg(quality: 95)), mediaType: "image/jpeg")
    }
  }
}
