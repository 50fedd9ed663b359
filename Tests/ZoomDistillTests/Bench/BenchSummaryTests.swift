// Figures of scored runs, their comparison and their page; coverage of attention.

import Foundation
import Lab
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Benchmark figures")
struct BenchSummaryTests {
  /// A run in which each item has the given outcomes (global, regional); nil is an error.
  private func run(
    _ scratch: BenchScratch, _ outcomes: [(Bool?, Bool?)], model: String = "m"
  ) throws -> ScoredRun {
    let bundle = try scratch.bundle(outcomes.count)
    var records: [BenchUnit: BenchRecord] = [:]
    var scores: [BenchScore] = []
    for (item, outcome) in zip(bundle.items, outcomes) {
      for (view, isRight) in [(BenchView.global, outcome.0), (.regional, outcome.1)] {
        let unit = BenchUnit(item: item.id, view: view)
        records[unit] = record(
          unit, "x", error: isRight == nil ? "timeout" : "", seconds: 0.1 * Double(records.count + 1))
        let verdict: BenchVerdict = isRight.map { $0 ? .correct : .wrong } ?? .error
        scores.append(
          BenchScore(unit: unit, verdict: verdict, grade: Grade(outcome: .wrong, answer: "x", rule: .letter)))
      }
    }
    let header = try BenchHeader(bundle: try bundle.hash(), model: model, config: .base)
    return ScoredRun(folder: scratch.url, header: header, bundle: bundle, records: records, scores: scores)
  }

  private let outcomes: [(Bool?, Bool?)] = [
    (true, true), (false, true), (false, true), (false, true), (true, false), (false, false), (nil, true), (true, nil),
    (false, true), (false, false), (true, true), (false, true),
  ]

  @Test("errors are counted apart, and the gap is over items with both views")
  func gap() throws {
    let scratch = try BenchScratch()
    let summary = try run(scratch, outcomes).summary
    let global = try #require(summary.views.first { $0.view == .global })
    #expect(global.micro.count == 11 && global.micro.correct == 4)
    #expect(global.errors == ["timeout": 1] && global.verdicts["error"] == 1 && global.passes == 1)
    #expect(global.micro.interval == Statistics.wilsonInterval(successes: 4, trials: 11))
    let gap = try #require(summary.gap)
    #expect(gap.table == PairedOutcomes(both: 2, onlyFirst: 5, onlySecond: 1, neither: 2))
    #expect(abs(gap.difference - 0.4) < 1e-12 && abs(gap.pValue - 0.21875) < 1e-12 && gap.interval.contains(0.4))
    #expect(summary.gapByDimension.values.map(\.table.count).reduce(0, +) == 10)
    let macro = global.dimensions.values.map(\.value).reduce(0, +) / Double(global.dimensions.count)
    #expect(abs(global.macro - macro) < 1e-12 && global.dimensions.count == 6)
    #expect(summary.evidence.count == 1 && summary.evidence[0].lower == 2 && summary.evidence[0].upper == 4)
    #expect(global.medianSeconds > 0 && global.p95Seconds >= global.medianSeconds)
  }

  @Test("rows for a results file have dotted names of their own and intervals around their values")
  func rows() throws {
    let scratch = try BenchScratch()
    let rows = try run(scratch, outcomes).summary.rows(prefix: "zoom.bench.x")
    #expect(Set(rows.map(\.id)).count == rows.count && rows.allSatisfy { $0.id.hasPrefix("zoom.bench.x.") })
    #expect(rows.allSatisfy { $0.spread[0] <= $0.value + 1e-9 && $0.value <= $0.spread[1] + 1e-9 && $0.n > 0 })
    let gap = try #require(rows.first { $0.id == "zoom.bench.x.gap.all" })
    #expect(abs(gap.value - 40) < 1e-9 && gap.n == 10 && gap.unit == "points")
    #expect(rows.contains { $0.id == "zoom.bench.x.global.tokens-2^1" && $0.n == 11 })
  }

  @Test("scores on disk read back; a changed bundle is refused")
  func disk() throws {
    let scratch = try BenchScratch()
    let made = try run(scratch, outcomes)
    do {
      let log = try ResultLog(ScoredRun.recordsFile(scratch.url), header: made.header)
      for record in made.records.values { try log.append(record) }
    }
    try made.writeScores()
    var bundle = made.bundle
    let read = try ScoredRun(scratch.url, bundle: bundle)
    #expect(read.scores == made.scores && read.records == made.records && read.results == made.results)
    #expect(read.summary == made.summary)
    let text = try String(contentsOf: ScoredRun.scoresFile(scratch.url), encoding: .utf8)
    #expect(text.contains("\"judge_source\":\"rules\""))
    bundle.items[0].answer = "C"
    #expect(throws: BenchError.self) { try ScoredRun(scratch.url, bundle: bundle) }
  }

