// The linear record of operations, and the walk back over it. Order of differentiation is the reverse of recording:
// no graph, no sort, no recursion. Not here: what an operation's pullback does (Functions/).
public import Tensor

/// A tape that outlives its variables, by contract of `Tape`.
struct TapeReference {
  unowned let tape: Tape
}

/// The place of one operation's output on a tape.
struct TapeSlot {
  unowned let tape: Tape
  let index: Int
}

/// A record of operations, walked backwards once.
///
/// A tape belongs to one task. The caller keeps it alive as long as its variables are used. Backward frees as it goes:
/// each node's saved activations and each finished gradient return to the buffer pool before the next node runs.
public final class Tape {
  typealias Pullback = (_ outputGradient: Tensor, _ gradients: Gradients) -> Void

  private struct Node {
    let operation: StaticString
    /// The output's slot; nil for an effect, which is visited always.
    let slot: Int?
    let pullback: Pullback
  }

  private var nodes: [Node] = []
  /// The gradient of each slot: nil until the first contribution, and again when its operation has been visited.
  private var gradients: [Tensor?] = []
  private let profile: OperationProfile?
  /// The precision in which products of this tape's operations multiply.
  public let precision: Precision
  /// Whether operations are recorded; without, a tape only tells them its precision.
  let isRecording: Bool
  private static let nothing = Tensor([], shape: [0])

  /// An empty tape.
  ///
  /// - Parameters:
  ///   - precision: in which products multiply; everything else, gradients and parameters included, stays float32.
  ///   - profile: receives the time of each operation, if given.
  /// - Precondition: the machine has the precision (`Precision.missing`).
  public convenience init(precision: Precision = .float32, profile: OperationProfile? = nil) {
    self.init(precision: precision, profile: profile, isRecording: true)
  }

  init(precision: Precision, profile: OperationProfile?, isRecording: Bool) {
    precondition(precision.missing == nil, "Tape: \(precision): \(precision.missing ?? "")")
    self.precision = precision
    self.isRecording = isRecording
    self.profile = profile
    profile?.mark()
  }

  /// A leaf whose gradient is wanted; read it with `gradient(of:)` after `backward`.
  public func leaf(_ value: Tensor) -> Variable {
    gradients.append(nil)
    return Variable(value, source: .output(TapeSlot(tape: self, index: gradients.count - 1)))
  }

  /// The gradient that reached `leaf`, zeros if none did.
  ///
  /// - Precondition: `leaf` came from this tape's `leaf(_:)`.
  public func gradient(of leaf: Variable) -> Tensor {
    guard case .output(let slot) = leaf.source, slot.tape === self else {
      preconditionFailure("Tape.gradient: the variable is not a leaf of this tape")
    }
    return gradients[slot.index] ?? Tensor(zeros: leaf.shape)
  }

  /// Adds `contribution` to the gradient at `index`; the first one is adopted without a copy, and is copied when a later
  /// one must be added while somebody else still holds it.
  func merge(_ contribution: Tensor, at index: Int) {
    guard var gradient = take(index) else {
      gradients[index] = contribution
      return
    }
    gradient.withMutableElements { buffer in
      guard let base = buffer.baseAddress else { return }
      Tensor.add(contribution, into: Accumulator(base, shape: contribution.shape, beta: 1))
    }
    gradients[index] = gradient
  }

  /// Lets `body` write or add to the gradient at `index`, which is off the table meanwhile, so that `body` may itself
  /// reach any gradient, this one included.
  func accumulate(at index: Int, shape: Shape, _ body: (Accumulator) -> Void) {
    guard var gradient = take(index) else { return merge(.filled(shape, body), at: index) }
    gradient.withMutableElements { buffer in
      if let base = buffer.baseAddress { body(Accumulator(base, shape: shape, beta: 1)) }
    }
    merge(gradient, at: index)
  }

  private func take(_ index: Int) -> Tensor? {
    defer { gradients[index] = nil }
    return gradients[index]
  }

  func record(_ operation: StaticString, pullback: @escaping Pullback) -> TapeSlot {
    gradients.append(nil)
    nodes.append(Node(operation: operation, slot: gradients.count - 1, pullback: pullback))
    profile?.forward(operation)
    return TapeSlot(tape: self, index: gradients.count - 1)
  }

  /// Records an operation without an output, such as a write into a shared buffer; backward always visits it.
  public func recordEffect(_ operation: StaticString, pullback: @escaping (_ gradients: Gradients) -> Void) {
    guard isRecording else { return }
    nodes.append(Node(operation: operation, slot: nil, pullback: { _, gradients in pullback(gradients) }))
    profile?.forward(operation)
  }

  /// The number of recorded operations.
  public var count: Int { nodes.count }

  /// Adds `seed` times the gradient of `loss` to every parameter and leaf that it depends on, and empties the tape.
  ///
  /// - Parameters:
  ///   - loss: a variable of this tape.
  ///   - seed: the gradient of the final objective by each element of `loss`.
  /// - Precondition: `loss` is on this tape; a tape is walked once.
  public func backward(from loss: Variable, seed: Float = 1) {
    backward(from: [(loss, Tensor(repeating: seed, shape: loss.shape))])
  }

  /// Backward from several outputs with a gradient for each.
  public func backward(from outputs: [(variable: Variable, gradient: Tensor)]) {
    let accumulator = Gradients(tape: self)
    for (variable, gradient) in outputs {
      precondition(variable.tape === self, "Tape.backward: the variable \(variable.shape) is not on this tape")
      accumulator.add(gradient, to: variable)
    }
    profile?.mark()
    while let node = nodes.popLast() {
      if let slot = node.slot {
        guard let gradient = take(slot) else { continue }
        node.pullback(gradient, accumulator)
      } else {
        node.pullback(Self.nothing, accumulator)
      }
      profile?.backward(node.operation)
    }
  }
}

@available(*, unavailable) extension Tape: Sendable {}
