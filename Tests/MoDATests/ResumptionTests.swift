// A run that is killed and resumed ends with the bits of one that was not.
import Foundation
import Testing

import MoDA

@Suite(.serialized) struct ResumptionTests {
  /// A tiny run on real text; every fourth step is saved.
  private func arguments(cache: URL) -> [String] {
    [
      "--set", "training.steps=60", "--set", "training.saveEvery=4", "--set", "training.evaluateEvery=0",
      "--set", "evaluation.maximumTokens=256", "--set", "evaluation.sampleTokens=4",
      "--set", "model.depth.writers=attentionAndFeedForward", "--set", "data.cache=\(cache.path)", "--quiet",
    ]
  }

  private func lines(_ run: URL) -> Int {
    ((try? String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)) ?? "")
      .split(separator: "\n").count
  }

  private func state(_ run: URL) throws -> [Data] {
    try ["model.safetensors", "optimizer.safetensors"].map {
      try Data(contentsOf: run.appendingPathComponent("checkpoints/step-000060/\($0)"))
    }
  }

  @Test func tenKillsLoseNothing() throws {
    try withTemporaryFolder { folder in
      let cache = folder.appendingPathComponent("cache")
      let whole = folder.appendingPathComponent("whole"), killed = folder.appendingPathComponent("killed")
      let reference = try modaLM(["train", "--smoke", "--out", whole.path] + arguments(cache: cache))
      try #require(reference.status == 0, "\(reference.errors)")

      let seed = UInt64.random(in: 0..<1_000_000)
      var random = SeededGenerator(seed: seed)
      var kills = 0
      while kills < 10 {
        let fresh = !FileManager.default.fileExists(atPath: killed.path)
        let process = try startModaLM(
          fresh
            ? ["train", "--smoke", "--out", killed.path] + arguments(cache: cache)
            : ["resume", killed.path, "--quiet"],
          in: folder)
        // Kill at a random step of this session, or at a random moment before its first.
        let target = lines(killed) + Int.random(in: 0...5, using: &random)
        let deadline = Date(timeIntervalSinceNow: 20)
        while process.isRunning && (fresh || Int.random(in: 0..<50, using: &random) > 0) && lines(killed) <= target
          && Date() < deadline
        {
          usleep(500)
        }
        guard process.isRunning else { break }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        kills += 1
      }
      #expect(kills == 10, "the run ended after \(kills) kills, seed \(seed)")
      let final = try modaLM(["resume", killed.path, "--quiet"])
      #expect(final.status == 0, "seed \(seed): \(final.errors)")
      #expect(try state(killed) == state(whole), "seed \(seed): parameters or moments differ")
      #expect(lines(killed) == lines(whole), "seed \(seed): metrics lost or repeated")
    }
  }
}

/// SplitMix64, so that a failing seed can be tried again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
