// The 16 symmetries that map first-order channels to themselves up to sign, and general rotations.
// Not here: their effect on features (Features/FeatureExtractor+Symmetry.swift).

public import Media
import Foundation

/// One of the 16 maps of directions `φ → ±φ + quarter turns`, `θ → ±θ`.
///
/// W is untouched, so that a system that hears W only cannot tell the 16 versions of a recording apart. Eight are
/// rotations, eight are reflections, which no head or room turns into one another.
public struct Symmetry: Hashable, Codable, Sendable, CaseIterable {
  /// Whether azimuth changes its sign, before the turn.
  public let mirrorsAzimuth: Bool
  /// Quarter turns to the left, 0 to 3.
  public let quarterTurns: Int
  /// Whether elevation changes its sign.
  public let mirrorsElevation: Bool

  /// Creates a symmetry; turns count modulo 4.
  public init(mirrorsAzimuth: Bool = false, quarterTurns: Int = 0, mirrorsElevation: Bool = false) {
    self.mirrorsAzimuth = mirrorsAzimuth
    self.quarterTurns = ((quarterTurns % 4) + 4) % 4
    self.mirrorsElevation = mirrorsElevation
  }

  /// All 16; the first changes nothing.
  public static var allCases: [Symmetry] {
    [false, true].flatMap { elevation in
      [false, true].flatMap { azimuth in
        (0..<4).map { Symmetry(mirrorsAzimuth: azimuth, quarterTurns: $0, mirrorsElevation: elevation) }
      }
    }
  }

  /// Whether it is a rotation and not a reflection.
  public var isRotation: Bool { mirrorsAzimuth == mirrorsElevation }

  /// For each of X, Y, Z after the map: the axis it comes from (0 X, 1 Y, 2 Z) and its sign.
  public var axes: [(source: Int, sign: Float)] {
    let mirror: Float = mirrorsAzimuth ? -1 : 1
    let horizontal: [(Int, Float)] =
      switch quarterTurns {
      case 0: [(0, 1), (1, mirror)]
      case 1: [(1, -mirror), (0, 1)]
      case 2: [(0, -1), (1, -mirror)]
      default: [(1, mirror), (0, -1)]
      }
    return horizontal + [(2, mirrorsElevation ? -1 : 1)]
  }

  /// For each channel W, Y, Z, X after the map: the channel it comes from and its sign.
  public var channels: [(source: Int, sign: Float)] {
    let channelOfAxis = [3, 1, 2]
    let axes = axes.map { (source: channelOfAxis[$0.source], sign: $0.sign) }
    return [(0, 1), axes[1], axes[2], axes[0]]
  }

  /// Maps a direction.
  public func apply(_ direction: Direction) -> Direction {
    let mapped = axes.map { Double($0.sign) * direction.unit[$0.source] }
    return Direction(Vector(mapped[0], mapped[1], mapped[2])) ?? direction
  }

  /// Maps four channels in ACN order, whatever their normalisation.
  ///
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public func apply(_ buffer: inout AudioBuffer) throws(AmbisonicError) {
    guard buffer.channels.count == FirstOrder.channelCount else { throw .channelCount(buffer.channels.count) }
    buffer.channels = channels.map { source, sign in
      sign > 0 ? buffer.channels[source] : buffer.channels[source].map { -$0 }
    }
  }
}

/// A rotation of the scene about the listener, as a matrix on (X, Y, Z).
public struct Rotation: Equatable, Sendable {
  /// The rows of the matrix.
  public let rows: [Vector]

  /// A turn by `yaw` degrees to the left, after a roll about X and a pitch about Y (positive lifts the front).
  public init(yaw: Double, pitch: Double = 0, roll: Double = 0) {
    let (cy, sy) = (cos(yaw * .pi / 180), sin(yaw * .pi / 180))
    let (cp, sp) = (cos(pitch * .pi / 180), sin(pitch * .pi / 180))
    let (cr, sr) = (cos(roll * .pi / 180), sin(roll * .pi / 180))
    let turn = Rotation(rows: [Vector(cy, -sy, 0), Vector(sy, cy, 0), Vector(0, 0, 1)])
    let lift = Rotation(rows: [Vector(cp, 0, -sp), Vector(0, 1, 0), Vector(sp, 0, cp)])
    let tilt = Rotation(rows: [Vector(1, 0, 0), Vector(0, cr, -sr), Vector(0, sr, cr)])
    self = turn.after(lift.after(tilt))
  }

  private init(rows: [Vector]) { self.rows = rows }

  /// The rotation that undoes this one.
  public var inverse: Rotation {
    Rotation(rows: (0..<3).map { Vector(rows[0][$0], rows[1][$0], rows[2][$0]) })
  }

  /// First `other`, then this one.
  public func after(_ other: Rotation) -> Rotation {
    let columns = other.inverse.rows
    return Rotation(rows: rows.map { row in Vector(row.dot(columns[0]), row.dot(columns[1]), row.dot(columns[2])) })
  }

  /// Rotates a vector.
  public func apply(_ vector: Vector) -> Vector {
    Vector(rows[0].dot(vector), rows[1].dot(vector), rows[2].dot(vector))
  }

  /// Rotates a direction.
  public func apply(_ direction: Direction) -> Direction { Direction(apply(direction.unit)) ?? direction }

  /// Rotates four channels in ACN order whose dipoles share one gain.
  ///
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public func apply(_ buffer: inout AudioBuffer) throws(AmbisonicError) {
    guard buffer.channels.count == FirstOrder.channelCount else { throw .channelCount(buffer.channels.count) }
    let single = rows.map { SIMD3<Float>($0) }
    var (y, z, x) = (buffer.channels[1], buffer.channels[2], buffer.channels[3])
    for index in x.indices {
      let vector = SIMD3(x[index], y[index], z[index])
      x[index] = (single[0] * vector).sum()
      y[index] = (single[1] * vector).sum()
      z[index] = (single[2] * vector).sum()
    }
    buffer.channels = [buffer.channels[0], y, z, x]
  }
}
