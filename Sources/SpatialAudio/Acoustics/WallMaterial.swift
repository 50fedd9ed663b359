// Absorption of walls by material.
// Not here: the walls of a room (ShoeboxRoom.swift).

/// Materials with their random-incidence energy absorption.
///
/// > Source: tables of absorption coefficients in Vorländer, "Auralization", 2008, annex.
public enum WallMaterial: String, Codable, CaseIterable, Sendable {
  /// Smooth concrete or stone.
  case hardSurface
  /// Unplastered bricks.
  case brickwork
  /// Plasterboard on studs.
  case plasterboard
  /// Wooden panels.
  case woodenLining
  /// Glazing.
  case glassWindow
  /// Cotton carpet.
  case carpetCotton
  /// Cotton curtains, gathered to half.
  case curtainsCotton
  /// Suspended ceiling of mineral fibre.
  case ceilingFibreAbsorber

  /// Energy absorption at 125, 250, 500, 1k, 2k, 4k, 8k Hz.
  public var absorption: [Double] {
    switch self {
    case .hardSurface: [0.02, 0.02, 0.03, 0.03, 0.04, 0.05, 0.05]
    case .brickwork: [0.01, 0.02, 0.02, 0.03, 0.03, 0.04, 0.04]
    case .plasterboard: [0.15, 0.10, 0.06, 0.04, 0.04, 0.05, 0.05]
    case .woodenLining: [0.27, 0.23, 0.22, 0.15, 0.10, 0.07, 0.06]
    case .glassWindow: [0.10, 0.05, 0.04, 0.03, 0.03, 0.03, 0.03]
    case .carpetCotton: [0.07, 0.31, 0.49, 0.81, 0.66, 0.54, 0.48]
    case .curtainsCotton: [0.30, 0.45, 0.65, 0.56, 0.59, 0.71, 0.71]
    case .ceilingFibreAbsorber: [0.48, 0.97, 1, 0.97, 1, 1, 1]
    }
  }

  /// Energy absorption in `count` octave bands from 125 Hz; bands above 8 kHz repeat the value there.
  public func absorption(bands count: Int) -> [Double] {
    (0..<count).map { absorption[min($0, absorption.count - 1)] }
  }
}
