// Endpoints as parts of configs, and addresses of servers.

import Chat
import Foundation
import Lab
import Testing

private struct Study: ExperimentConfig {
  var teacher = ChatEndpoint(model: "tiny")

  static let base = Study()
  static let smoke = Study()

  func validate() throws(ConfigError) {
    var check = ConfigCheck()
    teacher.validate(into: &check, at: "teacher")
    try check.finish()
  }
}

@Suite("Chat endpoint")
struct ChatEndpointTests {
  private static func load(_ yaml: String) throws(ConfigError) -> ChatEndpoint {
    try ConfigLoader<Study>().load(yaml: yaml, name: "c.yaml").value.teacher
  }

  private static func problem(_ yaml: String) -> String {
    do {
      return "loaded \(try load(yaml))"
    } catch {
      return error.description
    }
  }

  @Test("a config changes what it names and keeps the rest")
  func patch() throws {
    let endpoint = try Self.load(
      """
      teacher:
        baseURL: https://example.invalid/v1
        model: large
        keyEnvironment: TEACHER_KEY
        stream: true
        imageDetail: high
        retry: {attempts: 3}
        timeouts: {totalSeconds: 7.5}
        prices: {promptPerMillion: 0.5}
      """)
    #expect(endpoint.model == "large" && endpoint.stream && endpoint.imageDetail == .high)
    #expect(endpoint.retry.attempts == 3 && endpoint.retry.firstWaitSeconds == RetryPolicy().firstWaitSeconds)
    #expect(endpoint.timeouts.totalSeconds == 7.5 && endpoint.timeouts.connectSeconds == ChatTimeouts().connectSeconds)
    #expect(endpoint.prices.cost(of: ChatUsage(promptTokens: 2_000_000, completionTokens: 9)) == 1)
  }

  @Test(
    "what is wrong is named with its line",
    arguments: [
      ("teacher:\n  modle: x", ["c.yaml:2", "modle", "model"]),
      ("teacher:\n  model: ''", ["teacher.model"]),
      ("teacher:\n  retry: {attempts: 7}", ["teacher.retry.attempts", "1 to 6", "7"]),
      ("teacher:\n  retry: {totalSeconds: 0}", ["teacher.retry.totalSeconds"]),
      ("teacher:\n  timeouts: {firstByteSeconds: -1}", ["teacher.timeouts.firstByteSeconds"]),
      ("teacher:\n  concurrency: 0", ["teacher.concurrency"]),
      ("teacher:\n  imageDetail: medium", ["teacher.imageDetail", "low"]),
      ("teacher:\n  prices: {completionPerMillion: -1}", ["teacher.prices.completionPerMillion"]),
      ("teacher:\n  keyEnvironment: A_KEY\n  keyFile: key.txt", ["teacher.keyFile", "both"]),
      ("teacher:\n  answerByteLimit: 0", ["teacher.answerByteLimit"]),
    ])
  func problems(yaml: String, words: [String]) {
    let text = Self.problem(yaml)
    for word in words { #expect(text.contains(word), "\(text)") }
  }

  @Test(
    "an address that cannot be used is not repeated, since a key may stand in it",
    arguments: [
      "ftp://example.invalid", "http://", "example.invalid/v1", "", "http://user:sk-secret@example.invalid",
      "https://example.invalid/v1?key=sk-secret", "https://example.invalid/#sk-secret", "http://a b",
      "http://example.invalid:0/", "http://example.invalid:99999",
    ])
  func addresses(base: String) {
    let text = Self.problem("teacher:\n  baseURL: \"\(base)\"")
    #expect(text.contains("teacher.baseURL") && !text.contains("secret"), "\(text)")
    #expect(throws: ChatError.self) { try ServerAddress(base: base) }
  }

  @Test("a key in the place of a variable's name is not repeated")
  func pastedKey() {
    for name in ["sk-abc123", "sk_live_abc", "9KEY", "A B"] {
      let text = Self.problem("teacher:\n  keyEnvironment: '\(name)'")
      #expect(text.contains("teacher.keyEnvironment") && !text.contains(name), "\(text)")
    }
  }

  @Test("slashes at the end do not matter, and messages show host and port only")
  func address() throws {
    for base in ["http://127.0.0.1:80/v1", "http://127.0.0.1:80/v1//"] {
      let address = try ServerAddress(base: base)
      #expect(address.completions.absoluteString == "http://127.0.0.1:80/v1/chat/completions")
      #expect(address.label == "127.0.0.1:80" && address.host == "http://127.0.0.1:80")
    }
    #expect(try ServerAddress(base: "https://Example.invalid").host == "https://example.invalid:443")
  }

  @Test("what is this machine and what is not")
  func loopback() {
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]"] {
      #expect(ServerAddress.isLoopback(host), "\(host)")
    }
    for host in ["127.0.0.1.example.invalid", "128.0.0.1", "127.0.0", "localhost.example.invalid", "0127.0.0.1.1", ""] {
      #expect(!ServerAddress.isLoopback(host), "\(host)")
    }
  }

  @Test("the detail of pictures is a part of the identity")
  func identity() {
    var endpoint = ChatEndpoint(model: "tiny")
    #expect(endpoint.identity == "tiny")
    endpoint.imageDetail = .low
    #expect(endpoint.identity != "tiny")
  }
}
