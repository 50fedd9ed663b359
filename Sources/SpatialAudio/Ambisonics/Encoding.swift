// First-order plane-wave encoding in the package's own convention: ACN order, SN3D.
// Not here: other conventions (AmbisonicFormat.swift).

/// Gains of the four first-order channels for a plane wave, in the order W, Y, Z, X with SN3D normalisation.
public enum FirstOrder {
  /// Channels of first order.
  public static let channelCount = 4

  /// `[1, u_y, u_z, u_x]`.
  public static func gains(_ direction: Direction) -> SIMD4<Double> {
    SIMD4(1, direction.unit.y, direction.unit.z, direction.unit.x)
  }
}
