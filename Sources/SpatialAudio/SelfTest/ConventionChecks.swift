// Checks 5 and 6: encoding, conventions, patterns and rotations.
// Not here: recognising a convention in a recording (Ambisonics/ConventionDetector.swift).

import Foundation
import Media

enum ConventionChecks {
  /// 642 directions, evenly spread.
  private static var directions: [Direction] {
    (0..<642).compactMap { index in
      let z = 1 - (2 * Double(index) + 1) / 642, angle = 2.399963229728653 * Double(index)
      let radius = (1 - z * z).squareRoot()
      return Direction(Vector(radius * cos(angle), radius * sin(angle), z))
    }
  }

  @Sendable static func encoding() throws -> [SelfTestResult.Figure] {
    var simple = 0.0, orthonormal = 0.0
    let format = AmbisonicFormat(order: .acn, normalization: .orthonormal)
    for direction in directions {
      let (phi, theta) = (direction.azimuth * .pi / 180, direction.elevation * .pi / 180)
      // Real spherical harmonics of degrees 0 and 1 from their definition.
      let harmonics = [
        0.5 / Double.pi.squareRoot(), (0.75 / .pi).squareRoot() * cos(theta) * sin(phi),
        (0.75 / .pi).squareRoot() * sin(theta), (0.75 / .pi).squareRoot() * cos(theta) * cos(phi),
      ]
      let scale = [1, 3.0.squareRoot(), 3.0.squareRoot(), 3.0.squareRoot()]
      let gains = FirstOrder.gains(direction), encoded = format.encode(direction)
      for channel in 0..<4 {
        simple = max(simple, abs(gains[channel] - harmonics[channel] * (4 * .pi).squareRoot() / scale[channel]))
        orthonormal = max(orthonormal, abs(encoded[channel] - harmonics[channel]))
      }
    }
    let reference = FirstOrder.gains(Direction(azimuth: 30, elevation: 20))
    let expected = SIMD4(1, 0.469846, 0.342020, 0.813798)
    return [
      .atMost(1e-6, "SN3D, 642 directions", simple), .atMost(1e-6, "orthonormal, 642 directions", orthonormal),
      .atMost(1e-6, "the reference direction (30°, 20°)", (0..<4).map { abs(reference[$0] - expected[$0]) }.max() ?? 1),
    ]
  }

  @Sendable static func conversions() throws -> [SelfTestResult.Figure] {
    var trip = 0.0, pattern = 0.0
    let some = directions.enumerated().filter { $0.offset % 20 == 0 }.map(\.element)
    for format in AmbisonicFormat.allCases {
      var buffer = AudioBuffer(sampleRate: 16_000, channels: planes(some))
      let original = buffer
      try AmbisonicFormat.convert(&buffer, from: .acnSN3D, to: format)
      for (index, direction) in some.enumerated() {
        for (channel, gain) in format.encode(direction).enumerated() {
          trip = max(trip, abs(Double(buffer.channels[channel][index]) - gain))
        }
      }
      try AmbisonicFormat.convert(&buffer, from: format, to: .acnSN3D)
      for (a, b) in zip(buffer.channels, original.channels) {
        for (x, y) in zip(a, b) { trip = max(trip, Double(abs(x - y))) }
      }
    }
    var forms: Set<[[Float]]> = []
    for symmetry in Symmetry.allCases {
      var buffer = AudioBuffer(sampleRate: 16_000, channels: planes(some))
      let omni = buffer.channels[0]
      try symmetry.apply(&buffer)
      let expected = planes(some.map { symmetry.apply($0) })
      for (a, b) in zip(buffer.channels, expected) {
        for (x, y) in zip(a, b) { pattern = max(pattern, Double(abs(x - y))) }
      }
      if buffer.channels[0] == omni { forms.insert(buffer.channels) }
    }
    let a = Rotation(yaw: 50, pitch: 20, roll: -10), b = Rotation(yaw: -120, pitch: 5)
    let composed = some.map { (a.after(b).apply($0.unit) - a.apply(b.apply($0.unit))).length }.max() ?? 1
    return [
      .atMost(1e-6, "round trips of all conventions", trip), .atMost(1e-6, "the 16 patterns against encoding", pattern),
      .within(16...16, "different patterns that leave W bit for bit", Double(forms.count)),
      .atMost(1e-12, "two rotations against their product", composed),
    ]
  }

  private static func planes(_ directions: [Direction]) -> [[Float]] {
    let gains = directions.map { FirstOrder.gains($0) }
    return (0..<4).map { channel in gains.map { Float($0[channel]) } }
  }
}
