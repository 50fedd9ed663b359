// Sources that move: a bank of responses along the path, crossfaded on the input, and the direct path with Doppler shift.
// Not here: sources at rest (SceneRenderer.swift).

import Foundation
import Media

/// Renders one moving source into a mix.
struct MotionRenderer {
  /// Responses per second along a path.
  static let controlRate = 20.0

  let responder: SourceResponder
  let motion: MotionConfig
  let sampleRate: Int
  let convolution: PartitionedConvolution

  /// Adds a source to a mix of four channels.
  ///
  /// The input is weighted by triangles that overlap by half and add up to 1, one for each place of the bank:
  /// `y = Σ_k h_k ∗ (w_k x)`. Only the early part of the responses follows the path; the late field is that of the path's
  /// middle, as a diffuse field is the same everywhere.
  ///
  /// - Parameters:
  ///   - samples: the dry sound with its gain.
  ///   - start: its first frame in the scene.
  ///   - lead: frames of the mix before the scene.
  func add(
    _ samples: [Float], path: SourcePath, start: Int, to mix: inout [[Float]], lead: Int
  ) throws(AcousticsError) {
    let step = max(1, Int((Double(sampleRate) / Self.controlRate).rounded()))
    let middle = path.position(at: Double(start + samples.count / 2) / Double(sampleRate))
    let middleMixing = responder.mixingTime(middle)
    if middleMixing > 0 {
      let images = try responder.images(middle, until: responder.imageTime(middle))
      let late = responder.finish(responder.late(images, mixingTime: middleMixing))
      convolution.add(
        samples, with: convolution.spectra(of: late.channels), to: &mix, at: start + lead - late.latency)
    }
    let count = (samples.count + step - 1) / step
    for node in 0...count {
      let time = Double(start + node * step) / Double(sampleRate)
      let place = path.position(at: time)
      var early = try responder.banded(place).early
      if motion == .doppler { early = early.adding(try responder.direct(place), sign: -1) }
      let response = responder.finish(early)
      let first = max(0, (node - 1) * step), last = min(samples.count, (node + 1) * step)
      guard first < last else { continue }
      let piece = (first..<last).map { index in
        samples[index] * (1 - abs(Float(index - node * step)) / Float(step))
      }
      convolution.add(
        piece, with: convolution.spectra(of: response.channels), to: &mix, at: start + first + lead - response.latency)
    }
    if motion == .doppler { addDirect(samples, path: path, start: start, to: &mix, lead: lead) }
  }

  /// The direct path with the delay that each moment has.
  private func addDirect(_ samples: [Float], path: SourcePath, start: Int, to mix: inout [[Float]], lead: Int) {
    let listener = responder.plan.listener, speed = responder.settings.air.speedOfSound, rate = Double(sampleRate)
    let gain = responder.settings.amplitude.gain, reader = FractionalReader()
    for frame in 0..<mix[0].count - lead {
      let time = Double(frame) / rate
      let place = path.apparentPosition(at: time, listener: listener.position, speedOfSound: speed)
      let local = listener.local(place), distance = local.length
      let position = (time - distance / speed) * rate - Double(start)
      guard position > -Double(FractionalDelay.latency), position < Double(samples.count + FractionalDelay.latency)
      else { continue }
      var value = reader.value(of: samples, at: position)
      value *= gain / distance
      let unit = local / distance
      for (channel, part) in [1, unit.y, unit.z, unit.x].enumerated() {
        mix[channel][lead + frame] += Float(value * part)
      }
    }
  }
}

/// Reads a signal between its samples: a sinc under a Hann window that moves with the position, so that nothing jumps when
/// the position passes a sample.
package struct FractionalReader {
  private static let half = FractionalDelay.latency
  /// Cosine and sine of the window's phase at the whole taps.
  private let turns: [(cosine: Double, sine: Double)]

  package init() {
    turns = (0..<2 * Self.half).map { tap in
      let phase = Double.pi * Double(tap) / Double(Self.half)
      return (cos(phase), sin(phase))
    }
  }

  /// The value at a position in samples; silence outside.
  package func value(of samples: [Float], at position: Double) -> Double {
    let whole = position.rounded(.down), fraction = position - whole
    let first = Int(whole) - Self.half + 1
    guard fraction > 1e-9 else {
      let index = Int(whole)
      return samples.indices.contains(index) ? Double(samples[index]) : 0
    }
    // At tap k the distance is t = k + 1 - half - fraction: sin(πt) only changes its sign, the window's phase turns.
    let start = Double.pi * (1 - Double(Self.half) - fraction) / Double(Self.half)
    let (c, s) = (cos(start), sin(start))
    var sign = (1 - Self.half).isMultiple(of: 2) ? -1.0 : 1.0
    let wave = sin(.pi * fraction) / .pi
    var sum = 0.0
    for tap in 0..<2 * Self.half {
      let index = first + tap
      if samples.indices.contains(index) {
        let t = Double(tap + 1 - Self.half) - fraction
        let window = 0.5 + 0.5 * (c * turns[tap].cosine - s * turns[tap].sine)
        sum += Double(samples[index]) * window * sign * wave / t
      }
      sign = -sign
    }
    return sum
  }
}
