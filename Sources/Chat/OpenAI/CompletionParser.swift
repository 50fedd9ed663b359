// The answer of a server, whatever it may be, as a completion or a reason why it is none.
// Not here: fetching it (HTTP), trying again (OpenAIChatModel.swift).

import Foundation

/// What a completion says.
package struct Completion: Equatable, Sendable {
  /// The text of the first choice.
  package var text: String
  /// Why the model stopped; empty if the server does not say.
  package var finishReason: String
  /// Counted tokens; zero if the server does not count.
  package var usage: ChatUsage
}

/// Reads answers. Every sequence of bytes gives a completion or an error.
package struct CompletionParser {
  /// The name of the server in errors.
  package var server: String
  /// Most bytes of a text.
  package var textByteLimit: Int
  /// Hidden wherever a server sends it back.
  private let key: ChatKey
  /// Most characters of a server's own words in an error.
  private static let shownCharacters = 300

  /// A parser.
  package init(server: String, textByteLimit: Int, key: ChatKey = .none) {
    self.server = server
    self.textByteLimit = textByteLimit
    self.key = key
  }

  /// Reads an answer.
  ///
  /// - Throws: ``ChatError/status(server:code:body:)`` or ``ChatError/malformed(server:reason:)``.
  package func completion(_ answer: HTTPAnswer) throws(ChatError) -> Completion {
    guard (200...299).contains(answer.status) else { throw status(answer) }
    let type = answer.contentType.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    if type == "text/event-stream" { return try streamed(answer.body) }
    guard type.isEmpty || type == "application/json" || type.hasSuffix("+json") || type == "text/json" else {
      throw malformed("expected JSON or an event stream, got the content type '\(shown(type))'")
    }
    let object = try object(answer.body, "answer")
    try refuseError(in: object)
    let choice = try firstChoice(of: object)
    guard let choice, let message = choice["message"] as? [String: Any] else {
      throw malformed("expected a message in the first choice, got none")
    }
    let finish = choice["finish_reason"] as? String ?? ""
    return try finished(text: try text(of: message), finish: finish, usage: Self.usage(object))
  }

  // MARK: Streams

  private func streamed(_ body: Data) throws(ChatError) -> Completion {
    var decoder = EventStreamDecoder()
    var text: String?
    var finish = ""
    var usage = ChatUsage(promptTokens: 0, completionTokens: 0)
    var isDone = false
    let events = decoder.decode(body)
    for event in events + decoder.finish() {
      if event.elementsEqual("[DONE]".utf8) {
        isDone = true
        break
      }
      let object = try object(Data(event), "event")
      try refuseError(in: object)
      if object["usage"] is [String: Any] { usage = Self.usage(object) }
      guard let choice = try firstChoice(of: object, mayBeEmpty: true) else { continue }
      if let reason = choice["finish_reason"] as? String { finish = reason }
      guard let delta = choice["delta"] as? [String: Any], let piece = try self.text(of: delta) else { continue }
      text = (text ?? "") + piece
      guard text?.utf8.count ?? 0 <= textByteLimit else { throw tooLong }
    }
    guard isDone || !finish.isEmpty else {
      throw malformed("the stream ended before it was complete, after \(body.count) bytes")
    }
    return try finished(text: text, finish: finish, usage: usage)
  }

  // MARK: Parts

  /// A model that used up its tokens, or was stopped by a filter, before it wrote anything would do so again: that is
  /// an empty reply. No text for no reason is a broken answer.
  private func finished(text: String?, finish: String, usage: ChatUsage) throws(ChatError) -> Completion {
    let reason = shown(finish)
    guard let text = text ?? (["length", "content_filter"].contains(finish) ? "" : nil) else {
      throw malformed("expected text in the first choice, got none (finish reason '\(reason)')")
    }
    guard text.utf8.count <= textByteLimit else { throw tooLong }
    return Completion(text: key.hidden(inReply: text), finishReason: reason, usage: usage)
  }

  /// The content as a string, or as a list whose text parts are joined; nil for no content.
  private func text(of message: [String: Any]) throws(ChatError) -> String? {
    switch message["content"] {
    case nil, is NSNull: return nil
    case let text as String: return text
    case let parts as [Any]:
      var text = ""
      for part in parts {
        if let piece = part as? String {
          text += piece
        } else if let object = part as? [String: Any] {
          // Parts of other types (reasoning, for example) are not what was said.
          guard object["type"] as? String ?? "text" == "text" || object["type"] as? String == "output_text" else {
            continue
          }
          text += object["text"] as? String ?? ""
        } else {
          throw malformed("expected text in each part of the content, got something else")
        }
      }
      return text
    default: throw malformed("expected a string or a list of parts as content, got something else")
    }
  }

  private func firstChoice(of object: [String: Any], mayBeEmpty: Bool = false) throws(ChatError) -> [String: Any]? {
    let choices = object["choices"] as? [Any]
    if mayBeEmpty, choices?.isEmpty ?? (object["choices"] == nil || object["choices"] is NSNull) { return nil }
    guard let choices else { throw malformed("expected 'choices', got \(names(object))") }
    guard let first = choices.first else { throw malformed("expected at least one choice, got none") }
    guard let choice = first as? [String: Any] else {
      throw malformed("expected an object as choice, got another value")
    }
    return choice
  }

  private func object(_ bytes: Data, _ what: String) throws(ChatError) -> [String: Any] {
    let value: Any
    do {
      value = try JSONSerialization.jsonObject(with: bytes, options: [.fragmentsAllowed])
    } catch {
      throw malformed("expected JSON as \(what), got \(bytes.count) bytes that are none")
    }
    guard let object = value as? [String: Any] else {
      throw malformed("expected an object as \(what), got another value")
    }
    return object
  }

  /// Some servers report a failure inside of an answer that is fine otherwise.
  private func refuseError(in object: [String: Any]) throws(ChatError) {
    guard let error = object["error"], !(error is NSNull) else { return }
    let details = error as? [String: Any]
    let message = shown(details?["message"] as? String ?? error as? String ?? "an error without a message")
    if let code = (details?["code"] as? NSNumber)?.intValue, (400...599).contains(code) {
      throw .status(server: server, code: code, body: message)
    }
    throw malformed("the server reports '\(message)'")
  }

  private func status(_ answer: HTTPAnswer) -> ChatError {
    var body = String(decoding: answer.body, as: UTF8.self)
    if let object = try? JSONSerialization.jsonObject(with: answer.body) as? [String: Any] {
      let error = object["error"]
      // FastAPI's servers (transformers serve, for one) put their words under 'detail', or a list of faults.
      let faults = (object["detail"] as? [Any])?.compactMap { ($0 as? [String: Any])?["msg"] as? String } ?? []
      body =
        (error as? [String: Any])?["message"] as? String ?? error as? String ?? object["message"] as? String
        ?? object["detail"] as? String ?? (faults.isEmpty ? body : faults.joined(separator: "; "))
    }
    if (300...399).contains(answer.status) {
      let target = answer.redirectHost.isEmpty ? "another address" : "'\(shown(answer.redirectHost))'"
      body = "a redirect to \(target), which is not followed. Hint: set 'baseURL' to the final address"
    }
    return .status(server: server, code: answer.status, body: body.isEmpty ? "no text" : shown(body))
  }

  private var tooLong: ChatError { malformed("expected at most \(textByteLimit) bytes of text, got more") }

  private func malformed(_ reason: String) -> ChatError { .malformed(server: server, reason: reason) }

  private static func usage(_ object: [String: Any]) -> ChatUsage {
    let usage = object["usage"] as? [String: Any] ?? [:]
    func count(_ name: String) -> Int {
      let value = (usage[name] as? NSNumber)?.doubleValue ?? 0
      return value >= 0 && value < 1e15 ? Int(value) : 0
    }
    return ChatUsage(promptTokens: count("prompt_tokens"), completionTokens: count("completion_tokens"))
  }

  private func names(_ object: [String: Any]) -> String {
    let names = object.keys.sorted().prefix(8).map { "'\(shown($0).prefix(40))'" }
    return names.isEmpty ? "an empty object" : "only " + names.joined(separator: ", ")
  }

  /// A server's words on one line, short, without the key and without characters that steer a terminal. The key goes
  /// before the text is cut, so that no part of it is left at the end.
  private func shown(_ text: String) -> String {
    let shownCharacters = Self.shownCharacters
    let visible = key.hidden(in: text).unicodeScalars.prefix(4 * shownCharacters)
      .map { $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? " " : $0 }
    let words = String(String.UnicodeScalarView(visible)).split(separator: " ").joined(separator: " ")
    return words.count > shownCharacters ? words.prefix(shownCharacters) + "…" : words
  }
}
