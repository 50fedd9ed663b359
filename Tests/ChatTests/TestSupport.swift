// Requests, clocks, folders and clients for the tests of chat models.

import Chat
import Foundation
import Lab
import Synchronization
import TestSupport
import Testing

/// A folder that goes away with the value.
final class TestFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "chat-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var replies: URL { url.appending(path: "replies.jsonl") }

  func bytes(_ name: String = "replies.jsonl") throws -> [UInt8] {
    Array(try Data(contentsOf: url.appending(path: name)))
  }

  func write(_ text: String, to name: String = "replies.jsonl") throws {
    try Data(text.utf8).write(to: url.appending(path: name))
  }

  /// All bytes of all files, for looking for what may not be there.
  func everything() throws -> String {
    try FileManager.default.contentsOfDirectory(atPath: url.path)
      .map { String(decoding: try bytes($0), as: UTF8.self) }.joined(separator: "\n")
  }
}

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}

/// A clock that jumps over the waits and writes them down. Requests take the time that is set.
final class JumpingClock: Sendable {
  private struct State {
    var now = 0.0
    var waits: [Double] = []
  }

  private let state = Mutex(State())

  var waits: [Double] { state.withLock { $0.waits } }

  func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }

  /// 2026-11-30T08:15:00Z at 0 seconds.
  static let start = Date(timeIntervalSince1970: 1_796_026_500)

  var clock: ChatClock {
    let time = TimeSource(
      date: { Self.start.addingTimeInterval(self.state.withLock { $0.now }) },
      seconds: { self.state.withLock { $0.now } })
    return ChatClock(time: time) { seconds in
      self.state.withLock { state in
        state.now += seconds
        state.waits.append(seconds)
      }
    }
  }
}

/// A model made of a closure that counts its calls.
final class ClosureModel: ChatModel {
  let name: String
  private let count = Mutex(0)
  private let body: @Sendable (ChatRequest) async throws(ChatError) -> ChatReply

  init(_ name: String = "closure", _ body: @escaping @Sendable (ChatRequest) async throws(ChatError) -> ChatReply) {
    self.name = name
    self.body = body
  }

  var calls: Int { count.withLock { $0 } }

  func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    count.withLock { $0 += 1 }
    return try await body(request)
  }
}

func request(
  _ text: String = "What is it?", purpose: String = "answer", images: [ChatImage] = [],
  sampling: ChatSampling = ChatSampling(), sample: Int = 0
) -> ChatRequest {
  ChatRequest(
    purpose: purpose, messages: [ChatMessage(.user, [.text(text)] + images.map { .image($0) })], sampling: sampling,
    sample: sample)
}

let quick = ChatTimeouts(connectSeconds: 5, firstByteSeconds: 5, totalSeconds: 5)

func endpoint(_ server: ScriptedServer, _ change: (inout ChatEndpoint) -> Void = { _ in }) -> ChatEndpoint {
  var endpoint = ChatEndpoint(baseURL: server.baseURL, model: "tiny", timeouts: quick)
  endpoint.retry.attempts = 1
  change(&endpoint)
  return endpoint
}

/// Asks once and gives what came, as a reply or an error.
func outcome(_ model: some ChatModel, _ request: ChatRequest = request()) async -> Result<ChatReply, ChatError> {
  do throws(ChatError) {
    return .success(try await model.reply(to: request))
  } catch {
    return .failure(error)
  }
}
