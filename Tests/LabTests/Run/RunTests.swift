// Run directories: complete, locked, never overwritten, resumable.

import Foundation
import Lab
import Logging
import Testing

@Suite struct RunTests {
  private func create(
    in directory: TestDirectory, at name: String? = nil, clock: FakeClock = FakeClock(), config: SampleConfig = .base
  ) throws -> Run {
    try Run.create(
      experiment: "test", config: ResolvedConfig(config), at: name.map { directory.file($0) },
      under: directory.file("Runs"), context: testContext(clock))
  }

  @Test func aNewDirectoryIsComplete() throws {
    let directory = try TestDirectory()
    let run = try create(in: directory)
    let hash = try ResolvedConfig(SampleConfig.base).hash
    #expect(run.directory.path == directory.file("Runs/test/20261130-081500-\(hash.prefix(8))").path)
    let names = try FileManager.default.contentsOfDirectory(atPath: run.directory.path).sorted()
    #expect(
      names == ["checkpoints", "config.yaml", "log.txt", "manifest.json", "metrics.jsonl", "report", "run.lock"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("Runs/test").path).count == 1)
    #expect(try RunManifest(readingFrom: run.directory) == run.manifest)
    #expect(run.manifest.status == .running)
    #expect(run.manifest.sessions[0].start == "2026-11-30T08:15:00.000Z")
    #expect(run.manifest.sessions[0].source.summary == "0123456789abcdef+changes")
    #expect(run.manifest.sessions[0].command == ["program", "run"])
    let config = try ConfigLoader<SampleConfig>().load(file: run.directory.appending(path: "config.yaml"))
    #expect(config.value == .base)
  }

  @Test func runsOfTheSameSecondGetTheirOwnDirectories() throws {
    let directory = try TestDirectory()
    let runs = try (1...3).map { _ in try create(in: directory) }
    #expect(Set(runs.map(\.directory.path)).count == 3)
    #expect(runs[2].directory.path.hasSuffix("-3"))
  }

  @Test func nothingIsOverwritten() throws {
    let directory = try TestDirectory()
    try FileManager.default.createDirectory(at: directory.file("mine"), withIntermediateDirectories: true)
    try Data("precious".utf8).write(to: directory.file("mine/file"))
    let error = #expect(throws: RunError.self) { try create(in: directory, at: "mine") }
    #expect(
      error?.description == """
        run directory '\(directory.file("mine").path)' exists: expected a new path, got existing files. \
        Nothing was changed. Choose another --out, or resume the run.
        """)
    #expect(error?.exitStatus == .usage)
    #expect(try directory.text("mine/file") == "precious")
    #expect(directory.names == ["mine"])
  }

  @Test func theManifestRecordsTheEnd() throws {
    let directory = try TestDirectory()
    let clock = FakeClock()
    let run = try create(in: directory, at: "run", clock: clock)
    try run.note("BLAS core", "Zen")
    try run.record { $0.seeds["seed"] = 7 }
    clock.advance(90)
    try run.finish(.failed, failure: "no luck")
    let manifest = try RunManifest(readingFrom: directory.file("run"))
    #expect(manifest.status == .failed)
    #expect(manifest.sessions[0].end == "2026-11-30T08:16:30.000Z")
    #expect(manifest.sessions[0].failure == "no luck")
    #expect(manifest.notes == ["BLAS core": "Zen"])
    #expect(manifest.seeds == ["seed": 7])
  }

  @Test func theLogGoesToTheFile() throws {
    let directory = try TestDirectory()
    let run = try create(in: directory, at: "run")
    run.log.info("hello", metadata: ["b": "2", "a": "1"])
    run.log.error("bad")
    #expect(
      try directory.text("run/log.txt") == """
        2026-11-30T08:15:00.000Z info hello a=1 b=2
        2026-11-30T08:15:00.000Z error bad

        """)
  }

  // MARK: Lock

  @Test func aSecondProcessIsRefusedAndLosesNothing() throws {
    let directory = try TestDirectory()
    let run = try create(in: directory, at: "run")
    try run.metrics.log(step: 1, ["a/b": 1])
    let before = try snapshot(directory.file("run"))
    // flock belongs to the open file: a second open is refused like a second process.
    let error = #expect(throws: RunError.self) {
      try Run.resume(
        directory.file("run"), experiment: "test", config: ResolvedConfig(SampleConfig.base), context: testContext())
    }
    #expect(error == .locked(directory: directory.file("run").path, holder: Int(getpid())))
    #expect(
      error?.description == """
        run directory '\(directory.file("run").path)' is in use: expected no other process, got process \(getpid()). \
        Nothing was changed. Wait for it, or stop it.
        """)
    #expect(error?.exitStatus == .failure)
    #expect(try snapshot(directory.file("run")) == before)
    withExtendedLifetime(run) {}
  }

  @Test func anotherProcessHoldsTheLockUntilItDies() throws {
    let directory = try TestDirectory()
    _ = try create(in: directory, at: "run")
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    child.arguments = [
      "flock", "--no-fork", directory.file("run/run.lock").path, "sh", "-c", "echo locked; exec sleep 60",
    ]
    let output = Pipe()
    child.standardOutput = output
    try child.run()
    defer { child.terminate() }
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "locked\n")

    let config = try ResolvedConfig(SampleConfig.base)
    #expect(throws: RunError.self) {
      try Run.resume(directory.file("run"), experiment: "test", config: config, context: testContext())
    }
    #expect(try !RunRecord(directory.file("run")).isAbandoned)
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    #expect(try RunRecord(directory.file("run")).isAbandoned)
    let run = try Run.resume(directory.file("run"), experiment: "test", config: config, context: testContext())
    #expect(run.isResumed)
  }

  // MARK: Resume

  @Test func resumingContinuesMetricsAndHistory() throws {
    let directory = try TestDirectory()
    do {
      let run = try create(in: directory, at: "run")
      for step in 1...4 { try run.metrics.log(step: step, ["a/b": 1]) }
      try run.finish(.interrupted)
    }
    var config = SampleConfig.base
    config.steps = 200
    config.schedule = .cosine(warmup: 30, floor: 0.25)
    let resolved = try ResolvedConfig(config)
    let run = try Run.resume(
      directory.file("run"), experiment: "test", config: resolved, mayChange: ["steps", "schedule"],
      context: testContext())
    try run.rewindMetrics(toStep: 2)
    try run.metrics.log(step: 3, ["a/b": 2])
    try run.finish(.finished)
    let record = try RunRecord(directory.file("run"))
    #expect(record.metrics.series("a/b").map(\.value) == [1, 1, 2])
    #expect(record.manifest.sessions.map(\.status) == [.interrupted, .finished])
    #expect(record.manifest.sessions[1].configChanges == ["steps: 100 → 200", "schedule.cosine.warmup: 20 → 30"])
    #expect(record.manifest.configHash == resolved.hash)
    #expect(record.configText == resolved.text)
  }

  @Test func resumingWithAnotherConfigIsRefused() throws {
    let directory = try TestDirectory()
    do { try create(in: directory, at: "run").finish(.interrupted) }
    let before = try snapshot(directory.file("run"))
    var config = SampleConfig.base
    config.steps = 200
    config.model.width = 128
    config.model.heads = 8
    let error = #expect(throws: RunError.self) {
      try Run.resume(
        directory.file("run"), experiment: "test", config: ResolvedConfig(config), mayChange: ["steps"],
        context: testContext())
    }
    #expect(
      error?.description == """
        cannot resume '\(directory.file("run").path)': expected the same config, got 2 other values:
          model.width: 64 → 128
          model.heads: 4 → 8
        Start a new run for another config.
        """)
    #expect(error?.exitStatus == .usage)
    #expect(try snapshot(directory.file("run")) == before)
  }

  @Test func directoriesThatAreNoRuns() throws {
    let directory = try TestDirectory()
    let config = try ResolvedConfig(SampleConfig.base)
    func resume(_ name: String, experiment: String = "test") throws -> String? {
      #expect(throws: RunError.self) {
        try Run.resume(directory.file(name), experiment: experiment, config: config, context: testContext())
      }?.description.replacing(directory.url.path + "/", with: "")
    }
    #expect(
      try resume("nobody")
        == "'nobody' is no run directory: expected 'manifest.json' in it, got none. Check the path.")
    try FileManager.default.createDirectory(at: directory.file("empty"), withIntermediateDirectories: true)
    #expect(try resume("empty")?.contains("is no run directory") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.file("empty").path).isEmpty)
    do { try create(in: directory, at: "run").finish(.finished) }
    #expect(
      try resume("run", experiment: "other") == "run 'run' is of another experiment: expected 'other', got 'test'.")
    try Data("{".utf8).write(to: directory.file("run/manifest.json"))
    #expect(try resume("run")?.hasPrefix("manifest 'run/manifest.json' cannot be read") == true)
  }

  @Test func storedConfigsAreReadStrictly() throws {
    let directory = try TestDirectory()
    do { try create(in: directory, at: "run").finish(.finished) }
    try Data("stepz: 5\n".utf8).write(to: directory.file("run/config.yaml"))
    let error = #expect(throws: RunError.self) {
      try Run.storedConfig(SampleConfig.self, in: directory.file("run"))
    }
    #expect(error?.description.contains("run/config.yaml:1:1: unknown key 'stepz'") == true)
    #expect(error?.exitStatus == .usage)
  }

  @Test(.enabled(if: SmallDisk.isAvailable, "mounting a tmpfs needs root"))
  func aFullDiskLeavesNoHalfDirectory() throws {
    let disk = try SmallDisk(kibibytes: 16)
    try? Data(repeating: 0, count: 16_000).write(to: disk.url.appending(path: "filler"))
    let error = #expect(throws: RunError.self) {
      try Run.create(
        experiment: "test", config: ResolvedConfig(SampleConfig.base), at: disk.url.appending(path: "run"),
        context: testContext())
    }
    #expect(error?.description.contains("No space left on device") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.url.path) == ["filler"])
  }

  /// All files below a directory with their bytes.
  private func snapshot(_ directory: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
      files[name] = FileManager.default.contents(atPath: directory.appending(path: name).path)
    }
    return files
  }
}

@Suite struct ProvenanceTests {
  @Test func machineIsDescribed() {
    let machine = Machine.current()
    #expect(machine.cores >= 1)
    #expect(machine.memory > 1 << 20)
    #expect(machine.system.contains("Linux"))
    #expect(!machine.cpu.isEmpty)
  }

  @Test func commitOfThisTree() {
    let state = SourceState.current()
    #expect(state.commit == "unknown" || state.commit.count == 40)
  }
}
