// The transform against its definition in float64, at awkward sizes.
import Foundation
import Media
import TestSupport
import Testing

@Suite("Fourier transform")
struct FourierTransformTests {
  @Test("equals the sum that defines it, and its inverse undoes it", arguments: [1, 2, 3, 7, 16, 45, 64, 97, 120])
  func definition(size: Int) {
    var random = TestRandom(seed: UInt64(size))
    let samples = (0..<size).map { _ in Float(random.normal()) }
    let transform = FourierTransform(size: size)
    for (index, sample) in samples.enumerated() { transform.signal[index] = sample }
    transform.forward()
    for bin in 0..<transform.binCount {
      var (real, imaginary) = (0.0, 0.0)
      for (n, sample) in samples.enumerated() {
        let angle = -2 * Double.pi * Double(bin * n % size) / Double(size)
        real += Double(sample) * cos(angle)
        imaginary += Double(sample) * sin(angle)
      }
      let scale = 1e-5 * Double(size).squareRoot()
      #expect(abs(Double(transform.spectrum[2 * bin]) - real) < scale, "size \(size), bin \(bin)")
      #expect(abs(Double(transform.spectrum[2 * bin + 1]) - imaginary) < scale, "size \(size), bin \(bin)")
    }
    transform.inverse()
    for (index, sample) in samples.enumerated() {
      #expect(abs(transform.signal[index] - sample) < 1e-5, "size \(size), sample \(index)")
    }
  }

  @Test("good sizes have small factors and are the next such number", arguments: [1, 7, 17, 97, 1025, 88_001])
  func goodSizes(count: Int) {
    let size = FourierTransform.goodSize(count)
    #expect(size >= count && size % 2 == 0)
    for smaller in stride(from: count + count % 2, to: size, by: 2) {
      var rest = smaller
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      #expect(rest != 1, "\(smaller) would have done for \(count)")
    }
  }
}
