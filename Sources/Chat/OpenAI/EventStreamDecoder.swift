// Server-sent events: bytes in pieces of any size to the data of events.
// Not here: what the data of a completion means (CompletionParser.swift).

/// Reads an event stream. Only `data` fields matter here; names, numbers and comments are passed over.
///
/// > Source: WHATWG HTML, "Server-sent events", parsing an event stream: lines end with LF, CR or CRLF, an empty line
/// > ends an event, several data lines of one event are joined by LF.
package struct EventStreamDecoder {
  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var followsReturn = false

  /// Before the first byte.
  package init() {}

  /// Takes bytes and returns the data of the events that they complete. A character may be split between two calls.
  package mutating func decode(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    var events: [[UInt8]] = []
    for byte in bytes {
      let wasReturn = followsReturn
      followsReturn = byte == 0x0D
      switch byte {
      case 0x0A where wasReturn: break
      case 0x0A, 0x0D: if let event = endLine() { events.append(event) }
      default: line.append(byte)
      }
    }
    return events
  }

  /// The event that the end of the stream leaves without its empty line; servers are forgiven that.
  package mutating func finish() -> [[UInt8]] {
    var events: [[UInt8]] = []
    if !line.isEmpty, let event = endLine() { events.append(event) }
    if let event = endLine() { events.append(event) }
    return events
  }

  private mutating func endLine() -> [UInt8]? {
    defer { line.removeAll(keepingCapacity: true) }
    if line.isEmpty {
      defer {
        data = []
        hasData = false
      }
      return hasData ? data : nil
    }
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    guard name.elementsEqual("data".utf8) else { return nil }
    var value = line.dropFirst(name.count + 1)
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    if hasData { data.append(0x0A) }
    data.append(contentsOf: value)
    hasData = true
    return nil
  }
}
