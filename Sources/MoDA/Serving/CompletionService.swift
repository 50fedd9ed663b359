// The completions interface over an engine: which path is which, errors, and whole replies.
// Not here: streamed replies (CompletionStream.swift), tokens for clients without a tokenizer (TokenizerService.swift).
import Foundation
public import Serving
import Synchronization
import Text

/// Answers requests of the OpenAI completions interface with one model.
public final class CompletionService: Sendable {
  let engine: CompletionEngine
  let name: String
  private let seed: UInt64
  private let count = Atomic<UInt64>(0)
  private let started = Int(Date().timeIntervalSince1970)

  /// A service.
  ///
  /// - Parameters:
  ///   - engine: the model.
  ///   - name: what clients call the model; the folder's name if empty.
  ///   - seed: the seed of requests that name none is this plus their number.
  public init(_ engine: CompletionEngine, name: String = "", seed: UInt64 = 0) {
    self.engine = engine
    self.name = name.isEmpty ? engine.model.name : name
    self.seed = seed
  }

  /// What clients call the model.
  public var modelName: String { name }

  /// Answers one request.
  public func respond(_ request: ServerRequest) async -> ServerResponse {
    let path = request.path.count > 1 && request.path.hasSuffix("/") ? String(request.path.dropLast()) : request.path
    let methods: [String]
    switch path {
    case "/v1/completions", "/tokenize", "/detokenize": methods = ["POST"]
    case "/v1/models", "/health", "/tokenizer_info", "/v1/models/\(name)": methods = ["GET", "HEAD"]
    default:
      return .failure(
        status: 404,
        message:
          "expected /v1/completions, /v1/models, /health, /tokenize, /detokenize or /tokenizer_info, got \(path)",
        code: "unknown_url")
    }
    guard methods.contains(request.method) else {
      var response = ServerResponse.failure(
        status: 405, message: "expected \(methods[0]) for \(path), got \(request.method)", code: "method_not_allowed")
      response.headers["allow"] = methods.joined(separator: ", ")
      return response
    }
    do throws(CompletionRequestError) {
      switch path {
      case "/v1/completions": return try await complete(request.body)
      case "/tokenize": return try tokenize(request.body)
      case "/detokenize": return try detokenize(request.body)
      case "/tokenizer_info": return tokenizerInfo
      case "/health": return Self.json(Health(status: "ok", model: name, engine: engine.counters))
      case "/v1/models": return Self.json(ModelList(data: [described]))
      default: return Self.json(described)
      }
    } catch {
      return .failure(
        status: error.code == "model_not_found" ? 404 : 400, message: error.description, code: error.code,
        parameter: error.field)
    }
  }

  private struct Health: Encodable {
    let status, model: String
    let engine: CompletionCounters
  }

  private struct ModelList: Encodable {
    let object = "list"
    let data: [ModelEntry]
    private enum CodingKeys: String, CodingKey { case object, data }
  }

  private struct ModelEntry: Encodable {
    let id: String
    let object = "model"
    let created: Int
    let owned_by = "local"
    let max_model_len: Int
    private enum CodingKeys: String, CodingKey { case id, object, created, owned_by, max_model_len }
  }

  private var described: ModelEntry { ModelEntry(id: name, created: started, max_model_len: engine.model.context) }

  /// A reply as JSON.
  static func json(_ value: some Encodable) -> ServerResponse {
    do {
      return ServerResponse(body: .whole(Array(try encoder.encode(value))))
    } catch {
      return .failure(status: 500, message: "expected a reply that JSON can hold, got \(error)", type: "server_error")
    }
  }

  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    return encoder
  }

  // MARK: Completions

  private func complete(_ body: [UInt8]) async throws(CompletionRequestError) -> ServerResponse {
    let request = try CompletionRequest(body: body)
    guard request.model.isEmpty || request.model == name else {
      throw CompletionRequestError(
        field: "model", message: "expected '\(name)', got '\(request.model)'", code: "model_not_found")
    }
    let number = count.add(1, ordering: .relaxed).newValue
    let prompts = try encode(request)
    let settings = ContinuationSettings(
      maximumTokens: request.maximumTokens, sampler: request.sampler, stop: request.stop,
      top: request.logProbabilities)
    let work = CompletionWork(
      prompts: prompts.map(\.tokens), count: request.count, settings: settings, seed: request.seed ?? seed &+ number,
      scoresPrompts: request.echo && request.logProbabilities != nil)
    guard let events = engine.begin(work) else {
      return .failure(status: 503, message: "the server stops", type: "server_error", code: "stopping")
    }
    let assembly = CompletionAssembly(
      id: "cmpl-\(String(seed &+ number, radix: 16))", created: Int(Date().timeIntervalSince1970), model: name,
      request: request, prompts: prompts, tokenizer: engine.model.tokenizer)
    return request.stream ? Self.stream(assembly, events) : await Self.whole(assembly, events)
  }

  /// The prompts' tokens, checked.
  private func encode(_ request: CompletionRequest) throws(CompletionRequestError) -> [EncodedPrompt] {
    let model = engine.model
    var prompts: [EncodedPrompt] = []
    for (index, prompt) in request.prompts.enumerated() {
      let field = request.prompts.count > 1 ? "prompt[\(index)]" : "prompt"
      let encoded: EncodedPrompt
      switch prompt {
      case .text(let text):
        encoded = EncodedPrompt(text: text, tokens: Generator.tokens(of: text, tokenizer: model.tokenizer))
      case .tokens(let tokens):
        if let wrong = tokens.first(where: { $0 < 0 || $0 >= model.vocabulary }) {
          throw CompletionRequestError(
            field: field, message: "expected token ids below \(model.vocabulary), got \(wrong)")
        }
        guard !tokens.isEmpty else {
          throw CompletionRequestError(field: field, message: "expected a token, got none")
        }
        encoded = EncodedPrompt(text: model.tokenizer.decode(tokens), tokens: tokens)
      }
      guard encoded.tokens.count <= model.context else {
        throw CompletionRequestError(
          field: field,
          message: "expected at most \(model.context) tokens, the model's context, got \(encoded.tokens.count)",
          code: "context_length_exceeded")
      }
      prompts.append(encoded)
    }
    return prompts
  }

  private static func whole(
    _ assembly: CompletionAssembly, _ events: AsyncStream<CompletionEvent>
  ) async -> ServerResponse {
    var assembly = assembly
    for await event in events {
      if case .failed(let reason) = event { return failure(reason) }
      assembly.add(event)
    }
    return json(assembly.reply)
  }

  static func failure(_ reason: String) -> ServerResponse {
    .failure(status: 500, message: reason, type: "server_error", code: "generation_failed")
  }
}
