// Spectra of the four channels, and the intensity and energy of single time-frequency bins.
// Not here: features for networks (FeatureExtractor.swift), estimates of directions (Localization).

public import Media

/// The spectra of W, Y, Z, X (ACN, SN3D) on one layout of frames.
public struct FirstOrderSpectra: Sendable {
  /// How the signal was cut.
  public let layout: FrameLayout
  /// Samples per second, in Hz.
  public let sampleRate: Int
  /// The spectra of W, Y, Z, X, each `[frame][bin]`.
  public let channels: [Spectrogram]

  /// Transforms a recording.
  ///
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public init(_ signal: AudioBuffer, layout: FrameLayout) throws(AmbisonicError) {
    guard signal.channels.count == FirstOrder.channelCount else { throw .channelCount(signal.channels.count) }
    self.layout = layout
    sampleRate = signal.sampleRate
    let transform = ShortTimeFourier(layout)
    channels = signal.channels.map { transform.forward($0) }
  }

  /// Frames.
  public var frameCount: Int { channels[0].frameCount }
  /// Bins of each frame.
  public var binCount: Int { channels[0].binCount }

  /// The bins whose frequencies lie in a range in Hz, of those that exist.
  public func bins(_ frequencies: ClosedRange<Double>) -> Range<Int> {
    let width = Double(sampleRate) / Double(layout.transformSize)
    let first = min(Double(binCount), max(0, (frequencies.lowerBound / width).rounded(.up)))
    let last = min(Double(binCount - 1), (frequencies.upperBound / width).rounded(.down))
    return Int(first)..<max(Int(first), Int(last) + 1)
  }

  /// `|S|²` of a channel, `[frame][bin]`.
  public func power(_ channel: Int) -> [Float] {
    let plane = channels[channel]
    return zip(plane.real, plane.imaginary).map { $0 * $0 + $1 * $1 }
  }

  /// The active intensity `Re{W* (Y, Z, X)}`, which points to the source: three planes `[frame][bin]` in the order
  /// Y, Z, X.
  public var intensity: [[Float]] {
    let omni = channels[0]
    return channels[1...].map { dipole in
      [Float](unsafeUninitializedCapacity: omni.real.count) { result, count in
        for index in omni.real.indices {
          result[index] = omni.real[index] * dipole.real[index] + omni.imaginary[index] * dipole.imaginary[index]
        }
        count = omni.real.count
      }
    }
  }

  /// `omni · |W|² + dipole · (|Y|² + |Z|² + |X|²)`, `[frame][bin]`.
  func energy(omni: Float, dipole: Float) -> [Float] {
    var sum = power(1)
    for channel in 2...3 {
      let power = power(channel)
      for index in sum.indices { sum[index] += power[index] }
    }
    let first = power(0)
    for index in sum.indices { sum[index] = omni * first[index] + dipole * sum[index] }
    return sum
  }

  /// The energy of SN3D, `½ (|W|² + |Y|² + |Z|² + |X|²)`: the intensity is never longer, and as long for a plane wave.
  public var energy: [Float] { energy(omni: 0.5, dipole: 0.5) }
}
