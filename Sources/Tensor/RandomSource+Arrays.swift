// Arrays of random numbers. Element i is a function of the source and i: threads and instruction sets do not matter.

extension NDArray where Element == Float {
  /// Independent normally distributed elements.
  ///
  /// Reads the source from its current position, but does not advance it: pass a fresh `split` for every array.
  ///
  /// - Parameters:
  ///   - shape: the shape.
  ///   - mean: the mean.
  ///   - deviation: the standard deviation.
  ///   - source: where the numbers come from.
  public static func normal(
    _ shape: Shape, mean: Float = 0, deviation: Float = 1, from source: RandomSource
  ) -> Tensor {
    let mean = Double(mean), deviation = Double(deviation)
    return drawn(shape, from: source) { words, target, count in
      let first = NormalPair(words[0], words[1]), second = NormalPair(words[2], words[3])
      let numbers = SIMD4(first.cosine, first.sine, second.cosine, second.sine)
      for lane in 0..<count { target[lane] = Float(mean + deviation * numbers[lane]) }
    }
  }

  /// Independent elements, equally distributed over `range`.
  ///
  /// Reads the source from its current position, but does not advance it: pass a fresh `split` for every array.
  public static func uniform(_ shape: Shape, in range: ClosedRange<Float> = 0...1, from source: RandomSource) -> Tensor
  {
    let low = Double(range.lowerBound), width = Double(range.upperBound) - low
    return drawn(shape, from: source) { words, target, count in
      for lane in 0..<count {
        target[lane] = min(range.upperBound, Float(low + width * ((Double(words[lane]) + 0.5) * 0x1p-32)))
      }
    }
  }

  /// Independent normally distributed elements, drawn again while they lie further than `bound` deviations from the
  /// mean.
  ///
  /// Reads only the key of the source: pass a fresh `split` for every array.
  ///
  /// - Precondition: `bound ≥ 0.1`: smaller ones would be drawn again too often.
  public static func truncatedNormal(
    _ shape: Shape, mean: Float = 0, deviation: Float = 1, bound: Float = 2, from source: RandomSource
  ) -> Tensor {
    precondition(bound >= 0.1, "truncatedNormal: a bound of \(bound) deviations")
    let mean = Double(mean), deviation = Double(deviation), bound = Double(bound)
    let philox = Philox(key: source.split("truncated normal").key)
    return .filled(shape) { result in
      parallelFor(shape.count, grain: 1 << 11) { range in
        for index in range {
          // Attempt after attempt of this element's own column of counters, two numbers each.
          var attempt: UInt32 = 0, value = Double.infinity
          while abs(value) > bound {
            let words = philox.block(
              SIMD4(UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), attempt, 0))
            let pair = NormalPair(words[0], words[1])
            value = abs(pair.cosine) <= bound ? pair.cosine : pair.sine
            attempt += 1
          }
          result.elements[index] = Float(mean + deviation * value)
        }
      }
    }
  }

  /// Fills four elements from each block of four words, blocks spread over threads.
  @inline(__always)
  private static func drawn(
    _ shape: Shape, from source: RandomSource,
    _ body: @Sendable (_ words: SIMD4<UInt32>, _ target: UnsafeMutablePointer<Float>, _ count: Int) -> Void
  ) -> Tensor {
    let philox = Philox(key: source.key), firstBlock = (source.position + 3) / 4
    return .filled(shape) { result in
      parallelFor((shape.count + 3) / 4, grain: 1 << 10) { blocks in
        for block in blocks {
          let words = philox.block(firstBlock + UInt64(block))
          body(words, result.elements + 4 * block, Swift.min(4, shape.count - 4 * block))
        }
      }
    }
  }
}

extension RandomSource {
  /// Independent standard normal numbers, the same as those of `Tensor.normal` with this source, outside the pool of
  /// tensor storage: for buffers whose sizes never repeat.
  public func normals(_ count: Int) -> [Float] {
    let philox = Philox(key: key), firstBlock = (position + 3) / 4
    return [Float](unsafeUninitializedCapacity: count) { target, filled in
      for block in 0..<(count + 3) / 4 {
        let words = philox.block(firstBlock + UInt64(block))
        let first = NormalPair(words[0], words[1]), second = NormalPair(words[2], words[3])
        let numbers = SIMD4(first.cosine, first.sine, second.cosine, second.sine)
        for lane in 0..<min(4, count - 4 * block) { target[4 * block + lane] = Float(numbers[lane]) }
      }
      filled = count
    }
  }
}
