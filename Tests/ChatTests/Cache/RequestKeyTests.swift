// Keys of requests: equal for equal calls, different for everything else.

import Chat
import TestSupport
import Testing

@Suite("Request key")
struct RequestKeyTests {
  private static func key(_ request: ChatRequest, model: String = "m") -> RequestKey {
    RequestKey(request, model: model)
  }

  @Test("everything that makes a call another call changes the key")
  func differences() {
    let image = ChatImage(bytes: [1, 2, 3], mediaType: "image/png")
    let text = { (parts: [ChatPart]) in ChatRequest(purpose: "p", messages: [ChatMessage(.user, parts)]) }
    var requests = [
      text([.text("ab")]), text([.text("a"), .text("b")]), text([.text("ab"), .text("")]), text([]),
      text([.text("ab"), .image(image)]), text([.image(image), .text("ab")]),
      text([.text("ab"), .image(ChatImage(bytes: [1, 2, 4], mediaType: "image/png"))]),
      text([.text("ab"), .image(ChatImage(bytes: [1, 2, 3], mediaType: "image/jpeg"))]),
      ChatRequest(purpose: "q", messages: [ChatMessage(.user, [.text("ab")])]),
      ChatRequest(purpose: "p", messages: [ChatMessage(.system, [.text("ab")])]),
      ChatRequest(purpose: "p", messages: [ChatMessage(.user, [.text("a")]), ChatMessage(.user, [.text("b")])]),
      ChatRequest(purpose: "p", messages: []),
    ]
    for sampling in [
      ChatSampling(temperature: 0), ChatSampling(temperature: 1), ChatSampling(topP: 0), ChatSampling(topP: 1),
      ChatSampling(maxTokens: 0), ChatSampling(maxTokens: 1),
    ] {
      requests.append(
        ChatRequest(purpose: "p", messages: [ChatMessage(.user, [.text("ab")])], sampling: sampling))
    }
    requests.append(ChatRequest(purpose: "p", messages: [ChatMessage(.user, [.text("ab")])], sample: 1))
    let keys = requests.map { Self.key($0) } + [Self.key(requests[0], model: "n")]
    #expect(Set(keys).count == keys.count)
  }

  @Test("equal requests have equal keys, whatever the form of their characters")
  func equality() {
    let (composed, decomposed) = (request("caf\u{E9}"), request("cafe\u{301}"))
    #expect(composed == decomposed && Self.key(composed) == Self.key(decomposed))
    let leftToServer = [-1.0, -2, -.infinity, .nan].map { Self.key(request(sampling: ChatSampling(temperature: $0))) }
    #expect(Set(leftToServer).count == 1)
    #expect(
      Self.key(request(sampling: ChatSampling(temperature: 0.0)))
        == Self.key(request(sampling: ChatSampling(temperature: -0.0))))
  }

  @Test("the key of a request stays what it is, since files depend on it")
  func stability() {
    let image = ChatImage(bytes: [1, 2, 3], mediaType: "image/png")
    let fixed = ChatRequest(
      purpose: "answer", messages: [ChatMessage(.user, [.text("What is it?"), .image(image)])],
      sampling: ChatSampling(temperature: 0.5, topP: -1, maxTokens: 64), sample: 2)
    #expect("\(Self.key(fixed, model: "tiny"))" == "7c9b6117aa5329842bf91ea55ebe283f6281dd7a53be66a23365adea62cbdc5f")
  }

  @Test("64 digits and back, and nothing else")
  func digits() {
    forAll(50) { random, seed in
      let text = (0..<64).map { _ in String("0123456789abcdef".randomElement(using: &random) ?? "0") }.joined()
      #expect(RequestKey(hex: text)?.description == text, "seed \(seed)")
    }
    for text in [
      "", String(repeating: "0", count: 63), String(repeating: "A", count: 64), String(repeating: "é", count: 32),
    ] {
      #expect(RequestKey(hex: text) == nil)
    }
  }
}
