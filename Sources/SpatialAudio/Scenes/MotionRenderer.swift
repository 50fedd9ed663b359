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
    let gain = responder.settings.amplitude.gain
    for frame in 0..<mix[0].count - lead {
      let time = Double(frame) / rate
      let place = path.apparentPosition(at: time, listener: listener.position, speedOfSound: speed)
      let local = listener.local(place), distance = local.length
      let position = (time - distance / speed) * rate - Double(start)
      guard position > -Double(FractionalDelay.latency), position < Double(samples.count + FractionalDelay.latency)
      else { continue }
      // Reading at `position` is delaying by its negative fraction.
      let whole = position.rounded(.up), fraction = whole - position
      var value = 0.0
      for k in 1..<FractionalDelay.taps - 1 {
        let index = Int(whole) + FractionalDelay.latency - k
        guard index >= 0, index < samples.count else { continue }
        value += Double(samples[index]) * FractionalDelay.tap(k, fraction: fraction)
      }
      value *= gain / distance
      let unit = local / distance
      for (channel, part) in [1, unit.y, unit.z, unit.x].enumerated() {
        mix[channel][lead + frame] += Float(value * part)
      }
    }
  }
}
