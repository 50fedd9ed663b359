// Materials as patterns that are computed, not photographed.
// Not here: frames around them (ScenePainter.swift).

import Foundation
import Media
import Tensor

/// What a panel is made of.
public enum SceneMaterial: String, Codable, CaseIterable, Hashable, Sendable {
  /// Grain along the width.
  case wood
  /// Rows of bricks with mortar.
  case brick
  /// White with grey veins.
  case marble
  /// Brushed, with four rivets.
  case metal
  /// A checked weave.
  case fabric
  /// Glazed squares with white joints.
  case tiles
  /// Crumbs of two browns.
  case cork
  /// Round grey stones.
  case pebbles

  /// A picture of the material, RGB; patterns have about the same number of repetitions at every size.
  func image(_ size: ImageSize, _ random: inout RandomSource) -> Image {
    let noise = SceneNoise(seed: random.nextWord())
    let shift = SIMD2(random.uniform() * 64, random.uniform() * 64)
    let unit = 1 / Double(min(size.width, size.height))
    var pixels = [UInt8]()
    pixels.reserveCapacity(size.area * 3)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let color = color(SIMD2((Double(x) + 0.5) * unit, (Double(y) + 0.5) * unit), shift, noise, size, unit)
        for channel in 0..<3 { pixels.append(UInt8(min(255, max(0, color[channel])).rounded())) }
      }
    }
    return Image(size: size, format: .rgb, pixels: pixels)
  }

  /// The colour at a point; the shorter side of the panel is 1.
  private func color(
    _ point: SIMD2<Double>, _ shift: SIMD2<Double>, _ noise: SceneNoise, _ size: ImageSize, _ unit: Double
  ) -> SIMD3<Double> {
    let place = point + shift
    switch self {
    case .wood: return Self.wood(place, noise)
    case .brick: return Self.brick(point, noise)
    case .marble: return Self.marble(place, noise)
    case .metal:
      let far = SIMD2(Double(size.width) * unit, Double(size.height) * unit)
      return Self.metal(point, far, place, noise)
    case .fabric: return Self.fabric(point)
    case .tiles: return Self.tiles(point, noise)
    case .cork: return Self.cork(place, noise)
    case .pebbles: return Self.pebbles(place, noise)
    }
  }

  private static func mix(_ one: SIMD3<Double>, _ two: SIMD3<Double>, _ share: Double) -> SIMD3<Double> {
    one + (two - one) * min(1, max(0, share))
  }

  private static func wood(_ p: SIMD2<Double>, _ noise: SceneNoise) -> SIMD3<Double> {
    let bend = 0.35 * noise.value(SIMD2(p.x * 1.4, p.y * 3)) + 0.1 * noise.value(SIMD2(p.x * 4, p.y * 9))
    let phase = (p.y + bend) * 8
    let ring = phase - phase.rounded(.down)
    let streak = noise.value(SIMD2(p.x * 3, p.y * 60))
    return mix(SIMD3(206, 160, 104), SIMD3(120, 74, 36), ring * ring * 0.85 + 0.25 * (streak - 0.5))
  }

  private static func brick(_ p: SIMD2<Double>, _ noise: SceneNoise) -> SIMD3<Double> {
    let row = (p.y * 6).rounded(.down)
    let shifted = p.x * 3 + (Int(row).isMultiple(of: 2) ? 0 : 0.5)
    let (x, y) = (shifted - shifted.rounded(.down), p.y * 6 - row)
    guard x > 0.07, y > 0.14 else { return SIMD3(206, 200, 190) }
    let shade = noise.lattice(Int(shifted.rounded(.down)), Int(row))
    let rough = noise.value(p * 40) - 0.5
    return mix(SIMD3(150, 56, 40), SIMD3(196, 92, 66), shade) + SIMD3(repeating: 22 * rough)
  }

  private static func marble(_ p: SIMD2<Double>, _ noise: SceneNoise) -> SIMD3<Double> {
    let turbulence = noise.value(p * 2.5) + 0.5 * noise.value(p * 5) + 0.25 * noise.value(p * 10)
    let wave = abs(sin(.pi * (p.x * 1.4 + p.y * 0.8 + 2.4 * turbulence)))
    let cloud = noise.value(p * 3)
    return mix(SIMD3(108, 112, 122), SIMD3(240, 240, 238), pow(wave, 0.35)) - SIMD3(repeating: 14 * cloud)
  }

  private static func metal(
    _ p: SIMD2<Double>, _ far: SIMD2<Double>, _ place: SIMD2<Double>, _ noise: SceneNoise
  ) -> SIMD3<Double> {
    for corner in [SIMD2(0.12, 0.12), SIMD2(far.x - 0.12, 0.12), SIMD2(0.12, far.y - 0.12), far - 0.12] {
      let offset = p - corner
      let distance = (offset * offset).sum().squareRoot()
      guard distance < 0.06 else { continue }
      return SIMD3(repeating: 168 - 900 * (offset.x + offset.y) - (distance > 0.048 ? 90 : 0))
    }
    let brushed = noise.value(SIMD2(place.x * 2.5, place.y * 90)) + noise.value(SIMD2(place.x * 6, place.y * 180))
    let shine = sin(.pi * (p.x + 0.4 * p.y))
    return SIMD3(138, 143, 149) + SIMD3(repeating: 34 * (brushed - 1) + 42 * shine)
  }

  private static func fabric(_ p: SIMD2<Double>) -> SIMD3<Double> {
    func band(_ value: Double) -> Double { Int((value * 8).rounded(.down)).isMultiple(of: 2) ? 1 : 0 }
    let weave = 10 * sin(p.x * 2 * .pi * 40) * sin(p.y * 2 * .pi * 40)
    return mix(SIMD3(238, 232, 226), SIMD3(176, 28, 44), 0.5 * band(p.x) + 0.5 * band(p.y)) + SIMD3(repeating: weave)
  }

  private static func tiles(_ p: SIMD2<Double>, _ noise: SceneNoise) -> SIMD3<Double> {
    let cell = SIMD2((p.x * 4).rounded(.down), (p.y * 4).rounded(.down))
    let inner = p * 4 - cell
    guard min(inner.x, inner.y) > 0.05, max(inner.x, inner.y) < 0.95 else { return SIMD3(236, 236, 232) }
    let shade = noise.lattice(Int(cell.x), Int(cell.y))
    let shine = inner.x + inner.y < 0.5 ? 46.0 : inner.x + inner.y > 1.75 ? -20 : 0
    return mix(SIMD3(40, 118, 148), SIMD3(84, 164, 184), shade) + SIMD3(repeating: shine)
  }

  private static func cork(_ p: SIMD2<Double>, _ noise: SceneNoise) -> SIMD3<Double> {
    let grain = noise.value(p * 26), crumb = noise.value(p * 13 + 31)
    let base = mix(SIMD3(178, 128, 78), SIMD3(214, 170, 118), grain)
    return crumb > 0.72 ? mix(base, SIMD3(92, 56, 28), (crumb - 0.72) * 6) : base
  }

  private static func pebbles(_ p: SIMD2<Double>, _ noise: SceneNoise) -> SIMD3<Double> {
    let scaled = p * 7
    let (column, row) = (Int(scaled.x.rounded(.down)), Int(scaled.y.rounded(.down)))
    var (nearest, second, shade) = (Double.infinity, Double.infinity, 0.0)
    for y in row - 1...row + 1 {
      for x in column - 1...column + 1 {
        let center = SIMD2(
          Double(x) + 0.2 + 0.6 * noise.lattice(x, y), Double(y) + 0.2 + 0.6 * noise.lattice(y + 91, x))
        let offset = scaled - center
        let distance = (offset * offset).sum().squareRoot()
        if distance < nearest {
          (second, nearest, shade) = (nearest, distance, noise.lattice(x - 57, y + 13))
        } else {
          second = min(second, distance)
        }
      }
    }
    let gap = second - nearest
    guard gap > 0.12 else { return SIMD3(48, 46, 44) }
    return mix(SIMD3(122, 120, 116), SIMD3(206, 202, 194), shade) + SIMD3(repeating: 26 * min(1, gap) - 18)
  }
}

