// Which proposed regions are asked about.
// Not here: proposing them (RegionProposer.swift), the thresholds (ZoomBuildConfig.swift).
package import Media

/// A region as a proposal strategy gives it, before the filters.
package struct ProposedRegion: Equatable, Sendable {
  /// What it shows.
  package var name: String
  /// In pixels of the full picture.
  package var box: BoundingBox
  /// Confidence in 0...1.
  package var score: Double
  /// What the strategy itself held against it, such as two boxes for one name.
  package var verdict: Verdict
  /// That in words.
  package var reason: String

  package init(name: String, box: BoundingBox, score: Double, verdict: Verdict = .none, reason: String = "") {
    self.name = name
    self.box = box
    self.score = score
    self.verdict = verdict
    self.reason = reason
  }
}

/// The filters of regions, in the order of the paper's code, and those that it lacks behind them.
package struct RegionFilter: Sendable {
  package let config: RegionsConfig

  package init(_ config: RegionsConfig) { self.config = config }

  /// Judges all regions of a picture.
  ///
  /// - Returns: the regions with their verdicts, in the order given; boxes are clipped to the picture.
  package func judged(_ regions: [ProposedRegion], in size: ImageSize) -> [ProposedRegion] {
    var result = regions.map { region in
      var region = region
      guard region.verdict == .none else { return region }
      region.box = region.box.clipped(to: size)
      (region.verdict, region.reason) = verdict(on: region, in: size)
      return region
    }
    // The more confident first; of equals the smaller, whose evidence is finer, then the earlier.
    let order = result.indices.filter { result[$0].verdict == .none }.sorted {
      (-result[$0].score, result[$0].box.area, $0) < (-result[$1].score, result[$1].box.area, $1)
    }
    var kept: [Int] = []
    for index in order {
      if let other = kept.first(where: { result[$0].box.intersectionOverUnion(result[index].box) >= config.overlap }) {
        (result[index].verdict, result[index].reason) = (.overlap, "covers the same as '\(result[other].name)'")
      } else if config.perImage > 0, kept.count >= config.perImage {
        (result[index].verdict, result[index].reason) = (.surplus, "\(config.perImage) regions are enough")
      } else {
        kept.append(index)
      }
    }
    return result
  }

  private func verdict(on region: ProposedRegion, in size: ImageSize) -> (Verdict, String) {
    let box = region.box
    let share = box.area / Double(size.area)
    let (short, long) = (min(box.width, box.height), max(box.width, box.height))
    let tokens = box.area / (config.studentPatch * config.studentPatch)
    if region.score < config.score { return (.score, "confidence \(Self.text(region.score)) below \(config.score)") }
    if short <= 0 { return (.degenerate, "no part of the picture") }
    if share >= config.area {
      return (.area, "\(Self.text(100 * share)) % of the picture, \(100 * config.area) % or more")
    }
    if short < config.shortSide { return (.shortSide, "short side \(Self.text(short)) px below \(config.shortSide)") }
    if long > config.aspect * short { return (.aspect, "aspect \(Self.text(long / short)) above \(config.aspect)") }
    if tokens < config.studentTokens {
      return (.tokens, "\(Self.text(tokens)) patches of the student, fewer than \(config.studentTokens)")
    }
    return (.none, "")
  }

  private static func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}
