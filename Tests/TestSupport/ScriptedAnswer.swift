// What the scripted server can do with a request.
// Not here: doing it (ScriptedConnection.swift).

import Foundation

/// An answer as a list of moves.
public struct ScriptedAnswer: Sendable {
  /// One thing that a server does.
  public enum Move: Sendable {
    /// Sends bytes.
    case send([UInt8])
    /// Sends bytes in pieces of a size, with a pause in seconds after each.
    case drip([UInt8], size: Int, seconds: Double)
    /// Does nothing for some seconds.
    case wait(Double)
    /// Does nothing until the client goes away.
    case hang
    /// Hangs up.
    case close
    /// Hangs up rudely, so that the client sees a reset.
    case reset
  }

  /// The moves in order. The connection stays open for another request unless one of them ends it.
  public var moves: [Move]

  /// An answer of moves.
  public init(_ moves: [Move]) { self.moves = moves }

  // MARK: Whole answers

  /// Status, headers and body, with the length of the body unless the headers name it.
  public static func http(
    _ status: Int, _ headers: KeyValuePairs<String, String> = [:], body: [UInt8]
  ) -> ScriptedAnswer {
    ScriptedAnswer([.send(bytes(status, headers.map { ($0.key, $0.value) }, body: body))])
  }

  /// JSON text.
  public static func json(_ text: String, status: Int = 200) -> ScriptedAnswer {
    http(status, ["Content-Type": "application/json"], body: Array(text.utf8))
  }

  /// An error with the body that such servers send.
  public static func status(
    _ status: Int, _ message: String = "scripted", headers: KeyValuePairs<String, String> = [:]
  ) -> ScriptedAnswer {
    let body = Array(#"{"error":{"message":\#(quoted(message)),"type":"scripted"}}"#.utf8)
    let all = [("Content-Type", "application/json")] + headers.map { ($0.key, $0.value) }
    return ScriptedAnswer([.send(bytes(status, all, body: body))])
  }

  /// A completion, whole or as a stream of events.
  public static func completion(
    _ text: String, promptTokens: Int = 10, completionTokens: Int = 5, stream: Bool = false
  ) -> ScriptedAnswer {
    stream
      ? events(completionEvents(text, promptTokens: promptTokens, completionTokens: completionTokens))
      : json(completionText(text, promptTokens: promptTokens, completionTokens: completionTokens))
  }

  /// A stream of events; each text is the data of one.
  public static func events(_ events: [String]) -> ScriptedAnswer {
    ScriptedAnswer([.send(streamHead), .send(chunk(Array(eventText(events).utf8))), .send(chunk([]))])
  }

  /// A stream of events whose bytes arrive in pieces of a size, each as a chunk of its own.
  public static func events(_ events: [String], pieces size: Int, seconds: Double = 0) -> ScriptedAnswer {
    let body = Array(eventText(events).utf8)
    var moves: [Move] = [.send(streamHead)]
    for start in stride(from: 0, to: body.count, by: size) {
      moves.append(.send(chunk(Array(body[start..<min(start + size, body.count)]))))
      if seconds > 0 { moves.append(.wait(seconds)) }
    }
    return ScriptedAnswer(moves + [.send(chunk([]))])
  }

  /// The same answer, byte by byte.
  public func dripping(size: Int = 1, seconds: Double) -> ScriptedAnswer {
    ScriptedAnswer(
      moves.map { move in
        if case .send(let bytes) = move { .drip(bytes, size: size, seconds: seconds) } else { move }
      })
  }

  /// The same answer after a wait.
  public func delayed(_ seconds: Double) -> ScriptedAnswer { ScriptedAnswer([.wait(seconds)] + moves) }

  /// The first bytes of the same answer, and then the end of the connection.
  public func cut(after count: Int, reset: Bool = false) -> ScriptedAnswer {
    let bytes = moves.flatMap { move -> [UInt8] in if case .send(let bytes) = move { bytes } else { [] } }
    return ScriptedAnswer([.send(Array(bytes.prefix(count))), reset ? .reset : .close])
  }

  /// Bytes that need not be HTTP, and then the end of the connection.
  public static func raw(_ bytes: [UInt8]) -> ScriptedAnswer { ScriptedAnswer([.send(bytes), .close]) }

  // MARK: Pieces

  /// The JSON of a completion.
  public static func completionText(_ text: String, promptTokens: Int = 10, completionTokens: Int = 5) -> String {
    #"{"id":"1","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"#
      + quoted(text) + #"},"finish_reason":"stop"}],"usage":{"prompt_tokens":\#(promptTokens),"#
      + #""completion_tokens":\#(completionTokens)}}"#
  }

  /// The events of a completion: the role, the text in three parts, the end, the usage, and the mark.
  public static func completionEvents(
    _ text: String, promptTokens: Int = 10, completionTokens: Int = 5
  ) -> [String] {
    let characters = Array(text)
    let third = max(1, (characters.count + 2) / 3)
    let parts = stride(from: 0, to: characters.count, by: third).map { start in
      String(characters[start..<min(start + third, characters.count)])
    }
    return [#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#]
      + parts.map { #"{"choices":[{"index":0,"delta":{"content":\#(quoted($0))},"finish_reason":null}]}"# }
      + [
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        #"{"choices":[],"usage":{"prompt_tokens":\#(promptTokens),"completion_tokens":\#(completionTokens)}}"#,
        "[DONE]",
      ]
  }

  /// Events as the text of a stream.
  public static func eventText(_ events: [String]) -> String { events.map { "data: \($0)\n\n" }.joined() }

  /// The head of a chunked stream of events.
  public static let streamHead = Array(
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

  /// Bytes as a chunk; no bytes are the last chunk.
  public static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
  }

  /// A text as JSON.
  public static func quoted(_ text: String) -> String {
    let data = try? JSONEncoder().encode(text)
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  private static func bytes(_ status: Int, _ headers: [(String, String)], body: [UInt8]) -> [UInt8] {
    var head = "HTTP/1.1 \(status) Scripted\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !headers.contains(where: { $0.0.lowercased() == "content-length" }) {
      head += "Content-Length: \(body.count)\r\n"
    }
    return Array((head + "\r\n").utf8) + body
  }
}
