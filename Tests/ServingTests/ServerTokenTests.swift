// Tokens from files and from the environment.
// Not here: asking for them (HTTPServerTests.swift).
import Foundation
import Serving
import Testing

@Suite struct ServerTokenTests {
  private func file(_ text: String) throws -> URL {
    let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
    try Data(text.utf8).write(to: file)
    return file
  }

  @Test func aFileHoldsOneLine() throws {
    let file = try file("  s3cr-et~\n\n")
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(try ServerToken.read(file) == "s3cr-et~")
  }

  @Test(arguments: ["", " \n", "two words", "two\nlines", "tökén", "bell\u{7}"]) func otherFilesAreRefused(text: String)
    throws
  {
    let file = try file(text)
    defer { try? FileManager.default.removeItem(at: file) }
    let error = try #require(#expect(throws: ServerError.self) { try ServerToken.read(file) })
    let shown = "\(error)"
    #expect(shown.contains(file.lastPathComponent))
    #expect(text.isEmpty || !shown.contains(text), "a token is shown to nobody")
  }

  @Test func aMissingFileIsAnError() {
    #expect(throws: ServerError.self) { try ServerToken.read(URL(fileURLWithPath: "/nowhere/token")) }
  }

  @Test func theEnvironmentMayHoldOne() throws {
    #expect(try ServerToken.read(environment: [:]) == "")
    #expect(try ServerToken.read(environment: [ServerToken.variable: "abc"]) == "abc")
    #expect(throws: ServerError.self) { try ServerToken.read(environment: [ServerToken.variable: ""]) }
  }
}
