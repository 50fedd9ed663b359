// Finding signs on a retina: in a crop, inside a red box, or anywhere in a view.
// Not here: what they show (SignReader.swift), finding at full resolution (SignProposer.swift).

import Foundation
import Media

/// A sign's square on the retina, and how well a frame fits there.
struct SignSight: Hashable, Sendable {
  /// The square in retina pixels.
  var box: BoundingBox
  /// Correlation with the frame's template, -1...1.
  var score: Float
}

/// Looks for frames on a retina.
struct SignLocator: Sendable {
  private let templates: SignTemplates

  init(_ templates: SignTemplates) { self.templates = templates }

  /// The best place of a frame within a box that surrounds a sign with some margin.
  ///
  /// - Parameter margins: shares of the sign's side that the box may exceed it by on each side.
  func locate(
    _ frame: SignFrame, in view: BoundingBox, of retina: Retina, margins: [Double] = Self.cropMargins
  ) -> SignSight {
    let signal = retina.signal(inColor: false, noise: nil)
    let index = Self.index(frame)
    var best = SignSight(box: view, score: -2)
    func consider(_ box: BoundingBox) {
      let set = templates.frames(side: (box.width * box.height).squareRoot())
      let score = set.correlation(signal.patch(box, grid: .frame), index)
      if score > best.score { best = SignSight(box: box, score: score) }
    }
    Self.visit(view, margins) {
      best.box
    } consider: {
      consider($0)
    }
    return best
  }

  /// The frame that fits best within a box that surrounds a sign with some margin, and how sure that is.
  func identify(
    in view: BoundingBox, of retina: Retina, margins: [Double] = Self.cropMargins
  ) -> (frame: SignFrame, sight: SignSight, confidence: Float) {
    let signal = retina.signal(inColor: false, noise: nil)
    var best = (index: 0, sight: SignSight(box: view, score: -2), confidence: Float(0))
    func consider(_ box: BoundingBox) {
      let set = templates.frames(side: (box.width * box.height).squareRoot())
      let patch = signal.patch(box, grid: .frame)
      for index in 0..<set.count {
        let score = set.correlation(patch, index)
        if score > best.sight.score { best = (index, SignSight(box: box, score: score), set.confidence(patch, index)) }
      }
    }
    Self.visit(view, margins) {
      best.sight.box
    } consider: {
      consider($0)
    }
    return (SignFrame.allCases[best.index], best.sight, best.confidence)
  }

  /// The best place of a frame anywhere on the retina: of the places that look like it from afar, the one that no other
  /// frame fits better.
  func search(_ frame: SignFrame, in retina: Retina) -> SignSight {
    var levels = [retina.signal(inColor: false, noise: nil)]
    while let last = levels.last, last.side > 16 { levels.append(last.halved()) }
    let index = Self.index(frame)
    var best: (sight: SignSight, isFirst: Bool) = (SignSight(box: retina.bounds, score: -2), false)
    for (box, level) in places(index, levels) {
      // From afar on one level, closely on the next finer one.
      let near = max(0, level - 1), ratio = Double(1 << (level - near))
      let (sight, isFirst) = refined(box.scaled(x: ratio, y: ratio), index, on: levels[near])
      guard (isFirst ? 1 : 0, sight.score) > (best.isFirst ? 1 : 0, best.sight.score) else { continue }
      let factor = Double(1 << near)
      best = (SignSight(box: sight.box.scaled(x: factor, y: factor), score: sight.score), isFirst)
    }
    return best.sight
  }

