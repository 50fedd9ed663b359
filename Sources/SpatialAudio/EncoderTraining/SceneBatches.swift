// Batches of scenes: which ones, and how they are changed on the way.
// Not here: their features on disk (FeatureStore.swift).

import Lab
import NN
import Tensor

/// A batch of scenes.
struct SceneBatch {
  /// Planes for each front end, `[B, frames, bands, planes]`.
  var inputs: [Tensor]
  /// What is true of each scene.
  var targets: [SceneTarget]
  /// The order in which attractors read moments.
  var order: [Int]
}

/// Batches in an order drawn anew for each epoch, each scene under a symmetry and a gain drawn for the step.
struct SceneBatches: BatchSource {
  let store: FeatureStore
  let inputs: EncoderInputs
  let moments: Int
  let size: Int
  let augmentation: AugmentationConfig
  private let targets: [SceneTarget]
  private let root: RandomSource

  init(
    _ store: FeatureStore, inputs: EncoderInputs, moments: Int, size: Int, augmentation: AugmentationConfig,
    seed: UInt64
  ) {
    self.store = store
    self.inputs = inputs
    self.moments = moments
    self.size = size
    self.augmentation = augmentation
    targets = store.scenes.map { SceneTarget($0, moments: moments) }
    root = RandomSource(seed: seed).split("scenes")
  }

  func tokens(in batch: SceneBatch) -> Int { batch.targets.count }

  func batch(step: Int, micro: Int) -> SceneBatch {
    var random = root.split("step").split(step).split(micro)
    let symmetries = Symmetry.allCases
    let changes = (0..<size).map { _ in
      Change(
        symmetry: augmentation.symmetries ? symmetries[random.integer(below: symmetries.count)] : symmetries[0],
        gain: augmentation.gain * (2 * random.uniform() - 1),
        hidden: augmentation.hiddenBands > 0 ? random.integer(below: augmentation.hiddenBands + 1) : 0,
        place: random.uniform())
    }
    return batch(scenes(step), changes, order: random.permutation(moments))
  }

  /// Scenes `range` as they are, for evaluation.
  func plain(_ range: Range<Int>) -> SceneBatch {
    batch(Array(range), range.map { _ in Change() }, order: SpatialEncoder.order(moments))
  }

  /// The scenes of a step: stretches of an endless row of permutations.
  private func scenes(_ step: Int) -> [Int] {
    let count = store.scenes.count
    var orders: [Int: [Int]] = [:]
    return (step * size..<(step + 1) * size).map { place in
      let epoch = place / count
      if orders[epoch] == nil {
        var random = root.split("epoch").split(epoch)
        orders[epoch] = random.permutation(count)
      }
      return orders[epoch]?[place % count] ?? 0
    }
  }

  /// What happens to a scene.
  private struct Change {
    var symmetry = Symmetry()
    /// In dB.
    var gain = 0.0
    /// Bands whose level is hidden, and where they begin as a share of what is possible.
    var hidden = 0
    var place = 0.0
  }

  private func batch(_ scenes: [Int], _ changes: [Change], order: [Int]) -> SceneBatch {
    let tensors = store.shapes.map { Tensor(uninitializedShape: Shape([scenes.count] + $0.dimensions)) { _ in } }
    let places = UnsafeShared(tensors)
    parallelForEach(scenes.count) { entry, _ in
      let buffers = zip(places.pointer, store.shapes).map { tensor, shape in
        UnsafeMutableBufferPointer(start: tensor.base + entry * shape.count, count: shape.count)
      }
      store.read(scenes[entry], into: buffers)
      for (frontEnd, buffer) in buffers.enumerated() { apply(changes[entry], to: buffer, frontEnd) }
    }
    let mapped = zip(scenes, changes).map { targets[$0].mapped(by: $1.symmetry) }
    return SceneBatch(inputs: tensors, targets: mapped, order: order)
  }

  private func apply(_ change: Change, to buffer: UnsafeMutableBufferPointer<Float>, _ frontEnd: Int) {
    inputs.apply(change.symmetry, to: buffer, frontEnd: frontEnd)
    inputs.raise(by: Float(change.gain), buffer, frontEnd: frontEnd)
    inputs.hide(bands: change.hidden, at: change.place, buffer, frontEnd: frontEnd)
  }
}
