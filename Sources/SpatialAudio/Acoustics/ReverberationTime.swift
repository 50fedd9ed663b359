// Predictions of reverberation time from geometry and absorption, and their inverses.
// Not here: what is measured in a response (EnergyDecay.swift).

import Foundation

/// Statistical formulas of reverberation time, in seconds.
///
/// All take the energy attenuation constant of air in 1/m. The image-source field of a shoebox decays more slowly than
/// they say, as its axial modes live longest: they are estimates and first guesses, never labels.
public enum ReverberationTime {
  /// `24 ln 10 / c` in s/m.
  public static func constant(speedOfSound: Double) -> Double { 24 * log(10) / speedOfSound }

  /// Sabine's formula.
  public static func sabine(_ room: ShoeboxRoom, band: Int = 0, air: Double = 0, speedOfSound: Double = 343) -> Double {
    let absorbing = zip(room.wallAreas, room.absorption).reduce(0) { $0 + $1.0 * $1.1[band] }
    return constant(speedOfSound: speedOfSound) * room.volume / (absorbing + 4 * air * room.volume)
  }

  /// Eyring's formula.
  public static func eyring(_ room: ShoeboxRoom, band: Int = 0, air: Double = 0, speedOfSound: Double = 343) -> Double {
    let mean = zip(room.wallAreas, room.absorption).reduce(0) { $0 + $1.0 * $1.1[band] } / room.surface
    return constant(speedOfSound: speedOfSound) * room.volume / (-room.surface * log(1 - mean) + 4 * air * room.volume)
  }

  /// Millington's formula.
  public static func millington(
    _ room: ShoeboxRoom, band: Int = 0, air: Double = 0, speedOfSound: Double = 343
  ) -> Double {
    let absorbing = zip(room.wallAreas, room.absorption).reduce(0) { $0 - $1.0 * log(1 - $1.1[band]) }
    return constant(speedOfSound: speedOfSound) * room.volume / (absorbing + 4 * air * room.volume)
  }

  /// The formula of Arau-Puchades: the area-weighted geometric mean of Eyring's times of the three pairs of walls.
  public static func arauPuchades(
    _ room: ShoeboxRoom, band: Int = 0, air: Double = 0, speedOfSound: Double = 343
  ) -> Double {
    let areas = room.wallAreas
    var logarithm = 0.0
    for axis in 0..<3 {
      let pair = areas[2 * axis] + areas[2 * axis + 1]
      let mean =
        (areas[2 * axis] * room.absorption[2 * axis][band]
          + areas[2 * axis + 1] * room.absorption[2 * axis + 1][band]) / pair
      let time =
        constant(speedOfSound: speedOfSound) * room.volume / (-room.surface * log(1 - mean) + 4 * air * room.volume)
      logarithm += pair / room.surface * log(time)
    }
    return exp(logarithm)
  }

  /// The uniform absorption for which Sabine's formula gives a time; above 1 if there is none.
  public static func sabineAbsorption(time: Double, size: Vector, speedOfSound: Double = 343) -> Double {
    let (volume, surface) = measures(size)
    return constant(speedOfSound: speedOfSound) * volume / (surface * time)
  }

  /// The uniform absorption for which Eyring's formula gives a time; always below 1.
  public static func eyringAbsorption(time: Double, size: Vector, speedOfSound: Double = 343) -> Double {
    1 - exp(-sabineAbsorption(time: time, size: size, speedOfSound: speedOfSound))
  }

  /// The number of reflections for which the order-limited lattice covers the sphere of radius `c · time`.
  public static func coveringOrder(time: Double, size: Vector, speedOfSound: Double = 343) -> Int {
    let pairs = [(size.x, size.y), (size.y, size.z), (size.x, size.z)]
    let smallest = pairs.map { $0.0 * $0.1 / ($0.0 * $0.0 + $0.1 * $0.1).squareRoot() }.min() ?? 1
    return Int((speedOfSound * time / smallest - 1).rounded(.up))
  }

  private static func measures(_ size: Vector) -> (volume: Double, surface: Double) {
    (size.x * size.y * size.z, 2 * (size.x * size.y + size.y * size.z + size.x * size.z))
  }
}
