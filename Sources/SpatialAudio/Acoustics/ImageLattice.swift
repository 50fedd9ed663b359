// The images of one source along each axis: places and wall reflections.
// Not here: their sum (ImageSourceRenderer.swift).

import CKernels
import Foundation

/// Images along one axis, from the low to the high end.
struct ImageAxis {
  /// Image coordinate minus listener coordinate in metres, rising.
  let positions: [Double]
  /// Product of the pressure reflections of this axis' walls, `count × 8`; bands that do not exist are 0.
  let gains: [Float]
  /// The index of the source itself.
  let direct: Int
  let length: Double
  let listener: Double

  /// The images with at most `order` reflections.
  ///
  /// Image n lies at `nL + s` (n even) or `nL + L - s` (n odd). Of its |n| reflections the low wall has ⌈|n|/2⌉ for
  /// n < 0 and ⌊n/2⌋ for n > 0, the high wall the rest.
  ///
  /// > Source: Allen and Berkley, "Image method for efficiently simulating small-room acoustics", 1979.
  init(length: Double, source: Double, listener: Double, low: [Double], high: [Double], order: Int) {
    self.length = length
    self.listener = listener
    direct = order
    positions = (-order...order).map { n in
      Double(n) * length + (n.isMultiple(of: 2) ? source : length - source) - listener
    }
    let lowPowers = Self.powers(of: low, upTo: order / 2 + 1), highPowers = Self.powers(of: high, upTo: order / 2 + 1)
    var gains: [Float] = []
    gains.reserveCapacity((2 * order + 1) * Int(CK_IMAGE_BANDS))
    for n in -order...order {
      let (few, many) = (abs(n) / 2, (abs(n) + 1) / 2)
      let (a, b) = n > 0 ? (few, many) : (many, few)
      for band in 0..<Int(CK_IMAGE_BANDS) {
        gains.append(band < low.count ? Float(lowPowers[a][band] * highPowers[b][band]) : 0)
      }
    }
    self.gains = gains
  }

  private static func powers(of values: [Double], upTo limit: Int) -> [[Double]] {
    var result = [values.map { _ in 1.0 }]
    for _ in 0..<limit { result.append(zip(result[result.count - 1], values).map { $0 * $1 }) }
    return result
  }
}

/// All images of a source, with the limits of a truncation.
struct ImageLattice {
  let axes: [ImageAxis]
  /// Images at this distance or beyond do not count, in metres.
  let reach: Double
  let maximumOrder: Int

  init(
    room: ShoeboxRoom, source: Vector, listener: Vector, truncation: ImageTruncation, sign: ReflectionSign,
    speedOfSound: Double
  ) {
    let reflections = room.absorption.map { wall in wall.map { sign.factor * (1 - $0).squareRoot() } }
    let orders: [Int]
    switch truncation {
    case .time(let seconds):
      let radius = seconds * speedOfSound
      // The room cell n at distance (|n| - 1) L at least.
      orders = (0..<3).map { Int((radius / room.size[$0]).rounded(.up)) + 1 }
      reach = radius
      maximumOrder = Int(Int32.max)
    case .order(let reflections):
      orders = [reflections, reflections, reflections]
      maximumOrder = reflections
      reach = .infinity
    }
    axes = (0..<3).map { axis in
      ImageAxis(
        length: room.size[axis], source: source[axis], listener: listener[axis], low: reflections[2 * axis],
        high: reflections[2 * axis + 1], order: orders[axis])
    }
  }

  /// The distance of the farthest image that counts, or a little more, in metres.
  var extent: Double {
    guard reach == .infinity else { return reach }
    let (x, y, z) = (axes[0], axes[1], axes[2])
    var farthest = 0.0
    for ix in x.positions.indices {
      let rest = maximumOrder - abs(ix - x.direct)
      let column = x.positions[ix] * x.positions[ix]
      for iy in max(0, y.direct - rest)...min(y.positions.count - 1, y.direct + rest) {
        let left = rest - abs(iy - y.direct)
        let low = z.positions[max(0, z.direct - left)], high = z.positions[min(z.positions.count - 1, z.direct + left)]
        farthest = max(farthest, column + y.positions[iy] * y.positions[iy] + max(low * low, high * high))
      }
    }
    return farthest.squareRoot()
  }

  /// Calls `body` with the C view of the lattice; the shell's limits, rows and turn are still to be set.
  func withShell<R>(_ body: (inout ck_image_shell) -> R) -> R {
    func view(_ axis: ImageAxis, _ next: (ck_image_axis) -> R) -> R {
      axis.positions.withUnsafeBufferPointer { positions in
        axis.gains.withUnsafeBufferPointer { gains in
          guard let position = positions.baseAddress, let gain = gains.baseAddress else {
            preconditionFailure("ImageLattice: an axis without images")
          }
          return next(
            ck_image_axis(
              position: position, gain: gain, count: Int64(positions.count), direct: Int64(axis.direct),
              length: axis.length, listener: axis.listener))
        }
      }
    }
    return view(axes[0]) { x in
      view(axes[1]) { y in
        view(axes[2]) { z in
          var shell = ck_image_shell()
          shell.axes = (x, y, z)
          shell.max_order = Int64(maximumOrder)
          shell.yaw_cosine = 1
          return body(&shell)
        }
      }
    }
  }
}
