// Directions: the reference vectors of the frame, wrapping, angles.
import SpatialAudio
import Testing

@Suite("Directions")
struct DirectionTests {
  @Test("front, left, up are the axes")
  func axes() {
    #expect((Direction(azimuth: 0).unit - Vector(1, 0, 0)).length < 1e-15)
    #expect((Direction(azimuth: 90).unit - Vector(0, 1, 0)).length < 1e-15)
    #expect((Direction(azimuth: 0, elevation: 90).unit - Vector(0, 0, 1)).length < 1e-15)
  }

  @Test("the asymmetric reference direction")
  func reference() {
    let unit = Direction(azimuth: 30, elevation: 20).unit
    #expect((unit - Vector(0.813798, 0.469846, 0.342020)).length < 1e-6)
  }

  @Test(
    "angles survive the round trip and wrap to -180 ..< 180", arguments: [-180.0, -179.5, -90, 0, 12.25, 90, 179.9])
  func roundTrip(azimuth: Double) {
    for elevation in [-60.0, 0, 45] {
      let direction = Direction(azimuth: azimuth + 360, elevation: elevation)
      #expect(abs(direction.azimuth - azimuth) < 1e-9)
      #expect(abs(direction.elevation - elevation) < 1e-9)
    }
  }

  @Test("small and large angles are exact")
  func angles() {
    let front = Direction(azimuth: 0)
    #expect(abs(front.angle(to: Direction(azimuth: 1e-6)) - 1e-6) < 1e-12)
    #expect(abs(front.angle(to: Direction(azimuth: 180)) - 180) < 1e-9)
    #expect(Direction(Vector(0, 0, 0)) == nil)
  }
}
