// Impulse responses on a scene's page: decay of energy and first reflections.
// Not here: how responses are made (Acoustics).

import Foundation
import Lab
import Media

extension ScenePage {
  /// Length of the waveform that is shown after the direct sound, in seconds.
  private static let earlyTime = 0.08
  /// The floor of the decay curves in dB.
  private static let decayFloor = -70.0
  /// Points of a decay curve.
  private static let decayPoints = 300

  var responseBlocks: [Report.Block] {
    let shown = responses.enumerated().filter { ($0.element.channels.first ?? []).contains { $0 != 0 } }
    guard !shown.isEmpty else { return [] }
    let decays = shown.map { index, response in
      PlotSeries(responseName(index), points: Self.decay(response), color: index)
    }
    let end = decays.flatMap(\.points).filter { $0.y > Self.decayFloor }.map(\.x).max() ?? 1
    let decay = Plot(
      title: "Decay of energy in W", x: PlotAxis("time", unit: "s", range: 0...max(end, 0.01)),
      y: PlotAxis("level", unit: "dB", range: Self.decayFloor...2), series: decays,
      references: [PlotReference("T20 from here", value: -5), PlotReference("to here", value: -25)], width: 960,
      height: 380)
    let waves = shown.map { index, response in
      Report.Figure(waveform(response, index: index), caption: "")
    }
    return [
      .figure(.init(decay, caption: "Energy that is still to come, by backward integration.")), .gallery(waves),
    ]
  }

  private func responseName(_ index: Int) -> String {
    index < scene.sources.count ? Self.name(scene.sources[index]) : "response \(index)"
  }

  /// The level of the energy that is still to come.
  ///
  /// > Source: Schroeder, "New method of measuring reverberation time", 1965.
  static func decay(_ response: AudioBuffer) -> [PlotPoint] {
    let samples = response.channels.first ?? []
    var rest = [Double](repeating: 0, count: samples.count)
    var sum = 0.0
    for index in samples.indices.reversed() {
      sum += Double(samples[index]) * Double(samples[index])
      rest[index] = sum
    }
    guard sum > 0, sum.isFinite else { return [] }
    let step = max(1, samples.count / decayPoints)
    return stride(from: 0, to: samples.count, by: step).compactMap { index in
      guard rest[index] > 0 else { return nil }
      return PlotPoint(x: Double(index) / Double(response.sampleRate), y: 10 * log10(rest[index] / sum))
    }
  }

  private func waveform(_ response: AudioBuffer, index: Int) -> Plot {
    let samples = response.channels[0]
    let rate = Double(response.sampleRate)
    let peak = samples.map { abs($0) }.max() ?? 1
    let direct = samples.firstIndex { abs($0) >= peak / 4 } ?? 0
    let first = max(0, direct - Int(0.003 * rate))
    let last = min(samples.count, direct + Int(Self.earlyTime * rate))
    let points = (first..<last).map { PlotPoint(x: 1000 * Double($0) / rate, y: Double(samples[$0] / peak)) }
    return Plot(
      title: "First reflections: \(responseName(index))", x: PlotAxis("time", unit: "ms"),
      y: PlotAxis("W, of its peak", range: -1.05...1.05), series: [PlotSeries("", points: points, color: index)],
      width: 480, height: 280)
  }
}
