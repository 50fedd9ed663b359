// The folder in which a benchmark's pictures lie: paths from its rows never lead out of it.
// Not here: decoding (Media), rows (BundleReader.swift).

public import Foundation
import Media

/// A folder that confines the paths of items.
public struct BenchFolder: Hashable, Sendable {
  /// The folder.
  public let url: URL

  /// A folder; it need not exist before it is written to.
  public init(_ url: URL) { self.url = url }

  /// Most bytes of one picture.
  static let imageLimits = ImageLimits(maxFileBytes: 64 << 20)

  /// The file that a path of an item names.
  ///
  /// - Throws: ``BenchError/refusedPath(path:folder:reason:)`` for absolute paths, `..`, links that lead out, and what is
  ///   no regular file.
  public func file(_ path: String) throws(BenchError) -> URL {
    func refused(_ reason: String) -> BenchError {
      .refusedPath(path: String(path.prefix(200)), folder: url.relativePath, reason: reason)
    }
    guard !path.isEmpty, path.utf8.count <= 1024, !path.utf8.contains(0) else { throw refused("it is no path") }
    guard !path.hasPrefix("/"), !path.hasPrefix("~") else { throw refused("expected a relative path") }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(".."), !path.contains("\\") else { throw refused("it leads upwards") }
    guard let root = Self.real(url.path), let target = Self.real(url.appending(path: path).path) else {
      throw refused("there is no such file")
    }
    guard target.hasPrefix(root == "/" ? root : root + "/") else { throw refused("a link leads out of the folder") }
    var status = stat()
    guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw refused("it is no file") }
    return URL(fileURLWithPath: target)
  }

  /// The bytes of a picture of the folder.
  ///
  /// - Throws: ``BenchError``.
  public func bytes(_ path: String) throws(BenchError) -> [UInt8] {
    let file = try file(path)
    do {
      return try ImageFile.bytes(of: file, limits: Self.imageLimits)
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }

  private static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
