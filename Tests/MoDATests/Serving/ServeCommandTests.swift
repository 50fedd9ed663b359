// moda-lm serve as a user starts it: its address, its token, its end.
// Not here: what it answers (CompletionServiceTests.swift).
import Foundation
import TestSupport
import Testing
import Text

import MoDA

@Suite struct ServeCommandTests {
  /// Starts the command with a small model on a free port, and ends it as Ctrl-C does.
  ///
  /// - Returns: its exit code and what it wrote to standard error.
  private func serving(
    _ options: [String] = [], _ body: (_ port: Int, _ process: Int32) async throws -> Void
  ) async throws -> (status: Int32, errors: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "serve-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = folder.appending(path: "tiny")
    try HuggingFaceFolder.write(servedModel(), tokenizer: ByteTokenizer(), to: model)
    let process = try startModaLM(["serve", model.path, "--port", "0"] + options, in: folder)
    func text(_ name: String) -> String {
      (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }
    var port: Int?
    for _ in 0..<2000 where port == nil && process.isRunning {
      port = text("stdout").split(separator: "\n").first?.split(separator: ":").last.flatMap {
        Int($0.prefix { $0.isNumber })
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    do {
      try await body(try #require(port, "\(text("stderr"))"), process.processIdentifier)
    } catch {
      process.terminate()
      throw error
    }
    process.interrupt()
    for _ in 0..<2000 where process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    try #require(!process.isRunning, "the server does not end")
    return (process.terminationStatus, text("stderr"))
  }

  @Test func answersOnThisMachineAloneUntilItIsInterrupted() async throws {
    let (status, errors) = try await serving { port, _ in
      let body = #"{"prompt": "It is", "max_tokens": 12, "temperature": 0, "model": "tiny"}"#
      let answer = try await rawRequest("POST", "/v1/completions", body: body, port: port)
      #expect(try Reply(answer.body).texts == [generated("It is", 12)])
      // The system's list of sockets: state 0A listens, 0100007F is 127.0.0.1.
      // To its end: the size of the file is not known before.
      let list = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/net/tcp")).readToEnd() ?? Data()
      let sockets = String(decoding: list, as: UTF8.self).split(separator: "\n")
      let hexadecimal = String(port, radix: 16, uppercase: true)
      let place = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
      let listening = sockets.map { $0.split(separator: " ") }.filter {
        $0.count > 3 && $0[1].hasSuffix(place) && $0[3] == "0A"
      }
      #expect(listening.map { String($0[1]) } == ["0100007F\(place)"])
    }
    #expect(status == 0 && errors.contains("1 requests answered"), "\(errors)")
    #expect(!errors.contains("warning"))
  }

  @Test func memoryDoesNotGrowWithRequests() async throws {
    /// Bytes of a process in memory.
    func residentBytes(_ process: Int32) throws -> Int {
      let fields = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8).split(separator: " ")
      return try #require(Int(fields[1])) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
    let (status, errors) = try await serving { port, process in
      func ask(_ count: Int) async throws {
        let body = #"{"prompt": "It is", "max_tokens": 4, "temperature": 0}"#
        for _ in 0..<count {
          #expect(try await rawRequest("POST", "/v1/completions", body: body, port: port).status == 200)
        }
      }
      try await ask(300)
      let before = try residentBytes(process)
      try await ask(700)
      let growth = try residentBytes(process) - before
      // A leak of each request's cache alone would be more.
      let leak = 700 * GenerationCache(servedModel().config).byteCount
      #expect(growth < min(leak, 8 << 20), "\(growth) bytes; caches of 700 requests have \(leak)")
    }
    #expect(status == 0 && errors.contains("1000 requests answered"), "\(errors)")
  }

  @Test func takesItsTokenFromAFile() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
    try Data("from-a-file\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let (status, errors) = try await serving(["--token-file", file.path, "--name", "other"]) { port, _ in
      #expect(try await rawRequest("GET", "/v1/models", port: port).status == 401)
      let answer = try await rawRequest("GET", "/v1/models", headers: ["Authorization: Bearer from-a-file"], port: port)
      #expect(answer.status == 200 && answer.body.contains("\"other\""))
    }
    #expect(status == 0 && !errors.contains("from-a-file"))
  }

  @Test func warnsWhereEverybodyMayAsk() async throws {
    let (status, errors) = try await serving(["--host", "0.0.0.0"]) { port, _ in
      let answer = try await rawRequest("GET", "/health", port: port)
      #expect(answer.status == 200)
    }
    #expect(status == 0 && errors.contains("warning: 0.0.0.0 is open to other machines"), "\(errors)")
  }

  @Test(arguments: [
    ["--port", "70000"], ["--batch", "0"], ["--body-limit", "0"], ["--transfer-seconds", "0"], ["--token", "x"],
    ["--context", "1"],
  ]) func wrongOptionsAreNamed(options: [String]) throws {
    let result = try modaLM(["serve", "nowhere"] + options)
    #expect(result.status == 2 && result.errors.contains(options[0]), "\(result.errors)")
  }

  @Test func whatIsNoModelIsAnError() throws {
    let result = try modaLM(["serve", "Data/sample", "--port", "0"])
    #expect(result.status == 1 && result.errors.contains("Data/sample"), "\(result.errors)")
    let token = try modaLM(["serve", "Data/sample", "--token-file", "/nowhere/token"])
    #expect(token.status == 1 && token.errors.contains("/nowhere/token"), "\(token.errors)")
  }
}
