// Diffuseness at its two ends and between; eigenvalues of small matrices.
import Foundation
import Media
import SpatialAudio
import TestSupport
import Testing

@Suite("Diffuseness")
struct DiffusenessTests {
  private let layout = FrameLayout(window: 256, hop: 128, transformSize: 256, padding: .none)

  private func estimate(_ estimator: Diffuseness, _ audio: AudioBuffer) throws -> Double {
    let spectra = try FirstOrderSpectra(audio, layout: layout)
    return estimator.estimate(spectra, frames: 0..<spectra.frameCount, bins: 2..<spectra.binCount - 2)
  }

  @Test("a plane wave is not diffuse", arguments: Diffuseness.allCases)
  func planeWave(estimator: Diffuseness) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      var field = SyntheticField(seed: seed, seconds: 0.3)
      let direction = field.direction()
      field.add(field.noise(), from: direction)
      // The square root of the temporal variation takes the square root of the rounding, too.
      let limit = estimator == .temporalVariation ? 2e-3 : 1e-6
      #expect(try estimate(estimator, field.audio) < limit, "seed \(seed)")
    }
  }

  @Test("isotropic noise is diffuse", arguments: Diffuseness.allCases)
  func isotropic(estimator: Diffuseness) throws {
    var field = SyntheticField(seed: 11, seconds: 2)
    field.addDiffuse(0.1)
    #expect(try estimate(estimator, field.audio) > 0.95)
  }

  @Test("it grows with the share of noise, and for IE it is that share")
  func between() throws {
    var last = [Diffuseness: Double]()
    for share in [0.0, 0.25, 0.5, 0.75, 1] {
      var field = SyntheticField(seed: 12, seconds: 1)
      field.add(field.noise((1 - share).squareRoot()), from: Direction(azimuth: 70, elevation: -20))
      field.addDiffuse(share.squareRoot())
      for estimator in Diffuseness.allCases {
        let value = try estimate(estimator, field.audio)
        #expect(value > last[estimator, default: -1], "\(estimator) at \(share)")
        last[estimator] = value
        if estimator == .intensityEnergy { #expect(abs(value - share) < 0.03) }
      }
    }
    #expect(try estimate(.covariance, AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 1000)) == 0)
  }

  @Test("eigenvectors reproduce the matrix", arguments: [1, 2, 3, 4, 7])
  func eigen(size: Int) {
    forAll(10) { random, seed in
      var matrix = [Double](repeating: 0, count: size * size)
      for row in 0..<size {
        for column in 0...row {
          matrix[row * size + column] = random.normal()
          matrix[column * size + row] = matrix[row * size + column]
        }
      }
      let eigen = SymmetricEigen(matrix, size: size)
      #expect(eigen.values == eigen.values.sorted(by: >), "seed \(seed)")
      for row in 0..<size {
        for column in 0..<size {
          let value = (0..<size).reduce(0) {
            $0 + eigen.values[$1] * eigen.vectors[$1][row] * eigen.vectors[$1][column]
          }
          #expect(abs(value - matrix[row * size + column]) < 1e-12, "seed \(seed)")
        }
      }
    }
    #expect(SymmetricEigen([0, 0, 0, 0], size: 2).values == [0, 0])
  }
}
