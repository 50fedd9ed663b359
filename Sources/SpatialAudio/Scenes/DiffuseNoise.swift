// Background noise of a diffuse field in first order.
// Not here: diffuse tails of responses (Acoustics/DiffuseTail.swift).

import Foundation
public import Media
public import Tensor

/// Noise that comes from everywhere: in SN3D each dipole has a third of the energy of W, and no two channels are
/// correlated.
public enum DiffuseNoise {
  /// Pink noise stops rising below this, in Hz.
  public static let lowestFrequency = 20.0

  /// Four channels W, Y, Z, X with unit power in W.
  public static func make(_ kind: NoiseKind, frameCount: Int, sampleRate: Int, random: RandomSource) -> AudioBuffer {
    guard kind != .none, frameCount > 0 else {
      return AudioBuffer(sampleRate: sampleRate, channelCount: 4, frameCount: frameCount)
    }
    let transform = FourierTransform(size: FourierTransform.goodSize(frameCount))
    let gains = kind == .pink ? pinkGains(transform, sampleRate: sampleRate) : []
    let channels = (0..<4).map { channel in
      var samples = random.split(channel).normals(transform.size)
      if kind == .pink { shape(&samples, gains, transform) }
      let scale = Float(channel == 0 ? 1 : DiffuseTail.dipoleGain)
      return samples.prefix(frameCount).map { $0 * scale }
    }
    return AudioBuffer(sampleRate: sampleRate, channels: channels)
  }

  /// `1/√f` above the lowest frequency, scaled to unit power.
  private static func pinkGains(_ transform: FourierTransform, sampleRate: Int) -> [Float] {
    let step = Double(sampleRate) / Double(transform.size)
    var gains = (0..<transform.binCount).map { 1 / max(lowestFrequency, Double($0) * step).squareRoot() }
    gains[0] = 0
    let power = gains.reduce(0) { $0 + 2 * $1 * $1 } / Double(transform.size)
    let scale = 1 / power.squareRoot()
    return gains.map { Float($0 * scale) }
  }

  private static func shape(_ samples: inout [Float], _ gains: [Float], _ transform: FourierTransform) {
    for index in samples.indices { transform.signal[index] = samples[index] }
    transform.forward()
    for (bin, gain) in gains.enumerated() {
      transform.spectrum[2 * bin] *= gain
      transform.spectrum[2 * bin + 1] *= gain
    }
    transform.inverse()
    for index in samples.indices { samples[index] = transform.signal[index] }
  }
}
