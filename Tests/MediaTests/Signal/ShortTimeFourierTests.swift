// The short-time transform against sums in float64, its inverse, and the ends of signals.
import Foundation
import Media
import TestSupport
import Testing

@Suite("Short-time Fourier transform")
struct ShortTimeFourierTests {
  private static let layouts = [
    FrameLayout(window: 16, hop: 8, transformSize: 16, padding: .reflect),
    FrameLayout(window: 15, hop: 4, transformSize: 21, padding: .zero),
    FrameLayout(window: 24, hop: 7, transformSize: 32, padding: .none),
    FrameLayout(window: 9, hop: 3, transformSize: 9, padding: .reflect),
  ]

  private func noise(_ count: Int, seed: UInt64) -> [Float] {
    var random = TestRandom(seed: seed)
    return (0..<count).map { _ in Float(random.normal()) }
  }

  /// The sample at any place, by the rule of the padding, step by step.
  private func sample(_ samples: [Float], _ index: Int, _ padding: FrameLayout.Padding) -> Double {
    var index = index
    guard padding == .reflect, samples.count > 1 else {
      return samples.indices.contains(index) ? Double(samples[index]) : padding == .reflect ? Double(samples[0]) : 0
    }
    while !samples.indices.contains(index) { index = index < 0 ? -index : 2 * (samples.count - 1) - index }
    return Double(samples[index])
  }

  @Test("equals its definition at every frame and bin", arguments: layouts)
  func definition(layout: FrameLayout) {
    for count in [1, 2, 5, 16, 33, 70] {
      let samples = noise(count, seed: UInt64(count))
      let result = ShortTimeFourier(layout).forward(samples)
      #expect(result.frameCount == layout.frameCount(samples: count))
      #expect(result.binCount == layout.transformSize / 2 + 1)
      let lead = layout.padding == .none ? 0 : layout.transformSize / 2
      let offset = (layout.transformSize - layout.window) / 2
      for frame in 0..<result.frameCount {
        for bin in 0..<result.binCount {
          var (real, imaginary) = (0.0, 0.0)
          for n in 0..<layout.window {
            let window = 0.5 - 0.5 * cos(2 * .pi * Double(n) / Double(layout.window))
            let value = window * sample(samples, frame * layout.hop - lead + offset + n, layout.padding)
            let angle = -2 * Double.pi * Double(bin * (offset + n)) / Double(layout.transformSize)
            real += value * cos(angle)
            imaginary += value * sin(angle)
          }
          let place = frame * result.binCount + bin
          #expect(abs(Double(result.real[place]) - real) < 2e-5, "\(count) samples, frame \(frame), bin \(bin)")
          #expect(
            abs(Double(result.imaginary[place]) - imaginary) < 2e-5, "\(count) samples, frame \(frame), bin \(bin)")
        }
      }
    }
  }

  @Test("frames are counted as documented")
  func frameCounts() {
    let padded = FrameLayout(window: 16, hop: 8, transformSize: 16, padding: .zero)
    #expect([0, 1, 7, 8, 80].map { padded.frameCount(samples: $0) } == [0, 1, 1, 2, 11])
    let bare = FrameLayout(window: 16, hop: 8, transformSize: 16, padding: .none)
    #expect([0, 15, 16, 23, 24].map { bare.frameCount(samples: $0) } == [0, 0, 1, 1, 2])
  }

  @Test("the inverse undoes it wherever a window is not 0", arguments: layouts)
  func reconstruction(layout: FrameLayout) {
    for count in [1, 3, 40, 101] {
      let samples = noise(count, seed: 7 + UInt64(count))
      let transform = ShortTimeFourier(layout)
      let restored = transform.inverse(transform.forward(samples), sampleCount: count)
      #expect(restored.count == count)
      let frames = layout.frameCount(samples: count)
      // Without padding the window is 0 at the first sample, and the rest at the end belongs to no frame.
      let offset = (layout.transformSize - layout.window) / 2
      let covered =
        layout.padding == .none
        ? offset + 1..<max(offset + 1, (frames - 1) * layout.hop + offset + layout.window)
        : 0..<max(0, (frames - 1) * layout.hop + layout.window / 2)
      for index in covered.clamped(to: 0..<count) where frames > 0 {
        #expect(abs(restored[index] - samples[index]) < 1e-4, "\(layout), \(count) samples, sample \(index)")
      }
    }
  }
}
