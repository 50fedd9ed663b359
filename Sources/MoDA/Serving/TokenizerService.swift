// The server's tokenizer for clients that have none of their own, under the paths that harnesses look for.
// Not here: completions (CompletionService.swift).
import Foundation
import Serving
import Text

extension CompletionService {
  private struct TokenizeForm: Decodable {
    let prompt: String
    let add_special_tokens: Bool?
  }

  private struct Tokens: Encodable {
    let tokens: [Int32]
    let count: Int
    let max_model_len: Int
  }

  private struct DetokenizeForm: Decodable { let tokens: [Int32] }

  private struct Text: Encodable { let prompt: String }

  private struct Information: Encodable {
    let tokenizer_class: String
    let eos_token, bos_token: String?
    let vocab_size, model_max_length: Int
  }

  /// `{"prompt": "…"}` as tokens; without those that the tokenizer puts around texts if `add_special_tokens` is false.
  func tokenize(_ body: [UInt8]) throws(CompletionRequestError) -> ServerResponse {
    let form = try Self.decode(TokenizeForm.self, body, expected: "prompt, a text")
    let tokenizer = engine.model.tokenizer
    let surrounding = form.add_special_tokens ?? true
    let tokens =
      (tokenizer as? BytePairEncoding)?.encode(form.prompt, addingSurroundingTokens: surrounding)
      ?? tokenizer.encode(form.prompt)
    return Self.json(Tokens(tokens: tokens, count: tokens.count, max_model_len: engine.model.context))
  }

  /// `{"tokens": […]}` as text.
  func detokenize(_ body: [UInt8]) throws(CompletionRequestError) -> ServerResponse {
    let form = try Self.decode(DetokenizeForm.self, body, expected: "tokens, a list of token ids")
    return Self.json(Text(prompt: engine.model.tokenizer.decode(form.tokens)))
  }

  /// What the tokenizer is.
  var tokenizerInfo: ServerResponse {
    let model = engine.model
    let end = model.tokenizer.endOfText.map { model.tokenizer.decode([$0]) }
    let begin = model.prefix.map { model.tokenizer.decode([$0]) }
    return Self.json(
      Information(
        tokenizer_class: model.tokenizer is BytePairEncoding ? "PreTrainedTokenizerFast" : "ByteTokenizer",
        eos_token: end, bos_token: begin, vocab_size: model.vocabulary, model_max_length: model.context))
  }

  private static func decode<Form: Decodable>(
    _ type: Form.Type, _ body: [UInt8], expected: String
  ) throws(CompletionRequestError) -> Form {
    do {
      return try JSONDecoder().decode(type, from: Data(body))
    } catch {
      throw CompletionRequestError(field: "body", message: "expected an object with \(expected), got something else")
    }
  }
}
