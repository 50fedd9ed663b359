// Whatever bytes a server sends, a call ends with a reply or an error, and soon; keys show up nowhere.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("Any server")
struct ServerPropertyTests {
  private static let limits = ChatTimeouts(connectSeconds: 2, firstByteSeconds: 2, totalSeconds: 2)

  @Test("damaged answers end in a reply or an error")
  func damagedAnswers() async throws {
    let whole: [[UInt8]] = [
      ScriptedAnswer.completion("some text with é and 😀"),
      ScriptedAnswer.completion("some text with é and 😀", stream: true),
      ScriptedAnswer.status(429, headers: ["Retry-After": "1"]),
    ].map { $0.moves.flatMap { move -> [UInt8] in if case .send(let bytes) = move { bytes } else { [] } } }
    let server = try ScriptedServer { _, number in
      var random = TestRandom(seed: UInt64(number))
      return .raw(Self.damage(whole[number % whole.count], &random))
    }
    let model = try OpenAIChatModel(endpoint(server) { $0.timeouts = Self.limits })
    for _ in 0..<240 {
      switch await outcome(model) {
      case .success(let reply): #expect(reply.attempts == 1)
      case .failure(.exhausted), .failure(.status): break
      case .failure(let error): Issue.record("request \(server.requests.count): \(error)")
      }
    }
  }

  @Test("bytes that are no HTTP end in an error")
  func garbage() async throws {
    let server = try ScriptedServer { _, number in
      var random = TestRandom(seed: UInt64(number))
      return .raw((0..<Int.random(in: 0...600, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    let model = try OpenAIChatModel(endpoint(server) { $0.timeouts = Self.limits })
    for number in 0..<60 {
      guard case .failure(.exhausted) = await outcome(model) else {
        Issue.record("seed \(number): expected an error")
        continue
      }
    }
  }

  /// Flips, drops, doubles or cuts some bytes.
  private static func damage(_ bytes: [UInt8], _ random: inout TestRandom) -> [UInt8] {
    var damaged = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard !damaged.isEmpty else { break }
      let index = Int.random(in: 0..<damaged.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: damaged[index] = UInt8.random(in: 0...255, using: &random)
      case 1: damaged.remove(at: index)
      case 2: damaged.insert(contentsOf: damaged[index...].prefix(9), at: index)
      case 3: damaged.removeSubrange(index...)
      default: damaged.insert(contentsOf: [13, 10], at: index)
      }
    }
    return damaged
  }

  @Test("a key that a server sends back is hidden in errors, replies and files")
  func keysAreHidden() async throws {
    let secret = "sk-Very/Secret+0123456789"
    let echo = ScriptedAnswer.quoted(secret)
    let long = String(repeating: "x ", count: 138)
    let answers: [ScriptedAnswer] = [
      .status(401, "Incorrect API key provided: \(secret)"),
      .status(400, long + secret),
      .http(403, ["Content-Type": "text/plain"], body: Array("key \(secret) \(echo)".utf8)),
      .http(418, ["Content-Type": "text/plain"], body: Array((String(repeating: " \n", count: 2040) + secret).utf8)),
      .http(200, ["Content-Type": "text/\(secret)"], body: []),
      .http(307, ["Location": "http://\(secret.lowercased())/"], body: []),
      .json(#"{"error":{"message":\#(echo)}}"#),
      .json(#"{"error":\#(echo)}"#),
      .json(#"{\#(echo):1}"#),
      .json(#"{"choices":[{"message":{"content":null},"finish_reason":\#(echo)}]}"#),
      .completion("your key is \(secret)"),
      .completion("your key is \(secret)", stream: true),
    ]
    let server = try ScriptedServer(answers)
    let folder = try TestFolder()
    let key = try ChatKey(secret, place: "test")
    let cache = try ChatCache(folder.url)
    let counters = ChatCounters()
    let model = CachedChatModel(
      CountedChatModel(try OpenAIChatModel(endpoint(server), key: key, counters: counters), counters: counters),
      cache: cache, counters: counters)
    var shown = "\(key) \(String(reflecting: key)) \(String(describing: Optional(key))) \(counters.snapshot)"
    dump(key, to: &shown)
    for index in answers.indices {
      let result = await outcome(model, request("number \(index)"))
      shown += "\n\(result)"
      dump(result, to: &shown)
    }
    shown += try folder.everything()
    #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer \(secret)" })
    #expect(server.requests.count == answers.count)
    for part in [secret, "Very/Secret", "Very\\/Secret", "sk-Very"] {
      #expect(!shown.contains(part), "\(part) in \(shown)")
    }
    #expect(shown.contains("your key is (hidden)"))
    #expect(!server.requests.contains { String(decoding: $0.body, as: UTF8.self).contains("sk-Very") })
  }
}
