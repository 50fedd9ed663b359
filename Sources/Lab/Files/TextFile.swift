// Reading text strictly, creating directories, and paths for messages.
// Not here: what the text means.

import Foundation

/// Strict reading of UTF-8 files.
enum TextFile {
  /// The content of the file.
  ///
  /// - Throws: ``FileError/cannotRead(path:code:)`` or ``FileError/notText(path:offset:)``.
  static func read(_ url: URL, limit: Int = .max) throws(FileError) -> String {
    let bytes = try readBytes(url, limit: limit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .notText(path: url.displayPath, offset: firstInvalidByte(in: bytes))
    }
    return text
  }

  /// The bytes of the file.
  ///
  /// - Parameter limit: larger files are refused (as `EFBIG`), so that a device without an end is no trap.
  static func readBytes(_ url: URL, limit: Int = .max) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var isTooLarge = false
    try forEachChunk(of: url) { chunk in
      isTooLarge = isTooLarge || bytes.count + chunk.count > limit
      if !isTooLarge { bytes.append(contentsOf: chunk) }
      return !isTooLarge
    }
    if isTooLarge { throw .cannotRead(path: url.displayPath, code: EFBIG) }
    return bytes
  }

  /// Calls `body` with the bytes of the file piece by piece, until it answers false.
  ///
  /// - Throws: ``FileError/cannotRead(path:code:)``.
  static func forEachChunk(of url: URL, _ body: (UnsafeRawBufferPointer) -> Bool) throws(FileError) {
    let path = url.displayPath
    let file = try openForReading(url.path, reportedAs: path)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { Foundation.read(file.descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw .cannotRead(path: path, code: errno)
      }
      guard chunk.withUnsafeBytes({ body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }) else { return }
    }
  }

  private static func openForReading(_ path: String, reportedAs shown: String) throws(FileError) -> OpenFile {
    do {
      return try OpenFile(path, flags: O_RDONLY)
    } catch {
      guard case .cannotRead(_, let code) = error else { throw error }
      throw .cannotRead(path: shown, code: code)
    }
  }

  private static func firstInvalidByte(in bytes: [UInt8]) -> Int {
    var iterator = bytes.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let scalar): offset += scalar.count
      case .error, .emptyInput: return offset
      }
    }
  }
}

/// Creating directories with typed errors.
enum Directory {
  /// Creates `url` and the directories above it that do not exist yet.
  static func create(_ url: URL) throws(FileError) {
    guard !exists(url) else { return }
    let parent = url.deletingLastPathComponent()
    if parent.path != url.path { try create(parent) }
    guard mkdir(url.path, 0o755) == 0 || (errno == EEXIST && exists(url)) else {
      throw .cannotCreate(path: url.displayPath, code: errno)
    }
  }

  static func exists(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}

extension URL {
  /// The path as the user wrote it: relative if the URL was made from a relative path.
  var displayPath: String { baseURL == nil ? path : relativePath }
}
