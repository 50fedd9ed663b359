// The short-time Fourier transform of one channel and its inverse.
// Not here: the transform of one frame (FourierTransform.swift), mel bands (MelFilterBank.swift).

import Foundation

/// How a signal is cut into frames.
public struct FrameLayout: Codable, Equatable, Sendable {
  /// What lies before the first and after the last sample.
  public enum Padding: String, Codable, CaseIterable, Sendable {
    /// Nothing: frame `t` begins at sample `t · hop`, and a rest that does not fill a frame is left out. A signal that
    /// is shorter than one frame has no frames.
    case none
    /// Zeros, `transformSize / 2` on both sides: frame `t` is centred on sample `t · hop`.
    case zero
    /// The signal mirrored at its first and last sample, as often as it takes; frames as with `zero`.
    case reflect
  }

  /// Samples under the window.
  public var window: Int
  /// Samples from one frame to the next.
  public var hop: Int
  /// Samples of the transform; the window stands in its middle, between zeros.
  public var transformSize: Int
  /// What lies outside of the signal.
  public var padding: Padding

  /// Creates a layout.
  ///
  /// - Precondition: `1 ≤ window ≤ transformSize`, `hop ≥ 1`.
  public init(window: Int, hop: Int, transformSize: Int, padding: Padding) {
    precondition(
      window >= 1 && window <= transformSize && hop >= 1,
      "FrameLayout: expected 1 ≤ window ≤ transformSize and hop ≥ 1, got \(window), \(transformSize), \(hop)")
    self.window = window
    self.hop = hop
    self.transformSize = transformSize
    self.padding = padding
  }

  /// Bins of each frame, `transformSize / 2 + 1`.
  public var binCount: Int { transformSize / 2 + 1 }

  /// Zeros or mirrored samples before the first sample.
  var lead: Int { padding == .none ? 0 : transformSize / 2 }

  /// Frames of a signal: `1 + samples / hop` with padding, those that fit without; 0 for no samples.
  public func frameCount(samples: Int) -> Int {
    let length = samples + 2 * lead
    guard samples > 0, length >= transformSize else { return 0 }
    return 1 + (length - transformSize) / hop
  }
}

/// A complex spectrogram as two planes `[frame][bin]`.
public struct Spectrogram: Equatable, Sendable {
  /// Frames.
  public let frameCount: Int
  /// Bins of each frame.
  public let binCount: Int
  /// Real parts, `frame · binCount + bin`.
  public var real: [Float]
  /// Imaginary parts, in the same order.
  public var imaginary: [Float]

  /// Creates a spectrogram of zeros.
  public init(frameCount: Int, binCount: Int) {
    self.frameCount = frameCount
    self.binCount = binCount
    real = [Float](repeating: 0, count: frameCount * binCount)
    imaginary = real
  }
}

/// Frames, window and transform in one; an instance belongs to one thread at a time.
///
/// The window is the periodic Hann window. Frames are laid out as librosa's `stft` does: with padding, frame `t` is
/// centred on sample `t · hop`.
public final class ShortTimeFourier {
  /// How signals are cut.
  public let layout: FrameLayout
  private let transform: FourierTransform
  private let taper: [Float]

  /// Prepares the transform.
  public init(_ layout: FrameLayout) {
    self.layout = layout
    transform = FourierTransform(size: layout.transformSize)
    taper = Self.hann(layout.window)
  }

  /// The periodic Hann window, `½ - ½ cos(2πn / length)`.
  public static func hann(_ length: Int) -> [Float] {
    (0..<length).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(length))) }
  }

  /// The spectrogram of a signal.
  public func forward(_ samples: [Float]) -> Spectrogram {
    let frames = layout.frameCount(samples: samples.count)
    var result = Spectrogram(frameCount: frames, binCount: layout.binCount)
    let (signal, spectrum) = (transform.signal, transform.spectrum)
    signal.update(repeating: 0)
    let offset = (layout.transformSize - layout.window) / 2
    for frame in 0..<frames {
      let start = frame * layout.hop - layout.lead + offset
      if start >= 0, start + layout.window <= samples.count {
        for index in 0..<layout.window { signal[offset + index] = samples[start + index] * taper[index] }
      } else {
        for index in 0..<layout.window { signal[offset + index] = sample(samples, start + index) * taper[index] }
      }
      transform.forward()
      let base = frame * layout.binCount
      for bin in 0..<layout.binCount {
        result.real[base + bin] = spectrum[2 * bin]
        result.imaginary[base + bin] = spectrum[2 * bin + 1]
      }
    }
    return result
  }

  /// The signal of a spectrogram by weighted overlap-add: each frame is windowed once more, and the sum is divided by
  /// the sum of the squared windows.
  ///
  /// It undoes ``forward(_:)`` wherever a window is not 0, and it is the signal whose spectrogram is nearest to a
  /// changed one. Samples that no frame covers become 0.
  ///
  /// > Source: Griffin and Lim, "Signal estimation from modified short-time Fourier transform", 1984, equation 6.
  /// - Precondition: the spectrogram has the frames and bins of `sampleCount` samples.
  public func inverse(_ spectrogram: Spectrogram, sampleCount: Int) -> [Float] {
    let frames = layout.frameCount(samples: sampleCount)
    precondition(
      spectrogram.frameCount == frames && spectrogram.binCount == layout.binCount,
      "ShortTimeFourier.inverse: expected \(frames) × \(layout.binCount), got \(spectrogram.frameCount) × "
        + "\(spectrogram.binCount)")
    var sum = [Float](repeating: 0, count: sampleCount)
    var weight = sum
    let offset = (layout.transformSize - layout.window) / 2
    let (signal, spectrum) = (transform.signal, transform.spectrum)
    for frame in 0..<frames {
      let base = frame * layout.binCount
      for bin in 0..<layout.binCount {
        spectrum[2 * bin] = spectrogram.real[base + bin]
        spectrum[2 * bin + 1] = spectrogram.imaginary[base + bin]
      }
      transform.inverse()
      let start = frame * layout.hop - layout.lead + offset
      for index in max(0, -start)..<max(max(0, -start), min(layout.window, sampleCount - start)) {
        sum[start + index] += signal[offset + index] * taper[index]
        weight[start + index] += taper[index] * taper[index]
      }
    }
    for index in 0..<sampleCount { sum[index] = weight[index] > 1e-8 ? sum[index] / weight[index] : 0 }
    return sum
  }

  /// The sample at any place, by the rule of the padding.
  private func sample(_ samples: [Float], _ index: Int) -> Float {
    if samples.indices.contains(index) { return samples[index] }
    guard layout.padding == .reflect else { return 0 }
    guard samples.count > 1 else { return samples[0] }
    let period = 2 * (samples.count - 1)
    let folded = ((index % period) + period) % period
    return samples[min(folded, period - folded)]
  }
}
