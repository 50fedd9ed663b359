// The forms in which servers write completions.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("Completion parser")
struct CompletionParserTests {
  private static let parser = CompletionParser(server: "s", textByteLimit: 100)

  private static func parse(_ body: String, type: String = "application/json") throws(ChatError) -> Completion {
    try parser.completion(
      HTTPAnswer(status: 200, contentType: type, retryAfter: "", redirectHost: "", body: Data(body.utf8)))
  }

  @Test(
    "content is a string or a list of parts, and reasoning is no content",
    arguments: [
      (#"{"content":"a"}"#, "a"),
      (#"{"content":""}"#, ""),
      (#"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#, "ab"),
      (#"{"content":[{"type":"thinking","thinking":"x","text":"no"},{"type":"output_text","text":"b"},"c"]}"#, "bc"),
      (#"{"content":[]}"#, ""),
      (#"{"content":"a","reasoning_content":"x","reasoning":"y","refusal":null}"#, "a"),
      (#"{"content":"a\u0000b\ud83d\ude00"}"#, "a\u{0}b😀"),
    ])
  func contents(message: String, text: String) throws {
    let body = #"{"choices":[{"index":0,"message":\#(message),"finish_reason":"stop"},{"index":1}],"usage":null}"#
    let completion = try Self.parse(body)
    #expect(completion.text == text && completion.finishReason == "stop")
    #expect(completion.usage == ChatUsage(promptTokens: 0, completionTokens: 0))
  }

  @Test("a model that ran out of tokens or met a filter has said nothing", arguments: ["length", "content_filter"])
  func stoppedEarly(reason: String) throws {
    let completion = try Self.parse(#"{"choices":[{"message":{"content":null},"finish_reason":"\#(reason)"}]}"#)
    #expect(completion.text.isEmpty && completion.finishReason == reason)
  }

  @Test(
    "odd counts of tokens are passed over",
    arguments: [
      (#"{"prompt_tokens":3,"completion_tokens":4.0}"#, 3, 4), (#"{"prompt_tokens":-3}"#, 0, 0),
      (#"{"prompt_tokens":"3","completion_tokens":1e300}"#, 0, 0), ("[]", 0, 0), ("7", 0, 0),
    ])
  func usage(text: String, prompt: Int, completion: Int) throws {
    let parsed = try Self.parse(#"{"choices":[{"message":{"content":"a"}}],"usage":\#(text)}"#)
    #expect(parsed.usage == ChatUsage(promptTokens: prompt, completionTokens: completion))
  }

  @Test(
    "content of another kind is malformed",
    arguments: [#"{"content":7}"#, #"{"content":{}}"#, #"{"content":[7]}"#, "{}", "7", "null"])
  func badContents(message: String) {
    #expect(throws: ChatError.self) { try Self.parse(#"{"choices":[{"message":\#(message)}]}"#) }
  }

  @Test("types with parameters, no type, and problem types are JSON")
  func contentTypes() throws {
    let body = #"{"choices":[{"message":{"content":"a"}}]}"#
    for type in ["application/json; charset=utf-8", "", "Application/JSON", "application/vnd.x+json"] {
      #expect(try Self.parse(body, type: type).text == "a")
    }
  }

  @Test("a stream may leave out its mark if it names a reason, have parts in deltas, and end in an error")
  func streams() throws {
    let type = "text/event-stream; charset=utf-8"
    let delta = #"data: {"choices":[{"delta":{"content":[{"type":"text","text":"a"}]}}]}"# + "\n\n"
    let end = #"data: {"choices":[{"delta":{"reasoning_content":"x"},"finish_reason":"stop"}]}"#
    #expect(try Self.parse(": hello\n\nevent: x\n" + delta + delta + end, type: type).text == "aa")
    #expect(throws: ChatError.self) { try Self.parse(delta, type: type) }
    let failure = delta + #"data: {"error":{"message":"boom","code":503}}"# + "\n\ndata: [DONE]\n\n"
    #expect(throws: ChatError.status(server: "s", code: 503, body: "boom")) { try Self.parse(failure, type: type) }
  }

  @Test(
    "the words of an error are found wherever servers put them, and everything else is shown as it is",
    arguments: [
      (#"{"error":{"message":"a"}}"#, "a"), (#"{"error":"a"}"#, "a"), (#"{"message":"a"}"#, "a"),
      (#"{"detail":"Unexpected fields in the request: {'foo'}"}"#, "Unexpected fields in the request: {'foo'}"),
      (
        #"{"detail":[{"type":"json_invalid","loc":["body",1],"msg":"JSON decode error","input":{}},{"msg":"b"}]}"#,
        "JSON decode error; b"
      ),
      (#"{"detail":[7]}"#, #"{"detail":[7]}"#), (#"{"detail":[]}"#, #"{"detail":[]}"#),
      ("Internal Server Error", "Internal Server Error"), ("", "no text"),
    ])
  func errors(body: String, words: String) {
    #expect(throws: ChatError.status(server: "s", code: 422, body: words)) {
      try Self.parser.completion(
        HTTPAnswer(
          status: 422, contentType: "application/json", retryAfter: "", redirectHost: "", body: Data(body.utf8)))
    }
  }

  @Test("a stream as transformers serve writes it: a role first, no mark at the end, usage with the reason")
  func transformersServe() throws {
    let events = [
      #"{"id":"4","choices":[{"delta":{"role":"assistant"},"index":0}],"object":"chat.completion.chunk"}"#,
      #"{"id":"4","choices":[{"delta":{"content":" ro"},"index":0}]}"#,
      #"{"id":"4","choices":[{"delta":{"content":"4"},"index":0}],"usage":null}"#,
      #"{"id":"4","choices":[{"delta":{},"index":0,"finish_reason":"length"}],"#
        + #""usage":{"prompt_tokens":40,"completion_tokens":8}}"#,
    ]
    func body(_ count: Int) -> String { events.prefix(count).map { "data: \($0)\n\n" }.joined() }
    let whole = try Self.parse(body(4), type: "text/event-stream; charset=utf-8")
    #expect(whole.text == " ro4" && whole.finishReason == "length")
    #expect(whole.usage == ChatUsage(promptTokens: 40, completionTokens: 8))
    // Without a mark the reason is all that tells an end from a cut.
    for count in 0..<4 {
      #expect(throws: ChatError.self) { try Self.parse(body(count), type: "text/event-stream; charset=utf-8") }
    }
  }

  @Test("any bytes give a completion or an error of the two kinds")
  func anyBytes() {
    let whole = Array(ScriptedAnswer.completionText("abc").utf8)
    let events = Array(ScriptedAnswer.eventText(ScriptedAnswer.completionEvents("abc")).utf8)
    forAll(400) { random, seed in
      let isStream = Bool.random(using: &random)
      var bytes = isStream ? events : whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
          bytes[index] = UInt8.random(in: 0...255, using: &random)
        } else {
          bytes.remove(at: index)
        }
      }
      let answer = HTTPAnswer(
        status: 200, contentType: isStream ? "text/event-stream" : "", retryAfter: "", redirectHost: "",
        body: Data(bytes))
      do throws(ChatError) {
        _ = try Self.parser.completion(answer)
      } catch {
        #expect(["malformed"].contains(error.kind) || error.kind.hasPrefix("status"), "seed \(seed): \(error)")
      }
    }
  }
}
