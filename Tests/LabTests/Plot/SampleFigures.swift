// Figures of every kind, for golden files and for the eye.

import Foundation
import Lab

enum SampleFigures {
  /// A falling noisy curve, reproducible without a random source of the system.
  static func curve(_ count: Int, from start: Double, to end: Double, noise: Double, seed: UInt64) -> [PlotPoint] {
    var random = SplitMix64(seed: seed)
    return (1...count).map { step in
      let uniform = Double(random.next() >> 11) * 0x1p-53 - 0.5
      let decay = exp(-4 * Double(step) / Double(count))
      return PlotPoint(x: Double(step) * 10, y: end + (start - end) * decay + noise * uniform)
    }
  }

  static let training = Plot(
    title: "Training loss", subtitle: "D = 384, 6 blocks, T = 512; mean over 3 seeds",
    x: PlotAxis("step"), y: PlotAxis("loss", unit: "nats per token"),
    series: [
      PlotSeries("baseline", points: curve(400, from: 9, to: 3.4, noise: 0.6, seed: 1), smoothing: 0.95),
      PlotSeries("MoDA", points: curve(400, from: 9, to: 3.1, noise: 0.6, seed: 2), smoothing: 0.95),
      PlotSeries("MoDA, attention only", points: curve(400, from: 9, to: 3.25, noise: 0.6, seed: 3), smoothing: 0.95),
    ],
    references: [PlotReference("unigram entropy", value: 6.2)])

  static let bands = Plot(
    title: "Validation loss over training tokens", x: PlotAxis("tokens", scale: .logarithmic),
    y: PlotAxis("loss", unit: "nats"),
    series: [("baseline", 0.0), ("MoDA", 0.12)].map { name, gain in
      PlotSeries(
        name,
        points: (0...24).map { index in
          let tokens = pow(10, 5 + Double(index) / 8)
          let loss = 2.2 + 20 * pow(tokens, -0.16) - gain
          return PlotPoint(x: tokens, y: loss, interval: Interval(lower: loss - 0.06, upper: loss + 0.06))
        })
    } + [
      PlotSeries(
        "measured", .dots,
        points: [(2e5, 4.9), (2e6, 4.2), (4e7, 3.5)].map {
          PlotPoint(x: $0.0, y: $0.1, interval: Interval(lower: $0.1 - 0.12, upper: $0.1 + 0.15))
        })
    ])

  static let bars = Plot(
    title: "Perplexity by domain",
    x: .categories(["encyclopedia", "books", "source code", "forum posts", "scientific papers"], label: "domain"),
    y: PlotAxis("perplexity"),
    series: [
      .bars(
        "baseline", [18.2, 24.5, 9.1, 31.0, 14.8],
        intervals: [18.2, 24.5, 9.1, 31.0, 14.8].map { Interval(lower: $0 * 0.95, upper: $0 * 1.05) }),
      .bars(
        "MoDA", [17.1, 23.9, 8.7, 29.6, 14.1],
        intervals: [17.1, 23.9, 8.7, 29.6, 14.1].map { Interval(lower: $0 * 0.95, upper: $0 * 1.05) }),
    ])

  static let change = Plot(
    x: .categories((1...14).map { "configuration number \($0)" }), y: PlotAxis("change", unit: "%"),
    series: [.bars("change against the baseline", (0..<14).map { 4 * sin(Double($0)) })])

  static let dots = Plot(
    title: "Throughput", x: PlotAxis("sequence length", unit: "tokens", scale: .logarithmic),
    y: PlotAxis("rate", unit: "GFLOP/s", scale: .logarithmic),
    series: ["ours", "peer"].enumerated().map { index, name in
      PlotSeries(
        name, .dots,
        points: (7...16).map {
          PlotPoint(x: pow(2, Double($0)), y: (80 - 30 * Double(index)) * (1 - exp(-Double($0) / 4)))
        })
    })

  static let attention = Heatmap(
    title: "Attention mass on depth slots", subtitle: "Mean over heads and 4,096 tokens",
    rows: (0..<8).map { row in (0..<10).map { column in column > row ? .nan : exp(-Double(row - column) / 3) } },
    rowLabel: "block", columnLabel: "slot", valueLabel: "mass")

  static let large = Heatmap(
    title: "A long-range pattern",
    rows: (0..<96).map { row in (0..<128).map { column in sin(Double(row) / 9) * cos(Double(column) / 14) } },
    rowLabel: "query", columnLabel: "key", valueLabel: "logit")

  static let names = Heatmap(
    rows: [[0.91, 0.05, 0.04], [0.10, 0.82, 0.08], [0.02, 0.21, 0.77]],
    rowNames: ["dog barking", "speech", "piano"], columnNames: ["dog barking", "speech", "piano"],
    rowLabel: "truth", columnLabel: "prediction", valueLabel: "share", range: 0...1, width: 480)

  static let wide = Heatmap(
    title: "One row", rows: [(0..<300).map { Double($0 % 37) * 1e-5 }], rowNames: ["layer 1"], columnLabel: "channel",
    valueLabel: "norm")

  static let all: [(name: String, svg: String)] = [
    ("training", training.svg), ("bands", bands.svg), ("bars", bars.svg), ("change", change.svg), ("dots", dots.svg),
    ("attention", attention.svg), ("large", large.svg), ("names", names.svg), ("wide", wide.svg),
  ]
}
