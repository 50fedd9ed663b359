// How diffuse a sound field is: 0 for a plane wave, 1 for sound from everywhere.
// Not here: the diffuseness plane of the features (FeatureExtractor+Planes.swift).

import Media

/// An estimator of diffuseness from a set of time-frequency bins, in 0...1.
///
/// > Source: Del Galdo et al., "Diffuse sound field estimation", JASA 2012, for the first three; Epain and Jin,
/// > "Spherical harmonic signal covariance and sound field diffuseness", IEEE/ACM TASLP 2016, for the last.
public enum Diffuseness: String, Codable, CaseIterable, Sendable {
  /// Intensity over energy: `1 - ‖⟨I⟩‖ / ⟨E⟩`.
  case intensityEnergy
  /// Temporal variation of the intensity: `√(1 - ‖⟨I⟩‖ / ⟨‖I‖⟩)`.
  case temporalVariation
  /// Spherical variance of the directions: `1 - ‖⟨I / ‖I‖⟩‖`.
  case sphericalVariance
  /// Spread of the eigenvalues of the covariance (COMEDIE): `1 - Σ|λ - λ̄| / (2 (Q - 1) λ̄)`, Q = 4, in N3D.
  case covariance

  /// The diffuseness over some frames and bins; 0 where there is no energy at all.
  ///
  /// - Precondition: the ranges lie inside the spectra.
  public func estimate(_ spectra: FirstOrderSpectra, frames: Range<Int>, bins: Range<Int>) -> Double {
    precondition(
      frames.lowerBound >= 0 && frames.upperBound <= spectra.frameCount && bins.upperBound <= spectra.binCount,
      "Diffuseness: expected frames in 0..<\(spectra.frameCount), bins in 0..<\(spectra.binCount), got \(frames), \(bins)"
    )
    let sums = FieldSums(spectra, frames: frames, bins: bins)
    guard sums.energy > 0 else { return 0 }
    let value: Double
    switch self {
    case .intensityEnergy: value = 1 - sums.intensity.length / sums.energy
    case .temporalVariation:
      value = sums.magnitude > 0 ? max(0, 1 - sums.intensity.length / sums.magnitude).squareRoot() : 1
    case .sphericalVariance: value = sums.count > 0 ? 1 - (sums.direction / sums.count).length : 1
    case .covariance:
      let gain = [1, 3.0.squareRoot(), 3.0.squareRoot(), 3.0.squareRoot()]
      let matrix = (0..<16).map { sums.covariance[$0] * gain[$0 / 4] * gain[$0 % 4] }
      let values = SymmetricEigen(matrix, size: 4).values
      let mean = values.reduce(0, +) / 4
      value = 1 - values.reduce(0) { $0 + abs($1 - mean) } / (6 * mean)
    }
    return min(1, max(0, value))
  }
}

/// What the estimators average, in double precision.
private struct FieldSums {
  var intensity = Vector()
  var magnitude = 0.0
  var direction = Vector()
  var count = 0.0
  var energy = 0.0
  var covariance = [Double](repeating: 0, count: 16)

  init(_ spectra: FirstOrderSpectra, frames: Range<Int>, bins: Range<Int>) {
    for frame in frames {
      for index in bins.map({ frame * spectra.binCount + $0 }) {
        let real = SIMD4((0..<4).map { Double(spectra.channels[$0].real[index]) })
        let imaginary = SIMD4((0..<4).map { Double(spectra.channels[$0].imaginary[index]) })
        let products = real * real[0] + imaginary * imaginary[0]
        // Channels are W, Y, Z, X.
        let vector = Vector(products[3], products[1], products[2])
        let length = vector.length
        intensity += vector
        magnitude += length
        if length > 0 {
          direction += vector / length
          count += 1
        }
        energy += 0.5 * (real * real + imaginary * imaginary).sum()
        for row in 0..<4 {
          for column in 0..<4 {
            covariance[4 * row + column] += real[row] * real[column] + imaginary[row] * imaginary[column]
          }
        }
      }
    }
  }
}