  @Test("two runs are compared item by item, in both directions alike")
  func comparison() throws {
    let scratch = try BenchScratch()
    let first = try run(scratch, outcomes.map { ($0.1, $0.1) }, model: "after")
    let second = try run(scratch, outcomes, model: "before")
    let forward = try BenchComparison(first, second)
    let backward = try BenchComparison(second, first)
    let (a, b) = (try #require(forward.views["global"]), try #require(backward.views["global"]))
    #expect(a.table.count == 10 && a.table.onlyFirst == b.table.onlySecond && a.difference == -b.difference)
    #expect(a.pValue == b.pValue && forward.views["regional"]?.difference == 0)
    #expect(forward.report.plainText.contains("after against before"))
    let other = try BenchScratch()
    #expect(throws: BenchError.self) { try BenchComparison(first, try run(other, Array(outcomes.prefix(4)))) }
  }

  @Test("the page is one file with the pictures inside, and shows hostile text as text")
  func page() throws {
    let scratch = try BenchScratch()
    var made = try run(scratch, outcomes)
    var bundle = made.bundle
    bundle.items[1].question = "<script>alert(1)</script>"
    made = ScoredRun(
      folder: made.folder, header: made.header, bundle: bundle, records: made.records, scores: made.scores)
    let html = BenchReport(made, summary: made.summary, config: .base, pictures: 3).report.html
    #expect(html.contains("Zooming gap") && html.contains("data:image/jpeg;base64,") && !html.contains("<script>"))
    #expect(html.components(separatedBy: "<details>").count == 4)
  }
}

@Suite("Attention coverage")
struct AttentionCoverageTests {
  @Test("the reference's rounding overstates uniform attention by the published factors, exact overlap by none")
  func published() {
    let map = AttentionMap(columns: 64, rows: 64, weights: [Double](repeating: 0.5, count: 4096))
    let size = ImageSize(width: 2048, height: 2048)
    for (side, factor) in [(16.0, 16.0), (32, 4), (64, 2.25), (128, 1.5625), (256, 1.265625)] {
      let box = BoundingBox(left: 640, top: 960, right: 640 + side, bottom: 960 + side)
      let legacy = AttentionCoverage(map, box: box, in: size, overlap: .inclusive)
      let exact = AttentionCoverage(map, box: box, in: size)
      #expect(abs(legacy.lift - factor) < 1e-9, "\(side): \(legacy.lift)")
      #expect(abs(exact.lift - 1) < 1e-9 && abs(exact.areaShare - side * side / 4_194_304) < 1e-15, "\(side)")
    }
  }

  @Test("exact overlap equals a fine grid of points")
  func naive() {
    forAll(30) { random, seed in
      let (columns, rows) = (Int.random(in: 1...7, using: &random), Int.random(in: 1...7, using: &random))
      let size = ImageSize(width: columns * 8, height: rows * 16)
      let weights = (0..<(columns * rows)).map { _ in Double.random(in: 0...1, using: &random) }
      func edges(_ side: Int) -> (Double, Double) {
        let a = Int.random(in: -4...(side + 4), using: &random), b = Int.random(in: -4...(side + 4), using: &random)
        return (Double(min(a, b)), Double(max(a, b)))
      }
      let (x, y) = (edges(size.width), edges(size.height))
      let box = BoundingBox(left: x.0, top: y.0, right: x.1, bottom: y.1)
      var (inside, total) = (0.0, 0.0)
      for py in 0..<size.height {
        for px in 0..<size.width {
          let weight = weights[py / 16 * columns + px / 8]
          total += weight
          if x.0 <= Double(px), Double(px) < x.1, y.0 <= Double(py), Double(py) < y.1 { inside += weight }
        }
      }
      let coverage = AttentionCoverage(
        AttentionMap(columns: columns, rows: rows, weights: weights), box: box, in: size)
      #expect(abs(coverage.coverage - (total > 0 ? inside / total : 0)) < 1e-12, "seed \(seed)")
    }
  }

  @Test("pointing takes the center of the strongest cell; maps of zeros and empty boxes give 0")
  func pointing() {
    let size = ImageSize(width: 40, height: 20)
    let map = AttentionMap(columns: 4, rows: 2, weights: [0, 0, 0, 0, 0, 0, 3, 1])
    #expect(AttentionCoverage(map, box: BoundingBox(left: 21, top: 11, right: 29, bottom: 19), in: size).points)
    #expect(!AttentionCoverage(map, box: BoundingBox(left: 20, top: 10, right: 24, bottom: 20), in: size).points)
    let whole = BoundingBox(left: 0, top: 0, right: 40, bottom: 20)
    #expect(AttentionCoverage(map, box: whole, in: size).coverage == 1)
    let zeros = AttentionMap(columns: 2, rows: 1, weights: [0, 0])
    #expect(AttentionCoverage(zeros, box: whole, in: size).coverage == 0)
    let empty = AttentionCoverage(map, box: BoundingBox(left: 9, top: 9, right: 9, bottom: 9), in: size)
    #expect(empty.coverage == 0 && empty.lift == 0 && !empty.points)
    let outside = BoundingBox(left: 90, top: 9, right: 99, bottom: 19)
    for overlap in AttentionCoverage.Overlap.allCases {
      #expect(AttentionCoverage(map, box: outside, in: size, overlap: overlap).areaShare == 0)
    }
  }
}
