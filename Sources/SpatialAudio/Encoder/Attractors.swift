// Sources as attractors: one vector for each source that is heard, and one more that says there is no other.
// Not here: what is read off them (SpatialEncoder.swift), the loss (SlotLoss.swift).

package import NN
import Tensor

/// An encoder-decoder of long short-term memories, after which each attractor looks at the dense map.
///
/// Parameters: `encoder`, `decoder` (a memory without inputs: `decoder.recurrent` and `decoder.bias`), `existence`,
/// `activity`, `query`, `key`, `value`.
///
/// > Source: Horiguchi et al., "Encoder-decoder based attractors for end-to-end neural diarization", arXiv 2106.10654,
/// > section III; slots as in arXiv 2601.02954. Evidence is pooled by attention rather than by the activity alone: the
/// > moments that tell a direction are few of those in which a source sounds.
struct Attractors {
  private static let heads = 4

  private let encoder: LSTM
  private let decoder: Parameter
  private let decoderBias: Parameter
  private let existence: Linear
  private let activity: Linear
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let width: Int
  private let count: Int

  /// Attractors for up to `slots` sources.
  init(width: Int, slots: Int, in scope: ParameterScope) {
    encoder = LSTM(width, hidden: width, in: scope / "encoder")
    decoder = (scope / "decoder").parameter("recurrent", [4 * width, width], .fanIn(width), group: .matrix)
    decoderBias = (scope / "decoder").parameter("bias", [4 * width], .fanIn(width), group: .vector)
    func map(_ outputs: Int, _ name: String, bias: Bool = true) -> Linear {
      Linear(width, outputs, bias: bias, initializer: .fanIn(width), in: scope / name)
    }
    existence = map(1, "existence")
    activity = map(width, "activity")
    query = map(width, "query")
    key = map(width, "key")
    value = map(width, "value")
    self.width = width
    count = slots + 1
  }

  /// What attractors hear.
  struct Output {
    /// Whether there is a source, as a logit: `[B, K + 1]`.
    var existence: Variable
    /// Whether it sounds in each moment, as a logit: `[B, K + 1, T]`.
    var activity: Variable
    /// The attractor and the evidence that it found: `[B, K + 1, 2D]`.
    var evidence: Variable
  }

  /// Finds attractors in a dense map.
  ///
  /// - Parameters:
  ///   - dense: `[B, T, D]`.
  ///   - order: the order in which moments are read, which makes no difference to what is in the scene.
  func callAsFunction(_ dense: Variable, order: [Int]) -> Output {
    let (batch, moments) = (dense.shape[0], dense.shape[1])
    let read = encoder.states(timeFirst(dense, order: order))
    let last = read[moments - 1..<moments].reshaped(to: [batch, 2 * width])
    let silence = Variable(Tensor(zeros: [count, batch, 4 * width]), on: dense.tape)
    let told = lstm(addBias(silence, decoderBias), recurrent: decoder, initial: last)
    let places = (0..<batch).flatMap { entry in (0..<count).map { Int32($0 * batch + entry) } }
    let slots = gatherRows(told.columns(0..<width), IndexTensor(places, shape: [batch, count]))
    func split(_ x: Variable) -> Variable {
      x.reshaped(to: [batch, x.shape[1], Self.heads, width / Self.heads])
    }
    let seen = attention(query: split(query(slots)), key: split(key(dense)), value: split(value(dense)), mask: .full)
    return Output(
      existence: existence(slots).reshaped(to: [batch, count]),
      activity: similarity(activity(slots), dense),
      evidence: sideBySide([slots, seen.reshaped(to: [batch, count, width])]))
  }
}

/// `a·bᵀ / √D` of each batch entry.
///
/// - Parameters:
///   - a: `[B, K, D]`.
///   - b: `[B, T, D]`.
/// - Returns: `[B, K, T]`.
package func similarity(_ a: Variable, _ b: Variable) -> Variable {
  let (batch, width) = (a.shape[0], a.shape[2])
  let scale = 1 / Float(width).squareRoot()
  let (rows, columns) = (a.shape[1], b.shape[1])
  func entry(_ x: Tensor, _ index: Int, transposed: Bool = false) -> MatrixOperand {
    MatrixOperand(x.base + index * x.shape[1] * x.shape[2], rowStride: x.shape[2], transposed: transposed)
  }
  let product = Tensor.filled([batch, rows, columns]) { result in
    for index in 0..<batch {
      gemm(
        m: rows, n: columns, k: width, alpha: scale, entry(a.value, index), entry(b.value, index, transposed: true),
        into: result.elements + index * rows * columns, stride: columns)
    }
  }
  return Variable(product, from: [a, b], op: "similarity") { gradient, gradients in
    gradients.add(to: a) { result in
      for index in 0..<batch {
        gemm(
          m: rows, n: width, k: columns, alpha: scale, entry(gradient, index), entry(b.value, index),
          beta: result.beta, into: result.elements + index * rows * width, stride: width)
      }
    }
    gradients.add(to: b) { result in
      for index in 0..<batch {
        gemm(
          m: columns, n: width, k: rows, alpha: scale, entry(gradient, index, transposed: true), entry(a.value, index),
          beta: result.beta, into: result.elements + index * columns * width, stride: width)
      }
    }
  }
}
