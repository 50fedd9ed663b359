// One reply as a line of a file: the format that the cache and recordings share.
// Not here: the file (ReplyStore.swift), finding the line (ReplyScan.swift).

package import Foundation

/// A line of a reply file. What was asked is not in it, only the key; model and purpose help a person who reads it.
package struct StoredReply: Codable, Equatable, Sendable {
  /// The first line of every file.
  package static let header = #"{"format":"chat-replies","version":1}"#

  /// The key's 64 digits.
  package var key: String
  /// The model's name.
  package var model: String
  /// What the call was for.
  package var purpose: String
  /// Which draw of the question.
  package var sample: Int
  /// The reply.
  package var text: String
  /// Why the model stopped.
  package var finish: String
  /// Tokens of the request.
  package var promptTokens: Int
  /// Tokens of the reply.
  package var completionTokens: Int
  /// Time of the request in seconds.
  package var seconds: Double

  /// A reply to keep.
  package init(_ reply: ChatReply, to request: ChatRequest, model: String, key: RequestKey) {
    self.key = key.description
    self.model = model
    purpose = request.purpose
    sample = request.sample
    text = reply.text
    finish = reply.finishReason
    promptTokens = reply.usage.promptTokens
    completionTokens = reply.usage.completionTokens
    seconds = reply.seconds.isFinite ? (reply.seconds * 1e4).rounded() / 1e4 : 0
  }

  /// The reply as it comes back, with the tokens and the time of the request that brought it.
  package func reply(from source: ChatReply.Source) -> ChatReply {
    ChatReply(
      text: text, finishReason: finish,
      usage: ChatUsage(promptTokens: promptTokens, completionTokens: completionTokens), source: source, attempts: 0,
      seconds: seconds)
  }

  /// The line without its line break; JSON escapes the breaks of the text.
  ///
  /// - Throws: ``ChatError/storage(path:reason:)`` for a reply that JSON cannot hold.
  package func line(for path: String) throws(ChatError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(self)
    } catch {
      throw .storage(path: path, reason: "the reply cannot be written as JSON")
    }
  }

  /// The reply of a line and its key; nil for anything else.
  package static func read(_ line: Data) -> (key: RequestKey, stored: StoredReply)? {
    guard let stored = try? JSONDecoder().decode(StoredReply.self, from: line), let key = RequestKey(hex: stored.key)
    else { return nil }
    return (key, stored)
  }
}
