// Rooms and their materials: measures, and what is refused with which words.
// Not here: their decay (ReverberationTimeTests.swift).

import SpatialAudio
import Testing

@Suite("Shoebox room")
struct ShoeboxRoomTests {
  static let size = Vector(6, 5, 3)

  @Test("volume, surface, areas")
  func measures() throws {
    let room = try ShoeboxRoom(size: Self.size, absorption: 0.3)
    #expect(room.volume == 90 && room.surface == 126 && room.bandCount == 1)
    #expect(room.wallAreas == [15, 15, 18, 18, 30, 30])
    #expect(room.contains(Vector(1, 1, 1)) && !room.contains(Vector(0, 1, 1)) && !room.contains(Vector(1, 5, 1)))
    #expect(room.contains(Vector(1, 1, 1.1), margin: 0.9) && !room.contains(Vector(1, 1, 2.5), margin: 0.6))
  }

  @Test("impossible rooms are refused and say what is wrong")
  func refusals() {
    func message(_ size: Vector, _ absorption: [[Double]]) -> String {
      do throws(AcousticsError) {
        _ = try ShoeboxRoom(size: size, absorption: absorption)
        return "accepted"
      } catch { return "\(error)" }
    }
    let walls = Array(repeating: [0.5], count: 6)
    for size in [Vector(0.4, 5, 3), Vector(6, -5, 3), Vector(6, 5, 1001), Vector(.nan, 5, 3), Vector(6, .infinity, 3)] {
      #expect(message(size, walls).contains("0.5 to 1000 m"))
    }
    #expect(message(Self.size, Array(walls.dropLast())).contains("5 walls"))
    #expect(message(Self.size, []).contains("0 walls"))
    #expect(message(Self.size, Array(repeating: [], count: 6)).contains("1 to 8 bands"))
    #expect(message(Self.size, Array(repeating: Array(repeating: 0.1, count: 9), count: 6)).contains("1 to 8 bands"))
    #expect(message(Self.size, [[0.1], [0.1, 0.2], [0.1], [0.1], [0.1], [0.1]]).contains("1 to 8 bands"))
    for value in [-0.01, 1.01, .nan, .infinity] {
      #expect(
        message(Self.size, [[0.1], [0.1], [0.1], [value], [0.1], [0.1]]).contains("absorption \(value) of wall y+"))
    }
  }

  @Test("places are checked by name")
  func places() throws {
    let room = try ShoeboxRoom(size: Self.size, absorption: 0.3)
    try room.check(source: Vector(1, 1, 1), listener: Vector(1.31, 1, 1))
    #expect(throws: AcousticsError.outside("source", Vector(6, 1, 1), room: Self.size)) {
      try room.check(source: Vector(6, 1, 1), listener: Vector(1, 1, 1))
    }
    #expect(throws: AcousticsError.outside("listener", Vector(1, 1, -1), room: Self.size)) {
      try room.check(source: Vector(1, 1, 1), listener: Vector(1, 1, -1))
    }
    #expect(throws: AcousticsError.self) { try room.check(source: Vector(1, 1, 1), listener: Vector(1.29, 1, 1)) }
    let error = AcousticsError.outside("source", Vector(6, 1, 1), room: Self.size)
    #expect("\(error)".hasPrefix("source: expected a point inside the room of 6.0 × 5.0 × 3.0 m, got (6.0, 1.0, 1.0)"))
    #expect("\(AcousticsError.tooClose(0.25))".contains("at least 0.3 m"))
  }
}

@Suite("Wall materials")
struct WallMaterialTests {
  @Test("each has seven absorptions that a room accepts", arguments: WallMaterial.allCases)
  func values(material: WallMaterial) throws {
    #expect(material.absorption.count == 7)
    let room = try ShoeboxRoom(
      size: ShoeboxRoomTests.size, materials: Array(repeating: material, count: 6), bands: 8)
    #expect(room.bandCount == 8 && room.absorption[5][7] == material.absorption[6])
    #expect(material.absorption(bands: 3) == Array(material.absorption.prefix(3)))
  }

  @Test("what differs is what is known to differ")
  func order() {
    #expect(WallMaterial.ceilingFibreAbsorber.absorption[3] > 10 * WallMaterial.brickwork.absorption[3])
    #expect(WallMaterial.woodenLining.absorption[0] > WallMaterial.woodenLining.absorption[6])
    #expect(WallMaterial.carpetCotton.absorption[0] < WallMaterial.carpetCotton.absorption[4])
  }
}
