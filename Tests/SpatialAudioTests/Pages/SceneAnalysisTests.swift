// What a page measures: levels of sines, directions of plane waves, formats, silence.
// Not here: drawing (ScenePageTests.swift).

import Foundation
import Media
import SpatialAudio
import Testing

@Suite("Scene analysis")
struct SceneAnalysisTests {
  private static func sine(_ frequency: Double, _ direction: Direction, count: Int = 16_000) -> AudioBuffer {
    let gains = FirstOrder.gains(direction)
    return AudioBuffer(
      sampleRate: 16_000,
      channels: (0..<4).map { q in
        (0..<count).map { Float(0.5 * gains[q] * sin(2 * .pi * frequency * Double($0) / 16_000)) }
      })
  }

  @Test("a plane wave comes from where it comes, in every format")
  func directions() throws {
    var format = try SampleScene.standard().format
    for (azimuth, elevation) in [(30.0, 20.0), (-150, -40), (90, 0), (179, 60)] {
      let expected = Direction(azimuth: azimuth, elevation: elevation)
      let wave = Self.sine(1000, expected)
      let root = Float(3).squareRoot()
      let (w, y, z, x) = (wave.channels[0], wave.channels[1], wave.channels[2], wave.channels[3])
      let encodings: [(String, String, [[Float]])] = [
        ("ACN", "SN3D", [w, y, z, x]), ("ACN", "N3D", [w] + [y, z, x].map { $0.map { $0 * root } }),
        ("FuMa", "FuMa", [w.map { $0 / Float(2).squareRoot() }, x, y, z]),
      ]
      for (order, normalization, channels) in encodings {
        (format.order, format.normalization) = (order, normalization)
        let analysis = SceneAnalysis(AudioBuffer(sampleRate: 16_000, channels: channels), format: format)
        for frame in analysis.frames {
          let angle = try #require(frame.direction).angle(to: expected)
          #expect(angle < 0.1, "\(order), \(normalization), \(azimuth), \(elevation): off by \(angle)")
        }
      }
    }
  }

  @Test("a sine of half of full scale has -6 dB in the row of its frequency")
  func levels() throws {
    let format = try SampleScene.standard().format
    let analysis = SceneAnalysis(Self.sine(3000, Direction(azimuth: 0)), format: format)
    #expect(abs((analysis.loudest ?? 0) + 6.02) < 0.5)
    let middle = analysis.spectra[analysis.spectra.count / 2]
    let row = try #require(middle.indices.max { middle[$0] < middle[$1] })
    #expect(abs((Double(row) + 0.5) / Double(middle.count) * analysis.nyquist - 3000) < 100)
  }

  @Test("long sounds have no more frames than fit, and the frames span the sound")
  func longSounds() throws {
    let format = try SampleScene.standard().format
    for count in [1, 100, 15_999, 400_001] {
      let analysis = SceneAnalysis(Self.sine(500, Direction(azimuth: 10), count: count), format: format)
      #expect(analysis.frames.count <= SceneAnalysis.columnLimit)
      #expect(Double(analysis.frames.count) * analysis.hop >= Double(count) / 16_000 - 1e-9 || count == 1)
    }
  }

  @Test("silence and nothing have no level and no direction")
  func silence() throws {
    let format = try SampleScene.standard().format
    for count in [0, 1, 5000] {
      let analysis = SceneAnalysis(
        AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: count), format: format)
      #expect(analysis.loudest == nil && analysis.frames.isEmpty)
    }
  }
}
