// A rectangular room: its size and the absorption of its six walls.
// Not here: decay times (ReverberationTime.swift), responses (ImageSourceRenderer.swift).

/// A rectangular room with one corner at the origin.
///
/// Walls are numbered `x-, x+, y-, y+, z-, z+`; the floor is `z-`.
public struct ShoeboxRoom: Equatable, Sendable {
  /// Length, width, height in metres.
  public let size: Vector
  /// Energy absorption, 6 walls × bands; one band means broadband.
  public let absorption: [[Double]]

  /// The names of the walls, in order.
  public static let wallNames = ["x-", "x+", "y-", "y+", "z-", "z+"]

  /// Creates a room.
  ///
  /// - Parameters:
  ///   - size: in metres.
  ///   - absorption: energy absorption in 0...1, 6 walls × bands (1 to 8).
  /// - Throws: ``AcousticsError``.
  public init(size: Vector, absorption: [[Double]]) throws(AcousticsError) {
    guard (0..<3).allSatisfy({ size[$0] >= 0.5 && size[$0] <= 1000 }) else {
      throw .impossibleRoom("size \(size.x) × \(size.y) × \(size.z) m", expected: "0.5 to 1000 m on each side")
    }
    guard absorption.count == 6 else {
      throw .impossibleRoom("\(absorption.count) walls", expected: "6, in the order x-, x+, y-, y+, z-, z+")
    }
    let bands = absorption[0].count
    guard (1...8).contains(bands), absorption.allSatisfy({ $0.count == bands }) else {
      throw .impossibleRoom("bands \(absorption.map(\.count))", expected: "the same 1 to 8 bands on each wall")
    }
    for (wall, values) in absorption.enumerated() {
      for value in values where !(value >= 0 && value <= 1) {
        throw .impossibleRoom("absorption \(value) of wall \(Self.wallNames[wall])", expected: "0 to 1")
      }
    }
    self.size = size
    self.absorption = absorption
  }

  /// Creates a room with one absorption everywhere.
  ///
  /// - Throws: ``AcousticsError``.
  public init(size: Vector, absorption: Double) throws(AcousticsError) {
    try self.init(size: size, absorption: Array(repeating: [absorption], count: 6))
  }

  /// Creates a room of six materials.
  ///
  /// - Throws: ``AcousticsError``.
  public init(size: Vector, materials: [WallMaterial], bands: Int) throws(AcousticsError) {
    try self.init(size: size, absorption: materials.map { $0.absorption(bands: bands) })
  }

  /// Bands of the absorption; 1 for a broadband room.
  public var bandCount: Int { absorption[0].count }

  /// The volume in m³.
  public var volume: Double { size.x * size.y * size.z }

  /// The areas of the walls in m², in their order.
  public var wallAreas: [Double] {
    let (x, y, z) = (size.y * size.z, size.x * size.z, size.x * size.y)
    return [x, x, y, y, z, z]
  }

  /// The whole surface in m².
  public var surface: Double { wallAreas.reduce(0, +) }

  /// Whether a point lies inside, at least `margin` metres from every wall.
  public func contains(_ point: Vector, margin: Double = 0) -> Bool {
    (0..<3).allSatisfy { point[$0] > margin && point[$0] < size[$0] - margin }
  }

  /// Checks that a source and a listener can be where they are.
  ///
  /// - Throws: ``AcousticsError`` if one of them is not inside, or if they are closer than 0.3 m.
  public func check(source: Vector, listener: Vector) throws(AcousticsError) {
    for (name, point) in [("source", source), ("listener", listener)] where !contains(point) {
      throw .outside(name, point, room: size)
    }
    let distance = (source - listener).length
    guard distance >= Self.smallestDistance else { throw .tooClose(distance) }
  }

  /// Sources may not come closer to the listener, in metres: 1/r has no bound.
  public static let smallestDistance = 0.3
}

/// A room, a place or a target that cannot be.
public enum AcousticsError: Error, Equatable, CustomStringConvertible {
  /// A room that cannot be.
  case impossibleRoom(String, expected: String)
  /// A source or listener in or behind a wall.
  case outside(String, Vector, room: Vector)
  /// A source at the listener.
  case tooClose(Double)
  /// A decay time that these walls cannot give.
  case impossibleDecay(target: Double, band: Double, reason: String)

  /// What, where: expected, got.
  public var description: String {
    switch self {
    case .impossibleRoom(let what, let expected): "room: expected \(expected), got \(what)."
    case .outside(let name, let point, let room):
      "\(name): expected a point inside the room of \(room.x) × \(room.y) × \(room.z) m, got "
        + "(\(point.x), \(point.y), \(point.z)). Hint: the room's corner is the origin; walls do not count as inside."
    case .tooClose(let distance):
      "source: expected at least \(ShoeboxRoom.smallestDistance) m from the listener, got \(distance) m."
    case .impossibleDecay(let target, let band, let reason):
      "decay time: cannot reach \(target) s in the band of \(band) Hz: \(reason)."
    }
  }
}
