// Damaged files of a build, and folders that cannot be written, end in clear errors and not in lost work.
// Not here: damaged pictures (SafetyTests.swift).
import Chat
import Foundation
import GRDB
import Lab
import TestSupport
import Testing
import ZoomDistill

@Suite("Damaged builds")
struct DamageTests {
  private func built(_ folder: URL, _ pictures: Int = 1) async throws -> (ZoomBuildConfig, URL, String, TeacherServer) {
    let server = try TeacherServer()
    let config = BuildFixture.config(server, pictures: try BuildFixture.pictures(pictures, in: folder))
    let out = folder.appending(path: "out")
    return (config, out, try await BuildFixture.build(config, out).2.digest, server)
  }

  @Test("a state that is none is refused with its path and a hint")
  func state() async throws {
    try await BuildFixture.withFolder { folder in
      let (config, out, _, _) = try await built(folder)
      let state = BuildFolder(out).state
      for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: state.path + name) }
      let whole = try Data(contentsOf: state)
      var random = TestRandom(seed: 3)
      var damaged = [Data("no database, but longer than a header of one hundred bytes ".utf8) + Data(count: 200)]
      damaged.append(whole.prefix(4096 + 17))
      damaged.append(whole.prefix(50))
      for _ in 0..<12 {
        var bytes = whole
        for _ in 0..<400 {
          bytes[Int.random(in: 16..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        damaged.append(bytes)
      }
      var refusals = 0
      for (index, bytes) in damaged.enumerated() {
        for name in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: state.path + name) }
        try bytes.write(to: state)
        do {
          let build = try BuildFixture.open(config, out)
          for table in BuildTable.allCases { _ = try build.context.store.tally(table) }
          _ = try BuildReport(build.context, study: nil).plainText(nil)
          _ = try build.context.exportRows()
        } catch {
          refusals += 1
          #expect(
            "\(error)".contains("state.sqlite") || "\(error)".contains("config.yaml"), "damage \(index): \(error)")
          #expect(error is any LabError, "damage \(index): \(error)")
        }
      }
      #expect(refusals >= 3)
    }
  }

  @Test("a state of another program or with unknown values is refused")
  func values() async throws {
    try await BuildFixture.withFolder { folder in
      let (config, out, _, _) = try await built(folder)
      let state = BuildFolder(out).state
      for change in [
        "UPDATE region SET verdict = 'bogus'", "UPDATE item SET state = 'x'",
        "UPDATE usage SET counts = '{'",
      ] {
        let copy = folder.appending(path: "copy")
        try? FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(at: out, to: copy)
        let queue = try DatabaseQueue(path: BuildFolder(copy).state.path)
        try await queue.write { try $0.execute(sql: change) }
        try queue.close()
        let build = try BuildFixture.open(config, copy)
        #expect(throws: ZoomError.self, "\(change)") {
          for table in BuildTable.allCases { _ = try build.context.store.tally(table) }
          _ = try build.context.store.usage()
          _ = try build.context.store.images()
        }
      }
      try FileManager.default.removeItem(at: out)
      try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
      let queue = try DatabaseQueue(path: state.path)
      try await queue.write { try $0.execute(sql: "CREATE TABLE image (x)") }
      try queue.close()
      #expect(throws: ZoomError.self) { try BuildFixture.open(config, out) }
    }
  }

  @Test("a torn end of the kept replies costs that reply alone, and other damage is refused")
  func replies() async throws {
    try await BuildFixture.withFolder { folder in
      let (config, out, digest, server) = try await built(folder)
      let files = try BuildFixture.files(BuildFolder(out).replies)
      let name = try #require(files.max { $0.value.count < $1.value.count }?.key)
      let url = BuildFolder(out).replies.appending(path: name), bytes = try #require(files[name])
      for suffix in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: BuildFolder(out).state.path + suffix)
      }
      try bytes.dropLast(7).write(to: url)
      let before = server.snapshot.requests
      #expect(try await BuildFixture.build(config, out).2.digest == digest)
      #expect(server.snapshot.requests == before + 1, "more than the torn reply was paid again")
      try (Data("{}".utf8) + bytes.dropFirst(2)).write(to: url)
      let error = #expect(throws: ChatError.self) { try BuildFixture.open(config, out) }
      #expect("\(String(describing: error))".contains(name), "\(String(describing: error))")
    }
  }

  @Test("folders that cannot be written end the build, and do not pay for more")
  func unwritable() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      let config = BuildFixture.config(server, pictures: try BuildFixture.pictures(2, in: folder))
      let file = folder.appending(path: "file")
      try Data("x".utf8).write(to: file)
      #expect(throws: ZoomError.self) { try BuildFixture.open(config, file.appending(path: "out")) }
      #expect(throws: (any Error).self) { try BuildFixture.open(config, file) }
      for (part, stages, calls) in [("crops", [BuildStage.propose, .ask], 0), ("boxed", BuildStage.allCases, 0)] {
        let out = folder.appending(path: part)
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
        try Data().write(to: out.appending(path: part))
        let build = try BuildFixture.open(config, out)
        try await BuildFixture.run(build, Array(stages.dropLast()))
        let purposes: [TeacherPurpose] = [.ask, .distract]
        server.forget()
        let error = await #expect(throws: ZoomError.self) {
          try await BuildFixture.run(build, [stages.last ?? .ask])
        }
        #expect("\(String(describing: error))".contains(part))
        #expect(purposes.allSatisfy { server.snapshot.purposes[$0, default: 0] == calls })
      }
      let out = folder.appending(path: "kept")
      try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
      try Data().write(to: BuildFolder(out).replies)
      #expect(throws: ChatError.self) { try BuildFixture.open(config, out) }
    }
  }

  @Test("a full disk ends the build with a clear error; with room again it goes on")
  func fullDisk() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      let config = BuildFixture.config(server, pictures: try BuildFixture.pictures(2, in: folder))
      let runner = ZoomBuildRunner(folder: folder)
      let whole = folder.appending(path: "whole"), full = folder.appending(path: "full")
      let first = try runner.run(try runner.arguments(config, out: whole))
      try #require(first.status == 0, "\(first.errors)")
      server.forget()
      let arguments = try runner.arguments(config, out: full)
      // No file may grow beyond a number of blocks of 512 bytes; writing more is an error and not a signal.
      for blocks in [16, 60, 120, 180] {
        let script = "trap '' XFSZ; ulimit -f \(blocks); exec \"$0\" \"$@\""
        let result = try runner.run(
          ["-c", script, ZoomBuildRunner.executable.path] + arguments, program: URL(fileURLWithPath: "/bin/sh"))
        #expect(result.status != 0, "\(blocks) blocks")
        #expect(
          result.errors.contains("cannot") || result.errors.contains("full"), "\(blocks) blocks: \(result.errors)")
      }
      let last = try runner.run(arguments)
      #expect(last.status == 0, "\(last.errors)")
      let differences = try BuildFixture.differences(
        whole.appending(path: "dataset"), full.appending(path: "dataset"))
      #expect(differences == [])
      let log = server.snapshot
      let twice = log.answers.values.filter { $0.count > 1 }.count
      #expect(twice <= 4 * 4, "\(twice) replies were paid twice over four full disks")
    }
  }
}
