// Drawing of signs, antialiased: outline, paper and ink onto a canvas of floating-point colours.
// Not here: which signs there are (SignScene.swift), shapes (SignFrame.swift, SignDetail.swift).

import Media

/// A colour, red, green and blue in 0...1; the fourth lane is unused.
typealias SignColor = SIMD4<Float>

extension SignColor {
  /// A colour of three components.
  init(_ red: Double, _ green: Double, _ blue: Double) { self.init(Float(red), Float(green), Float(blue), 0) }

  /// A mixture: this colour where `share` is 0, the other where it is 1.
  func mixed(with other: SignColor, _ share: Float) -> SignColor { self + (other - self) * share }
}

/// The parts of a sign at one point.
enum SignPart { case outside, outline, paper, ink }

/// A sign's shape, ready to be asked for points in sign coordinates.
struct SignShape {
  private let distance: (SIMD2<Double>) -> Double
  private let hasInk: (Double, Double) -> Bool
  private let square: (x: Double, y: Double, side: Double)
  private let stroke: Double

  /// - Parameter stroke: width of the outline in sign coordinates; it lies inside the shape.
  init(_ frame: SignFrame, detail: SignDetail?, stroke: Double) {
    distance = frame.distance()
    hasInk = detail?.ink() ?? { _, _ in false }
    square = frame.detailSquare
    self.stroke = stroke
  }

  /// Width of the outline for a sign of a side in pixels, in sign coordinates.
  static func stroke(side: Double) -> Double { max(1.2, 0.04 * side) / side }

  func part(at point: SIMD2<Double>) -> SignPart {
    let distance = distance(point)
    if distance > 0 { return .outside }
    if distance > -stroke { return .outline }
    return interior(at: point)
  }

  /// Whether all points within `reach` of a point lie outside, or all within the outline; nil where they may differ.
  func isOutside(around point: SIMD2<Double>, reach: Double) -> Bool? {
    let distance = distance(point)
    if distance > reach { return true }
    return distance < -stroke - reach ? false : nil
  }

  /// Paper or ink, for a point within the outline.
  func interior(at point: SIMD2<Double>) -> SignPart {
    let x = (point.x - square.x) / square.side + 0.5, y = (point.y - square.y) / square.side + 0.5
    return hasInk(x, y) ? .ink : .paper
  }
}

/// The colours of a sign.
struct SignColors {
  var outline: SignColor
  var paper: SignColor
  var ink: SignColor
  /// 1 for ordinary signs, less for faint ones.
  var opacity: Float = 1

  /// Clean colours, as readers imagine them.
  static func clean(_ detail: SignDetail) -> SignColors {
    SignColors(
      outline: SignColor(0.16, 0.16, 0.16), paper: SignColor(0.95, 0.95, 0.95),
      ink: palette[detail.answer] ?? SignColor(0.18, 0.18, 0.18))
  }

  /// The colours that colour questions ask for.
  static let palette: [String: SignColor] = [
    "red": SignColor(0.85, 0.14, 0.14), "green": SignColor(0.15, 0.6, 0.2), "blue": SignColor(0.15, 0.3, 0.82),
    "yellow": SignColor(0.92, 0.82, 0.12), "purple": SignColor(0.55, 0.2, 0.65), "orange": SignColor(0.95, 0.5, 0.1),
  ]
}

/// A picture while it is painted, `height × width` colours, row-major.
struct SignCanvas {
  let width: Int
  let height: Int
  var colors: [SignColor]

  init(width: Int, height: Int, color: SignColor = SignColor(1, 1, 1)) {
    self.width = width
    self.height = height
    colors = [SignColor](repeating: color, count: width * height)
  }

  /// Blends a rectangle with whole-pixel edges over the canvas.
  mutating func blend(_ color: SignColor, _ opacity: Float, columns: Range<Int>, rows: Range<Int>) {
    for row in rows.clamped(to: 0..<height) {
      for column in columns.clamped(to: 0..<width) {
        colors[row * width + column] = colors[row * width + column].mixed(with: color, opacity)
      }
    }
  }

  /// Samples a side of a pixel.
  private static let supersampling = 4

  /// Draws a sign whose square has its corner at `(left, top)` and a side in pixels.
  mutating func draw(_ shape: SignShape, _ palette: SignColors, left: Double, top: Double, side: Double) {
    let columns = (Int(left.rounded(.down))..<Int((left + side).rounded(.up))).clamped(to: 0..<width)
    let rows = (Int(top.rounded(.down))..<Int((top + side).rounded(.up))).clamped(to: 0..<height)
    let step = 1 / Double(Self.supersampling)
    let weight = palette.opacity / Float(Self.supersampling * Self.supersampling)
    for row in rows {
      for column in columns {
        let center = SIMD2((Double(column) + 0.5 - left) / side, (Double(row) + 0.5 - top) / side)
        let isOutside = shape.isOutside(around: center, reach: 0.75 / side)
        if isOutside == true { continue }
        var sum = SignColor.zero
        var covered: Float = 0
        for sample in 0..<Self.supersampling * Self.supersampling {
          let (v, u) = sample.quotientAndRemainder(dividingBy: Self.supersampling)
          let x = (Double(column) + (Double(u) + 0.5) * step - left) / side
          let y = (Double(row) + (Double(v) + 0.5) * step - top) / side
          let point = SIMD2(x, y)
          switch isOutside == false ? shape.interior(at: point) : shape.part(at: point) {
          case .outside: continue
          case .outline: sum += palette.outline
          case .paper: sum += palette.paper
          case .ink: sum += palette.ink
          }
          covered += 1
        }
        guard covered > 0 else { continue }
        let index = row * width + column
        colors[index] = colors[index] * (1 - covered * weight) + sum * weight
      }
    }
  }

  /// The picture in 8 bits; `noise` is asked for three numbers a pixel, added before rounding.
  func image(noise: () -> SignColor) -> Image {
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    for (index, color) in colors.enumerated() {
      let value = (color + noise()).clamped(lowerBound: .zero, upperBound: .one) * 255 + 0.5
      for channel in 0..<3 { pixels[3 * index + channel] = UInt8(value[channel]) }
    }
    return Image(size: ImageSize(width: width, height: height), format: .rgb, pixels: pixels)
  }
}
