// The training loop: accumulation, clipping, hooks, failures, pool misses.
import Foundation
import NN
import Tensor
import Testing

@Suite struct TrainerTests {
  private func settings(_ steps: Int, microBatches: Int = 1, clipNorm: Float = 1) -> TrainerSettings {
    TrainerSettings(
      steps: steps, microBatches: microBatches, learningRate: 0.01, schedule: .cosine(warmup: 2, floor: 0.1),
      clipNorm: clipNorm)
  }

  @Test(arguments: [OptimizerKind.adamW(), .muon()])
  func overfitsOneBatch(kind: OptimizerKind) throws {
    let model = Regression()
    let trainer = model.trainer(
      kind, source: RegressionSource(isConstant: true),
      settings: TrainerSettings(steps: 400, learningRate: 0.02, schedule: .cosine(warmup: 10, floor: 0.01)))
    let hook = RecordingHook()
    #expect(try trainer.run(hooks: [hook]) == .finished)
    let losses = hook.statistics.map(\.loss)
    #expect(losses.count == 400)
    #expect(losses[399] < 0.01 * losses[0], "\(kind): from \(losses[0]) to \(losses[399])")
  }

  @Test func fourMicroBatchesEqualOneLargeBatch() throws {
    let small = Regression(), large = Regression()
    let first = RecordingHook(), second = RecordingHook()
    _ = try small.trainer(settings: settings(5, microBatches: 4)).run(hooks: [first])
    _ = try large.trainer(source: RegressionSource(merged: 4), settings: settings(5)).run(hooks: [second])
    #expect(small.store.values.relativeError(to: large.store.values) < 1e-6)
    for (a, b) in zip(first.statistics, second.statistics) {
      #expect(a.tokens == 32 && b.tokens == 32)
      #expect(abs(a.loss - b.loss) < 1e-6 * b.loss)
      #expect(abs(a.gradientNorm - b.gradientNorm) < 1e-6 * b.gradientNorm)
    }
  }

  @Test func clippingScalesTheGradientToTheLimit() throws {
    // Muon's momentum is linear in the gradient; its state after one step shows what the optimiser saw.
    for clip: Float in [0, 1e-3, 1e6] {
      let model = Regression()
      let hook = RecordingHook()
      let trainer = model.trainer(.muon(momentum: 0.5), settings: settings(1, clipNorm: clip))
      _ = try trainer.run(hooks: [hook])
      let norm = try #require(hook.statistics.first).gradientNorm
      let factor = clip > 0 && Double(clip) < norm ? Double(clip) / norm : 1
      let momentum = try #require(trainer.optimizer.state.tensors.first { $0.name == "momentum.hidden.0.up" }).tensor
      let gradient = try #require(model.store["hidden.0.up"]).gradient
      let expected = gradient.scaled(by: Float(0.5 * factor))
      #expect(momentum.relativeError(to: expected) < 1e-6, "clip \(clip), norm \(norm)")
    }
  }

