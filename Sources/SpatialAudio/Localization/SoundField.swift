// Intensity, energy and covariance of a recording, ready for every estimator.
// Not here: directions (Localizer.swift).

import Foundation
public import Media

/// The sound field of a recording within a band, by frame and bin.
///
/// One analysis serves all estimators.
public struct SoundField: Sendable {
  /// The settings of the analysis.
  public let config: LocalizerConfig
  /// Samples per second, in Hz.
  public let sampleRate: Int
  /// Frames.
  public let frameCount: Int
  /// Samples from one frame to the next; frame `t` is centred on sample `t · hop`.
  public let hop: Int
  /// Bins of the band.
  let bins: Int
  /// Active intensity, axes X, Y, Z, each `[frame][bin]`.
  let intensity: [[Float]]
  /// Energy, `[frame][bin]`.
  let energy: [Float]
  /// By frame: the energy of the band.
  let frameEnergy: [Double]
  /// By frame: the intensity of the band.
  let frameIntensity: [Vector]
  /// By frame: the real covariance of W, Y, Z, X, 16 numbers.
  let frameCovariance: [Double]

  /// Analyses a recording in ACN order with SN3D.
  ///
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public init(_ signal: AudioBuffer, config: LocalizerConfig = .base) throws(AmbisonicError) {
    let rate = Double(signal.sampleRate)
    let window = max(8, Int((config.window * rate).rounded()))
    hop = max(1, Int((config.hop * rate).rounded()))
    let layout = FrameLayout(
      window: window, hop: hop, transformSize: FourierTransform.goodSize(window), padding: .zero)
    let spectra = try FirstOrderSpectra(signal, layout: layout)
    let high = max(config.lowestFrequency, config.highestFrequency)
    let band = spectra.bins(config.lowestFrequency...high)
    self.config = config
    sampleRate = signal.sampleRate
    frameCount = spectra.frameCount
    bins = band.count
    var sums = FieldAccumulator(frames: spectra.frameCount, bins: band.count)
    for frame in 0..<spectra.frameCount { sums.add(spectra, frame: frame, band: band) }
    intensity = [sums.x, sums.y, sums.z]
    energy = sums.energy
    frameEnergy = sums.frameEnergy
    frameIntensity = sums.frameIntensity
    frameCovariance = sums.frameCovariance
  }

  /// The energy below which a frame is not active; infinite for silence.
  var activityGate: Double {
    let loudest = frameEnergy.max() ?? 0
    return loudest > 1e-12 ? loudest * pow(10, -config.activityRange / 10) : .infinity
  }

  /// Intensity and energy averaged over `count` frames around each, `[frame][bin]`.
  func smoothed(_ count: Int) -> (x: [Float], y: [Float], z: [Float], energy: [Float]) {
    (
      smoothed(intensity[0], count), smoothed(intensity[1], count), smoothed(intensity[2], count),
      smoothed(energy, count)
    )
  }

  private func smoothed(_ plane: [Float], _ count: Int) -> [Float] {
    guard count > 1, frameCount > 0 else { return plane }
    let half = count / 2
    var result = [Float](repeating: 0, count: plane.count)
    for frame in 0..<frameCount {
      for other in max(0, frame - half)...min(frameCount - 1, frame + half) {
        let (to, from) = (frame * bins, other * bins)
        for bin in 0..<bins { result[to + bin] += plane[from + bin] }
      }
    }
    return result
  }
}

/// The planes and sums while they grow.
private struct FieldAccumulator {
  var x: [Float], y: [Float], z: [Float], energy: [Float]
  var frameEnergy: [Double] = [], frameIntensity: [Vector] = [], frameCovariance: [Double] = []

  init(frames: Int, bins: Int) {
    x = [Float](repeating: 0, count: frames * bins)
    (y, z, energy) = (x, x, x)
  }

  mutating func add(_ spectra: FirstOrderSpectra, frame: Int, band: Range<Int>) {
    var covariance = [SIMD4<Float>](repeating: .zero, count: 4)
    let base = frame * spectra.binCount
    for bin in band {
      let index = base + bin
      let real = SIMD4(
        spectra.channels[0].real[index], spectra.channels[1].real[index], spectra.channels[2].real[index],
        spectra.channels[3].real[index])
      let imaginary = SIMD4(
        spectra.channels[0].imaginary[index], spectra.channels[1].imaginary[index],
        spectra.channels[2].imaginary[index], spectra.channels[3].imaginary[index])
      let omni = real * real[0] + imaginary * imaginary[0]
      covariance[0] += omni
      for row in 1..<4 { covariance[row] += real * real[row] + imaginary * imaginary[row] }
      let place = frame * band.count + bin - band.lowerBound
      (x[place], y[place], z[place]) = (omni[3], omni[1], omni[2])
      energy[place] = 0.5 * (real * real + imaginary * imaginary).sum()
    }
    frameEnergy.append(0.5 * (0..<4).reduce(0) { $0 + Double(covariance[$1][$1]) })
    frameIntensity.append(Vector(Double(covariance[0][3]), Double(covariance[0][1]), Double(covariance[0][2])))
    for row in 0..<4 { for column in 0..<4 { frameCovariance.append(Double(covariance[row][column])) } }
  }
}
