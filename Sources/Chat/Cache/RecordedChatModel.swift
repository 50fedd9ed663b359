// Replaying a recording: a model that knows exactly what it once said.
// Not here: making one (CachedChatModel.swift).

public import Foundation

/// The replies of a folder that a ``ChatCache`` wrote, without any model behind.
public struct RecordedChatModel: ChatModel {
  /// The name of the model that was recorded; requests to other names are other requests.
  public let name: String
  private let store: ReplyStore

  /// Opens a recording for reading; several processes may do so at once.
  ///
  /// - Throws: ``ChatError/storage(path:reason:)`` for a folder without a recording.
  public init(_ folder: URL, name: String) throws(ChatError) {
    self.name = name
    store = try ReplyStore(folder, access: .reading)
  }

  /// What the file holds.
  public var report: ReplyFileReport { store.report }

  /// The recorded reply.
  ///
  /// - Throws: ``ChatError/notRecorded(purpose:key:)`` if there is none.
  public func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    if Task.isCancelled { throw .cancelled }
    let key = RequestKey(request, model: name)
    guard let reply = try store.reply(to: key, from: .recording) else {
      throw .notRecorded(purpose: request.purpose, key: key.description)
    }
    return reply
  }
}
