// Finding a sign that nobody pointed at, on the retina alone: every place and size is a hypothesis that is weighed.
// Not here: what hypotheses predict (SignHypotheses.swift), places inside of a known box (SignLocator.swift).

import Foundation
import Media

/// Looks for a frame all over a retina.
///
/// A place speaks for a frame as far as the frame explains its pixels better than bare background and every other frame
/// do, and as far as its detail looks like one that can be asked about in that way: who asks for a colour means a sign
/// with a patch. Nothing else is known of the sign: not where it is, how large, what it shows, or on what colour.
struct SignSearch: Sendable {
  private let templates: SignTemplates

  init(_ templates: SignTemplates) { self.templates = templates }

  /// Places of each level that a glance weighs against the other frames, and those of them that are looked at closely.
  private static let glances = 64
  private static let closely = 12
  /// How much larger each size is than the one before.
  private static let growth = 1.15
  /// The smallest sign that is looked for, in retina pixels; frames are all alike below.
  private static let smallest = 1.5
  /// The largest sign on a level that has a coarser one.
  private static let largest = 11.0

  /// A place on a level of the pyramid with its evidence.
  private struct Candidate {
    var box: BoundingBox
    var level: Int
    var evidence: Float
  }

  /// The places that speak for a frame, none twice, the likeliest first; scores are logarithms of odds.
  func places(for question: SignQuestion, in retina: Retina) -> [SignSight] {
    var levels = [retina.signal(inColor: true, noise: nil)]
    while let last = levels.last, last.side > 16 { levels.append(last.halved()) }
    let index = SignFrame.allCases.firstIndex(of: question.frame) ?? 0
    var found: [SignSight] = []
    for places in candidates(index, levels) {
      let glanced = places.map { place in
        // From afar on one level, closely on the next finer one.
        let near = max(0, place.level - 1), ratio = Double(1 << (place.level - near))
        return (
          level: near,
          sight: refined(place.box.scaled(x: ratio, y: ratio), index, on: levels[near], reaches: [0.12], scales: [0])
        )
      }.sorted { Self.precedes($0.sight, $1.sight) }
      for (level, glance) in glanced.prefix(Self.closely) {
        let sight = refined(glance.box, index, on: levels[level], reaches: [0.12, 0.06, 0.03], scales: [-1, 0, 1])
        let factor = Double(1 << level)
        found.append(SignSight(box: sight.box.scaled(x: factor, y: factor), score: sight.score))
      }
    }
    found.sort(by: Self.precedes)
    var kept: [SignSight] = []
    for sight in found where !kept.contains(where: { $0.box.intersectionOverUnion(sight.box) > 0.2 }) {
      kept.append(sight)
    }
    // Details cost much to compare, and odds far below the best are made up by none.
    let top = kept.first?.score ?? 0
    for number in kept.indices where top - kept[number].score < Self.mostByDetail {
      kept[number].score += detail(at: kept[number], question, on: levels[0])
    }
    return kept.sorted(by: Self.precedes)
  }

  /// How far a detail can turn the odds that frames give a place.
  private static let mostByDetail: Float = 12
  /// The deviation of a pixel from the best detail's template.
  private static let deviation: Float = 0.06

  /// The logarithm of the odds that the detail at a place is one of the dimension that is asked about, beyond what a
  /// guess among the dimensions would give.
  private func detail(at sight: SignSight, _ question: SignQuestion, on signal: RetinaSignal) -> Float {
    let square = question.frame.detailSquare, side = (sight.box.width * sight.box.height).squareRoot()
    let box = BoundingBox(
      left: sight.box.left + (square.x - square.side / 2) * sight.box.width,
      top: sight.box.top + (square.y - square.side / 2) * sight.box.height,
      right: sight.box.left + (square.x + square.side / 2) * sight.box.width,
      bottom: sight.box.top + (square.y + square.side / 2) * sight.box.height)
    let patch = signal.patch(box, grid: .detail)
    let set = templates.details(of: nil, in: question.frame, side: side)
    var costs: [Dimension: Float] = [:]
    for index in 0..<set.count {
      let dimension = SignDetail.all[set.labels[index]].dimension
      costs[dimension] = min(costs[dimension] ?? .infinity, max(0, set.difference(patch, index)))
    }
    let width = square.side * side * (1 + 2 * PatchGrid.detail.margin)
    let pixels = Float(max(1, width * width))
    let evidence = costs.mapValues { -1.5 * pixels * log(1 + $0 / (Self.deviation * Self.deviation)) }
    guard let own = evidence[question.dimension], let most = evidence.values.max() else { return 0 }
    // Summed in a fixed order, so that equal retinas get equal odds.
    let sum = Dimension.allCases.reduce(Float(0)) { $0 + exp((evidence[$1] ?? -.infinity) - most) }
    let odds = own - most - log(sum) + log(Float(Dimension.allCases.count))
    return max(-Self.mostByDetail, odds)
  }

