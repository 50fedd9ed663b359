// Runs an operation of the library the way its callers do, at every instruction-set level and on one and two threads,
// and judges it by the 2× rule against its reference.
public import Tensor

/// An operation of the library beside its reference.
public struct OperationCheck {
  /// What the operation is supposed to compute.
  public let reference: Reference
  /// The library's forward.
  public let forward: ([Tensor]) -> Tensor
  /// The library's backward: output gradient, inputs, one destination per input.
  public let backward: ((Tensor, [Tensor], [Accumulator]) -> Void)?

  /// An operation with or without a backward.
  public init(
    _ reference: Reference, forward: @escaping ([Tensor]) -> Tensor,
    backward: ((Tensor, [Tensor], [Accumulator]) -> Void)? = nil
  ) {
    self.reference = reference
    self.forward = forward
    self.backward = backward
  }

  /// Everything that is wrong with the operation at these inputs; empty if nothing is.
  ///
  /// Checks the output, and every gradient both over NaN (`beta` 0) and added to earlier contents (`beta` 1); results
  /// must not depend on the number of threads, bit for bit.
  ///
  /// - Parameters:
  ///   - inputs: what the operation takes.
  ///   - outputGradient: the gradient of its output.
  ///   - terms: the largest magnitude of the terms of a gradient that is a difference of nearly equal ones; the floor of
  ///     the rule then refers to them instead of the difference.
  ///   - seed: where the inputs come from.
  public func problems(
    _ inputs: [Tensor], outputGradient: Tensor, terms: Float = 0, seed: UInt64
  ) -> [String] {
    var problems: [String] = []
    let floats = inputs.map { $0.elements }, wide = inputs.map(doubles)
    let truth = reference.forward64(wide), naive = reference.forward32(floats)
    let slopes = backward == nil ? [] : reference.backward64(doubles(outputGradient), wide)
    let naiveSlopes = backward == nil ? [] : reference.backward32(outputGradient.elements, floats)
    for level in InstructionSet.available {
      var single: [[Float]] = []
      for threads in [1, 2] {
        let label = "\(reference.name) \(inputs.map { $0.shape }) \(level), \(threads) threads, seed \(seed)"
        var results: [[Float]] = []
        Runtime.with(instructionSet: level, threads: threads) {
          results.append(forward(inputs).elements)
          for beta in [Float(0), 1] where backward != nil {
            results += gradients(inputs, outputGradient, beta: beta)
          }
        }
        let expected = [(naive, truth)] + Array(zip(naiveSlopes, slopes)) + Array(zip(naiveSlopes, slopes))
        for (index, result) in results.enumerated() {
          let isAdded = index > slopes.count
          let kernel = isAdded ? result.map { $0 - Self.earlier } : result
          let error = Self.error(
            kernel, expected[index].0, expected[index].1, terms: index > 0 ? terms : 0, isAdded: isAdded)
          if let error { problems.append("\(label), result \(index): \(error)") }
        }
        if threads == 1 {
          single = results
        } else if !zip(single, results).allSatisfy({ $0.elementsEqual($1) { $0.bitPattern == $1.bitPattern } }) {
          problems.append("\(label): differs from one thread")
        }
      }
    }
    return problems
  }

  /// What an adding destination holds before; a sum with it loses up to an ulp of 4.
  private static let earlier: Float = 3

  private func gradients(_ inputs: [Tensor], _ outputGradient: Tensor, beta: Float) -> [[Float]] {
    let buffers = inputs.map { UnsafeMutableBufferPointer<Float>.allocate(capacity: max(1, $0.count)) }
    defer { for buffer in buffers { buffer.deallocate() } }
    let targets = zip(buffers, inputs).compactMap { buffer, input in
      buffer.initialize(repeating: beta == 0 ? .nan : Self.earlier)
      return buffer.baseAddress.map { Accumulator($0, shape: input.shape, beta: beta) }
    }
    backward?(outputGradient, inputs, targets)
    return zip(buffers, inputs).map { Array($0.prefix($1.count)) }
  }

  private static func error(
    _ kernel: [Float], _ naive: [Float], _ truth: [Double], terms: Float, isAdded: Bool
  ) -> String? {
    guard kernel.count == truth.count else { return "\(kernel.count) elements instead of \(truth.count)" }
    let ratio = ErrorRatio(kernel: kernel, naive: naive, truth: truth)
    let rounding = isAdded ? Double(max(4, Float(ratio.largest) + earlier).ulp) : 0
    let floor = max(ratio.floor, 8 * Double(terms.ulp))
    return ratio.kernel <= 2 * max(ratio.naive, floor) + rounding ? nil : "\(ratio)"
  }
}

/// Row widths around every vector width, and one beyond a thousand.
public let awkwardWidths = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 127, 129, 1025]
