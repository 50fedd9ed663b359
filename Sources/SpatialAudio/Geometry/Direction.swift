// Directions as seen by the listener, and the frame in which all of this target speaks.
// Not here: where things are in a room (Acoustics/ShoeboxRoom.swift).

import Foundation

/// A point or a vector in metres, in the right-handed frame X front, Y left, Z up.
public typealias Vector = SIMD3<Double>

extension SIMD3<Double> {
  /// The Euclidean length.
  public var length: Double { (self * self).sum().squareRoot() }

  /// The scalar product.
  public func dot(_ other: SIMD3<Double>) -> Double { (self * other).sum() }
}

/// A direction from the listener to a source.
///
/// The frame is right-handed: X front, Y left, Z up. Azimuth counts counter-clockwise from the front (left is +90°),
/// elevation counts upwards from the horizon.
public struct Direction: Equatable, Sendable {
  /// The unit vector `(cosθ cosφ, cosθ sinφ, sinθ)`.
  public let unit: Vector

  /// The direction of angles in degrees.
  public init(azimuth: Double, elevation: Double = 0) {
    let (phi, theta) = (azimuth * .pi / 180, elevation * .pi / 180)
    unit = Vector(cos(theta) * cos(phi), cos(theta) * sin(phi), sin(theta))
  }

  /// The direction of a vector of any length but 0; nil for a vector that has none.
  public init?(_ vector: Vector) {
    let length = vector.length
    guard length > 0, length.isFinite else { return nil }
    unit = vector / length
  }

  /// The azimuth in degrees, in -180 ..< 180.
  public var azimuth: Double {
    let degrees = atan2(unit.y, unit.x) * 180 / .pi
    return degrees >= 180 ? degrees - 360 : degrees
  }

  /// The elevation in degrees, in -90 ... 90.
  public var elevation: Double { asin(min(1, max(-1, unit.z))) * 180 / .pi }

  /// The angle between two directions in degrees, 0 ... 180, accurate at both ends.
  public func angle(to other: Direction) -> Double {
    2 * atan2((unit - other.unit).length, (unit + other.unit).length) * 180 / .pi
  }
}
