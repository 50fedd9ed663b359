// What is no request: refused with a status, a word and the field, and nothing runs.
// Not here: what HTTP itself refuses (ServingTests).
import Serving
import TestSupport
import Testing

import MoDA

@Suite struct CompletionErrorTests {
  /// The inside of a request, and what the error names.
  static let refused: [(fields: String, named: String)] = [
    (#""promt": "a""#, "promt"), (#""prompt": "a", "functions": []"#, "functions"), (#""prompt": 3"#, "prompt"),
    (#""prompt": [[1], "a"]"#, "prompt"), (#""prompt": []"#, "prompt"), (#""prompt": [[]]"#, "prompt"),
    (#""prompt": [257]"#, "prompt"), (#""prompt": [-1]"#, "prompt"), (#""prompt": [1.5]"#, "prompt"),
    (#""prompt": [99999999999]"#, "prompt"), (#""prompt": {"a": 1}"#, "prompt"),
    (#""prompt": "a", "max_tokens": -1"#, "max_tokens"), (#""prompt": "a", "max_tokens": "9""#, "max_tokens"),
    (#""prompt": "a", "max_tokens": 1e300"#, "JSON"), (#""prompt": "a", "temperature": -0.1"#, "temperature"),
    (#""prompt": "a", "temperature": 1e999"#, "JSON"), (#""prompt": "a", "top_p": 0"#, "top_p"),
    (#""prompt": "a", "top_p": 1e-60"#, "top_p"), (#""prompt": "a", "top_p": 1.1"#, "top_p"),
    (#""prompt": "a", "n": 0"#, "\"n\""), (#""prompt": "a", "n": 1000000"#, "\"n\""),
    (#""prompt": "a", "logprobs": -1"#, "logprobs"),
    (#""prompt": "a", "logprobs": "x""#, "logprobs"), (#""prompt": "a", "stop": [""]"#, "stop"),
    (#""prompt": "a", "stop": 3"#, "stop"), (#""prompt": "a", "best_of": 2"#, "best_of"),
    (#""prompt": "a", "suffix": "b""#, "suffix"), (#""prompt": "a", "presence_penalty": 1"#, "presence_penalty"),
    (#""prompt": "a", "logit_bias": {"1": 2}"#, "logit_bias"), (#""prompt": "a", "echo": "yes""#, "echo"),
    (#""prompt": "a", "stream": 1"#, "stream"), (#""prompt": "a", "seed": "x""#, "seed"),
    (#""prompt": "a", "repetition_penalty": 0"#, "repetition_penalty"), (#""prompt": "a", "min_p": 2"#, "min_p"),
    (#""prompt": "a", "top_k": -1"#, "top_k"), (#""prompt": "a", "stream_options": 1"#, "stream_options"),
  ]

  @Test func namesTheFieldThatIsWrong() async throws {
    try await withService { client in
      for (fields, named) in Self.refused {
        let answer = try await client.ask(fields)
        #expect(answer.status == 400 && answer.body.contains("invalid_request_error"), "\(fields): \(answer)")
        #expect(answer.body.contains(named), "\(fields): \(answer.body)")
      }
      #expect(client.engine.counters.jobs == 0)
    }
  }

  @Test func fieldsWithoutMeaningHerePass() async throws {
    try await withService { client in
      let fields = #""prompt": "a", "max_tokens": 1, "user": "me", "suffix": null, "best_of": 1, "logit_bias": {}"#
      let answer = try await client.ask(fields + #", "presence_penalty": 0, "stop": null, "seed": -3"#)
      #expect(answer.status == 200, "\(answer)")
    }
  }

  @Test(arguments: [
    "", "{", "[]", "null", "\"a\"", #"{"prompt": "a""#, "{\"prompt\": \"\u{1}\"}", #"{"prompt": "\ud800"}"#, "\u{FEFF}",
  ])
  func whatIsNoJSONIsRefused(body: String) async throws {
    try await withService { client in
      let answer = try await rawRequest("POST", "/v1/completions", body: body, port: client.port)
      #expect(answer.status == 400 && answer.body.contains("\"error\""), "\(body.debugDescription): \(answer)")
    }
  }

  @Test func randomBytesAreRefused() async throws {
    try await withService { client in
      let valid = #"{"prompt": ["a", "b"], "max_tokens": 3, "stop": ["x"], "temperature": 0.5, "logprobs": 1}"#
      for seed in 1...60 as ClosedRange<UInt64> {
        var random = TestRandom(seed: seed), bytes = Array(valid.utf8)
        for _ in 0..<1 + random.next() % 3 {
          bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next() & 0x7F)
        }
        let answer = try await rawRequest(
          "POST", "/v1/completions", body: String(decoding: bytes, as: UTF8.self), port: client.port)
        #expect(answer.status == 200 || answer.status == 400, "seed \(seed): \(answer)")
      }
      #expect(await eventually { client.server.connectionCount == 0 && client.engine.counters.live == 0 })
    }
  }

  @Test func deepNestingIsRefused() async throws {
    try await withService { client in
      let body = "{\"prompt\": " + String(repeating: "[", count: 100_000)
      let answer = try await rawRequest("POST", "/v1/completions", body: body, port: client.port)
      #expect(answer.status == 400)
    }
  }

  @Test func promptsBeyondTheContextAreRefused() async throws {
    try await withService { client in
      let long = String(repeating: "x", count: 65)
      let answer = try await client.ask(#""prompt": ["a", "\#(long)"], "max_tokens": 1"#)
      #expect(answer.status == 400 && answer.body.contains("\"context_length_exceeded\""))
      #expect(answer.body.contains("64") && answer.body.contains("65") && answer.body.contains("prompt[1]"))
    }
  }

  @Test func otherModelsPathsAndMethodsAreRefused() async throws {
    try await withService { client in
      let other = try await client.ask(#""prompt": "a", "model": "gpt""#)
      #expect(other.status == 404 && other.body.contains("\"model_not_found\"") && other.body.contains("tiny"))
      #expect(try await rawRequest("POST", "/v1/chat/completions", body: "{}", port: client.port).status == 404)
      let get = try await rawRequest("GET", "/v1/completions", port: client.port)
      #expect(get.status == 405 && get.head.contains("allow: post"))
      #expect(try await rawRequest("POST", "/v1/models", body: "{}", port: client.port).status == 405)
      #expect(try await rawRequest("POST", "/tokenize", body: "{}", port: client.port).status == 400)
    }
  }

  @Test func aTokenGuardsEveryPath() async throws {
    try await withService(ServerConfig(token: "secret")) { client in
      for path in ["/v1/completions", "/v1/models", "/health", "/nowhere"] {
        #expect(try await rawRequest("GET", path, port: client.port).status == 401)
      }
      let answer = try await rawRequest(
        "POST", "/v1/completions", body: #"{"prompt": "a", "max_tokens": 1}"#,
        headers: ["Authorization: Bearer secret"],
        port: client.port)
      #expect(answer.status == 200)
    }
  }
}
