// A small scene with plane-wave sound that agrees with its description.
// Not here: the tests (ScenePageTests.swift).

import Foundation
import Media
import SpatialAudio
import TestSupport

/// Scenes for tests of pages.
enum SampleScene {
  static let sampleRate = 16_000

  /// A source whose direction moves evenly from one place to another, as seen from the listener.
  static func source(
    _ id: Int, _ name: String, onset: Double, offset: Double,
    path: [(time: Double, azimuth: Double, elevation: Double)],
    distance: Double = 1.8, listener: [Double] = [3, 2, 1.5], yaw: Double = 30
  ) -> [String: Any] {
    let positions = path.map { point -> [Double] in
      let unit = Direction(azimuth: point.azimuth + yaw, elevation: point.elevation).unit
      return [listener[0] + distance * unit.x, listener[1] + distance * unit.y, listener[2] + distance * unit.z]
    }
    return [
      "id": id, "class": name, "class_id": id, "clip": "clips/\(name).wav", "clip_sha256": "00", "onset_s": onset,
      "offset_s": offset, "gain_db": -3, "moving": path.count > 1, "motion": path.count > 1 ? "crossfade" : "static",
      "traj": path.map { [$0.time, $0.azimuth, $0.elevation, distance] }, "pos_m": positions, "drr_db": 2.5,
      "w_rms_dbfs": -24.3,
    ]
  }

  /// A room of 6 m × 4.5 m × 2.8 m with the given sources.
  static func metadata(_ sources: [[String: Any]], duration: Double = 5) throws -> SceneMetadata {
    let room: [String: Any] = [
      "dims_m": [6, 4.5, 2.8], "alpha": Array(repeating: [0.1, 0.15, 0.2, 0.25, 0.3, 0.35], count: 6),
      "bands_hz": [125, 250, 500, 1000, 2000, 4000], "t20_s_band": [0.61, 0.55, 0.5, 0.44, 0.4, 0.33], "t20_s": 0.47,
      "target_t20_s": 0.5, "edt_s": 0.41, "c50_db": 7.2, "c": 343.2, "temp_c": 20, "rh": 50, "t_ism_s": 0.08,
      "t_mix_s": 0.08, "latency_samples": 40,
    ]
    let scene: [String: Any] = [
      "scene_id": "test-000007", "split": "test", "seed": "00000000deadbeef", "generator": "test", "fs": sampleRate,
      "duration_s": duration,
      "format": ["order": "ACN", "norm": "SN3D", "axes": "Xfront_Yleft_Zup", "az": "ccw_deg"], "room": room,
      "listener": ["pos_m": [3, 2, 1.5], "yaw_deg": 30] as [String: Any], "sources": sources,
      "noise": ["type": "diffuse_pink", "snr_db": 25] as [String: Any], "common_gain_db": -1.5,
      "wav": "audio/test-000007.wav", "wav_sha256": "00", "csv": "labels/test-000007.csv",
    ]
    return try JSONDecoder().decode(SceneMetadata.self, from: try JSONSerialization.data(withJSONObject: scene))
  }

  /// Three sources: one at rest, one that passes behind the listener, one that rises.
  static func standard() throws -> SceneMetadata {
    try metadata([
      source(0, "dog_bark", onset: 0.4, offset: 2.1, path: [(0.4, 35, 5)]),
      source(1, "footsteps", onset: 1.2, offset: 4.6, path: [(1.2, 130, -10), (4.6, 230, -10)], distance: 1.5),
      source(2, "kettle", onset: 3.0, offset: 4.9, path: [(3.0, -60, -20), (4.9, -40, 40)], distance: 1.2),
    ])
  }

  /// Noise bursts from the sources' directions as plane waves, with a little diffuse noise.
  static func sound(_ scene: SceneMetadata, seed: UInt64 = 1, noise: Double = 0.002) -> AudioBuffer {
    var random = TestRandom(seed: seed)
    let count = Int(scene.duration * Double(sampleRate))
    var channels = (0..<4).map { q in
      (0..<count).map { _ in Float(noise * random.normal() / (q == 0 ? 1 : 3.0.squareRoot())) }
    }
    for source in scene.sources {
      for frame in 0..<count {
        let time = Double(frame) / Double(sampleRate)
        guard time >= source.onset, time < source.offset else { continue }
        let gains = FirstOrder.gains(direction(source, time))
        let envelope = 0.5 + 0.5 * sin(2 * .pi * (1.5 + Double(source.id)) * time)
        let value = 0.1 * envelope * random.normal()
        for q in 0..<4 { channels[q][frame] += Float(gains[q] * value) }
      }
    }
    return AudioBuffer(sampleRate: sampleRate, channels: channels)
  }

  private static func direction(_ source: SceneMetadata.Source, _ time: Double) -> Direction {
    let (first, last) = (source.trajectory[0], source.trajectory[source.trajectory.count - 1])
    let share = last[0] > first[0] ? (time - first[0]) / (last[0] - first[0]) : 0
    return Direction(
      azimuth: first[1] + share * (last[1] - first[1]), elevation: first[2] + share * (last[2] - first[2]))
  }

  /// A direct sound, some reflections and a decaying tail.
  static func response(seed: UInt64, decayTime: Double = 0.45) -> AudioBuffer {
    var random = TestRandom(seed: seed)
    let count = Int(0.6 * Double(sampleRate))
    var samples = (0..<count).map { index -> Float in
      guard index > 200 else { return 0 }
      let time = Double(index - 200) / Double(sampleRate)
      return Float(0.05 * random.normal() * pow(10, -3 * time / decayTime))
    }
    samples[100] = 1
    samples[180] = -0.5
    samples[230] = 0.4
    return AudioBuffer(sampleRate: sampleRate, channels: [samples, samples, samples, samples])
  }
}
