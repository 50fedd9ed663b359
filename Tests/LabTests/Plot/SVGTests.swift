// Figures: golden files, well-formed, no text outside the paper.
//
// `Tests/Fixtures/Lab/figures` holds the figures; after a wanted change of the look, a run with
// LAB_UPDATE_FIXTURES=1 writes them anew.

import Foundation
import FoundationXML
import Lab
import Testing

@Suite struct SVGTests {
  @Test(arguments: ["bands", "bars", "attention", "names", "change", "dots"]) func golden(name: String) throws {
    let svg = try #require(SampleFigures.all.first { $0.name == name }?.svg)
    let file = fixture("figures/\(name).svg")
    if ProcessInfo.processInfo.environment["LAB_UPDATE_FIXTURES"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(svg.utf8).write(to: file)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let different = zip(svg.split(separator: "\n"), golden.split(separator: "\n")).first { $0 != $1 }
    #expect(svg == golden, "first difference: \(String(describing: different))")
  }

  @Test(arguments: SampleFigures.all.map(\.name)) func wellFormedAndInsideThePaper(name: String) throws {
    let svg = try #require(SampleFigures.all.first { $0.name == name }?.svg)
    let reader = SVGReader()
    #expect(reader.read(svg), "\(name): \(reader.problem)")
    #expect(!reader.texts.isEmpty)
    for text in reader.texts {
      #expect(
        text.left >= 0 && text.right <= reader.width && text.top >= 0 && text.bottom <= reader.height,
        "\(name): '\(text.content)' reaches from (\(text.left), \(text.top)) to (\(text.right), \(text.bottom))")
    }
    #expect(!svg.contains("nan") && !svg.contains("inf\""), "\(name) has numbers that are none")
  }

  @Test func theSameValueGivesTheSameText() {
    #expect(SampleFigures.training.svg == SampleFigures.training.svg)
  }

  @Test func hostileValuesStillGiveAChart() throws {
    let odd: [Double] = [
      .nan, .infinity, -.infinity, 0, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -1, 1e-300,
    ]
    for scale in [PlotAxis.Scale.linear, .logarithmic] {
      for mark in [PlotSeries.Mark.line, .dots, .bars] {
        for values in [[], [Double.nan], [0], [5], [5, 5], odd] {
          let points = values.enumerated().map {
            PlotPoint(x: Double($0.offset), y: $0.element, interval: Interval(lower: $0.element, upper: .nan))
          }
          let plot = Plot(
            title: "<&>\"'\u{1}", x: PlotAxis("x", scale: scale), y: PlotAxis("y", scale: scale),
            series: [PlotSeries("a & b", mark, points: points, smoothing: 0.5), PlotSeries("", mark, points: [])])
          let reader = SVGReader()
          #expect(reader.read(plot.svg), "\(scale) \(mark) \(values): \(reader.problem)")
          #expect(!plot.svg.contains("\"nan") && !plot.svg.contains("inf\""), "\(scale) \(mark) \(values)")
        }
      }
    }
    for rows in [[], [[]], [[.nan]], [[1, 1], [1, 1]], [odd]] as [[[Double]]] {
      let reader = SVGReader()
      #expect(reader.read(Heatmap(rows: rows).svg), "\(rows): \(reader.problem)")
    }
  }

  @Test func longTextsWrapOrEnd() throws {
    let long = Array(repeating: "many words", count: 40).joined(separator: " ")
    let plot = Plot(
      title: long, subtitle: long, x: PlotAxis(long), y: PlotAxis(long),
      series: (0..<9).map { PlotSeries("\($0) \(long)", points: [PlotPoint(x: 0, y: 1), PlotPoint(x: 1, y: 2)]) },
      height: 900)
    let reader = SVGReader()
    #expect(reader.read(plot.svg), "\(reader.problem)")
    for text in reader.texts {
      #expect(text.left >= 0 && text.right <= reader.width && text.top >= 0, "'\(text.content)'")
    }
  }

  @Test func longSeriesAreThinnedWithoutLosingPeaks() {
    var points = (0..<200_000).map { PlotPoint(x: Double($0), y: 0) }
    points[123_456].y = 1
    let plot = Plot(x: PlotAxis("x"), y: PlotAxis("y", range: 0...1), series: [PlotSeries("a", points: points)])
    #expect(plot.svg.utf8.count < 100_000)
    let without = Plot(
      x: PlotAxis("x"), y: PlotAxis("y", range: 0...1),
      series: [PlotSeries("a", points: points.map { PlotPoint(x: $0.x, y: 0) })])
    #expect(plot.svg != without.svg)
  }

  @Test func theColourMapGrowsEvenlyInLightness() {
    let steps = (0...255).map { ColorMap.color(Double($0) / 255).lightness }
    for (a, b) in zip(steps, steps.dropFirst()) { #expect(b > a) }
    // Even: no step is more than twice the mean step.
    let mean = (steps[255] - steps[0]) / 255
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $1 - $0 < 2 * mean })
    #expect(ColorMap.color(-1).hex == "#440154")
    #expect(ColorMap.color(2).hex == "#fde725")
  }

  /// Writes all figures where a person can look at them.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["LAB_FIGURES"] != nil, "only on request"))
  func writeForTheEye() throws {
    let directory = URL(fileURLWithPath: ProcessInfo.processInfo.environment["LAB_FIGURES"] ?? "")
    for (name, svg) in SampleFigures.all {
      try Data(svg.utf8).write(to: directory.appending(path: "\(name).svg"))
    }
  }
}

/// Reads SVG as XML and estimates where its texts are.
private final class SVGReader: NSObject, XMLParserDelegate {
  struct Text {
    var content = ""
    var left = 0.0, right = 0.0, top = 0.0, bottom = 0.0
  }

  var width = 0.0
  var height = 0.0
  var texts: [Text] = []
  var problem = ""
  private var attributes: [String: String] = [:]
  private var content: String?

  func read(_ svg: String) -> Bool {
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    let isGood = parser.parse()
    if !isGood { problem = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    return isGood
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    if name == "svg" {
      width = Double(attributes["width"] ?? "") ?? 0
      height = Double(attributes["height"] ?? "") ?? 0
    }
    if name == "text" {
      self.attributes = attributes
      content = ""
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { content? += string }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    guard name == "text", let content else { return }
    self.content = nil
    func number(_ name: String) -> Double { Double(attributes[name] ?? "") ?? 0 }
    let size = number("font-size")
    // Half the font size a character is near the mean of the widest font of the list.
    let length = Double(content.count) * size * 0.5
    var (from, to) = (0.0, length)
    if attributes["text-anchor"] == "middle" { (from, to) = (-length / 2, length / 2) }
    if attributes["text-anchor"] == "end" { (from, to) = (-length, 0) }
    let angle =
      (attributes["transform"]?.split(whereSeparator: { "( ".contains($0) }).dropFirst().first)
      .flatMap { Double($0) } ?? 0
    let (c, s) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
    let corners = [(from, 0.0), (to, 0), (from, -0.7 * size), (to, -0.7 * size)].map {
      (number("x") + $0.0 * c - $0.1 * s, number("y") + $0.0 * s + $0.1 * c)
    }
    texts.append(
      Text(
        content: content, left: corners.map(\.0).min() ?? 0, right: corners.map(\.0).max() ?? 0,
        top: corners.map(\.1).min() ?? 0, bottom: corners.map(\.1).max() ?? 0))
  }
}
