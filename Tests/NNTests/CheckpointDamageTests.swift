// Damaged, truncated and foreign checkpoints are refused by name and nothing else changes.
import Foundation
import NN
import Tensor
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct CheckpointDamageTests {
  /// A run with checkpoints after the given steps.
  private func run(_ steps: [Int], in folder: TemporaryDirectory) throws -> Checkpoints {
    let (model, optimizer) = try CheckpointTests.trained()
    let checkpoints = Checkpoints(in: folder.url)
    for step in steps {
      try Checkpoint.save(
        model.store, optimizer: optimizer, state: TrainingState(step: step), configuration: "x: 1\n",
        to: checkpoints.directory(ofStep: step))
    }
    return checkpoints
  }

  private func truncate(_ url: URL, to bytes: Int) throws {
    let handle = try FileHandle(forWritingTo: url)
    try handle.truncate(atOffset: UInt64(bytes))
    try handle.close()
  }

  @Test func directoryNamesSortAsSteps() throws {
    let checkpoints = Checkpoints(in: URL(fileURLWithPath: "/nowhere"))
    #expect(checkpoints.directory(ofStep: 500).lastPathComponent == "step-000500")
    #expect(checkpoints.directory(ofStep: 12_345_678).lastPathComponent == "step-12345678")
    #expect(try checkpoints.steps().isEmpty)
    #expect(try checkpoints.latest() == nil)
  }

  @Test(arguments: ["model.safetensors", "optimizer.safetensors", "config.yaml", "state.json"])
  func aMissingFileIsNamedAndTheEarlierCheckpointFound(name: String) throws {
    let folder = try TemporaryDirectory()
    let checkpoints = try run([2, 10, 9], in: folder)
    let newest = checkpoints.directory(ofStep: 10)
    #expect(try checkpoints.latest()?.state.step == 10)
    try FileManager.default.removeItem(at: newest.appendingPathComponent(name))
    #expect(throws: CheckpointError.incomplete(directory: newest.path, reasons: ["no \(name)"])) {
      try Checkpoint.load(newest)
    }
    #expect(try checkpoints.latest()?.state.step == 9)
    #expect(try checkpoints.steps() == [2, 9, 10])
  }

  @Test(arguments: ["model.safetensors", "optimizer.safetensors", "config.yaml"])
  func aTruncatedFileIsNamedWithBothSizes(name: String) throws {
    let folder = try TemporaryDirectory()
    let checkpoints = try run([1, 2], in: folder)
    let newest = checkpoints.directory(ofStep: 2)
    let size = try Data(contentsOf: newest.appendingPathComponent(name)).count
    try truncate(newest.appendingPathComponent(name), to: size - 1)
    let error = try #require(#expect(throws: CheckpointError.self) { try Checkpoint.load(newest) })
    #expect(error.description.contains("\(name) of \(size - 1) bytes instead of \(size)"))
    #expect(error.description.contains("Hint"))
    #expect(try checkpoints.latest()?.state.step == 1)
  }

  @Test func severalDamagesAreListedTogether() throws {
    let folder = try TemporaryDirectory()
    let directory = try run([1], in: folder).directory(ofStep: 1)
    try FileManager.default.removeItem(at: directory.appendingPathComponent("model.safetensors"))
    try truncate(directory.appendingPathComponent("optimizer.safetensors"), to: 0)
    let error = try #require(#expect(throws: CheckpointError.self) { try Checkpoint.load(directory) })
    #expect(error.description.contains("no model.safetensors; optimizer.safetensors of 0 bytes"))
  }

  @Test(arguments: [
    "", "{", "[]", "{}", "null", "\u{0}", #"{"format": 1}"#, #"{"format": "1", "files": {}}"#,
    #"{"format": 1, "optimizerSteps": 0, "files": [], "training": {}, "payload": {}}"#,
    #"{"format": 1, "optimizerSteps": 1e99, "files": {}, "training": {"step": -1}, "payload": {}}"#,
    String(repeating: "[", count: 100_000),
  ])
  func aStateThatMakesNoSenseIsMalformed(text: String) throws {
    let folder = try TemporaryDirectory()
    let checkpoints = try run([1, 2], in: folder)
    let state = checkpoints.directory(ofStep: 2).appendingPathComponent("state.json")
    try Data(text.utf8).write(to: state)
    let error = #expect(throws: CheckpointError.self) { try Checkpoint.load(checkpoints.directory(ofStep: 2)) }
    guard case .malformed(let path, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == state.path)
    #expect(try checkpoints.latest()?.state.step == 1)
  }

  @Test func anotherFormatAndAnEmptyFileListAreRefused() throws {
    let folder = try TemporaryDirectory()
    let directory = try run([1], in: folder).directory(ofStep: 1)
    let url = directory.appendingPathComponent("state.json")
    let text = try String(contentsOf: url, encoding: .utf8)
    try text.replacingOccurrences(of: #""format" : 1"#, with: #""format" : 2"#).write(
      to: url, atomically: false, encoding: .utf8)
    let error = try #require(#expect(throws: CheckpointError.self) { try Checkpoint.load(directory) })
    #expect(error.description.contains("expected format 1, got 2"))
    let start = try #require(text.range(of: #""files" : {"#)), end = try #require(text.range(of: "}"))
    try text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: "").write(
      to: url, atomically: false, encoding: .utf8)
    #expect(throws: CheckpointError.self) { try Checkpoint.load(directory) }
  }

  @Test func aConfigurationThatIsNotTextIsMalformed() throws {
    let folder = try TemporaryDirectory()
    let directory = try run([1], in: folder).directory(ofStep: 1)
    let url = directory.appendingPathComponent("config.yaml")
    try Data(repeating: 0xFF, count: "x: 1\n".utf8.count).write(to: url)
    #expect(throws: CheckpointError.malformed(path: url.path, reason: "expected UTF-8 text")) {
      try Checkpoint.load(directory)
    }
  }

  @Test func damagedArraysOfTheRightSizeChangeNothing() throws {
    let folder = try TemporaryDirectory()
    let checkpoints = try run([1], in: folder)
    let url = checkpoints.directory(ofStep: 1).appendingPathComponent("model.safetensors")
    var data = try Data(contentsOf: url)
    data.replaceSubrange(0..<16, with: Data(repeating: 0xFF, count: 16))
    try data.write(to: url)
    let checkpoint = try Checkpoint.load(checkpoints.directory(ofStep: 1))
    let other = Regression(seed: 4)
    let before = other.store.values.copied()
    var optimizer = OptimizerKind.adamW().makeOptimizer(for: other.store)
    #expect(throws: CheckpointError.self) { try checkpoint.restore(other.store, optimizer: &optimizer) }
    #expect(other.store.values.isIdentical(to: before) && optimizer.state.steps == 0)
  }

  @Test func whatAnInterruptedSaveLeavesIsIgnoredAndCleared() throws {
    let folder = try TemporaryDirectory()
    let checkpoints = try run([3, 4], in: folder)
    let partial = folder.url.appendingPathComponent(".step-000005.partial")
    try FileManager.default.copyItem(at: checkpoints.directory(ofStep: 4), to: partial)
    try FileManager.default.createDirectory(
      at: folder.url.appendingPathComponent("step-000006"), withIntermediateDirectories: true)
    try Data().write(to: folder.url.appendingPathComponent("step-7"))
    try Data().write(to: folder.url.appendingPathComponent("notes.txt"))
    #expect(try checkpoints.steps() == [3, 4, 6])
    #expect(try checkpoints.latest()?.state.step == 4)
    try checkpoints.prune(keepingLast: 5)
    #expect(folder.names == ["notes.txt", "step-000003", "step-000004", "step-000006", "step-7"])
  }

  @Test func anInterruptedReplacementIsPutBack() throws {
    let folder = try TemporaryDirectory()
    let checkpoints = try run([3, 4], in: folder)
    let aside = folder.url.appendingPathComponent(".step-000004.replaced")
    try FileManager.default.moveItem(at: checkpoints.directory(ofStep: 4), to: aside)
    #expect(try checkpoints.latest()?.state.step == 4)
    #expect(folder.names == ["step-000003", "step-000004"])
  }

  @Test func pruningKeepsTheNewestCompleteOnes() throws {
    let folder = try TemporaryDirectory()
    let checkpoints = try run([1, 2, 3, 4, 20], in: folder)
    try checkpoints.prune(keepingLast: 3)
    #expect(try checkpoints.steps() == [3, 4, 20])
    // The newest directory is damaged: it does not count, and the newest complete one stays.
    try FileManager.default.removeItem(
      at: checkpoints.directory(ofStep: 20).appendingPathComponent("model.safetensors"))
    try checkpoints.prune(keepingLast: 1)
    #expect(try checkpoints.steps() == [4, 20])
    #expect(try checkpoints.latest()?.state.step == 4)
    try checkpoints.prune(keepingLast: 1)
    #expect(try checkpoints.latest()?.state.step == 4)
  }

  @Test func aTargetThatCannotBeWrittenIsNamed() throws {
    let folder = try TemporaryDirectory()
    let file = folder.url.appendingPathComponent("file")
    try Data().write(to: file)
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoint.save(
        Regression().store, optimizer: nil, state: TrainingState(step: 0), configuration: "",
        to: file.appendingPathComponent("step-000000"))
    }
    guard case .unwritable = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(throws: CheckpointError.self) { try Checkpoint.load(folder.url.appendingPathComponent("absent")) }
  }

  #if os(Linux)
    /// A small file system, where the machine lets us make one.
    private final class SmallDisk {
      let url: URL
      init?(kilobytes: Int) {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("nn-disk-\(UUID().uuidString)")
        guard (try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)) != nil,
          mount("tmpfs", url.path, "tmpfs", 0, "size=\(kilobytes)k") == 0
        else {
          try? FileManager.default.removeItem(at: url)
          return nil
        }
      }
      deinit {
        umount(url.path)
        try? FileManager.default.removeItem(at: url)
      }
    }

    @Test(.enabled(if: SmallDisk(kilobytes: 64) != nil, "mounting a tmpfs needs root"))
    func aFullDiskLosesNothingThatWasSaved() throws {
      let disk = try #require(SmallDisk(kilobytes: 96))
      let (model, optimizer) = try CheckpointTests.trained()
      let checkpoints = Checkpoints(in: disk.url)
      var saved: [Int] = []
      var failure: CheckpointError?
      for step in 1...100 where failure == nil {
        do {
          try Checkpoint.save(
            model.store, optimizer: optimizer, state: TrainingState(step: step), configuration: "x: 1\n",
            to: checkpoints.directory(ofStep: step))
          saved.append(step)
        } catch {
          failure = error
        }
      }
      guard case .unwritable(_, let reason) = try #require(failure) else {
        Issue.record("\(String(describing: failure))")
        return
      }
      #expect(reason.contains("No space left on device"))
      #expect(!saved.isEmpty)
      #expect(try checkpoints.steps() == saved)
      for step in saved {
        let other = Regression(seed: 5)
        try Checkpoint.load(checkpoints.directory(ofStep: step)).restore(other.store)
        #expect(other.store.values.isIdentical(to: model.store.values))
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: disk.url.path)
      #expect(left.count == saved.count, "no temporaries stay: \(left)")
      // After pruning there is room again.
      try checkpoints.prune(keepingLast: 1)
      try Checkpoint.save(
        model.store, optimizer: optimizer, state: TrainingState(step: 200), configuration: "",
        to: checkpoints.directory(ofStep: 200))
      #expect(try checkpoints.latest()?.state.step == 200)
    }
  #endif
}
