// Keys: where they come from, and that they do not get out.

import Chat
import Foundation
import Testing

@Suite("Chat key")
struct ChatKeyTests {
  private static let secret = "sk-0123456789abcdef"

  private static func model(_ base: String, allowed: Bool = false, key: ChatKey) throws(ChatError) -> OpenAIChatModel {
    try OpenAIChatModel(ChatEndpoint(baseURL: base, model: "m", allowsPlainKey: allowed), key: key)
  }

  @Test("from the environment, from a file, or none")
  func sources() throws {
    let folder = try TestFolder()
    try folder.write("  \(Self.secret) \r\nsecond line\n", to: "key")
    let none = try ChatKey(for: ChatEndpoint(model: "m"), environment: [:])
    #expect(none.isEmpty && "\(none)" == "(none)")
    let fromEnvironment = try ChatKey(
      for: ChatEndpoint(model: "m", keyEnvironment: "A_KEY"), environment: ["A_KEY": Self.secret])
    let fromFile = try ChatKey(
      for: ChatEndpoint(model: "m", keyFile: "key"), environment: [:], relativeTo: folder.url)
    for key in [fromEnvironment, fromFile] {
      var shown = "\(key) \(key.debugDescription)"
      dump(key, to: &shown)
      dump([key], to: &shown)
      #expect(!key.isEmpty && !shown.contains("sk-") && shown.contains("(hidden)"))
    }
  }

  @Test("what is wrong is said without the key or the name in its place")
  func problems() throws {
    let folder = try TestFolder()
    try folder.write("sk-bad\u{1}key", to: "control")
    try folder.write("\n \n", to: "blank")
    try folder.write("", to: "empty")
    try Data([0xFF, 0xFE]).write(to: folder.url.appending(path: "binary"))
    for name in ["control", "blank", "empty", "binary", "sk-missing", "."] {
      let endpoint = ChatEndpoint(model: "m", keyFile: name)
      #expect { try ChatKey(for: endpoint, environment: [:], relativeTo: folder.url) } throws: { error in
        (error as? ChatError)?.kind == "configuration" && !"\(error)".contains("sk-")
      }
    }
    for (name, value) in [
      ("MISSING", ""), ("EMPTY", ""), ("sk-pasted", "sk-x"), ("BAD", "sk-a\r\nX: y"), ("U", "sk-ü"),
    ] {
      let endpoint = ChatEndpoint(model: "m", keyEnvironment: name)
      let environment = name == "MISSING" ? [:] : [name: value]
      #expect { try ChatKey(for: endpoint, environment: environment) } throws: { error in
        (error as? ChatError)?.kind == "configuration" && !"\(error)".contains("sk-")
      }
    }
    #expect(throws: ChatError.self) {
      try ChatKey(for: ChatEndpoint(model: "m", keyEnvironment: "A", keyFile: "b"), environment: ["A": Self.secret])
    }
  }

  @Test("a key does not travel unencrypted to another machine, unless that is allowed")
  func plainServers() throws {
    let key = try ChatKey(Self.secret, place: "test")
    #expect { try Self.model("http://example.invalid/v1", key: key) } throws: { error in
      "\(error)".contains("unencrypted") && "\(error)".contains("allowsPlainKey") && !"\(error)".contains("sk-")
    }
    _ = try Self.model("http://example.invalid/v1", key: .none)
    _ = try Self.model("http://example.invalid/v1", allowed: true, key: key)
    _ = try Self.model("https://example.invalid/v1", key: key)
    _ = try Self.model("http://127.0.0.1:9/v1", key: key)
  }

  @Test("an endpoint that cannot work makes no model")
  func badEndpoint() {
    #expect(throws: ChatError.self) { try Self.model("nowhere", key: .none) }
    #expect(throws: ChatError.self) { try OpenAIChatModel(ChatEndpoint(model: "")) }
  }
}
