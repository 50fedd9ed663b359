// What a scene's page measures in the sound: the spectrum of W, and the direction of energy flow.
// Not here: estimators of directions (Localization): this is a look at the sound, frame by frame.

import Foundation
package import Media

/// Spectra and active intensity of a first-order sound in at most ``columnLimit`` frames.
package struct SceneAnalysis {
  /// One frame's direction.
  package struct Frame: Equatable {
    /// The middle of the frame in seconds.
    package var time: Double
    /// The direction of the active intensity; nil where there is none.
    package var direction: Direction?
    /// Energy in dB relative to the loudest frame.
    package var level: Double
  }

  /// The most frames.
  package static let columnLimit = 400
  /// The most rows of the spectrum.
  static let rowLimit = 128
  /// Frequencies of which the direction is taken, in Hz.
  static let band = 200.0...6000.0
  /// Quieter frames than the loudest less this have no direction to show, in dB.
  static let levelRange = 30.0
  /// The length of a frame in seconds.
  private static let frameTime = 0.04

  /// The frames in order.
  package private(set) var frames: [Frame] = []
  /// Levels of W in dB (a sine of full scale is 0), frame by frame, rows of equal width from 0 Hz to ``nyquist``.
  package private(set) var spectra: [[Double]] = []
  /// The highest frequency in Hz.
  package let nyquist: Double
  /// From frame to frame in seconds.
  package let hop: Double
  /// The largest level of ``spectra``; nil for silence.
  package private(set) var loudest: Double?

  /// Measures a sound of four channels in the given format.
  package init(_ audio: AudioBuffer, format: SceneMetadata.Format) {
    let rate = Double(audio.sampleRate)
    nyquist = rate / 2
    let size = FourierTransform.goodSize(max(16, Int(Self.frameTime * rate)))
    let step = max(size / 2, (audio.frameCount + Self.columnLimit - 1) / Self.columnLimit)
    hop = Double(step) / rate
    guard audio.peak > 0, audio.peak.isFinite else { return }
    let channels = Self.planesInOrder(audio, format)
    let transform = FourierTransform(size: size)
    let window = (0..<size).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size))) }
    let bins = transform.binCount
    let rows = min(Self.rowLimit, bins)
    // The bins of each row; every row has one.
    let edges = (0...rows).map { $0 * bins / rows }
    let used = (0..<bins).filter { Self.band.contains(Double($0) * rate / Double(size)) }
    var energies: [Double] = []
    for start in stride(from: 0, to: audio.frameCount, by: step) {
      let spectra = channels.map { Self.spectrum($0, around: start, window, transform) }
      self.spectra.append(
        (0..<rows).map { row in
          let power = (edges[row]..<edges[row + 1]).map { spectra[0][$0].power }.max() ?? 0
          return 10 * log10(max(power, 1e-30) / pow(Double(size) / 4, 2))
        })
      let (intensity, energy) = Self.flow(spectra, used)
      energies.append(energy)
      frames.append(Frame(time: Double(start) / rate, direction: Direction(intensity), level: 0))
    }
    let largest = energies.max() ?? 0
    for (index, energy) in energies.enumerated() {
      frames[index].level = energy > 0 ? 10 * log10(energy / largest) : -.infinity
    }
    loudest = spectra.joined().max().flatMap { $0 > -200 ? $0 : nil }
  }

  /// `20 log10`.
  static func decibels(_ amplitude: Double) -> Double { 20 * log10(amplitude) }

  private struct Bin {
    var real: Double
    var imaginary: Double
    var power: Double { real * real + imaginary * imaginary }
  }

  private static func spectrum(
    _ samples: [Float], around middle: Int, _ window: [Float], _ transform: FourierTransform
  ) -> [Bin] {
    let start = middle - window.count / 2
    for index in window.indices {
      let place = start + index
      transform.signal[index] = samples.indices.contains(place) ? samples[place] * window[index] : 0
    }
    transform.forward()
    return (0..<transform.binCount).map {
      Bin(real: Double(transform.spectrum[2 * $0]), imaginary: Double(transform.spectrum[2 * $0 + 1]))
    }
  }

  /// The active intensity `Re{W* (X, Y, Z)}`, which points to the source, and the energy `½(|W|² + |X|² + |Y|² + |Z|²)`.
  private static func flow(_ spectra: [[Bin]], _ used: [Int]) -> (Vector, Double) {
    var (intensity, energy) = (Vector.zero, 0.0)
    for bin in used {
      let w = spectra[0][bin]
      func product(_ other: Bin) -> Double { w.real * other.real + w.imaginary * other.imaginary }
      intensity += Vector(product(spectra[3][bin]), product(spectra[1][bin]), product(spectra[2][bin]))
      energy += spectra.reduce(0) { $0 + $1[bin].power } / 2
    }
    return (intensity, energy)
  }

  /// The channels as W, Y, Z, X with W to the rest as in SN3D; a common factor does not matter here.
  private static func planesInOrder(_ audio: AudioBuffer, _ format: SceneMetadata.Format) -> [[Float]] {
    let order = format.order == "FuMa" ? [0, 2, 3, 1] : [0, 1, 2, 3]
    let factor: Float =
      switch format.normalization {
      case "N3D", "orthonormal": Float(3).squareRoot()
      case "FuMa": Float(2).squareRoot()
      default: 1
      }
    return order.map { channel in
      channel == 0 && factor != 1 ? audio.channels[0].map { $0 * factor } : audio.channels[channel]
    }
  }
}
