// Broken channels, as far as physics can show them.
// Not here: conventions (ConventionDetector.swift).

import Foundation
import Lab
import Media

extension ConventionDetector {
  /// Silent and late channels.
  static func faults(_ spectra: FirstOrderSpectra, _ blocks: [PlaneWaveBlock]) -> [ConventionFinding.Fault] {
    let powers = blocks.reduce(SIMD4<Double>.zero) { $0 + $1.powers }
    let loudest = powers.max()
    var faults: [ConventionFinding.Fault] = []
    // Reverberation reaches every dipole; without it, sound in one plane leaves the third dipole silent.
    let mixed = blocks.filter { $0.purity < 0.9 }.count
    let isReverberant = mixed * 5 >= blocks.count
    for channel in 0..<4 where powers[channel] <= 1e-9 * loudest {
      faults.append(.init(channel: channel, kind: .dropped, isCertain: channel == 0 || isReverberant))
    }
    guard !faults.contains(where: { $0.channel == 0 }) else { return faults }
    return faults + delays(spectra, skipping: Set(faults.map(\.channel)))
  }

  /// Coincident channels correlate most without a lag. A lag of one dipole is a late dipole; the same lag of all is W.
  private static func delays(
    _ spectra: FirstOrderSpectra, skipping silent: Set<Int>
  ) -> [ConventionFinding.Fault] {
    let transform = FourierTransform(size: spectra.layout.transformSize)
    let lags = (1..<4).filter { !silent.contains($0) }.map { ($0, lag(of: $0, spectra, transform)) }
    let late = lags.filter { $0.1 != 0 }
    guard let first = late.first else { return [] }
    if late.count == lags.count, late.count > 1, late.allSatisfy({ $0.1 == first.1 }) {
      return [.init(channel: 0, kind: .delayed(samples: -first.1), isCertain: true)]
    }
    return late.map { .init(channel: $0.0, kind: .delayed(samples: $0.1), isCertain: true) }
  }

  /// The lag in samples at which a channel correlates most with W; 0 unless another lag stands out clearly.
  private static func lag(of channel: Int, _ spectra: FirstOrderSpectra, _ transform: FourierTransform) -> Int {
    let (omni, dipole) = (spectra.channels[0], spectra.channels[channel])
    let bins = spectra.binCount
    var (real, imaginary) = ([Double](repeating: 0, count: bins), [Double](repeating: 0, count: bins))
    var (first, second) = (real, real)
    for index in omni.real.indices {
      let (a, b) = (Double(omni.real[index]), Double(omni.imaginary[index]))
      let (c, d) = (Double(dipole.real[index]), Double(dipole.imaginary[index]))
      let bin = index % bins
      real[bin] += a * c + b * d
      imaginary[bin] += a * d - b * c
      first[bin] += a * a + b * b
      second[bin] += c * c + d * d
    }
    let gate = 1e-6 * (first.max() ?? 0)
    for bin in 0..<bins {
      let scale = (first[bin] * second[bin]).squareRoot()
      let isHeard = scale > 0 && first[bin] > gate
      transform.spectrum[2 * bin] = isHeard ? Float(real[bin] / scale) : 0
      transform.spectrum[2 * bin + 1] = isHeard ? Float(imaginary[bin] / scale) : 0
    }
    transform.inverse()
    let correlation = transform.signal.map { abs($0) }
    let peak = correlation.indices.max { correlation[$0] < correlation[$1] } ?? 0
    let size = correlation.count
    let spread = (correlation.reduce(0) { $0 + $1 * $1 } / Float(size)).squareRoot()
    let center = max(correlation[0], correlation[1], correlation[size - 1])
    let lag = peak <= size / 2 ? peak : peak - size
    guard abs(lag) > 1, correlation[peak] > 0.25, correlation[peak] > 6 * spread, correlation[peak] > 2 * center
    else { return 0 }
    return lag
  }

  static func decibels(_ ratio: Double) -> Double { ratio > 0 ? 10 * log10(ratio) : -.infinity }

  static func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : Statistics.median(values) }
}