/// Smooth random values over the plane.
///
/// > Source: Ebert et al., "Texturing and Modeling", 3rd ed. 2003, 2 (value noise on a lattice).
struct SceneNoise {
  private let seed: UInt32

  init(seed: UInt32) { self.seed = seed }

  /// A value in 0..<1 for a point of the lattice.
  func lattice(_ x: Int, _ y: Int) -> Double {
    var hash = seed ^ UInt32(truncatingIfNeeded: x) &* 0x9E37_79B1 ^ UInt32(truncatingIfNeeded: y) &* 0x85EB_CA77
    hash = (hash ^ hash >> 15) &* 0x2C1B_3C6D
    hash = (hash ^ hash >> 12) &* 0x297A_2D39
    return Double(hash ^ hash >> 15) * 0x1p-32
  }

  /// A value in 0...1, smooth between the points of the lattice.
  func value(_ point: SIMD2<Double>) -> Double {
    let (left, top) = (point.x.rounded(.down), point.y.rounded(.down))
    func smooth(_ t: Double) -> Double { t * t * (3 - 2 * t) }
    let (x, y) = (smooth(point.x - left), smooth(point.y - top))
    let (column, row) = (Int(left), Int(top))
    let upper = lattice(column, row) * (1 - x) + lattice(column + 1, row) * x
    let lower = lattice(column, row + 1) * (1 - x) + lattice(column + 1, row + 1) * x
    return upper * (1 - y) + lower * y
  }
}
