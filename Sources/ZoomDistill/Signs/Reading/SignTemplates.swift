// What clean signs look like through a retina: the memory that readers compare with.
// Not here: the comparison (PatchMatch.swift), drawing (SignPainter.swift).

import Foundation
import Synchronization

/// Templates of frames and details at every blur, rendered by the code that draws scenes, at clean colours.
///
/// A retina's pixel averages over its square, and a sample between pixels interpolates: together they blur with a
/// quadratic B-spline of one pixel. Templates are rendered finely once and blurred like that for each size on the
/// retina, in steps of 10 %.
package final class SignTemplates: Sendable {
  private let details: [FineMap]
  private let frames: [SignFrame: FrameMaps]
  private let detailSets = Mutex<[DetailKey: TemplateSet]>([:])
  private let frameSets = Mutex<[FrameKey: TemplateSet]>([:])
  private let hypothesisSets = Mutex<[FrameKey: SignHypotheses]>([:])

  private struct DetailKey: Hashable {
    var frame: SignFrame
    var dimension: Dimension?
    var level: Int
  }

  private struct FrameKey: Hashable {
    var level: Int
    var grid: PatchGrid
  }

  /// Luminance and interior of a frame in sign coordinates.
  private struct FrameMaps {
    var luminance: FineMap
    var interior: FineMap
    var attention: FineMap
    /// The whole sign, its outline and paper at clean colours, and its detail square; zero elsewhere.
    var coverage: FineMap
    var sign: FineMap
    var square: FineMap
  }

  /// Renders the fine maps.
  package init() {
    details = SignDetail.all.map { detail in
      let ink = detail.ink()
      return FineMap(lower: 0, upper: 1, count: 80) { ink($0, $1) ? 1 : 0 }
    }
    frames = Dictionary(uniqueKeysWithValues: SignFrame.allCases.map { ($0, Self.maps($0)) })
  }

  private static func maps(_ frame: SignFrame) -> FrameMaps {
    let shape = SignShape(frame, detail: nil, stroke: 0.042)
    let square = frame.detailSquare
    func map(_ value: @escaping (SignPart) -> Float) -> FineMap {
      FineMap(lower: -0.6, upper: 1.6, count: 110) { value(shape.part(at: SIMD2($0, $1))) }
    }
    return FrameMaps(
      luminance: map { $0 == .outside ? 0.76 : $0 == .outline ? 0.16 : 0.95 },
      interior: map { $0 == .paper ? 1 : 0 },
      attention: FineMap(lower: -0.6, upper: 1.6, count: 110) { x, y in
        max(abs(x - square.x), abs(y - square.y)) < square.side * 0.53
          ? 0 : shape.part(at: SIMD2(x, y)) == .outside ? 0.6 : 1
      },
      coverage: map { $0 == .outside ? 0 : 1 }, sign: map { $0 == .outside ? 0 : $0 == .outline ? 0.16 : 0.95 },
      square: FineMap(lower: -0.6, upper: 1.6, count: 110) { x, y in
        max(abs(x - square.x), abs(y - square.y)) < square.side / 2 ? 1 : 0
      })
  }

  /// The step of blur for a number of retina pixels along a unit of coordinates.
  private static func level(_ pixels: Double) -> Int { Int((log(max(0.5, pixels)) / log(1.1)).rounded()) }
  private static func pixels(_ level: Int) -> Double { pow(1.1, Double(level)) }

  /// The details of a dimension, or all in colour where it is nil, inside a frame, on ``PatchGrid/detail``.
  ///
  /// - Parameter side: the sign's side in retina pixels.
  func details(of dimension: Dimension?, in frame: SignFrame, side: Double) -> TemplateSet {
    let square = frame.detailSquare
    let key = DetailKey(frame: frame, dimension: dimension, level: Self.level(side * square.side))
    if let known = detailSets.withLock({ $0[key] }) { return known }
    let made = makeDetails(key)
    detailSets.withLock { $0[key] = made }
    return made
  }

  private func makeDetails(_ key: DetailKey) -> TemplateSet {
    guard let maps = frames[key.frame] else { preconditionFailure("SignTemplates: no frame \(key.frame)") }
    let square = key.frame.detailSquare, pixels = Self.pixels(key.level), grid = PatchGrid.detail
    let x = grid.coordinates.map { square.x + ($0 - 0.5) * square.side }
    let y = grid.coordinates.map { square.y + ($0 - 0.5) * square.side }
    let paper = maps.luminance.blurred(x: x, y: y, pixels: pixels / square.side)
    let weights = maps.interior.blurred(x: x, y: y, pixels: pixels / square.side).map { $0 * $0 + 0.02 }
    let isColored = key.dimension == nil || key.dimension == .color
    var set = TemplateSet(weights: weights, channels: isColored ? 3 : 1)
    for (index, detail) in SignDetail.all.enumerated() {
      guard key.dimension == nil || detail.dimension == key.dimension else { continue }
      let ink = details[index].blurred(x: grid.coordinates, y: grid.coordinates, pixels: pixels)
      let colors = SignColors.clean(detail)
      var values: [Float] = []
      for channel in 0..<set.channels {
        let contrast = colors.ink[channel] - colors.paper[channel]
        values += zip(paper, ink).map { $0 + $1 * contrast }
      }
      set.append(values, label: index)
    }
    return set
  }

  /// The frames, in the order of `SignFrame.allCases`, in luminance and without details.
  ///
  /// - Parameter side: the sign's side in retina pixels.
  func frames(side: Double, grid: PatchGrid = .frame) -> TemplateSet {
    let key = FrameKey(level: Self.level(side), grid: grid)
    if let known = frameSets.withLock({ $0[key] }) { return known }
    var set = TemplateSet(weights: [], channels: 1)
    for (index, frame) in SignFrame.allCases.enumerated() {
      guard let maps = frames[frame] else { continue }
      let pixels = Self.pixels(key.level)
      let values = maps.luminance.blurred(x: grid.coordinates, y: grid.coordinates, pixels: pixels)
      let weights = maps.attention.blurred(x: grid.coordinates, y: grid.coordinates, pixels: pixels)
      set.append(values, label: index, weights: weights)
    }
    let made = set
    frameSets.withLock { $0[key] = made }
    return made
  }
}

