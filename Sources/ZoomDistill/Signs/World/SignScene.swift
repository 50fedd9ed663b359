// Scenes of signs, each a function of seed and number: pastel tiles, clutter, and signs that ask to be read.
// Not here: pixels of a sign (SignPainter.swift), files (SignFolder.swift), what is asked (SignQuestion.swift).

public import Media
import Tensor

/// Where scenes are used; scenes of different uses never share random numbers.
public enum SignUse: String, CaseIterable, Codable, Hashable, Sendable {
  /// Building training data.
  case build
  /// Measuring students.
  case bench
}

/// A picture full of signs with the truth about it.
public struct SignScene: Sendable {
  /// What is true of it.
  public let truth: SignSceneTruth
  /// The picture, `size × size` RGB.
  public let image: Image

  /// The scene of a number.
  ///
  /// - Precondition: `index ≥ 0`.
  public init(_ config: SignWorldConfig, seed: UInt64, use: SignUse = .build, index: Int) {
    let source = Self.source(seed, use, index)
    truth = Self.truth(config, seed: seed, use: use, index: index)
    var canvas = Self.background(config, source.split("background"))
    for (number, sign) in truth.signs.enumerated() {
      let colors = Self.colors(sign, source.split("colors").split(number))
      let shape = SignShape(
        sign.frame, detail: sign.detail, stroke: SignShape.stroke(side: sign.box.width))
      canvas.draw(shape, colors, left: sign.box.left, top: sign.box.top, side: sign.box.width)
    }
    var noise = source.split("noise")
    image = canvas.image { Self.noise(&noise, deviation: Float(config.noise)) }
  }

  /// What is true of the scene of a number, without drawing it.
  ///
  /// - Precondition: `index ≥ 0`.
  public static func truth(
    _ config: SignWorldConfig, seed: UInt64, use: SignUse = .build, index: Int
  ) -> SignSceneTruth {
    precondition(index >= 0, "SignScene: expected a number of 0 or more, got \(index)")
    let source = source(seed, use, index)
    let plans = SignPlan.drawn(config, source.split("signs"))
    let places = SignLayout.places(plans.map(\.side), size: Double(config.size), source.split("places"))
    let signs = zip(plans, places).compactMap { plan, place in place.map { (plan, $0) } }
    return SignSceneTruth(
      id: "\(use.rawValue)-\(digits(index))", index: index,
      size: ImageSize(width: config.size, height: config.size),
      signs: signs.map { plan, place in
        SignTruth(
          frame: plan.frame, detail: plan.detail,
          box: BoundingBox(left: place.x, top: place.y, right: place.x + plan.side, bottom: place.y + plan.side),
          isDuplicate: signs.count { $0.0.frame == plan.frame } > 1, isOversized: plan.isOversized,
          isFaint: plan.isFaint, isFaded: plan.isFaded)
      })
  }

  private static func source(_ seed: UInt64, _ use: SignUse, _ index: Int) -> RandomSource {
    RandomSource(seed: seed).split("sign scene").split(use.rawValue).split(index)
  }

  private static func digits(_ index: Int) -> String {
    let text = String(index)
    return String(repeating: "0", count: max(0, 6 - text.count)) + text
  }

  /// Tiles with translucent rectangles over them.
  private static func background(_ config: SignWorldConfig, _ source: RandomSource) -> SignCanvas {
    var random = source
    var canvas = SignCanvas(width: config.size, height: config.size)
    func edge(_ tile: Int) -> Int { tile * config.size / config.tiles }
    for row in 0..<config.tiles {
      for column in 0..<config.tiles {
        let color = SignColor(
          random.uniform(in: 0.62..<0.92), random.uniform(in: 0.62..<0.92), random.uniform(in: 0.62..<0.92))
        canvas.blend(color, 1, columns: edge(column)..<edge(column + 1), rows: edge(row)..<edge(row + 1))
      }
    }
    let sides = Double(config.size) * 0.05..<Double(config.size) * 0.28
    for _ in 0..<config.clutter {
      let color = SignColor(random.uniform(), random.uniform(), random.uniform())
      let opacity = Float(random.uniform(in: 0.12..<0.3))
      let (width, height) = (random.uniform(in: sides), random.uniform(in: sides))
      let left = random.uniform(in: -width / 2..<Double(config.size) - width / 2)
      let top = random.uniform(in: -height / 2..<Double(config.size) - height / 2)
      canvas.blend(
        color, opacity, columns: Int(left)..<Int(left + width), rows: Int(top)..<Int(top + height))
    }
    return canvas
  }

  /// How much of its ink a faded detail has left.
  private static let fadedStrength = 0.17..<0.42

