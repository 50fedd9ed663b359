// What the scripted server was asked.
// Not here: the connection that it came on (ScriptedConnection.swift).

import Foundation

/// One request.
public struct ScriptedRequest: Sendable {
  /// The method, such as `POST`.
  public var method: String
  /// The target as it was sent.
  public var path: String
  /// Names and values of the headers in their order.
  public var headers: [(name: String, value: String)]
  /// The body.
  public var body: [UInt8]

  /// The value of a header, whatever the case of its name; nil where it is missing.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The body as a JSON object; empty for anything else.
  public var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) ?? [:]
  }

  enum Parse {
    case complete(ScriptedRequest, length: Int)
    case incomplete(wantsContinue: Bool)
    case invalid
  }

  /// Reads the request at the start of `bytes`.
  static func parse(_ bytes: [UInt8]) -> Parse {
    let mark = Array("\r\n\r\n".utf8)
    guard let end = bytes.firstRange(of: mark) else {
      return bytes.count > 1 << 20 ? .invalid : .incomplete(wantsContinue: false)
    }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return .invalid }
    let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }
    var request = ScriptedRequest(method: String(words[0]), path: String(words[1]), headers: headers, body: [])
    guard request.header("Transfer-Encoding") == nil, let length = Int(request.header("Content-Length") ?? "0"),
      length >= 0
    else { return .invalid }
    guard bytes.count - end.upperBound >= length else {
      return .incomplete(wantsContinue: request.header("Expect")?.lowercased() == "100-continue")
    }
    request.body = Array(bytes[end.upperBound..<(end.upperBound + length)])
    return .complete(request, length: end.upperBound + length)
  }
}

/// A request of the chat completions protocol, taken apart.
public struct ScriptedChat: Sendable {
  /// A picture of the request.
  public struct Image: Sendable, Equatable {
    /// The decoded bytes.
    public var bytes: [UInt8]
    /// The type that the data URL names.
    public var mediaType: String

    /// A picture.
    public init(bytes: [UInt8], mediaType: String) {
      self.bytes = bytes
      self.mediaType = mediaType
    }
  }

  /// The model that was asked.
  public var model: String
  /// The texts of all messages, in order, joined by line breaks.
  public var text: String
  /// The pictures of all messages, in order.
  public var images: [Image]
  /// The seed; -1 where there is none.
  public var seed: Int
  /// Whether events are wanted.
  public var stream: Bool

  /// Takes a request apart; nil if it is no chat request.
  public init?(_ request: ScriptedRequest) {
    let object = request.json
    guard request.method == "POST", let model = object["model"] as? String,
      let messages = object["messages"] as? [[String: Any]]
    else { return nil }
    self.model = model
    seed = object["seed"] as? Int ?? -1
    stream = object["stream"] as? Bool ?? false
    var texts: [String] = []
    images = []
    for message in messages {
      if let text = message["content"] as? String { texts.append(text) }
      for part in message["content"] as? [[String: Any]] ?? [] {
        if let text = part["text"] as? String { texts.append(text) }
        if let url = (part["image_url"] as? [String: Any])?["url"] as? String { images.append(Self.image(url)) }
      }
    }
    text = texts.joined(separator: "\n")
  }

  private static func image(_ url: String) -> Image {
    let parts = url.split(separator: ",", maxSplits: 1)
    let type = parts.first?.dropFirst("data:".count).prefix { $0 != ";" } ?? ""
    let bytes = parts.count == 2 ? Data(base64Encoded: String(parts[1])).map(Array.init) ?? [] : []
    return Image(bytes: bytes, mediaType: String(type))
  }
}
