// The 16 symmetries and general rotations against re-encoded directions.
import Foundation
import Media
import SpatialAudio
import TestSupport
import Testing

@Suite("Symmetries")
struct SymmetryTests {
  private func encoded(_ direction: Direction) -> AudioBuffer {
    AudioBuffer(sampleRate: 8000, channels: AmbisonicFormat.acnSN3D.encode(direction).map { [Float($0)] })
  }

  @Test("each maps channels as it maps directions, and angles by their formula", arguments: Symmetry.allCases)
  func directions(symmetry: Symmetry) throws {
    try forAll(20) { random, seed in
      let azimuth = Double(random.next() % 36_000) / 100 - 180, elevation = Double(random.next() % 17_800) / 100 - 89
      let mapped = symmetry.apply(Direction(azimuth: azimuth, elevation: elevation))
      let expected = Direction(
        azimuth: (symmetry.mirrorsAzimuth ? -azimuth : azimuth) + 90 * Double(symmetry.quarterTurns),
        elevation: symmetry.mirrorsElevation ? -elevation : elevation)
      #expect((mapped.unit - expected.unit).length < 1e-14, "seed \(seed)")
      var buffer = encoded(Direction(azimuth: azimuth, elevation: elevation))
      let omni = buffer.channels[0]
      try symmetry.apply(&buffer)
      #expect(buffer.channels[0] == omni)
      for (a, b) in zip(buffer.channels, encoded(expected).channels) {
        #expect(abs(a[0] - b[0]) < 1e-6, "seed \(seed)")
      }
    }
  }

  @Test("they are 16 different maps, half of them rotations")
  func count() {
    let maps = Set(Symmetry.allCases.map { $0.channels.map { "\($0.source)\($0.sign)" }.joined() })
    #expect(maps.count == 16)
    #expect(Symmetry.allCases.filter(\.isRotation).count == 8)
    for symmetry in Symmetry.allCases {
      let images = [Vector(1, 0, 0), Vector(0, 1, 0), Vector(0, 0, 1)].compactMap { Direction($0) }
        .map { symmetry.apply($0).unit }
      let (a, b, c) = (images[0], images[1], images[2])
      let determinant =
        a.x * (b.y * c.z - b.z * c.y) - a.y * (b.x * c.z - b.z * c.x) + a.z * (b.x * c.y - b.y * c.x)
      #expect(abs(determinant - (symmetry.isRotation ? 1 : -1)) < 1e-12)
    }
    #expect(Symmetry(quarterTurns: -1) == Symmetry(quarterTurns: 3))
  }

  @Test("rotations are orthonormal, compose, invert, and act on channels as on directions")
  func rotations() throws {
    forAll(20) { random, seed in
      func angle() -> Double { Double(random.next() % 36_000) / 100 }
      let first = Rotation(yaw: angle(), pitch: angle(), roll: angle())
      let second = Rotation(yaw: angle(), pitch: angle(), roll: angle())
      let direction = Direction(azimuth: angle(), elevation: 31)
      let both = second.after(first).apply(direction)
      #expect((both.unit - second.apply(first.apply(direction)).unit).length < 1e-12, "seed \(seed)")
      #expect((first.inverse.apply(first.apply(direction)).unit - direction.unit).length < 1e-12, "seed \(seed)")
      #expect(abs(first.apply(direction.unit).length - 1) < 1e-12, "seed \(seed)")
      var buffer = encoded(direction)
      do {
        try first.apply(&buffer)
        let expected = encoded(first.apply(direction))
        for (a, b) in zip(buffer.channels, expected.channels) { #expect(abs(a[0] - b[0]) < 1e-6, "seed \(seed)") }
      } catch {
        Issue.record(error)
      }
    }
    let left = Rotation(yaw: 90).apply(Direction(azimuth: 0))
    #expect(abs(left.azimuth - 90) < 1e-9)
    let up = Rotation(yaw: 0, pitch: 30).apply(Direction(azimuth: 0))
    #expect(abs(up.elevation - 30) < 1e-9)
    #expect((Rotation(yaw: 90).apply(Vector(1, 2, 3)) - Vector(-2, 1, 3)).length < 1e-12)
  }

  @Test("other numbers of channels are refused")
  func channelCount() {
    var buffer = AudioBuffer(sampleRate: 8000, channelCount: 3, frameCount: 2)
    #expect(throws: AmbisonicError.channelCount(3)) { try Symmetry().apply(&buffer) }
    #expect(throws: AmbisonicError.channelCount(3)) { try Rotation(yaw: 3).apply(&buffer) }
  }
}
