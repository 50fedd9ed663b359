// A small model behind a real server, and the replies of clients.
// Not here: what is asked of it.
import Foundation
import NN
import Serving
import Tensor
import TestSupport
import Testing
import Text

import MoDA

/// A model of bytes whose greedy text is no loop.
func servedModel(context: Int = 64, change: (inout ModelConfig) -> Void = { _ in }) -> LanguageModel {
  var config = tinyConfig()
  (config.vocabulary, config.context, config.initialDeviation) = (257, context, 0.4)
  change(&config)
  return LanguageModel(config, seed: 21)
}

/// An engine with that model.
func servedEngine(_ settings: CompletionEngineSettings = .init()) throws -> CompletionEngine {
  try CompletionEngine(settings) { EvaluatedModel(servedModel(), tokenizer: ByteTokenizer(), name: "tiny") }
}

/// Bytes without an end of text.
private struct EndlessTokenizer: Tokenizer {
  private let bytes = ByteTokenizer()
  var vocabularySize: Int { bytes.vocabularySize }
  var specialTokens: [String: Int32] { [:] }
  var endOfText: Int32? { nil }
  var fingerprint: UInt64 { 1 }
  func encode(_ text: String) -> [Int32] { bytes.encode(text) }
  func bytes(of identifier: Int32) -> [UInt8]? { bytes.bytes(of: identifier) }
  func isSpecial(_ identifier: Int32) -> Bool { false }
}

/// An engine whose texts go on for 50,000 tokens.
func endlessEngine(_ settings: CompletionEngineSettings = .init()) throws -> CompletionEngine {
  try CompletionEngine(settings) {
    EvaluatedModel(
      servedModel(context: 200_000) { $0.position = .none }, tokenizer: EndlessTokenizer(), name: "endless")
  }
}

/// Serves that model while `body` runs.
func withService<Value: Sendable>(
  _ config: ServerConfig = ServerConfig(), settings: CompletionEngineSettings = .init(),
  _ body: @escaping @Sendable (_ client: ServiceClient) async throws -> Value
) async throws -> Value {
  let engine = try servedEngine(settings)
  defer { engine.stop() }
  let service = CompletionService(engine, seed: 5)
  return try await withServer(config, handler: { await service.respond($0) }) { server, port in
    try await body(ServiceClient(port: port, server: server, engine: engine))
  }
}

/// Asks a served model.
struct ServiceClient: Sendable {
  let port: Int
  let server: HTTPServer
  let engine: CompletionEngine

  /// Asks for a completion; `fields` is the inside of an object.
  func ask(_ fields: String) async throws -> RawAnswer {
    try await rawRequest("POST", "/v1/completions", body: "{\(fields)}", port: port)
  }

  /// The reply to a request that is served.
  func complete(_ fields: String) async throws -> Reply {
    let answer = try await ask(fields)
    try #require(answer.status == 200, "\(answer)")
    return try Reply(answer.body)
  }

  /// The pieces of a streamed reply, and whether it ended with its mark.
  func stream(_ fields: String) async throws -> (pieces: [Reply], isDone: Bool) {
    let answer = try await ask(fields + ", \"stream\": true")
    try #require(answer.status == 200 && answer.head.contains("text/event-stream"), "\(answer)")
    let events = answer.body.components(separatedBy: "\n\n").filter { !$0.isEmpty }
    try #require(events.allSatisfy { $0.hasPrefix("data: ") })
    let data = events.map { String($0.dropFirst(6)) }
    return (try data.filter { $0 != "[DONE]" }.map { try Reply($0) }, data.last == "[DONE]")
  }
}

/// A reply as a client reads it.
struct Reply: Decodable, Equatable {
  struct Scores: Decodable, Equatable {
    let tokens: [String]
    let token_logprobs: [Double?]
    let top_logprobs: [[String: Double]?]
    let text_offset: [Int]
  }
  struct Choice: Decodable, Equatable {
    let index: Int
    let text: String
    let finish_reason: String?
    let logprobs: Scores?
  }
  struct Usage: Decodable, Equatable {
    let prompt_tokens, completion_tokens, total_tokens: Int
  }
  let object, model: String
  let choices: [Choice]
  let usage: Usage?

  init(_ text: String) throws { self = try JSONDecoder().decode(Reply.self, from: Data(text.utf8)) }

  /// The texts in the order of the choices.
  var texts: [String] { choices.map(\.text) }
}

/// What `moda-lm generate` writes.
func generated(_ prompt: String, _ count: Int, sampler: Sampler = .greedy, seed: UInt64 = 1) throws -> String {
  try Generator(servedModel(), tokenizer: ByteTokenizer()).generate(
    prompt: prompt, count: count, sampler: sampler, seed: seed
  ).text
}

/// Prompts of several lengths.
let servedPrompts = [
  "It is", "a", "", "The quick brown fox jumps", "ünïcode", "0123456789012345678901234567890123456789", "x\ny", "Once",
]

/// A text as JSON.
func quoted(_ text: String) throws -> String {
  String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
}