  @Test func eventsComeInOrder() throws {
    var plan = settings(5)
    plan.evaluateEvery = 2
    plan.saveEvery = 3
    let hook = RecordingHook()
    _ = try Regression().trainer(settings: plan).run(hooks: [hook])
    #expect(
      hook.events == [
        "will 0", "did 1", "will 1", "did 2", "evaluate 2", "will 2", "did 3", "save 3", "will 3", "did 4",
        "evaluate 4", "will 4", "did 5", "evaluate 5", "save 5", "end finished",
      ])
  }

  @Test func aStopSavesOnceAndReportsTheStep() throws {
    for (saveEvery, events) in [
      (0, ["will 0", "did 1", "will 1", "did 2", "save 2", "end stopped(step: 2)"]),
      (2, ["will 0", "did 1", "will 1", "did 2", "save 2", "end stopped(step: 2)"]),
    ] {
      var plan = settings(5)
      plan.saveEvery = saveEvery
      let hook = RecordingHook()
      let outcome = try Regression().trainer(settings: plan).run(hooks: [hook]) { hook.events.contains("did 2") }
      #expect(outcome == .stopped(step: 2))
      #expect(hook.events == events, "saveEvery \(saveEvery)")
    }
  }

  @Test func aStopBeforeTheFirstStepSavesNothing() throws {
    let hook = RecordingHook()
    let outcome = try Regression().trainer(settings: settings(5)).run(from: 3, hooks: [hook]) { true }
    #expect(outcome == .stopped(step: 3) && hook.events == ["end stopped(step: 3)"])
  }

  @Test func aRunThatIsAlreadyCompleteDoesNothing() throws {
    let hook = RecordingHook()
    #expect(try Regression().trainer(settings: settings(5)).run(from: 5, hooks: [hook]) == .finished)
    #expect(hook.events == ["end finished"])
  }

  @Test func statisticsDescribeTheStep() throws {
    let hook = RecordingHook()
    let model = Regression()
    _ = try model.trainer(settings: settings(3, microBatches: 2)).run(hooks: [hook])
    for (index, step) in hook.statistics.enumerated() {
      #expect(step.step == index + 1 && step.tokens == 16)
      #expect(step.learningRate == LearningRate.cosine(warmup: 2).value(at: index, of: 3, peak: 0.01))
      #expect(step.seconds > 0 && step.tokensPerSecond == 16 / step.seconds)
      #expect(step.operationsPerSecond == 16_000 / step.seconds)
      #expect(step.poolHits + step.poolMisses > 0 && step.peakPoolBytes > model.store.values.byteCount)
      #expect(step.gradientNorm > 0 && step.loss > 0)
    }
  }

  @Test func aLossThatIsNotFiniteStopsBeforeTheUpdate() throws {
    let model = Regression()
    var plan = settings(8)
    plan.saveEvery = 1
    let hook = RecordingHook()
    let error = #expect(throws: TrainingError.self) {
      try model.trainer(source: RegressionSource(brokenStep: 3), settings: plan).run(hooks: [hook])
    }
    guard case .nonFiniteLoss(let step, let micro, let loss) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(step == 3 && micro == 0 && loss.isNaN)
    #expect(hook.events.suffix(4) == ["did 3", "save 3", "will 3", "fail"])
    #expect(hook.failure is TrainingError)
    // The parameters are those after three good steps.
    let expected = Regression()
    var count = 0
    _ = try expected.trainer(settings: settings(8)).run {
      count += 1
      return count > 3
    }
    #expect(model.store.values.isIdentical(to: expected.store.values))
  }

  @Test func aGradientThatIsNotFiniteIsNamed() throws {
    let model = Regression()
    let before = model.store.values.copied()
    let trainer = Trainer(
      store: model.store, optimizer: OptimizerKind.adamW().makeOptimizer(for: model.store),
      source: RegressionSource(), settings: settings(2)
    ) { batch, tape in
      let loss = model.loss(batch, tape)
      guard let up = model.store["hidden.0.up"] else { return loss }
      return Variable(loss.value, from: [loss], op: "broken") { gradient, gradients in
        gradients.add(gradient, to: loss)
        gradients.add(Tensor(repeating: .infinity, shape: up.shape), to: Variable(up))
      }
    }
    #expect(throws: TrainingError.nonFiniteGradient(step: 0, parameter: "hidden.0.up")) { try trainer.run() }
    #expect(model.store.values.isIdentical(to: before))
  }

  @Test func anErrorOfAHookEndsTheRun() throws {
    final class Full: TrainerHook {
      struct DiskFull: Error {}
      func save(afterStep step: Int, optimizer: any Optimizer) throws { throw DiskFull() }
    }
    var plan = settings(4)
    plan.saveEvery = 2
    let hook = RecordingHook()
    #expect(throws: Full.DiskFull.self) { try Regression().trainer(settings: plan).run(hooks: [hook, Full()]) }
    #expect(hook.events.suffix(3) == ["did 2", "save 2", "fail"])
  }

  @Test func shapesThatRepeatNeverReachTheSystemAllocator() throws {
    // The pool serves the whole process, so other tests may take a buffer at a bad moment: a step counts as clean if it
    // was clean in one of several runs. A step that really allocates is never clean.
    for kind in [OptimizerKind.adamW(), .muon()] {
      var dirty = Set(2...6)
      for _ in 0..<50 where !dirty.isEmpty {
        let hook = RecordingHook()
        _ = try Regression(width: 48).trainer(kind, settings: settings(6, microBatches: 2)).run(hooks: [hook])
        for step in hook.statistics where step.poolMisses == 0 { dirty.remove(step.step) }
      }
      #expect(dirty.isEmpty, "\(kind): steps \(dirty.sorted()) allocate")
    }
  }

  @Test func operationProfilesSeeEveryOperation() throws {
    let profile = OperationProfile()
    _ = try Regression().trainer(settings: settings(3), profile: profile).run()
    let calls = Dictionary(uniqueKeysWithValues: profile.entries.map { ($0.operation, $0.calls) })
    #expect(calls["linear"] == 12 && calls["multiply"] == 3 && calls["meanSquaredError"] == 3)
  }

  @Test func settingsOutOfRangeAreNamed() {
    #expect(settings(3).problems.isEmpty)
    let broken = TrainerSettings(
      steps: -1, microBatches: 0, learningRate: .nan, schedule: .constant(warmup: -1), clipNorm: -1,
      evaluateEvery: -1, saveEvery: -1)
    #expect(broken.problems.count == 7)
  }
}
