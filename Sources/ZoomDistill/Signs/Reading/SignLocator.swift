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

  /// The frame that fits best within a box that surrounds a sign with some margin, and its gain over the template: 1
  /// for a sign of full contrast.
  func identify(in view: BoundingBox, of retina: Retina, margins: [Double] = Self.cropMargins)
    -> (frame: SignFrame, sight: SignSight, gain: Float)
  {
    let signal = retina.signal(inColor: false, noise: nil)
    var best = (index: 0, sight: SignSight(box: view, score: -2), gain: Float(0))
    func consider(_ box: BoundingBox) {
      let set = templates.frames(side: (box.width * box.height).squareRoot())
      let patch = signal.patch(box, grid: .frame)
      for index in 0..<set.count {
        let score = set.correlation(patch, index)
        if score > best.sight.score { best = (index, SignSight(box: box, score: score), set.gain(patch, index)) }
      }
    }
    Self.visit(view, margins) {
      best.sight.box
    } consider: {
      consider($0)
    }
    return (SignFrame.allCases[best.index], best.sight, best.gain)
  }

  /// The best place of a frame anywhere on the retina.
  func search(_ frame: SignFrame, in retina: Retina) -> SignSight {
    let signal = retina.signal(inColor: false, noise: nil)
    let index = Self.index(frame), limit = Double(retina.side)
    var best = SignSight(box: retina.bounds, score: -2)
    func consider(_ box: BoundingBox, _ grid: PatchGrid) {
      let set = templates.frames(side: box.width, grid: grid)
      let score = set.correlation(signal.patch(box, grid: grid), index)
      if score > best.score { best = SignSight(box: box, score: score) }
    }
    var side = 3.0
    while side < 0.7 * limit {
      let step = max(0.5, side / 6)
      for top in stride(from: 0, through: limit - side, by: step) {
        for left in stride(from: 0, through: limit - side, by: step) {
          consider(BoundingBox(left: left, top: top, right: left + side, bottom: top + side), .coarseFrame)
        }
      }
      side *= 1.2
    }
    best.score = -2
    let center = best.box
    for scale in [0.92, 1, 1.08] {
      for step in Self.steps {
        consider(
          Self.moved(Self.scaled(center, scale), step.x * 0.06 * center.width, step.y * 0.06 * center.height), .frame)
      }
    }
    return best
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
