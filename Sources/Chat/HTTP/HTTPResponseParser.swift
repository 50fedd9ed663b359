// The bytes of an HTTP/1.1 answer as they come in, to a status, a few headers and a body.
// Not here: the socket that they come from (SocketConnection.swift).

import Foundation

/// Reads one answer. Any bytes lead to a whole answer or to a failure; nothing grows beyond its limit.
///
/// > Source: RFC 9112: sections 2.1 (message), 6.3 (length of the body), 7.1 (chunked coding).
package struct HTTPResponseParser {
  private enum Stage {
    case head
    case sized(left: Int)
    case chunkSize
    case chunk(left: Int)
    case chunkEnd
    case trailers
    case untilClose
    case done
  }

  /// Most bytes of the head, of a chunk's first line and of the trailers.
  private static let headLimit = 1 << 16

  /// What is known of the answer; nil until the head is complete.
  package private(set) var answer: HTTPAnswer?
  /// Whether the connection can carry another request afterwards.
  package private(set) var keepsOpen = false
  /// Whether a byte has come.
  package private(set) var hasBegun = false
  private var stage = Stage.head
  private var buffer: [UInt8] = []
  private let byteLimit: Int

  /// Before the first byte.
  package init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// Whether the answer is complete.
  package var isDone: Bool { if case .done = stage { true } else { false } }

  /// Takes bytes. Those after the end of the answer were not asked for: the connection is not used again.
  ///
  /// - Throws: ``HTTPFailure`` for bytes that are no answer, or too many.
  package mutating func take(_ bytes: some Collection<UInt8>) throws(HTTPFailure) {
    hasBegun = hasBegun || !bytes.isEmpty
    buffer.append(contentsOf: bytes)
    var position = 0
    while try step(&position) {}
    buffer.removeFirst(position)
    guard !isDone else {
      if !buffer.isEmpty { keepsOpen = false }
      return
    }
    guard buffer.count <= Self.headLimit else { throw .broken("the answer has a line or a head without an end") }
  }

  /// The connection has ended.
  ///
  /// - Throws: ``HTTPFailure`` if the answer was not complete.
  package mutating func end() throws(HTTPFailure) {
    keepsOpen = false
    switch stage {
    case .done: break
    case .untilClose: stage = .done
    case .head:
      throw .broken(hasBegun ? "the connection ended inside of the head" : "the connection ended without an answer")
    default: throw .broken("the connection ended inside of the body")
    }
  }

  /// One step from `position`; false when more bytes are needed, or none.
  private mutating func step(_ position: inout Int) throws(HTTPFailure) -> Bool {
    switch stage {
    case .done: return false
    case .head:
      guard let lines = lines(&position, untilEmpty: true) else { return false }
      try readHead(lines)
    case .sized(let left):
      guard let count = try moveBody(&position, atMost: left) else { return false }
      stage = count == left ? .done : .sized(left: left - count)
    case .untilClose:
      guard try moveBody(&position, atMost: .max) != nil else { return false }
    case .chunkSize:
      guard let line = lines(&position, untilEmpty: false)?.first else { return false }
      let digits = line.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
      guard !digits.isEmpty, digits.utf8.count <= 15, digits.allSatisfy(\.isHexDigit), let size = Int(digits, radix: 16)
      else { throw .broken("a chunk has no size") }
      stage = size == 0 ? .trailers : .chunk(left: size)
    case .chunk(let left):
      guard let count = try moveBody(&position, atMost: left) else { return false }
      stage = count == left ? .chunkEnd : .chunk(left: left - count)
    case .chunkEnd:
      guard let line = lines(&position, untilEmpty: false)?.first else { return false }
      guard line.isEmpty else { throw .broken("a chunk is longer than its size") }
      stage = .chunkSize
    case .trailers:
      guard let line = lines(&position, untilEmpty: false)?.first else { return false }
      if line.isEmpty { stage = .done }
    }
    return true
  }

  /// The next line, or the lines up to an empty one, without their ends; nil if they are not complete.
  private func lines(_ position: inout Int, untilEmpty: Bool) -> [String]? {
    var lines: [String] = []
    var start = position
    while let end = buffer[start...].firstIndex(of: 0x0A) {
      var line = buffer[start..<end]
      if line.last == 0x0D { line.removeLast() }
      start = end + 1
      if !untilEmpty || !line.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
      // Empty lines before the first are forgiven, as the source asks for.
      guard untilEmpty && (!line.isEmpty || lines.isEmpty) else {
        position = start
        return lines
      }
    }
    return nil
  }

  private mutating func moveBody(_ position: inout Int, atMost count: Int) throws(HTTPFailure) -> Int? {
    let available = min(count, buffer.count - position)
    guard available > 0 else { return nil }
    guard (answer?.body.count ?? 0) + available <= byteLimit else { throw .tooLarge(limit: byteLimit) }
    answer?.body.append(contentsOf: buffer[position..<(position + available)])
    position += available
    return available
  }

  private mutating func readHead(_ lines: [String]) throws(HTTPFailure) {
    let words = (lines.first ?? "").split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0", words[1].utf8.count == 3,
      let status = Int(words[1]), (100...999).contains(status)
    else { throw .broken("the answer is not HTTP") }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else { throw .broken("the head has a line that is no header") }
      let (name, value) = (parts[0].lowercased(), parts[1].trimmingCharacters(in: .whitespaces))
      if name == "content-length", let earlier = fields[name], earlier != value {
        throw .broken("the answer has two lengths")
      }
      fields[name] = value
    }
    // Answers before the answer: the stage stays what it is.
    if status < 200 {
      guard status != 101 else { throw .broken("the server changes the protocol") }
      return
    }
    guard ["", "identity"].contains(fields["content-encoding", default: ""].lowercased()) else {
      throw .broken("the body is compressed, which was not asked for")
    }
    answer = HTTPAnswer(
      status: status, contentType: fields["content-type", default: ""], retryAfter: fields["retry-after", default: ""],
      redirectHost: URLComponents(string: fields["location", default: ""])?.host ?? "", body: Data())
    let connection = fields["connection", default: ""].lowercased()
    keepsOpen = words[0] == "HTTP/1.1" ? !connection.contains("close") : connection.contains("keep-alive")
    stage = try Self.body(status: status, fields)
    if case .untilClose = stage { keepsOpen = false }
  }

  /// How the end of the body is found.
  private static func body(status: Int, _ fields: [String: String]) throws(HTTPFailure) -> Stage {
    if status == 204 || status == 304 { return .done }
    if let coding = fields["transfer-encoding"]?.lowercased() {
      guard coding == "chunked" else { throw .broken("the transfer coding is not known") }
      return .chunkSize
    }
    guard let text = fields["content-length"] else { return .untilClose }
    guard text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(text) else {
      throw .broken("the length is no number")
    }
    return length == 0 ? .done : .sized(left: length)
  }
}