  /// Places that may hold a frame, the most likely first, none twice, a few of each size: boxes on one of the levels of a pyramid.
  ///
  /// Signs of up to 11 pixels are looked for on the first level, larger ones on the halves, quarters and so on, so that
  /// no step between places is wider than an outline there.
  private func places(_ index: Int, _ levels: [RetinaSignal]) -> [(box: BoundingBox, level: Int)] {
    var found: [(score: Float, box: BoundingBox, level: Int)] = []
    for (level, signal) in levels.enumerated() {
      let limit = Double(signal.side)
      var side = level == 0 ? max(3, limit / 24) : 5.8
      while side < min(level == levels.count - 1 ? limit : 11, 0.7 * limit) {
        let grid = PatchGrid.coarseFrame
        let set = templates.frames(side: side, grid: grid)
        let step = max(0.5, side / 10)
        for top in stride(from: 0, through: limit - side, by: step) {
          for left in stride(from: 0, through: limit - side, by: step) {
            let box = BoundingBox(left: left, top: top, right: left + side, bottom: top + side)
            let score = set.confidence(signal.patch(box, grid: grid), index)
            if score > 0.3 { found.append((score, box, level)) }
          }
        }
        side *= 1.15
      }
    }
    found.sort { ($0.score, $0.box.left, $0.box.top) > ($1.score, $1.box.left, $1.box.top) }
    var kept: [(box: BoundingBox, level: Int)] = []
    for place in found where kept.count(where: { $0.level == place.level }) < 14 {
      let isKnown = kept.contains { other in
        let factor = Double(1 << place.level) / Double(1 << other.level)
        return place.box.scaled(x: factor, y: factor).intersectionOverUnion(other.box) > 0.3
      }
      if !isKnown { kept.append((place.box, place.level)) }
    }
    return kept
  }

  /// The best of small shifts and scales, in ever smaller steps, and whether the frame is then the one that fits best.
  private func refined(_ box: BoundingBox, _ index: Int, on signal: RetinaSignal) -> (SignSight, isFirst: Bool) {
    var best = SignSight(box: box, score: -2)
    var others: Float = -2
    for reach in [0.12, 0.06, 0.03] {
      let center = best.box
      for scale in [1 - reach, 1, 1 + reach] {
        for step in Self.steps {
          let moved = Self.moved(
            Self.scaled(center, scale), step.x * reach * center.width, step.y * reach * center.height)
          let set = templates.frames(side: moved.width)
          let patch = signal.patch(moved, grid: .frame)
          for other in 0..<set.count {
            let score = set.confidence(patch, other)
            if other != index {
              others = max(others, score)
            } else if score > best.score {
              best = SignSight(box: moved, score: score)
            }
          }
        }
      }
    }
    return (best, best.score >= others)
  }

  /// Margins around a sign in a crop, as shares of the sign's side.
  static let cropMargins = [0, 0.06, 0.12, 0.18, 0.25]

  /// Offers places and sizes of a sign in a view, then some around the best of them.
  private static func visit(
    _ view: BoundingBox, _ margins: [Double], best: () -> BoundingBox, consider: (BoundingBox) -> Void
  ) {
    for margin in margins {
      let base = scaled(view, 1 / (1 + 2 * margin))
      for step in steps { consider(moved(base, step.x * 0.05 * view.width, step.y * 0.05 * view.height)) }
    }
    let center = best()
    for scale in [0.96, 1, 1.04] {
      let base = scaled(center, scale)
      for step in steps { consider(moved(base, step.x * 0.025 * view.width, step.y * 0.025 * view.height)) }
    }
  }

  private static func index(_ frame: SignFrame) -> Int { SignFrame.allCases.firstIndex(of: frame) ?? 0 }

  /// Nine steps around a place, the centre first.
  static let steps: [SIMD2<Double>] = [
    [0, 0], [-1, 0], [1, 0], [0, -1], [0, 1], [-1, -1], [1, -1], [-1, 1], [1, 1],
  ]

  /// A box scaled about its centre.
  static func scaled(_ box: BoundingBox, _ factor: Double) -> BoundingBox { box.expanded(by: (factor - 1) / 2) }

  /// A box moved.
  static func moved(_ box: BoundingBox, _ x: Double, _ y: Double) -> BoundingBox {
    BoundingBox(left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y)
  }
}
