// Broken channels, as far as physics can show them.
// Not here: conventions (ConventionDetector.swift).

import Foundation
import Lab

extension ConventionDetector {
  /// Silent channels. Late ones are not found: sound of several sources correlates at many lags.
  static func faults(_ spectra: FirstOrderSpectra, _ blocks: [PlaneWaveBlock]) -> [ConventionFinding.Fault] {
    let powers = blocks.reduce(SIMD4<Double>.zero) { $0 + $1.powers }
    let loudest = powers.max()
    var faults: [ConventionFinding.Fault] = []
    // Sound in one plane leaves the dipole across it silent, so that only a silent W is beyond doubt.
    for channel in 0..<4 where powers[channel] <= 1e-9 * loudest {
      faults.append(.init(channel: channel, kind: .dropped, isCertain: channel == 0))
    }
    return faults
  }

  static func decibels(_ ratio: Double) -> Double { ratio > 0 ? 10 * log10(ratio) : -.infinity }

  static func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : Statistics.median(values) }
}
