// zoom-build killed at any point goes on to the dataset of a build that was not.
// Not here: servers that fail (FaultTests.swift).
import Chat
import Foundation
import TestSupport
import Testing
import ZoomDistill

@Suite("Killed builds", .serialized)
struct KillTests {
  private static let key = "ZOOM_BUILD_TEST_KEY"

  /// Waits until something holds or the process ends.
  private func wait(for process: Process, until isReached: () -> Bool) {
    let end = Date(timeIntervalSinceNow: 20)
    while process.isRunning, !isReached(), Date() < end { usleep(500) }
  }

  @Test("twenty kills change no byte, and only replies in flight are asked for again")
  func server() async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = TestRandom(seed: seed)
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(3, in: folder)
      let server = try TeacherServer()
      var runner = ZoomBuildRunner(folder: folder)
      var config = BuildFixture.config(server, pictures: pictures)
      for name in ["one", "two"] { config.teachers.endpoints[name]?.keyEnvironment = Self.key }
      runner.environment[Self.key] = "process-0"
      let whole = folder.appending(path: "whole"), killed = folder.appending(path: "killed")
      let start = Date()
      let first = try runner.run(try runner.arguments(config, out: whole))
      let duration = Date().timeIntervalSince(start)
      try #require(first.status == 0, "\(first.errors)")
      let total = server.snapshot.requests
      server.forget()

      let arguments = try runner.arguments(config, out: killed)
      var kills = 0, endings = 0
      while kills < 20 {
        // The server tells processes apart by their keys: a request can arrive after its sender was killed.
        runner.environment[Self.key] = "process-\(kills + endings + 1)"
        let process = try runner.start(arguments)
        let before = server.snapshot.requests
        // After some requests, or at any moment: before the first one, while gathering, or while exporting.
        if Int.random(in: 0..<4, using: &random) > 0 {
          let target = before + Int.random(in: 0...max(1, total / 10), using: &random)
          wait(for: process) { server.snapshot.requests > target }
        } else {
          let moment = Date(timeIntervalSinceNow: Double.random(in: 0...duration / 2, using: &random))
          wait(for: process) { Date() > moment }
        }
        if process.isRunning {
          kill(process.processIdentifier, SIGKILL)
          process.waitUntilExit()
          kills += 1
        } else {
          #expect(process.terminationStatus == 0, "seed \(seed)")
          try finish(runner, arguments, whole, killed, server, seed)
          try FileManager.default.removeItem(at: killed)
          server.forget()
          endings += 1
        }
        try #require(endings < 20, "the build ends before it can be killed, seed \(seed)")
      }
      runner.environment[Self.key] = "process-\(kills + endings + 1)"
      try finish(runner, arguments, whole, killed, server, seed)
    }
  }

  private func finish(
    _ runner: ZoomBuildRunner, _ arguments: [String], _ whole: URL, _ killed: URL, _ server: TeacherServer,
    _ seed: UInt64
  ) throws {
    let last = try runner.run(arguments)
    #expect(last.status == 0, "seed \(seed): \(last.errors)")
    for part in ["dataset", "crops", "boxed"] {
      let differences = try BuildFixture.differences(whole.appending(path: part), killed.appending(path: part))
      #expect(differences == [], "seed \(seed): \(part)")
    }
    let log = server.snapshot
    for (identity, processes) in log.answers {
      #expect(Set(processes).count == processes.count, "seed \(seed): \(identity) was answered twice by one process")
    }
    // What was answered before a kill and again after it was in flight; a piece of work has one call at a time.
    for process in Set(log.answers.values.joined()) {
      let again = log.answers.values.filter { $0.contains(process) && ($0.max() ?? 0) > process }.count
      #expect(again <= 4, "seed \(seed): \(again) replies were lost with process \(process)")
    }
  }

  @Test("the same with embedded teachers")
  func embedded() async throws {
    let seed = UInt64.random(in: 0..<1_000_000)
    var random = TestRandom(seed: seed)
    try await BuildFixture.withFolder { folder in
      let runner = ZoomBuildRunner(folder: folder)
      var config = ZoomBuildConfig.base
      config.images.source = .signs(scenes: 3)
      config.answers.measuresDirect = true
      let whole = folder.appending(path: "whole"), killed = folder.appending(path: "killed")
      let start = Date()
      let first = try runner.run(try runner.arguments(config, out: whole))
      let duration = Date().timeIntervalSince(start)
      try #require(first.status == 0, "\(first.errors)")
      let arguments = try runner.arguments(config, out: killed)
      for _ in 0..<6 {
        let process = try runner.start(arguments)
        let moment = Date(timeIntervalSinceNow: Double.random(in: 0...duration * 0.7, using: &random))
        wait(for: process) { Date() > moment }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
      let last = try runner.run(arguments)
      #expect(last.status == 0, "seed \(seed): \(last.errors)")
      for part in ["dataset", "crops", "boxed", "scenes"] {
        let differences = try BuildFixture.differences(whole.appending(path: part), killed.appending(path: part))
        #expect(differences == [], "seed \(seed): \(part)")
      }
      let labels = "report/labels.json"
      #expect(
        try Data(contentsOf: whole.appending(path: labels)) == Data(contentsOf: killed.appending(path: labels)),
        "seed \(seed)")
    }
  }
}
