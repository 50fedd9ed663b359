// A tiny regression that the trainer and checkpoint tests share: three matrices, all three parameter groups.
// Not here: what is tested.
import Foundation
import NN
import Tensor

struct RegressionBatch {
  let input: Tensor
  let target: Tensor
}

/// Batches drawn from the step and micro-batch number.
struct RegressionSource: BatchSource {
  var seed: UInt64 = 5
  var rows = 8
  /// Micro-batches that one batch of this source holds.
  var merged = 1
  /// Repeats the batch of step 0.
  var isConstant = false
  /// The step whose input is NaN.
  var brokenStep: Int?

  func batch(step: Int, micro: Int) -> RegressionBatch {
    let step = isConstant ? 0 : step
    var input: [Float] = [], target: [Float] = []
    for part in 0..<merged {
      let source = RandomSource(seed: seed).split("step.\(step).micro.\(micro * merged + part)")
      let x = Tensor.normal([rows, 6], mean: 0, deviation: 1, from: source)
      input += x.elements
      target += (0..<rows).flatMap { row in
        (0..<4).map { column in sin(x.elements[row * 6 + column] + x.elements[row * 6 + column + 2]) }
      }
    }
    if step == brokenStep { input[0] = .nan }
    return RegressionBatch(
      input: Tensor(input, shape: [rows * merged, 6]), target: Tensor(target, shape: [rows * merged, 4]))
  }

  func tokens(in batch: RegressionBatch) -> Int { batch.input.shape[0] }
}

/// `(x·E)·W₁ᵀ ∘ (x·E)·W₂ᵀ · W₃ᵀ + b`.
final class Regression {
  let store: ParameterStore
  private let table, gate, up, down, bias: Parameter

  init(seed: UInt64 = 1, width: Int = 16, hidden: String = "hidden") {
    store = ParameterStore(seed: seed)
    let root = store.root
    bias = (root / "output").parameter("bias", [4], .zeros, group: .vector)
    table = (root / "input").parameter("weight", [6, 6], .normal(deviation: 0.4), group: .embedding)
    gate = (root / hidden / 0).parameter("gate", [width, 6], .normal(deviation: 0.4), group: .matrix)
    up = (root / hidden / 0).parameter("up", [width, 6], .normal(deviation: 0.4), group: .matrix)
    down = (root / "output").parameter("weight", [4, width], .normal(deviation: 0.25), group: .matrix)
    store.freeze()
  }

  func loss(_ batch: RegressionBatch, _ tape: Tape) -> Variable {
    let x = linear(tape.leaf(batch.input), weight: table)
    let product = linear(x, weight: gate) * linear(x, weight: up)
    return meanSquaredError(linear(product, weight: down, bias: bias), target: batch.target)
  }

  func trainer(
    _ kind: OptimizerKind = .adamW(), source: RegressionSource = RegressionSource(), settings: TrainerSettings,
    profile: OperationProfile? = nil
  ) -> Trainer<RegressionSource> {
    Trainer(
      store: store, optimizer: kind.makeOptimizer(for: store), source: source, settings: settings,
      operationsPerToken: 1000, profile: profile, loss: loss)
  }
}

/// Records the events of a run.
final class RecordingHook: TrainerHook {
  var events: [String] = []
  var statistics: [StepStatistics] = []
  var failure: (any Error)?

  func willStep(_ step: Int) throws { events.append("will \(step)") }
  func didStep(_ statistics: StepStatistics) throws {
    events.append("did \(statistics.step)")
    self.statistics.append(statistics)
  }
  func evaluate(afterStep step: Int) throws { events.append("evaluate \(step)") }
  func save(afterStep step: Int, optimizer: any Optimizer) throws { events.append("save \(step)") }
  func didFail(_ error: any Error) {
    events.append("fail")
    failure = error
  }
  func didEnd(_ outcome: TrainingOutcome) throws { events.append("end \(outcome)") }
}

/// A new directory that is removed with the value.
final class TemporaryDirectory {
  let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("nn-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }

  /// The names in the directory, hidden ones included.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
}

extension NDArray where Element == Float {
  /// Whether both arrays are equal bit for bit.
  func isIdentical(to other: Tensor) -> Bool {
    shape == other.shape && elements.map(\.bitPattern) == other.elements.map(\.bitPattern)
  }

  /// The largest difference, relative to the largest magnitude of `reference`.
  func relativeError(to reference: Tensor) -> Float {
    let scale = reference.elements.map(abs).max() ?? 0
    let difference = zip(elements, reference.elements).map { abs($0 - $1) }.max() ?? 0
    return difference / max(scale, .leastNormalMagnitude)
  }
}
