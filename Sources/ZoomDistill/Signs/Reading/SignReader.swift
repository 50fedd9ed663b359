// Readers with a fixed retina: one compares with templates, the other counts gradients. Their errors come from lost
// pixels alone.
// Not here: where to look (SignLocator.swift), prompts and replies (SignTeacher.swift).

import Foundation
package import Media
import Tensor

/// Reads details of signs from retinas.
///
/// Each sample looks a little beside the place, by up to two pixels of the view and 5 % of the size, and sees noise of
/// its own. Both are a function of reader, question, retina and sample.
package struct SignReader: Sendable {
  /// How a reader compares.
  package enum Kind: String, CaseIterable, Codable, Sendable {
    /// The nearest template by masked squared difference.
    case templates
    /// The nearest neighbours by histograms of gradients.
    case gradients
  }

  /// Where the sign is.
  package enum Place: Hashable, Sendable {
    /// The view is a crop around it.
    case crop
    /// In a box in pixels of the retina.
    case box(BoundingBox)
    /// Somewhere in the view.
    case anywhere
  }

  /// How the reader compares.
  package let kind: Kind
  /// Standard deviation of the noise on the retina, white being 1.
  package let noise: Float
  let locator: SignLocator
  private let search: SignSearch
  let templates: SignTemplates
  private let gradients: GradientMemory

  /// A reader; readers may share their templates.
  package init(_ kind: Kind, templates: SignTemplates, noise: Double = 0.04) {
    self.kind = kind
    self.noise = Float(noise)
    self.templates = templates
    locator = SignLocator(templates)
    search = SignSearch(templates)
    gradients = GradientMemory(templates)
  }

  /// The answer to a question about a view.
  ///
  /// - Parameters:
  ///   - question: what is asked, about which sign.
  ///   - options: answers to choose from; others are not considered. Empty for all of the dimension.
  ///   - place: where the sign is.
  ///   - sample: which of several looks this is; nil for a look without jitter and noise.
  package func read(
    _ question: SignQuestion, from retina: Retina, at place: Place, options: [String] = [], sample: Int?
  ) -> String {
    let sight = sight(for: question, in: retina, at: place)
    return read(question, from: retina, at: sight, options: options, sample: sample)
  }

  /// The square where the reader looks for the detail.
  func sight(for question: SignQuestion, in retina: Retina, at place: Place) -> SignSight {
    switch place {
    case .crop: locator.locate(question.frame, in: retina.bounds, of: retina)
    case .box(let box): SignSight(box: box, score: 1)
    case .anywhere: places(for: question, in: retina).first ?? SignSight(box: retina.bounds, score: 0)
    }
  }

  /// Where the sign that a question is about may be on a retina, the likeliest place first.
  package func places(for question: SignQuestion, in retina: Retina) -> [SignSight] {
    search.places(for: question, in: retina)
  }

  func read(
    _ question: SignQuestion, from retina: Retina, at sight: SignSight, options: [String] = [], sample: Int?
  ) -> String {
    let candidates = question.candidates.filter { options.isEmpty || options.contains($0) }
    let allowed = Set(candidates.isEmpty ? question.candidates : candidates)
    let look = look(question, retina, sample: sample)
    let signal = retina.signal(
      inColor: question.dimension == .color,
      noise: look.noise.map { ($0, noise) })
    let gaze = SignLocator.moved(
      SignLocator.scaled(sight.box, look.scale), look.x * retina.scale.x, look.y * retina.scale.y)
    let label = nearest(
      question.dimension, question.frame, signal, gaze: gaze, reach: 2 * max(retina.scale.x, retina.scale.y),
      isAllowed: { allowed.contains(SignDetail.all[$0].answer) })
    return SignDetail.all[label].answer
  }

  /// The detail that a sign shows, of whatever dimension.
  func recognize(_ frame: SignFrame, from retina: Retina, at sight: SignSight) -> SignDetail {
    let label = nearest(
      nil, frame, retina.signal(inColor: true, noise: nil), gaze: sight.box, reach: 0.75, isAllowed: { _ in true })
    return SignDetail.all[label]
  }

  /// How one sample differs from others.
  private struct Look {
    var x = 0.0
    var y = 0.0
    var scale = 1.0
    var noise: RandomSource?
  }

  private func look(_ question: SignQuestion, _ retina: Retina, sample: Int?) -> Look {
    guard let sample else { return Look() }
    var random = RandomSource(seed: retina.fingerprint).split(kind.rawValue).split(question.text(paraphrase: 0))
      .split(sample)
    return Look(
      x: random.uniform(in: -2..<2), y: random.uniform(in: -2..<2), scale: random.uniform(in: 0.95..<1.05),
      noise: random.split("noise"))
  }

  /// The label of the nearest detail over small shifts and scales.
  private func nearest(
    _ dimension: Dimension?, _ frame: SignFrame, _ signal: RetinaSignal, gaze: BoundingBox, reach: Double,
    isAllowed: (Int) -> Bool
  ) -> Int {
    var best: (label: Int, cost: Float) = (0, .infinity)
    var center = gaze
    func consider(_ box: BoundingBox) {
      let square = frame.detailSquare
      let detail = BoundingBox(
        left: box.left + (square.x - square.side / 2) * box.width,
        top: box.top + (square.y - square.side / 2) * box.height,
        right: box.left + (square.x + square.side / 2) * box.width,
        bottom: box.top + (square.y + square.side / 2) * box.height)
      let side = (box.width * box.height).squareRoot()
      let patch = signal.patch(detail, grid: .detail)
      let found: (label: Int, cost: Float)
      switch kind {
      case .templates:
        let set = templates.details(of: dimension, in: frame, side: side)
        found = Self.nearest(patch, set, isAllowed)
      case .gradients:
        found = gradients.nearest(patch, dimension, frame, side: side, isAllowed)
      }
      if found.cost < best.cost { (best, center) = (found, box) }
    }
    for radius in [1, 0.5] {
      let around = center
      for step in SignLocator.steps where radius == 1 || step != .zero {
        consider(SignLocator.moved(around, step.x * reach * radius * 0.7, step.y * reach * radius * 0.7))
      }
    }
    let around = center
    for scale in [0.95, 1.05] { consider(SignLocator.scaled(around, scale)) }
    return best.label
  }

  private static func nearest(_ patch: [Float], _ set: TemplateSet, _ isAllowed: (Int) -> Bool) -> (Int, Float) {
    var best: (label: Int, cost: Float) = (0, .infinity)
    for index in 0..<set.count where isAllowed(set.labels[index]) {
      let cost = set.difference(patch, index)
      if cost < best.cost { best = (set.labels[index], cost) }
    }
    return best
  }
}
