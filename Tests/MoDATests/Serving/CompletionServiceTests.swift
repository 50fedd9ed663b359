// Completions over real connections: greedy text is that of generate, batched or not, streamed or not; log-probabilities
// are the model's. Not here: what is refused (CompletionErrorTests.swift), clients that go away (CompletionEngineTests.swift).
import Chat
import Foundation
import NN
import Tensor
import TestSupport
import Testing
import Text

import MoDA

@Suite struct CompletionServiceTests {
  @Test func greedyTextIsThatOfGenerate() async throws {
    try await withService { client in
      for prompt in servedPrompts {
        let reply = try await client.complete(
          #""prompt": \#(quoted(prompt)), "max_tokens": 24, "temperature": 0, "model": "tiny""#)
        let expected = try generated(prompt, 24)
        #expect(reply.texts == [expected], "\(prompt)")
        #expect(reply.choices[0].finish_reason == "length" || reply.usage?.completion_tokens ?? 0 < 24)
        #expect(reply.object == "text_completion" && reply.model == "tiny" && reply.choices[0].logprobs == nil)
      }
    }
  }

  @Test func drawsAreThoseOfGenerateWithTheSameSeed() async throws {
    try await withService { client in
      let fields = #""prompt": "It is", "max_tokens": 20, "temperature": 0.7, "top_p": 0.9, "seed": 11"#
      let expected = try generated("It is", 20, sampler: Sampler(temperature: 0.7, topP: 0.9), seed: 11)
      #expect(try await client.complete(fields).texts == [expected])
      let several = try await client.complete(fields + #", "n": 3"#)
      #expect(several.texts[0] == expected && Set(several.texts).count == 3)
      #expect(try await client.complete(fields + #", "n": 3"#).texts == several.texts)
      // Without a seed, requests differ.
      let free = #""prompt": "It is", "max_tokens": 20"#
      #expect(try await client.complete(free).texts != client.complete(free).texts)
    }
  }

  /// Eight clients at once, over the client of the Chat library's connections: one batch, and each gets its own text.
  @Test func concurrentRequestsAreBatchedAndKeepTheirText() async throws {
    try await withService { client in
      let transport = SocketTransport(connections: 8)
      let url = try #require(URL(string: "http://127.0.0.1:\(client.port)/v1/completions"))
      let timeouts = ChatTimeouts(connectSeconds: 20, firstByteSeconds: 20, totalSeconds: 20)
      for round in 0..<3 {
        let texts = try await withThrowingTaskGroup(of: (Int, String).self) { tasks in
          for (index, prompt) in servedPrompts.enumerated() {
            tasks.addTask {
              let body = #"{"prompt": \#(try quoted(prompt)), "max_tokens": \#(30 - index), "temperature": 0}"#
              let answer = try await transport.post(
                Data(body.utf8), to: url, header: nil, timeouts: timeouts, byteLimit: 1 << 20)
              return (index, try Reply(String(decoding: answer.body, as: UTF8.self)).texts[0])
            }
          }
          return try await tasks.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
        }
        for (index, prompt) in servedPrompts.enumerated() {
          #expect(try texts[index] == generated(prompt, 30 - index), "round \(round), \(prompt)")
        }
      }
    }
  }

  @Test func manyPromptsOfOneRequestAreOneBatch() async throws {
    try await withService(settings: .init(batch: 8, promptsPerStep: 8)) { client in
      let list = try servedPrompts.map { try quoted($0) }.joined(separator: ", ")
      let reply = try await client.complete(#""prompt": [\#(list)], "max_tokens": 20, "temperature": 0"#)
      #expect(try reply.texts == servedPrompts.map { try generated($0, 20) })
      #expect(reply.choices.map(\.index) == Array(0..<8))
      let counters = client.engine.counters
      #expect(counters.largestBatch == 8 && counters.steps == 19, "\(counters)")
    }
  }

  @Test func tokensAreAsGoodAsTexts() async throws {
    try await withService { client in
      let ids = Array("It is".utf8)
      let expected = try generated("It is", 9)
      #expect(
        try await client.complete(#""prompt": \#(ids), "max_tokens": 9, "temperature": 0"#).texts == [expected])
      let two = try await client.complete(#""prompt": [\#(ids), [97]], "max_tokens": 9, "temperature": 0"#)
      #expect(try two.texts == [expected, generated("a", 9)])
      #expect(two.usage?.prompt_tokens == 6)
    }
  }

  @Test(arguments: [false, true], [nil, 0, 3] as [Int?]) func streamingEqualsNotStreaming(echo: Bool, top: Int?)
    async throws
  {
    try await withService { client in
      let list = try servedPrompts.map { try quoted($0) }.joined(separator: ", ")
      var fields = #""prompt": [\#(list)], "max_tokens": 12, "temperature": 0, "echo": \#(echo), "n": 2"#
      if let top { fields += #", "logprobs": \#(top)"# }
      let whole = try await client.complete(fields)
      let (pieces, isDone) = try await client.stream(fields + #", "stream_options": {"include_usage": true}"#)
      #expect(isDone && pieces.last?.usage == whole.usage && pieces.last?.choices.isEmpty == true)
      #expect(pieces.dropLast().allSatisfy { $0.usage == nil })
      for choice in whole.choices {
        let parts = pieces.flatMap(\.choices).filter { $0.index == choice.index }
        #expect(parts.map(\.text).joined() == choice.text)
        #expect(parts.compactMap(\.finish_reason) == [choice.finish_reason ?? ""] && parts.last?.finish_reason != nil)
        #expect(parts.flatMap { $0.logprobs?.tokens ?? [] } == choice.logprobs?.tokens ?? [])
        #expect(parts.flatMap { $0.logprobs?.token_logprobs ?? [] } == choice.logprobs?.token_logprobs ?? [])
        #expect(parts.flatMap { $0.logprobs?.top_logprobs ?? [] } == choice.logprobs?.top_logprobs ?? [])
        #expect(parts.flatMap { $0.logprobs?.text_offset ?? [] } == choice.logprobs?.text_offset ?? [])
      }
    }
  }

  @Test func streamsEndWithoutCountsUnlessAskedFor() async throws {
    try await withService { client in
      let (pieces, isDone) = try await client.stream(#""prompt": "a", "max_tokens": 0"#)
      #expect(isDone && pieces.count == 1 && pieces[0].texts == [""] && pieces[0].choices[0].finish_reason == "length")
    }
  }

  /// What lm-evaluation-harness asks for: `echo`, `logprobs` and one token that it throws away; or none.
  @Test(arguments: [0, 1, 5]) func echoedLogProbabilitiesAreTheModels(count: Int) async throws {
    try await withService { client in
      let prompts = servedPrompts.filter { !$0.isEmpty } + ["The quick brown fox sits", "The quick brown fox"]
      let list = try prompts.map { try quoted($0) }.joined(separator: ", ")
      let reply = try await client.complete(
        #""prompt": [\#(list)], "max_tokens": \#(count), "temperature": 0, "echo": true, "logprobs": 2"#)
      let model = servedModel()
      for (choice, prompt) in zip(reply.choices, prompts) {
        let ids = ByteTokenizer().encode(prompt), scores = try #require(choice.logprobs)
        let added = scores.tokens.count - ids.count
        #expect(choice.text.hasPrefix(prompt) && (added == count || (1..<max(2, count)).contains(added)))
        #expect(added == count || choice.finish_reason == "stop")
        #expect(scores.token_logprobs[0] == nil && scores.top_logprobs[0] == nil)
        let expected = PromptScorerTests.naive(model, ids)
        for place in 1..<ids.count {
          let value = try #require(scores.token_logprobs[place]), top = try #require(scores.top_logprobs[place])
          #expect(abs(value - expected[place - 1][Int(ids[place])]) < 1e-4)
          #expect((2...3).contains(top.count))
          #expect(abs((top.values.max() ?? 0) - (expected[place - 1].max() ?? 0)) < 1e-4)
          #expect(top[scores.tokens[place]] == value, "the token is one of the likeliest that are named")
        }
        // Offsets count code points, of which an unfinished character has none yet.
        #expect(scores.text_offset[ids.count - 1] <= prompt.unicodeScalars.count)
        if count > 0 { #expect(scores.text_offset[ids.count] == prompt.unicodeScalars.count) }
        // And the sum is what the evaluation scores.
        if ids.count > 1 {
          let request = EncodedRequest(context: Array(ids.prefix(1)), continuation: Array(ids.dropFirst()))
          let sum = scores.token_logprobs[1..<ids.count].reduce(0) { $0 + ($1 ?? .nan) }
          #expect(abs(sum - RequestScorer(model).score([request])[0]) < 1e-4)
        }
      }
      if count < 2 { #expect(client.engine.counters.scoredRows == 1, "all prompts go through the model together") }
    }
  }

  @Test func stopsEndTextsBeforeThem() async throws {
    try await withService { client in
      let whole = try generated("It is", 40)
      let characters = Array(whole)
      try #require(characters.count > 12)
      let stop = String(characters[5..<7])
      let place = try #require(whole.range(of: stop))
      let fields = #""prompt": "It is", "max_tokens": 40, "temperature": 0"#
      for list in [try quoted(stop), #"["nowhere", \#(try quoted(stop))]"#] {
        let reply = try await client.complete(fields + #", "stop": \#(list)"#)
        #expect(reply.texts == [String(whole[..<place.lowerBound])])
        #expect(reply.choices[0].finish_reason == "stop")
      }
      #expect(try await client.complete(fields + #", "stop": ["nowhere"]"#).texts == [whole])
    }
  }

  /// A prompt that fills the context has one token more to come, which need not be read.
  @Test(arguments: [60, 63, 64]) func theContextEnds(length: Int) async throws {
    try await withService { client in
      let prompt = String(repeating: "ab", count: 40).prefix(length)
      let reply = try await client.complete(#""prompt": "\#(prompt)", "max_tokens": 1000, "temperature": 0"#)
      #expect(try reply.texts == [generated(String(prompt), 1000)])
      let tokens = reply.usage?.completion_tokens ?? 0
      #expect(tokens <= 65 - length && (tokens == 65 - length) == (reply.choices[0].finish_reason == "length"))
    }
  }

  @Test func tokenizerAndModelsAreThere() async throws {
    try await withService { client in
      let port = client.port
      let models = try await rawRequest("GET", "/v1/models", port: port)
      #expect(models.status == 200 && models.body.contains("\"tiny\"") && models.body.contains("\"max_model_len\":64"))
      #expect(try await rawRequest("GET", "/v1/models/tiny", port: port).status == 200)
      #expect(try await rawRequest("GET", "/v1/models/other", port: port).status == 404)
      #expect(try await rawRequest("GET", "/health", port: port).body.contains("\"status\":\"ok\""))
      let tokens = try await rawRequest("POST", "/tokenize", body: #"{"prompt": "aé"}"#, port: port)
      #expect(tokens.body.contains("\"tokens\":[97,195,169]"))
      let text = try await rawRequest("POST", "/detokenize", body: #"{"tokens": [97, 195, 169]}"#, port: port)
      #expect(text.body == #"{"prompt":"aé"}"#)
      let information = try await rawRequest("GET", "/tokenizer_info", port: port)
      #expect(information.body.contains(#""eos_token":"<|endoftext|>""#))
    }
  }
}
