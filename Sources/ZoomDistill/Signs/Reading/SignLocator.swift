// Finding signs on a retina where something tells the place: in a crop, or inside a red box.
// Not here: what they show (SignReader.swift), anywhere in a view (SignSearch.swift), finding at full resolution
// (SignProposer.swift).

import Foundation
package import Media

/// A sign's square on the retina, and how well a frame fits there.
package struct SignSight: Hashable, Sendable {
  /// The square in retina pixels.
  package var box: BoundingBox
  /// Correlation with the frame's template, -1...1; the logarithm of odds where the whole view was searched.
  package var score: Float
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