  private static func precedes(_ left: SignSight, _ right: SignSight) -> Bool {
    (left.score, left.box.left, left.box.top) > (right.score, right.box.left, right.box.top)
  }

  /// Places that may hold a frame, by level, none twice, the most likely first.
  ///
  /// Signs of up to 11 pixels are looked for on the first level, larger ones on the halves, quarters and so on, so that
  /// no step between places is wider than an outline there.
  private func candidates(_ index: Int, _ levels: [RetinaSignal]) -> [[Candidate]] {
    var kept: [[Candidate]] = []
    for (level, signal) in levels.enumerated() {
      let limit = Double(signal.side)
      var found: [Candidate] = []
      var side = level == 0 ? Self.smallest : Self.largest / 2
      while side < min(level == levels.count - 1 ? limit : Self.largest, 0.7 * limit) {
        let hypotheses = templates.hypotheses(side: side, grid: .afar)
        let step = max(0.4, side / 8)
        for top in stride(from: 0, through: limit - side, by: step) {
          for left in stride(from: 0, through: limit - side, by: step) {
            let box = BoundingBox(left: left, top: top, right: left + side, bottom: top + side)
            let patch = signal.patch(box, grid: .afar)
            let evidence = hypotheses.evidence(patch, index) - hypotheses.background(patch)
            if evidence > 0 { found.append(Candidate(box: box, level: level, evidence: evidence)) }
          }
        }
        side *= Self.growth
      }
      found.sort { ($0.evidence, $0.box.left, $0.box.top) > ($1.evidence, $1.box.left, $1.box.top) }
      var here: [Candidate] = []
      for candidate in found where here.count < Self.glances {
        if !here.contains(where: { $0.box.intersectionOverUnion(candidate.box) > 0.5 }) { here.append(candidate) }
      }
      kept.append(here)
    }
    return kept
  }

  /// The best of small shifts and scales, in ever smaller steps; every other frame gets the same freedom.
  private func refined(
    _ box: BoundingBox, _ index: Int, on signal: RetinaSignal, reaches: [Double], scales: [Double]
  ) -> SignSight {
    var best = SignSight(box: box, score: -.infinity)
    // The last one is bare background, with which evidence is compared.
    var others = [Float](repeating: -.infinity, count: SignFrame.allCases.count) + [0]
    for reach in reaches {
      let center = best.box
      for scale in scales {
        for step in SignLocator.steps {
          let moved = SignLocator.moved(
            SignLocator.scaled(center, 1 + scale * reach), step.x * reach * center.width, step.y * reach * center.height
          )
          let hypotheses = templates.hypotheses(side: moved.width, grid: .near)
          let patch = signal.patch(moved, grid: .near)
          let background = hypotheses.background(patch)
          for other in SignFrame.allCases.indices {
            let evidence = hypotheses.evidence(patch, other) - background
            if other != index {
              others[other] = max(others[other], evidence)
            } else if evidence > best.score {
              best = SignSight(box: moved, score: evidence)
            }
          }
        }
      }
    }
    let most = others.max() ?? 0
    let rest = most + log(others.reduce(Float(0)) { $0 + exp($1 - most) })
    return SignSight(box: best.box, score: best.score - rest)
  }
}

extension PatchGrid {
  /// Around a sign with some background, for weighing it closely.
  static let near = PatchGrid(count: 16, margin: 0.15)
  /// The same from afar.
  static let afar = PatchGrid(count: 8, margin: 0.15)
}
