// The formulas of the feature planes.
// Not here: which of them are made (FeatureConfig.swift).

import Foundation
import Media

extension FeatureExtractor {
  /// The planes of one kind, `[frame][bin]` each.
  func planes(_ kind: FeatureKind, _ spectra: FirstOrderSpectra) -> [[Float]] {
    switch kind {
    case .logMel: (0..<4).map { logMel(spectra.power($0)) }
    case .logMelOmni: [logMel(spectra.power(0))]
    case .intensityDCASE:
      Self.normalizedIntensity(spectra, energy: spectra.energy(omni: 1, dipole: 1.0 / 3), floor: 1e-8)
        .map { areaBank.apply($0) }
    case .intensityEnergy:
      Self.normalizedIntensity(spectra, energy: spectra.energy, floor: .leastNormalMagnitude)
        .map { meanBank.apply($0) }
    case .intensityBandEnergy: bandEnergy(spectra)
    case .intensityBandRatio: bandRatio(spectra)
    case .diffuseness: [diffuseness(spectra)]
    case .complexSpectrum: spectra.channels.map(\.real) + spectra.channels.map(\.imaginary)
    }
  }

  /// Decibels of mel bands; a floor of 1e-10, then of `topDecibels` below the maximum of the channel.
  private func logMel(_ power: [Float]) -> [Float] {
    var bands = areaBank.apply(power)
    var top = -Float.infinity
    for index in bands.indices {
      bands[index] = 10 * log10(max(1e-10, bands[index]))
      top = max(top, bands[index])
    }
    let floor = top - Float(config.topDecibels)
    for index in bands.indices { bands[index] = max(bands[index], floor) }
    return bands
  }

  /// `I / (E + floor)` by bin in the order Y, Z, X.
  package static func normalizedIntensity(_ spectra: FirstOrderSpectra, energy: [Float], floor: Float) -> [[Float]] {
    spectra.intensity.map { axis in
      var ratio = axis
      for index in ratio.indices { ratio[index] /= energy[index] + floor }
      return ratio
    }
  }

  private func bandEnergy(_ spectra: FirstOrderSpectra) -> [[Float]] {
    let energy = meanBank.apply(spectra.energy)
    return spectra.intensity.map { axis in
      var ratio = meanBank.apply(axis)
      for index in ratio.indices { ratio[index] /= energy[index] + .leastNormalMagnitude }
      return ratio
    }
  }

  private func bandRatio(_ spectra: FirstOrderSpectra) -> [[Float]] {
    let omni = areaBank.apply(spectra.power(0))
    return spectra.intensity.map { axis in
      var ratio = areaBank.apply(axis)
      for index in ratio.indices { ratio[index] = min(10, max(-10, ratio[index] / (omni[index] + 1e-8))) }
      return ratio
    }
  }

  private func diffuseness(_ spectra: FirstOrderSpectra) -> [Float] {
    let energy = smoothed(meanBank.apply(spectra.energy))
    let axes = spectra.intensity.map { smoothed(meanBank.apply($0)) }
    return energy.indices.map { index in
      let length = (axes[0][index] * axes[0][index] + axes[1][index] * axes[1][index] + axes[2][index] * axes[2][index])
        .squareRoot()
      return energy[index] > 0 ? min(1, max(0, 1 - length / energy[index])) : 0
    }
  }

  /// The sum over `diffusenessFrames` frames around each; at the ends over those that exist.
  private func smoothed(_ plane: [Float]) -> [Float] {
    let bands = config.melBands
    let frames = plane.count / bands
    let half = config.diffusenessFrames / 2
    var result = [Float](repeating: 0, count: plane.count)
    for frame in 0..<frames {
      for other in max(0, frame - half)...min(frames - 1, frame + half) {
        for band in 0..<bands { result[frame * bands + band] += plane[other * bands + band] }
      }
    }
    return result
  }
}
