// Filtered responses: flat walls leave no trace of the bands, the high-pass takes what it should.
// Not here: the filters themselves (OctaveBandsTests.swift).

import Foundation
import SpatialAudio
import TestSupport
import Testing

@Suite("Room response")
struct RoomResponseTests {
  static func magnitude(_ signal: [Float], _ frequency: Double, rate: Double) -> Double {
    var (real, imaginary) = (0.0, 0.0)
    for (frame, value) in signal.enumerated() {
      let phase = 2 * Double.pi * frequency * Double(frame) / rate
      real += Double(value) * cos(phase)
      imaginary -= Double(value) * sin(phase)
    }
    return (real * real + imaginary * imaginary).squareRoot()
  }

  @Test("bands with equal walls give the broadband response", arguments: BandShape.allCases, [8000, 16_000, 48_000])
  func flat(shape: BandShape, rate: Int) throws {
    var random = TestRandom(seed: UInt64(rate))
    let (broadband, source, listener) = try ImageSourceTests.scene(&random, bands: 1)
    let filters = BandFilterBank(sampleRate: rate, shape: shape)
    let room = try ShoeboxRoom(
      size: broadband.size,
      absorption: broadband.absorption.map { Array(repeating: $0[0], count: filters.bands.count) })
    var settings = ImageSourceSettings()
    settings.sampleRate = rate
    settings.truncation = .time(seconds: 0.05)
    settings.air.absorption = .none
    let renderer = ImageSourceRenderer()
    let expected = filters.response(
      try renderer.response(room: broadband, source: source, listener: listener, settings: settings))
    let banded = try renderer.response(room: room, source: source, listener: listener, settings: settings)
    let found = filters.response(banded)
    #expect(expected.latency == 40 && found.latency == 296 && found.sampleRate == rate)
    let peak = expected.channels[0].map(abs).max() ?? 0
    for channel in 0..<4 {
      for frame in 0..<found.frameCount {
        let before = frame - OctaveBands.filterLead
        let value = expected.channels[channel].indices.contains(before) ? expected.channels[channel][before] : 0
        #expect(abs(found.channels[channel][frame] - value) < 2e-6 * peak, "\(rate) Hz, channel \(channel), \(frame)")
      }
    }
    // Heard band by band it is the same.
    var sum = [Float](repeating: 0, count: found.frameCount)
    for band in filters.bandSignals(banded) { for frame in band.indices { sum[frame] += band[frame] } }
    for frame in sum.indices { #expect(abs(sum[frame] - found.channels[0][frame]) < 4e-6 * peak) }
  }

  @Test("a band that is silent is silent: 250 Hz does not leak into 4 kHz")
  func separation() {
    let filters = BandFilterBank(sampleRate: 16_000)
    var pulse = BandedResponse(bandCount: 7, channels: .mono, frameCount: 100, latency: 40, imageCount: 1)
    pulse.planes[pulse.start(band: 1, channel: 0) + 40] = 1
    let response = filters.response(pulse)
    #expect(abs(Self.magnitude(response.channels[0], 250, rate: 16_000) - 1) < 1e-3)
    #expect(Self.magnitude(response.channels[0], 4000, rate: 16_000) < 1e-4)
  }

  @Test("the high-pass removes DC and keeps 1 kHz", arguments: [1, 7])
  func highPass(bands: Int) {
    let filters = BandFilterBank(sampleRate: 16_000)
    var pulse = BandedResponse(bandCount: bands, channels: .mono, frameCount: 8000, latency: 40, imageCount: 1)
    // Far from both ends, so that the filter's slow ringing is inside.
    for band in 0..<bands { pulse.planes[pulse.start(band: band, channel: 0) + 4000] = 1 }
    let response = filters.response(pulse, highPass: .butterworth(hertz: 20))
    let signal = response.channels[0]
    #expect(Self.magnitude(signal, 0, rate: 16_000) < 0.01)
    #expect(abs(Self.magnitude(signal, 20, rate: 16_000) - 0.5) < 0.02)
    #expect(abs(Self.magnitude(signal, 1000, rate: 16_000) - 1) < 0.005)
    let other = filters.response(pulse)
    #expect(abs(Self.magnitude(other.channels[0], 0, rate: 16_000) - 1) < 1e-4)
  }
}
