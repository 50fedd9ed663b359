// Sound fields made of plane waves: sources, crude reflections, diffuse noise.
// Not here: the simulator, which has tests of its own.

import Foundation
import Media
import SpatialAudio
import TestSupport

/// A first-order recording (ACN, SN3D) that grows source by source.
struct SyntheticField {
  var random: TestRandom
  var audio: AudioBuffer

  init(seed: UInt64, seconds: Double = 2, sampleRate: Int = 16_000) {
    random = TestRandom(seed: seed)
    audio = AudioBuffer(sampleRate: sampleRate, channelCount: 4, frameCount: Int(seconds * Double(sampleRate)))
  }

  /// A random number in 0..<1.
  mutating func uniform() -> Double { Double(random.next() >> 11) * 0x1p-53 }

  /// A direction anywhere, or at most `elevation` degrees above or below.
  mutating func direction(elevation: Double = 90) -> Direction {
    let height = (2 * uniform() - 1) * sin(elevation * .pi / 180)
    return Direction(azimuth: 360 * uniform() - 180, elevation: asin(height) * 180 / .pi)
  }

  /// Bursts of noise with a falling spectrum, 0.1 to 0.4 s each, with pauses.
  mutating func bursts() -> [Float] {
    var samples = [Float](repeating: 0, count: audio.frameCount)
    var at = Int(0.1 * uniform() * Double(audio.sampleRate))
    while at < samples.count {
      let length = Int((0.1 + 0.3 * uniform()) * Double(audio.sampleRate))
      var low = 0.0
      for index in at..<min(samples.count, at + length) {
        low = 0.9 * low + 0.3 * random.normal()
        samples[index] = Float(0.1 * (low + 0.2 * random.normal()))
      }
      at += length + Int((0.05 + 0.2 * uniform()) * Double(audio.sampleRate))
    }
    return samples
  }

  /// Steady white noise.
  mutating func noise(_ level: Double = 0.1) -> [Float] {
    (0..<audio.frameCount).map { _ in Float(level * random.normal()) }
  }

  /// Adds a plane wave, late by some samples.
  mutating func add(_ samples: [Float], from direction: Direction, gain: Double = 1, delay: Int = 0) {
    let gains = FirstOrder.gains(direction)
    for channel in 0..<4 {
      let factor = Float(gain * gains[channel])
      for index in delay..<max(delay, audio.frameCount) {
        audio.channels[channel][index] += factor * samples[index - delay]
      }
    }
  }

  /// Adds a source with reflections from everywhere that decay by 60 dB in `decay` seconds.
  mutating func add(_ samples: [Float], from direction: Direction, decay: Double, reflections: Int, level: Double) {
    add(samples, from: direction)
    for _ in 0..<reflections {
      let time = 0.003 + decay * 0.7 * uniform() * uniform()
      let sign: Double = uniform() < 0.5 ? -1 : 1
      let gain = sign * level * pow(10, -3 * time / decay) / Double(reflections).squareRoot()
      add(samples, from: self.direction(), gain: gain, delay: Int(time * Double(audio.sampleRate)))
    }
  }

  /// Adds isotropic noise of a standard deviation in W.
  mutating func addDiffuse(_ level: Double) {
    for channel in 0..<4 {
      let deviation = channel == 0 ? level : level / 3.0.squareRoot()
      for index in 0..<audio.frameCount { audio.channels[channel][index] += Float(deviation * random.normal()) }
    }
  }

  /// The recording in another convention.
  func converted(to format: AmbisonicFormat) throws -> AudioBuffer {
    var copy = audio
    try AmbisonicFormat.convert(&copy, from: .acnSN3D, to: format)
    return copy
  }
}
