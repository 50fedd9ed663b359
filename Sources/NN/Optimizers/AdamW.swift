// Adam with decoupled weight decay, fused over the flat buffers: one read of gradients, one pass over the state.
// Not here: the row kernel (Tensor.adamWStep).
import Tensor

/// The constants of `AdamW`.
public struct AdamWSettings: Codable, Sendable, Equatable {
  /// Decay of the mean of gradients.
  public var beta1: Double
  /// Decay of the mean of squared gradients.
  public var beta2: Double
  /// Added to the root of the mean square.
  public var epsilon: Double
  /// Weight decay of matrices, multiplied by the learning rate.
  public var decay: Double
  /// Weight decay of embedding tables, multiplied by the learning rate.
  public var embeddingDecay: Double

  /// Constants as given; the defaults are those of small language models.
  public init(
    beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, decay: Double = 0.1,
    embeddingDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decay = decay
    self.embeddingDecay = embeddingDecay
  }

  /// The weight decay of a group.
  func decay(of group: ParameterGroup) -> Double {
    switch group {
    case .matrix: decay
    case .embedding: embeddingDecay
    case .vector: 0
    }
  }
}

/// Adam with decoupled weight decay.
///
/// > Source: arXiv 1711.05101, algorithm 2, with the schedule multiplier folded into the learning rate.
public struct AdamW: Optimizer {
  /// The constants.
  public let settings: AdamWSettings
  private var moments: AdamMoments
  private var steps = 0

  /// An optimiser of all parameters of `store`, at step 0.
  ///
  /// - Precondition: the store is frozen.
  public init(_ store: ParameterStore, _ settings: AdamWSettings = AdamWSettings()) {
    self.settings = settings
    self.moments = AdamMoments(store, range: 0..<store.values.count)
  }

  /// `adamw`.
  public var name: String { "adamw" }

  /// The step count and both moments of each parameter, `first.<parameter>` and `second.<parameter>`.
  public var state: OptimizerState { OptimizerState(steps: steps, tensors: moments.tensors) }

  /// Replaces the step count and the moments.
  public mutating func restore(_ state: OptimizerState) {
    steps = state.steps
    restoreByName(state.tensors, expected: moments.tensors.count) { moments.assign($1, to: $0) }
  }

  /// One step of every trainable parameter.
  public mutating func step(_ store: ParameterStore, learningRate: Float, gradientScale: Float) {
    steps += 1
    moments.step(store, settings, learningRate: learningRate, gradientScale: gradientScale, step: steps)
  }
}

/// First and second moments of a range of the flat buffers.
struct AdamMoments {
  private let range: Range<Int>
  private let slots: [FlatSlot]
  /// `[2, range.count]`: means of gradients, then means of squares.
  private var moments: Tensor

  init(_ store: ParameterStore, range: Range<Int>) {
    self.range = range
    self.slots = FlatSlot.all(of: store, in: range)
    self.moments = Tensor(zeros: [2, range.count])
  }

  /// Views of both moments of every parameter.
  var tensors: [(name: String, tensor: Tensor)] {
    let first = moments[0], second = moments[1]
    return slots.map { ("first.\($0.name)", $0.view(of: first)) }
      + slots.map { ("second.\($0.name)", $0.view(of: second)) }
  }

  /// Copies `value` into the moment called `name`; false if there is none of that name.
  mutating func assign(_ value: Tensor, to name: String) -> Bool {
    let isFirst = name.hasPrefix("first.")
    guard isFirst || name.hasPrefix("second.") else { return false }
    let parameter = name.dropFirst(isFirst ? 6 : 7)
    guard let slot = slots.first(where: { $0.name == parameter }) else { return false }
    slot.copy(value, into: &moments, at: (isFirst ? 0 : range.count) + slot.range.lowerBound)
    return true
  }

  mutating func step(
    _ store: ParameterStore, _ settings: AdamWSettings, learningRate: Float, gradientScale: Float, step: Int
  ) {
    let values = store.values, gradients = store.gradients
    precondition(
      range.upperBound <= values.count && slots == FlatSlot.all(of: store, in: range),
      "AdamW.step: the optimiser was made for another store")
    let count = range.count
    moments.withMutableElements { moments in
      guard let base = moments.baseAddress else { return }
      for segment in store.trainableSegments() {
        let part = segment.range.clamped(to: range)
        guard !part.isEmpty else { continue }
        let offset = part.lowerBound - range.lowerBound
        Tensor.adamWStep(
          parameters: values.base + part.lowerBound, gradients: gradients.base + part.lowerBound,
          first: base + offset, second: base + count + offset, count: part.count, learningRate: Double(learningRate),
          beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon,
          decay: settings.decay(of: segment.group), step: step, gradientScale: gradientScale)
      }
    }
    withExtendedLifetime((values, gradients)) {}
  }
}
