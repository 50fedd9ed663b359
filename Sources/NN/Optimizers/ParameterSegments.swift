// The flat buffers as optimisers see them: runs of one group, and the norm of all gradients.
// Not here: how the buffers are laid out (Parameters/ParameterStore.swift).
import Tensor

/// A run of the flat buffers that one rule applies to, padding included.
struct ParameterSegment: Equatable {
  let group: ParameterGroup
  let range: Range<Int>
}

extension Parameter {
  /// The parameter's elements in the flat buffers, padding excluded.
  var flatRange: Range<Int> { offset..<offset + shape.count }
}

extension ParameterStore {
  /// The trainable runs of the flat buffers in order; neighbours of one group are merged, padding between them is zero.
  func trainableSegments() -> [ParameterSegment] {
    var segments: [ParameterSegment] = []
    for (index, parameter) in parameters.enumerated() where parameter.isTrainable {
      let end = index + 1 < parameters.count ? parameters[index + 1].offset : values.count
      if let last = segments.last, last.group == parameter.group, last.range.upperBound == parameter.offset {
        segments[segments.count - 1] = ParameterSegment(group: last.group, range: last.range.lowerBound..<end)
      } else {
        segments.append(ParameterSegment(group: parameter.group, range: parameter.offset..<end))
      }
    }
    return segments
  }

  /// The part of the flat buffers that the parameters of `groups` occupy, padding included.
  ///
  /// - Precondition: `groups` are neighbours in the order of the buffers.
  func range(of groups: Set<ParameterGroup>) -> Range<Int> {
    guard let first = parameters.firstIndex(where: { groups.contains($0.group) }),
      let last = parameters.lastIndex(where: { groups.contains($0.group) })
    else { return 0..<0 }
    precondition(
      parameters[first...last].allSatisfy { groups.contains($0.group) },
      "ParameterStore.range: \(groups) are not neighbours")
    let end = last + 1 < parameters.count ? parameters[last + 1].offset : values.count
    return parameters[first].offset..<end
  }

  /// The Euclidean norm of all gradients together.
  ///
  /// Accumulated in double precision over blocks of fixed size, so that it does not depend on the thread count.
  ///
  /// - Precondition: `completeGradients()` was called since the last backward.
  /// - Complexity: O(count), one read of the gradients.
  public func gradientNorm() -> Double {
    let gradients = gradients
    defer { withExtendedLifetime(gradients) {} }
    return sumOfSquares(gradients.base, count: gradients.count).squareRoot()
  }

  /// The first parameter, in flat-buffer order, whose gradient has an element that is not finite.
  func firstNonFiniteGradient() -> Parameter? {
    parameters.first { parameter in
      parameter.gradient.withElements { elements in elements.contains { !$0.isFinite } }
    }
  }
}

/// Σ x² in double precision; the order of additions depends on `count` alone.
func sumOfSquares(_ elements: UnsafePointer<Float>, count: Int) -> Double {
  let blockSize = 1 << 15
  let blocks = (count + blockSize - 1) / blockSize
  let source = UnsafeShared(elements)
  let partial = [Double](unsafeUninitializedCapacity: blocks) { buffer, initialized in
    initialized = blocks
    guard let base = buffer.baseAddress else { return }
    let target = UnsafeShared(base)
    parallelFor(blocks, grain: 4) { range in
      for block in range {
        let start = block * blockSize
        target.pointer[block] = blockSumOfSquares(source.pointer + start, count: min(blockSize, count - start))
      }
    }
  }
  return partial.reduce(0, +)
}

private func blockSumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
  var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
  var index = 0
  while index + 4 <= count {
    let (p, q, r, s) = (Double(x[index]), Double(x[index + 1]), Double(x[index + 2]), Double(x[index + 3]))
    a += p * p
    b += q * q
    c += r * r
    d += s * s
    index += 4
  }
  while index < count {
    a += Double(x[index]) * Double(x[index])
    index += 1
  }
  return (a + b) + (c + d)
}
