// A client against a server that behaves, and one that refuses.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("OpenAI chat model")
struct OpenAIChatModelTests {
  @Test("text, pictures and sampling travel, and the reply comes back", arguments: [false, true])
  func goodCall(stream: Bool) async throws {
    let server = try ScriptedServer(chat: { "\($0.text)|\($0.images.count)|\($0.seed) é😀" })
    let image = ChatImage(bytes: [0x89, 0, 255, 7], mediaType: "image/png")
    let model = try OpenAIChatModel(endpoint(server) { $0.stream = stream })
    let sampling = ChatSampling(temperature: 0.5, topP: 0, maxTokens: 64)
    let reply = try await model.reply(to: request("Say \"ü\"\n\u{1}", images: [image], sampling: sampling, sample: 3))
    #expect(reply.text == "Say \"ü\"\n\u{1}|1|3 é😀")
    #expect(reply.finishReason == "stop")
    #expect(reply.usage == ChatUsage(promptTokens: 10, completionTokens: 5))
    #expect(reply.source == .server && reply.attempts == 1)
    let sent = try #require(server.requests.first)
    #expect(sent.method == "POST" && sent.path == "/v1/chat/completions")
    #expect(sent.header("Content-Type") == "application/json")
    #expect(sent.header("Authorization") == nil)
    #expect(sent.json["model"] as? String == "tiny")
    #expect(sent.json["temperature"] as? Double == 0.5)
    #expect(sent.json["top_p"] as? Double == 0)
    #expect(sent.json["max_tokens"] as? Int == 64)
    #expect(sent.json["stream"] as? Bool == stream)
    #expect((sent.json["stream_options"] != nil) == stream)
    #expect(try #require(ScriptedChat(sent)).images == [.init(bytes: image.bytes, mediaType: "image/png")])
  }
}
