// Events from bytes in pieces, against a reading of the whole text.

import Chat
import TestSupport
import Testing

@Suite("Event stream")
struct EventStreamDecoderTests {
  private static func decode(_ pieces: [[UInt8]]) -> [String] {
    var decoder = EventStreamDecoder()
    var events: [[UInt8]] = []
    for piece in pieces { events += decoder.decode(piece) }
    events += decoder.finish()
    return events.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "fields, comments, line ends and several data lines",
    arguments: [
      ("data: a\n\n", ["a"]), ("data:a\r\n\r\n", ["a"]), ("data: a\r\r", ["a"]), ("data:  a\n\n", [" a"]),
      (": note\n\ndata: a\n\n", ["a"]), ("event: x\nid: 7\nretry: 9\ndata: a\n\n", ["a"]),
      ("data: a\ndata: b\n\n", ["a\nb"]), ("data\n\n", [""]), ("data:\n\n", [""]), ("\n\n\r\n", []),
      ("data: a\n\ndata: b", ["a", "b"]), ("data: a\n", ["a"]), ("dato: a\n\n", []), ("datab: a\n\n", []),
      ("data: é😀\n\n", ["é😀"]), ("", []),
    ])
  func forms(text: String, events: [String]) {
    let bytes = Array(text.utf8)
    #expect(Self.decode([bytes]) == events)
    #expect(Self.decode(bytes.map { [$0] }) == events, "byte by byte")
  }

  @Test("pieces of any size give what the whole gives")
  func pieces() {
    forAll(200) { random, seed in
      let ends = ["\n", "\r\n", "\r"]
      var text = ""
      var expected: [String] = []
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let lines = (0..<Int.random(in: 1...3, using: &random)).map { _ in
          String((0..<Int.random(in: 0...5, using: &random)).map { _ in "aé😀: ".randomElement(using: &random) ?? "a" })
        }
        let end = ends.randomElement(using: &random) ?? "\n"
        if Bool.random(using: &random) { text += ": comment\(end)" }
        text += lines.map { "data: \($0)\(end)" }.joined() + end
        // A line feed after a lone return would be taken for the second half of its line end.
        if end == "\r" { text += ":\n" }
        expected.append(lines.joined(separator: "\n"))
      }
      var rest = Array(text.utf8)[...]
      var parts: [[UInt8]] = []
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...9, using: &random))
        parts.append(Array(part))
        rest = rest.dropFirst(part.count)
      }
      #expect(Self.decode(parts) == expected, "seed \(seed)")
    }
  }
}
