// Training that stops and resumes continues bit for bit.
import Foundation
import NN
import Tensor
import Testing

@Suite struct TrainerResumptionTests {
  private func settings(_ steps: Int, saveEvery: Int) -> TrainerSettings {
    TrainerSettings(
      steps: steps, microBatches: 2, learningRate: 0.02, schedule: .linearDecay(warmup: 3, decay: 6, floor: 0.1),
      clipNorm: 0.5, saveEvery: saveEvery)
  }

  @Test(arguments: [OptimizerKind.adamW(embeddingDecay: 0.01), .muon(embeddingDecay: 0.01)])
  func aResumedRunEqualsAnUninterruptedOneBitForBit(kind: OptimizerKind) throws {
    let folder = try TemporaryDirectory()
    let whole = Regression()
    let reference = whole.trainer(kind, settings: settings(12, saveEvery: 0))
    let allSteps = RecordingHook()
    _ = try reference.run(hooks: [allSteps])

    for stop in [1, 5, 6, 11] {
      let directory = folder.url.appendingPathComponent("run-\(stop)")
      let first = Regression()
      let hook = CheckpointHook(store: first.store, directory: directory, configuration: "a: 1\n", keepingLast: 2)
      let counter = RecordingHook()
      let outcome = try first.trainer(kind, settings: settings(12, saveEvery: 4)).run(hooks: [hook, counter]) {
        counter.statistics.count == stop
      }
      #expect(outcome == .stopped(step: stop) && hook.lastSavedStep == stop)

      // Other initial values, so that everything must come from the checkpoint.
      let second = Regression(seed: 99)
      let checkpoint = try #require(try Checkpoint.latest(in: directory))
      #expect(checkpoint.state.step == stop && checkpoint.configuration == "a: 1\n")
      let trainer = second.trainer(kind, settings: settings(12, saveEvery: 4))
      let rest = RecordingHook()
      #expect(try trainer.run(from: trainer.restore(checkpoint), hooks: [rest]) == .finished)

      #expect(second.store.values.isIdentical(to: whole.store.values), "\(kind), stopped after \(stop)")
      for (resumed, expected) in zip(trainer.optimizer.state.tensors, reference.optimizer.state.tensors) {
        #expect(resumed.name == expected.name && resumed.tensor.isIdentical(to: expected.tensor))
      }
      #expect(rest.statistics.map(\.loss) == allSteps.statistics.suffix(12 - stop).map(\.loss))
    }
  }

  @Test func aFailedStepLeavesTheGoodCheckpointsAlone() throws {
    let folder = try TemporaryDirectory()
    let model = Regression()
    let hook = CheckpointHook(store: model.store, directory: folder.url, configuration: "", keepingLast: 3)
    #expect(throws: TrainingError.self) {
      try model.trainer(source: RegressionSource(brokenStep: 5), settings: settings(8, saveEvery: 2)).run(hooks: [hook])
    }
    #expect(folder.names == ["step-000002", "step-000004"])
    #expect(try Checkpoint.latest(in: folder.url)?.state.step == 4)
  }

  @Test func payloadAndStateComeFromTheHooksClosures() throws {
    struct Progress: Codable, Equatable { var best: Double }
    let folder = try TemporaryDirectory()
    let model = Regression()
    var source = RandomSource(seed: 3)
    _ = source.uniform()
    let hook = CheckpointHook(
      store: model.store, directory: folder.url, configuration: "", keepingLast: 1,
      state: { [source] step in TrainingState(step: step, dataPosition: step * 16, randomSources: ["sampler": source])
      },
      payload: { Progress(best: Double($0) / 3) })
    _ = try model.trainer(settings: settings(5, saveEvery: 2)).run(hooks: [hook])
    #expect(folder.names == ["step-000005"])
    let checkpoint = try #require(try Checkpoint.latest(in: folder.url))
    #expect(checkpoint.state == TrainingState(step: 5, dataPosition: 80, randomSources: ["sampler": source]))
    #expect(try checkpoint.payload(as: Progress.self) == Progress(best: 5.0 / 3))
    var restored = try #require(checkpoint.state.randomSources["sampler"])
    #expect(restored.uniform() == source.uniform())
  }
}
