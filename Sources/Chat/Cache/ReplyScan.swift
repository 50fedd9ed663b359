// Reading a reply file from start to end, once, when it is opened.
// Not here: appending to it and repairing it (ReplyStore.swift).

import Foundation

/// What a reply file was found to hold.
public struct ReplyFileReport: Equatable, Sendable {
  /// Replies that can be used.
  public var replies = 0
  /// Lines with a key that an earlier line has; the earlier one counts.
  public var duplicates = 0
  /// Lines that hold no reply. They stay in the file and are passed over.
  public var garbageLines = 0
  /// Bytes after the last whole line, which a crash left.
  public var tornBytes = 0

  /// Whether the file is as it was written.
  public var isClean: Bool { duplicates == 0 && garbageLines == 0 && tornBytes == 0 }

  /// In words.
  public var description: String {
    "\(replies) replies, \(duplicates) duplicates, \(garbageLines) lines of garbage, \(tornBytes) torn bytes"
  }
}

/// Where a reply stands in the file.
struct ReplyPlace {
  var offset: Int
  var length: Int
}

/// The index of a reply file.
struct ReplyScan {
  /// The usable replies.
  private(set) var index: [RequestKey: ReplyPlace] = [:]
  /// What was found.
  private(set) var report = ReplyFileReport()
  /// Bytes up to the end of the last whole line.
  private(set) var wholeLength = 0
  /// Whether there is a header; an empty file, or one with a part of the header, has none.
  private(set) var hasHeader = false
  /// Bytes of a last line that is a whole reply and only lacks its line break.
  private(set) var unbrokenBytes = 0

  private static let longestLine = 1 << 26
  private static let pieceSize = 1 << 20

  /// Reads the file behind a descriptor.
  ///
  /// - Throws: ``ChatError/storage(path:reason:)`` for a file that is no reply file, or of another version: nothing in
  ///   it may be touched then.
  init(_ file: ReplyFile) throws(ChatError) {
    var rest: [UInt8] = []
    var position = 0
    while true {
      let piece = try file.read(at: position + rest.count, count: Self.pieceSize)
      if piece.isEmpty { break }
      let searched = rest.count
      rest.append(contentsOf: piece)
      var start = 0
      var from = searched
      while let end = rest[from...].firstIndex(of: 0x0A) {
        try take(rest[start..<end], at: position + start, file: file)
        start = end + 1
        from = start
      }
      rest.removeFirst(start)
      position += start
      guard rest.count <= Self.longestLine else {
        throw .storage(path: file.path, reason: "a line has more than \(Self.longestLine) bytes")
      }
    }
    wholeLength = position
    try takeRest(rest, file: file)
  }

  private mutating func take(_ line: ArraySlice<UInt8>, at offset: Int, file: ReplyFile) throws(ChatError) {
    guard hasHeader else {
      guard line.elementsEqual(StoredReply.header.utf8) else { throw Self.foreign(line, file) }
      hasHeader = true
      return
    }
    guard let (key, _) = StoredReply.read(Data(line)) else {
      report.garbageLines += 1
      return
    }
    if index[key] != nil {
      report.duplicates += 1
    } else {
      index[key] = ReplyPlace(offset: offset, length: line.count)
      report.replies += 1
    }
  }

  /// What follows the last line break.
  private mutating func takeRest(_ rest: [UInt8], file: ReplyFile) throws(ChatError) {
    guard !rest.isEmpty else { return }
    guard hasHeader else {
      guard StoredReply.header.utf8.starts(with: rest) else { throw Self.foreign(rest[...], file) }
      report.tornBytes = rest.count
      return
    }
    if StoredReply.read(Data(rest)) != nil {
      try take(rest[...], at: wholeLength, file: file)
      unbrokenBytes = rest.count
    } else {
      report.tornBytes = rest.count
    }
  }

  private static func foreign(_ line: ArraySlice<UInt8>, _ file: ReplyFile) -> ChatError {
    let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
    if object?["format"] as? String == "chat-replies" {
      let version = (object?["version"] as? NSNumber).map { "version \($0.intValue)" } ?? "none"
      return .storage(
        path: file.path, reason: "expected version 1 of the format, got \(version). Hint: use another folder")
    }
    return .storage(
      path: file.path,
      reason: "expected a file of replies, got something else; nothing was changed. Hint: use another folder")
  }
}