  private static func colors(_ sign: SignTruth, _ source: RandomSource) -> SignColors {
    var random = source
    func color(_ range: Range<Double>) -> SignColor {
      SignColor(random.uniform(in: range), random.uniform(in: range), random.uniform(in: range))
    }
    let outline = color(0.08..<0.24), paper = color(0.9..<1)
    var colors = SignColors(outline: outline, paper: paper, ink: color(0.06..<0.3))
    if let clean = SignColors.palette[sign.answer] { colors.ink = clean + color(-0.05..<0.05) }
    if sign.isFaded { colors.ink = paper.mixed(with: colors.ink, Float(random.uniform(in: fadedStrength))) }
    if sign.isFaint { colors.opacity = Float(random.uniform(in: 0.2..<0.35)) }
    return colors
  }

  /// Three numbers, nearly normal: each is the sum of four bytes.
  ///
  /// > Source: the Irwin-Hall distribution of four summands; a byte has the variance (256² − 1) / 12.
  private static func noise(_ random: inout RandomSource, deviation: Float) -> SignColor {
    var noise = SignColor.zero
    for channel in 0..<3 {
      let word = random.nextWord()
      let sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + word >> 24
      noise[channel] = (Float(sum) - 510) * (deviation / 147.8)
    }
    return noise
  }
}

/// A sign before it has a place.
struct SignPlan {
  var frame: SignFrame
  var detail: SignDetail
  var side: Double
  var isOversized = false
  var isFaint = false
  var isFaded = false

  /// The signs of a scene. Planted kinds exclude each other, so that each filter can be judged alone; each has its
  /// expected number in every scene, rounded up or down at random.
  static func drawn(_ config: SignWorldConfig, _ source: RandomSource) -> [SignPlan] {
    var random = source
    var frames: [SignFrame] = []
    while frames.count < config.signs { frames += random.shuffled(SignFrame.allCases) }
    var plans = frames.prefix(config.signs).map { frame in
      let dimension = Dimension.allCases[random.integer(below: Dimension.allCases.count)]
      let answer = dimension.signAnswers[random.integer(below: dimension.signAnswers.count)]
      let layout = random.integer(below: SignDetail.layouts(dimension, answer))
      let side = config.smallest + (config.largest - config.smallest) * random.uniform()
      return SignPlan(
        frame: frame, detail: SignDetail(dimension: dimension, answer: answer, layout: layout), side: side)
    }
    func count(_ expected: Double) -> Int { Int((expected + random.uniform()).rounded(.down)) }
    let total = Double(config.signs)
    var free = random.permutation(config.signs)
    for _ in 0..<count(config.duplicates * total / 2) where free.count >= 2 {
      plans[free.removeLast()].frame = plans[free.removeLast()].frame
    }
    for _ in 0..<count(config.oversized * total) where !free.isEmpty {
      let index = free.removeLast()
      plans[index].isOversized = true
      plans[index].side = random.uniform(in: config.oversizedSides)
    }
    for _ in 0..<count(config.faint * total) where !free.isEmpty { plans[free.removeLast()].isFaint = true }
    for _ in 0..<count(config.faded * total) where !free.isEmpty { plans[free.removeLast()].isFaded = true }
    return plans
  }
}

/// Places of squares that keep apart from each other.
enum SignLayout {
  /// Pixels between squares, and between a square and the edge.
  static let gap = 4.0

  /// A corner for each side, in the same order; nil where no place was found after many attempts.
  static func places(_ sides: [Double], size: Double, _ source: RandomSource) -> [SIMD2<Double>?] {
    var best: [SIMD2<Double>?] = Array(repeating: nil, count: sides.count)
    var placed = -1
    // The largest first: they need the most room.
    let order = sides.indices.sorted { (sides[$0], $0) > (sides[$1], $1) }
    for attempt in 0..<40 where placed < sides.count {
      var random = source.split(attempt)
      var places: [SIMD2<Double>?] = Array(repeating: nil, count: sides.count)
      for index in order {
        places[index] = place(side: sides[index], beside: zip(places, sides), size: size, &random)
      }
      let count = places.count { $0 != nil }
      if count > placed { (best, placed) = (places, count) }
    }
    return best
  }

  private static func place(
    side: Double, beside others: Zip2Sequence<[SIMD2<Double>?], [Double]>, size: Double, _ random: inout RandomSource
  ) -> SIMD2<Double>? {
    let room = size - side - 2 * gap
    guard room > 0 else { return nil }
    for _ in 0..<200 {
      let place = SIMD2(gap + room * random.uniform(), gap + room * random.uniform())
      let isFree = others.allSatisfy { other, otherSide in
        guard let other else { return true }
        return place.x + side + gap <= other.x || other.x + otherSide + gap <= place.x
          || place.y + side + gap <= other.y || other.y + otherSide + gap <= place.y
      }
      if isFree { return place }
    }
    return nil
  }
}
