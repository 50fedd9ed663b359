// Which proposed regions stay, and what is held against the others.
// Not here: proposals.
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Region filter")
struct RegionFilterTests {
  private let size = ImageSize(width: 1000, height: 800)

  private func region(_ left: Double, _ top: Double, _ width: Double, _ height: Double, score: Double = 0.9)
    -> ProposedRegion
  {
    ProposedRegion(
      name: "n", box: BoundingBox(left: left, top: top, right: left + width, bottom: top + height), score: score)
  }

  private func verdict(_ region: ProposedRegion, _ change: (inout RegionsConfig) -> Void = { _ in }) -> Verdict {
    var config = ZoomBuildConfig.base.regions
    change(&config)
    return RegionFilter(config).judged([region], in: size)[0].verdict
  }

  @Test("each threshold, on both of its sides")
  func thresholds() {
    #expect(verdict(region(10, 10, 50, 50)) == .none)
    #expect(verdict(region(10, 10, 50, 50, score: 0.75)) == .none)
    #expect(verdict(region(10, 10, 50, 50, score: 0.7499)) == .score)
    #expect(verdict(region(0, 0, 200, 399)) == .none)
    #expect(verdict(region(0, 0, 200, 400)) == .area, "a tenth of the picture is too large")
    #expect(verdict(region(10, 10, 8, 60)) == .none)
    #expect(verdict(region(10, 10, 7.9, 60)) == .shortSide)
    #expect(verdict(region(10, 10, 10, 100)) == .none)
    #expect(verdict(region(10, 10, 10, 100.1)) == .aspect)
    #expect(verdict(region(10, 10, 28, 28)) { $0.studentTokens = 1 } == .none)
    #expect(verdict(region(10, 10, 28, 27.9)) { $0.studentTokens = 1 } == .tokens)
  }

  @Test("awkward boxes are rejected and never crash")
  func awkward() {
    #expect(verdict(region(1000, 10, 50, 50)) == .degenerate)
    #expect(verdict(region(-60, -60, 50, 50)) == .degenerate)
    #expect(verdict(region(50, 50, -20, -20)) == .degenerate)
    #expect(verdict(region(50, 50, 0, 0)) == .degenerate)
    #expect(verdict(region(-1e300, -1e300, 2e300, 2e300)) == .area)
    #expect(verdict(region(-45, -45, 60, 60)) == .none, "what lies inside counts")
    #expect(verdict(region(-55, -45, 60, 60)) == .shortSide)
    #expect(verdict(region(10, 10, 50, 50, score: -.infinity)) == .score)
    #expect(RegionFilter(ZoomBuildConfig.base.regions).judged([], in: size).isEmpty)
  }

  @Test("the score comes first, and a verdict of the strategy stays")
  func order() {
    #expect(verdict(region(0, 0, 1000, 800, score: 0.1)) == .score)
    var unique = region(0, 0, 1000, 800)
    (unique.verdict, unique.reason) = (.notUnique, "2 boxes")
    #expect(RegionFilter(ZoomBuildConfig.base.regions).judged([unique], in: size) == [unique])
  }

  @Test("of regions that overlap the more confident stays, of equals the smaller, then the earlier")
  func overlap() {
    let regions = [
      region(10, 10, 60, 60, score: 0.8), region(11, 11, 60, 60, score: 0.9), region(12, 12, 59, 59, score: 0.9),
      region(300, 300, 60, 60, score: 0.8), region(300, 300, 60, 60, score: 0.8),
    ]
    let verdicts = RegionFilter(ZoomBuildConfig.base.regions).judged(regions, in: size).map(\.verdict)
    #expect(verdicts == [.overlap, .overlap, .none, .none, .overlap])
    var config = ZoomBuildConfig.base.regions
    config.perImage = 1
    let limited = RegionFilter(config).judged(regions, in: size).map(\.verdict)
    #expect(limited == [.overlap, .overlap, .none, .surplus, .surplus])
  }

  @Test("what stays satisfies every threshold, whatever the order")
  func random() {
    forAll(40, seed: 5) { random, seed in
      var config = ZoomBuildConfig.base.regions
      config.overlap = 0.5
      config.perImage = Int.random(in: 0...6, using: &random)
      let regions = (0..<30).map { index in
        var region = region(
          .random(in: -50...990, using: &random), .random(in: -50...790, using: &random),
          .random(in: 1...400, using: &random), .random(in: 1...300, using: &random),
          score: Double.random(in: 0.5...1, using: &random))
        region.name = "\(index)"
        return region
      }
      let judged = RegionFilter(config).judged(regions, in: size)
      let kept = judged.filter { $0.verdict == .none }
      #expect(config.perImage == 0 || kept.count <= config.perImage, "seed \(seed)")
      for (index, one) in kept.enumerated() {
        #expect(one.box == one.box.clipped(to: size) && one.box.area < 80_000 && one.score >= 0.75, "seed \(seed)")
        for other in kept[(index + 1)...] {
          #expect(one.box.intersectionOverUnion(other.box) < 0.5, "seed \(seed)")
        }
      }
      let shuffled = RegionFilter(config).judged(regions.shuffled(using: &random), in: size)
      #expect(
        Dictionary(uniqueKeysWithValues: shuffled.map { ($0.name, $0.verdict) })
          == Dictionary(uniqueKeysWithValues: judged.map { ($0.name, $0.verdict) }), "seed \(seed)")
    }
  }
}
