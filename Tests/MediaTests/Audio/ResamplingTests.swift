// Changing the sample rate: level, frequency, phase, alias rejection, length.
// Not here: files (AudioFileTests.swift).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Resampling")
struct ResamplingTests {
  private static func sine(_ frequency: Double, rate: Int, count: Int) -> [Float] {
    (0..<count).map { Float(0.5 * sin(2 * .pi * frequency * Double($0) / Double(rate) + 0.3)) }
  }

  @Test(
    "a sine stays what it is at the same times",
    arguments: [(44_100, 16_000), (48_000, 24_000), (16_000, 44_100), (22_050, 24_000), (8_000, 48_000)])
  func sines(from: Int, to: Int) throws {
    let nyquist = Double(min(from, to)) / 2
    for share in [0.01, 0.2, 0.5, 0.9] {
      let frequency = nyquist * share
      let input = AudioBuffer(sampleRate: from, channels: [Self.sine(frequency, rate: from, count: from / 4 + 17)])
      let output = try input.resampled(to: to)
      let expected = Self.sine(frequency, rate: to, count: output.frameCount)
      // Away from the ends, where the sine begins and stops at once.
      let edge = output.frameCount / 6
      let errors = (edge..<output.frameCount - edge).map { abs(output.channels[0][$0] - expected[$0]) }
      let largest = errors.max() ?? 1
      #expect(largest < 2e-5, "\(from) to \(to) Hz, sine of \(frequency) Hz: error \(largest)")
    }
  }

  @Test("what the new rate cannot hold is silenced", arguments: [0.55, 0.7, 0.95])
  func aliases(share: Double) throws {
    let input = AudioBuffer(sampleRate: 48_000, channels: [Self.sine(16_000 * share, rate: 48_000, count: 12_000)])
    let output = try input.resampled(to: 16_000).channels[0]
    let middle = output[output.count / 6..<output.count * 5 / 6]
    let level = (middle.reduce(0) { $0 + Double($1 * $1) } / Double(middle.count)).squareRoot()
    #expect(level < 0.5 / 2.0.squareRoot() * 1e-5, "\(20 * log10(level)) dB")
  }

  @Test("a click stays at its time")
  func click() throws {
    for (from, to, frame, expected) in [(48_000, 16_000, 900, 300), (16_000, 48_000, 300, 900)] {
      var samples = [Float](repeating: 0, count: 2 * frame)
      samples[frame] = 1
      let output = try AudioBuffer(sampleRate: from, channels: [samples]).resampled(to: to).channels[0]
      #expect(output.indices.max { abs(output[$0]) < abs(output[$1]) } == expected)
      // Linear phase: both sides mirror each other.
      for distance in 1..<200 {
        #expect(abs(output[expected - distance] - output[expected + distance]) < 1e-5, "\(from), \(distance)")
      }
    }
  }

  @Test("the number of frames follows the rule, at every small size")
  func lengths() throws {
    for (from, to) in [(44_100, 16_000), (16_000, 44_100), (24_000, 23_999), (8_000, 384_000)] {
      for count in [0, 1, 2, 3, 7, 100, 441, 1001] {
        let input = AudioBuffer(sampleRate: from, channelCount: 3, frameCount: count)
        let output = try input.resampled(to: to)
        let expected = Int((Double(count) * Double(to) / Double(from)).rounded(.up))
        #expect(output.frameCount == expected && output.channels.count == 3, "\(from) to \(to), \(count)")
        #expect(AudioBuffer.resampledFrameCount(count, from: from, to: to) == expected)
      }
    }
  }

  @Test("equal rates change nothing; channels do not mix")
  func identity() throws {
    var random = TestRandom(seed: 4)
    let noise = (0..<500).map { _ in Float(random.normal()) }
    let buffer = AudioBuffer(sampleRate: 24_000, channels: [noise, noise.reversed()])
    #expect(try buffer.resampled(to: 24_000) == buffer)
    let both = try buffer.resampled(to: 16_000)
    #expect(
      both.channels[1]
        == (try AudioBuffer(sampleRate: 24_000, channels: [buffer.channels[1]]).resampled(to: 16_000)).channels[0])
  }

  @Test("bad rates, ratios and samples are errors")
  func errors() throws {
    let buffer = AudioBuffer(sampleRate: 24_000, channels: [[0, 1, .infinity]])
    let rate = #expect(throws: MediaError.self) { try buffer.resampled(to: 0) }
    #expect(rate?.description.contains("expected 1000 to 768000 Hz, got 0 Hz") == true)
    #expect(throws: MediaError.notFinite(place: "resampling", channel: 0, frame: 2, value: "inf")) {
      try buffer.resampled(to: 16_000)
    }
    let low = AudioBuffer(sampleRate: 1_000, channels: [[0, 1]])
    let ratio = #expect(throws: MediaError.self) { try low.resampled(to: 768_000) }
    #expect(ratio?.description.contains("cannot convert from 1000 Hz to 768000 Hz") == true)
  }
}
