// A folder for the files of one test.
// Not here: the tests.

import Foundation

/// A folder that goes away with the value.
final class TestFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "media-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appending(path: name) }

  /// A file of bytes.
  func write(_ bytes: [UInt8], _ name: String) throws -> URL {
    try Data(bytes).write(to: file(name))
    return file(name)
  }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

/// A tmpfs of a few kibibytes, unmounted at the end of its life; mounting takes privileges.
final class SmallDisk {
  let folder: TestFolder

  static let isAvailable = (try? SmallDisk(kibibytes: 64)) != nil

  init(kibibytes: Int) throws {
    folder = try TestFolder()
    let result = mount("tmpfs", folder.url.path, "tmpfs", 0, "size=\(kibibytes)k")
    guard result == 0 else { throw POSIXError(.EPERM) }
  }

  deinit { umount2(folder.url.path, Int32(MNT_DETACH)) }
}
