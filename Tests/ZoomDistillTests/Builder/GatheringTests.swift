// Which pictures are taken in.
// Not here: damaged pictures (SafetyTests.swift).
import Foundation
import Lab
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Gathering")
struct GatheringTests {
  private func gathered(
    _ folder: URL, _ change: (inout ZoomBuildConfig) -> Void = { _ in }
  ) throws -> [String: ImageRecord] {
    var config = ZoomBuildConfig.base
    config.images.source = .folder(path: folder.appending(path: "pictures").path, licence: "", origin: "")
    change(&config)
    let out = folder.appending(path: "out-\(UUID().uuidString)")
    let build = try BuildFixture.open(config, out)
    for _ in 0..<2 { try Gathering(build.context).run(interrupt: Interrupt(), progress: { _, _ in }) }
    return Dictionary(uniqueKeysWithValues: try build.context.store.images().map { ($0.path, $0) })
  }

  @Test("copies, near-duplicates, small pictures and those of benchmarks are told apart")
  func verdicts() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(3, in: folder), files = FileManager.default
      try files.copyItem(at: pictures.appending(path: "p0.png"), to: pictures.appending(path: "z0.png"))
      let near = try ImageFile.read(pictures.appending(path: "p1.png")).resized(to: ImageSize(width: 160, height: 120))
      try ImageFile.write(near, to: pictures.appending(path: "z1.jpg"), as: .jpeg(quality: 90))
      for name in ["z2.png", "z3.png"] {
        try ImageFile.write(
          BuildFixture.picture(50, width: 60, height: 90), to: pictures.appending(path: name), as: .png())
        try Data("damaged".utf8).write(to: pictures.appending(path: "bad-\(name)"))
      }
      let bench = folder.appending(path: "bench")
      try files.createDirectory(at: bench, withIntermediateDirectories: true)
      let known = try ImageFile.read(pictures.appending(path: "p2.png"))
      try ImageFile.write(known, to: bench.appending(path: "b.jpg"), as: .jpeg(quality: 80))
      let records = try gathered(folder) {
        $0.images.longerThan = 60
        $0.images.benchmarks = [bench.path]
      }
      #expect(
        records.mapValues(\.verdict) == [
          "p0.png": .none, "p1.png": .none, "p2.png": .benchmark, "z0.png": .copy, "z1.jpg": .nearDuplicate,
          "z2.png": .small, "z3.png": .small, "bad-z2.png": .unreadable, "bad-z3.png": .unreadable,
        ])
      #expect(records["z1.jpg"]?.reason.contains("p1.png") == true)
      #expect(Set(records.values.map(\.id)).count == records.count)
      let loose = try gathered(folder) { $0.images.duplicateDistance = -1 }
      #expect(loose["z1.jpg"]?.verdict == Verdict.none && loose["z0.png"]?.verdict == .copy)
    }
  }

  /// Four pictures of the folder.
  private func chosen(_ folder: URL, seed: UInt64 = 1, source: ImageSource? = nil) throws -> Set<String> {
    let records = try gathered(folder) { config in
      config.images.limit = 4
      config.seed = seed
      if let source { config.images.source = source }
    }
    return Set(records.keys)
  }

  @Test("a limit draws the same pictures whatever else the folder holds first")
  func limit() async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(9, in: folder)
      let chosen = try self.chosen(folder)
      #expect(chosen.count == 4)
      let others = try self.chosen(folder, seed: 2)
      #expect(chosen != others)
      var paths = (0..<9).map { "p\($0).png" }
      for seed in UInt64(1)...4 {
        var random = TestRandom(seed: seed)
        paths.shuffle(using: &random)
        let list = pictures.appending(path: "list.jsonl")
        try Data(paths.map { "{\"path\": \"\($0)\"}" }.joined(separator: "\n").utf8).write(to: list)
        let again = try self.chosen(folder, source: .list(path: list.path))
        #expect(again == chosen, "seed \(seed)")
      }
      // Of fewer pictures the chosen ones that are left stay chosen.
      let gone = try #require(Set(paths).subtracting(chosen).sorted().first)
      try FileManager.default.removeItem(at: pictures.appending(path: gone))
      let left = try self.chosen(folder)
      #expect(left == chosen)
    }
  }

  @Test("an empty folder is an error with a hint")
  func empty() async throws {
    try await BuildFixture.withFolder { folder in
      _ = try BuildFixture.pictures(0, in: folder)
      #expect(throws: ZoomError.self) { try gathered(folder) }
    }
  }
}
