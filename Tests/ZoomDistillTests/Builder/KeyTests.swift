// A key goes to its server and nowhere else.
// Not here: the key's own type (Chat).
import Chat
import Foundation
import Lab
import TestSupport
import Testing
import ZoomDistill

@Suite("Keys of builds")
struct KeyTests {
  @Test("keys are in no file, on no screen and in no error, even if servers send them back")
  func hidden() async throws {
    try await BuildFixture.withFolder { folder in
      let keys = ["sk-environment-7Qz/9+\"x\\y", "sk-file-41b7c2d90e"]
      let pictures = try BuildFixture.pictures(3, in: folder)
      let server = try TeacherServer { request, number in
        let echo = request.header("Authorization") ?? ""
        if number % 9 == 4 { return .status(500, "bad header Authorization: \(echo)") }
        let text = ScriptedChat(request)?.text ?? ""
        if StubTeacher.purpose(text) == .classify, StubTeacher.draw(3, [text]) == 0 {
          return .status(401, "\(String(repeating: "x", count: number % 400)) \(echo)")
        }
        if number % 29 == 3 { return .completion("1. \(echo)\n<answer>\(echo)</answer>") }
        if number % 37 == 5 { return .json(#"{"\#(echo.filter { $0 != "\"" && $0 != "\\" })": 1}"#) }
        return nil
      }
      var config = BuildFixture.config(server, pictures: pictures)
      config.teachers.endpoints["one"]?.keyEnvironment = "ZOOM_BUILD_TEST_KEY"
      let keyFile = folder.appending(path: "key.txt")
      try Data("\(keys[1])\n".utf8).write(to: keyFile)
      config.teachers.endpoints["two"]?.keyFile = keyFile.path
      var runner = ZoomBuildRunner(folder: folder)
      let out = folder.appending(path: "out")
      let arguments = try runner.arguments(config, out: out)

      let refused = try runner.run(arguments)
      #expect(refused.status != 0 && refused.errors.contains("keyEnvironment"), "\(refused.errors)")
      runner.environment = ["ZOOM_BUILD_TEST_KEY": keys[0]]
      var outputs: [String] = [refused.output + refused.errors]
      for _ in 0..<2 {
        let result = try runner.run(arguments)
        outputs.append(result.output + result.errors)
      }
      runner.environment = [:]
      for command in [["status", out.path], ["audit", out.path], arguments + ["--dry-run"]] {
        let result = try runner.run(command)
        #expect(result.status == 0, "\(command[0]) without a key: \(result.errors)")
        outputs.append(result.output + result.errors)
      }
      #expect(server.snapshot.authorizations == Set(keys.map { "Bearer \($0)" }))
      let escaped = keys + [keys[0].replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")]
      for key in escaped {
        for (index, output) in outputs.enumerated() { #expect(!output.contains(key), "output \(index)") }
        for (path, bytes) in try BuildFixture.files(out) {
          #expect(bytes.firstRange(of: Data(key.utf8)) == nil, "\(path)")
        }
      }
      let records = try ZoomBuild.reopened(BuildFolder(out)).context.store.failures(limit: 1000)
      #expect(records.contains { $0.contains("401") && $0.contains("(hidden)") }, "nothing was hidden: \(records)")
    }
  }
}
