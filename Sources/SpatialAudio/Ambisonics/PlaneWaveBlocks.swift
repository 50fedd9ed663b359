// Time-frequency blocks of four channels in whatever convention, and which of them look like one plane wave.
// Not here: what follows from them (ConventionDetector.swift).

import Foundation
import Media

/// One block: powers of the channels and their signs relative to the first.
struct PlaneWaveBlock {
  /// Mean power of each channel.
  var powers: SIMD4<Double>
  /// Real parts of the cross-spectra with channel 0.
  var cross: SIMD4<Double>
  /// `‖C‖² / tr(C)²` of the Hermitian covariance: 1 if one source alone is heard, whatever the gains.
  var purity: Double
  /// The share of the squared off-diagonal that is imaginary: 0 for a plane wave at coincident microphones.
  var imaginaryShare: Double

  /// The power of all channels.
  var total: Double { powers.sum() }
  /// Whether the block looks like one plane wave.
  var isPlaneWave: Bool { purity >= 0.75 && imaginaryShare <= 0.1 }

  /// The power of the other channels over that of one, in dB; infinite for a silent channel.
  func restOver(_ channel: Int) -> Double {
    powers[channel] > 0 ? 10 * log10((total - powers[channel]) / powers[channel]) : .infinity
  }
}

enum PlaneWaveBlocks {
  /// Frames and bins of one block.
  static let frames = 4, bins = 4

  /// The blocks between 200 Hz and 8 kHz whose power is within 40 dB of the strongest.
  static func energetic(_ spectra: FirstOrderSpectra) -> [PlaneWaveBlock] {
    let band = spectra.bins(200...8000)
    var blocks: [PlaneWaveBlock] = []
    for frame in stride(from: 0, to: spectra.frameCount - frames + 1, by: frames) {
      for bin in stride(from: band.lowerBound, to: band.upperBound - bins + 1, by: bins) {
        blocks.append(block(spectra, frame: frame, bin: bin))
      }
    }
    let gate = 1e-4 * (blocks.map(\.total).max() ?? 0)
    return blocks.filter { $0.total > 0 && $0.total >= gate }
  }

  /// Those of some blocks that look most like one plane wave: the purer quarter, but not fewer than 50.
  static func planeWaves(_ blocks: [PlaneWaveBlock]) -> [PlaneWaveBlock] {
    let waves = blocks.filter(\.isPlaneWave).sorted { $0.purity > $1.purity }
    return Array(waves.prefix(max(50, waves.count / 4)))
  }

  private static func block(_ spectra: FirstOrderSpectra, frame: Int, bin: Int) -> PlaneWaveBlock {
    var real = [SIMD4<Double>](repeating: .zero, count: 4)
    var imaginary = real
    for row in 0..<frames {
      for column in 0..<bins {
        let index = (frame + row) * spectra.binCount + bin + column
        let a = SIMD4<Double>(
          Double(spectra.channels[0].real[index]), Double(spectra.channels[1].real[index]),
          Double(spectra.channels[2].real[index]), Double(spectra.channels[3].real[index]))
        let b = SIMD4<Double>(
          Double(spectra.channels[0].imaginary[index]), Double(spectra.channels[1].imaginary[index]),
          Double(spectra.channels[2].imaginary[index]), Double(spectra.channels[3].imaginary[index]))
        for channel in 0..<4 {
          real[channel] += a * a[channel] + b * b[channel]
          imaginary[channel] += b * a[channel] - a * b[channel]
        }
      }
    }
    let powers = SIMD4(real[0][0], real[1][1], real[2][2], real[3][3])
    let diagonal = (powers * powers).sum()
    let realSquares = real.reduce(0) { $0 + ($1 * $1).sum() }
    let imaginarySquares = imaginary.reduce(0) { $0 + ($1 * $1).sum() }
    let total = powers.sum()
    let offDiagonal = realSquares - diagonal + imaginarySquares
    return PlaneWaveBlock(
      powers: powers, cross: real[0], purity: total > 0 ? (realSquares + imaginarySquares) / (total * total) : 0,
      imaginaryShare: offDiagonal > 0 ? imaginarySquares / offDiagonal : 0)
  }
}