extension SignTemplates {
  /// What the frames predict, in the order of `SignFrame.allCases`.
  ///
  /// - Parameter side: the sign's side in retina pixels.
  func hypotheses(side: Double, grid: PatchGrid) -> SignHypotheses {
    let key = FrameKey(level: Self.level(side), grid: grid)
    if let known = hypothesisSets.withLock({ $0[key] }) { return known }
    let pixels = Self.pixels(key.level)
    var made = SignHypotheses(side: pixels, grid: grid)
    for frame in SignFrame.allCases {
      guard let maps = frames[frame] else { continue }
      func sampled(_ map: FineMap) -> [Float] {
        map.blurred(x: grid.coordinates, y: grid.coordinates, pixels: pixels)
      }
      made.append(coverage: sampled(maps.coverage), sign: sampled(maps.sign), square: sampled(maps.square))
    }
    let set = made
    hypothesisSets.withLock { $0[key] = set }
    return set
  }
}

/// A finely sampled function of the plane, zero outside its square.
struct FineMap: Sendable {
  private let lower: Double
  private let step: Double
  private let count: Int
  private let values: [Float]

  init(lower: Double, upper: Double, count: Int, _ value: (_ x: Double, _ y: Double) -> Float) {
    self.lower = lower
    self.count = count
    let step = (upper - lower) / Double(count)
    self.step = step
    values = (0..<count * count).map { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: count)
      return value(lower + (Double(column) + 0.5) * step, lower + (Double(row) + 0.5) * step)
    }
  }

  /// Samples at every pair of coordinates, `y.count × x.count`, of the map as a retina with `pixels` pixels a unit
  /// shows it.
  func blurred(x: [Double], y: [Double], pixels: Double) -> [Float] {
    let columns = x.map { kernel(at: $0, pixels: pixels) }, rows = y.map { kernel(at: $0, pixels: pixels) }
    var narrow = [Float](repeating: 0, count: count * x.count)
    for row in 0..<count {
      for (column, kernel) in columns.enumerated() {
        var sum: Float = 0
        for (offset, weight) in kernel.weights.enumerated() {
          sum += weight * values[row * count + kernel.first + offset]
        }
        narrow[row * x.count + column] = sum
      }
    }
    var result = [Float](repeating: 0, count: y.count * x.count)
    for (row, kernel) in rows.enumerated() {
      for (offset, weight) in kernel.weights.enumerated() {
        for column in x.indices {
          result[row * x.count + column] += weight * narrow[(kernel.first + offset) * x.count + column]
        }
      }
    }
    return result
  }

  /// Weights of fine samples around a coordinate; what lies outside the map counts as zero.
  private func kernel(at place: Double, pixels: Double) -> (first: Int, weights: [Float]) {
    let width = max(1 / pixels, step)
    let center = (place - lower) / step - 0.5, reach = 1.5 * width / step
    let first = Int((center - reach).rounded(.up)), last = Int((center + reach).rounded(.down))
    guard first <= last else { return (0, []) }
    let all = (first...last).map { Self.spline((Double($0) - center) * step / width) }
    let sum = all.reduce(0, +)
    guard sum > 0 else { return (0, []) }
    let start = max(first, 0), end = min(last, count - 1)
    guard start <= end else { return (0, []) }
    return (start, (start...end).map { Float(all[$0 - first] / sum) })
  }

  /// The quadratic B-spline.
  private static func spline(_ t: Double) -> Double {
    let t = abs(t)
    return t < 0.5 ? 0.75 - t * t : t < 1.5 ? 0.5 * (1.5 - t) * (1.5 - t) : 0
  }
}
