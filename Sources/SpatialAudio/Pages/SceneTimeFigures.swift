// What happens in a scene over time: activity, spectrum, directions. All figures have the same time axis.
// Not here: measuring (SceneAnalysis.swift), places in the room (RoomDrawing.swift).

import Foundation
import Lab

/// Draws the figures with a time axis.
struct SceneTimeFigures {
  private static let width = 960.0
  private static let (left, right) = (68.0, 84.0)
  private static let spectrumHeight = 240.0
  /// What the spectrum's colours span, in dB.
  private static let dynamicRange = 80.0

  let scene: SceneMetadata
  private let times: ClosedRange<Double>

  /// Figures from 0 to `duration` seconds.
  init(_ scene: SceneMetadata, duration: Double) {
    self.scene = scene
    times = 0...(duration.isFinite && duration > 0 ? duration : 1)
  }

  private func axes(_ y: ClosedRange<Double>, top: Double, height: Double) -> FigureAxes {
    FigureAxes(
      x: times, y: y, left: Self.left, right: Self.width - Self.right, top: top, bottom: top + height)
  }

  private func document(_ title: String, height: Double) -> SVGWriter {
    var svg = SVGWriter(width: Self.width, height: height, title: title)
    svg.text(title, x: 16, y: 24, .init(size: FigureAxes.titleSize, isBold: true))
    return svg
  }

  // MARK: Activity

  /// A bar for each source from onset to offset, with its name above.
  var timeline: String {
    let row = 34.0
    let height = row * Double(max(1, scene.sources.count)) + 4
    var svg = document("Activity", height: 36 + height + 48)
    let axes = axes(0...1, top: 36, height: height)
    axes.drawFrame(in: &svg, xTitle: "time (s)", yTitle: "", xTicks: 10, yTicks: [])
    for (index, source) in scene.sources.enumerated() {
      let top = 36 + row * Double(index)
      let name = TextMetrics.truncated(ScenePage.name(source), size: FigureAxes.textSize, limit: 400)
      guard let start = inside(source.onset), let end = inside(source.offset),
        let x = axes.x.position(start), let last = axes.x.position(max(start, end))
      else { continue }
      svg.rectangle(
        x: x, y: top + 19, width: max(2, last - x), height: 11, "rx=\"2\" \(FigureAxes.fillClass(index))")
      let room = axes.x.end - TextMetrics.width(name, size: FigureAxes.textSize)
      svg.text(name, x: max(axes.x.start, min(x, room)), y: top + 15, .init(size: FigureAxes.textSize))
    }
    return svg.document()
  }

  private func inside(_ time: Double) -> Double? {
    time.isFinite ? min(max(time, times.lowerBound), times.upperBound) : nil
  }

  // MARK: Spectrum

  /// Levels of W as colours, with their scale.
  func spectrogram(_ analysis: SceneAnalysis) -> String {
    var svg = document("Spectrum of W", height: 36 + Self.spectrumHeight + 48)
    let axes = axes(0...(analysis.nyquist / 1000), top: 36, height: Self.spectrumHeight)
    let top = ((analysis.loudest ?? 0) / 10).rounded(.up) * 10
    let range = (top - Self.dynamicRange)...top
    drawPicture(analysis, range, axes, in: &svg)
    axes.drawFrame(
      in: &svg, xTitle: "time (s)", yTitle: "frequency (kHz)", xTicks: 10, yTicks: axes.y.ticks(about: 6),
      drawsGrid: false)
    drawColorBar(range, axes, in: &svg)
    return svg.document()
  }

  /// One pixel for each frame and row, enlarged without blur.
  private func drawPicture(
    _ analysis: SceneAnalysis, _ range: ClosedRange<Double>, _ axes: FigureAxes, in svg: inout SVGWriter
  ) {
    let rows = analysis.spectra.first?.count ?? 0
    let columns = analysis.spectra.count
    guard rows > 0, let end = axes.x.position(min(times.upperBound, Double(columns) * analysis.hop)) else { return }
    let colors = 256
    let span = range.upperBound - range.lowerBound
    var pixels: [UInt8] = []
    pixels.reserveCapacity(rows * columns)
    for row in (0..<rows).reversed() {
      for column in 0..<columns {
        let share = (analysis.spectra[column][row] - range.lowerBound) / span
        pixels.append(UInt8((min(max(share, 0), 1) * Double(colors - 1)).rounded()))
      }
    }
    let palette = (0..<colors).map { ColorMap.color(Double($0) / Double(colors - 1)) }
    let data = Data(PNGWriter.encoded(width: columns, pixels: pixels, palette: palette)).base64EncodedString()
    let (x, y) = (SVGWriter.number(axes.x.start), SVGWriter.number(axes.y.end))
    svg.add(
      "<image x=\"\(x)\" y=\"\(y)\" width=\"\(SVGWriter.number(end - axes.x.start))\""
        + " height=\"\(SVGWriter.number(axes.y.start - axes.y.end))\" preserveAspectRatio=\"none\""
        + " style=\"image-rendering: pixelated\" href=\"data:image/png;base64,\(data)\"/>")
  }

  private func drawColorBar(_ range: ClosedRange<Double>, _ axes: FigureAxes, in svg: inout SVGWriter) {
    let (x, steps) = (axes.x.end + 14, 64)
    let height = (axes.y.start - axes.y.end) / Double(steps)
    svg.open("g shape-rendering=\"crispEdges\"")
    for step in 0..<steps {
      let color = ColorMap.color(1 - (Double(step) + 0.5) / Double(steps))
      svg.rectangle(
        x: x, y: axes.y.end + Double(step) * height, width: 12, height: height + 0.5, "fill=\"\(color.hex)\"")
    }
    svg.close("g")
    var scale = PlotScale(axis: PlotAxis("", range: range), values: [], padding: 0)
    (scale.start, scale.end) = (axes.y.start, axes.y.end)
    for tick in scale.ticks(about: 5) where tick.isMajor {
      guard let y = scale.position(tick.value) else { continue }
      svg.text(
        tick.label, x: x + 17, y: y + 4,
        .init(size: FigureAxes.tickSize, color: Palette.faintInk, role: "faint-ink"))
    }
    svg.text("dB", x: x, y: axes.y.end - 6, .init(size: FigureAxes.textSize))
  }

  // MARK: Directions

  /// Azimuth and elevation: where the sources are, and where the energy comes from.
  func directions(_ analysis: SceneAnalysis) -> String {
    // The legend's height is known after it was drawn once.
    var probe = SVGWriter(width: Self.width, height: 1, title: "")
    let names = scene.sources.map(ScenePage.name)
    let top =
      FigureAxes.drawLegend(names, left: 16, right: Self.width - 16, top: 34, in: &probe) + 12
    var svg = document("Directions", height: top + 240 + 30 + 140 + 48)
    _ = FigureAxes.drawLegend(names, left: 16, right: Self.width - 16, top: 34, in: &svg)
    let azimuth = axes(-180...180, top: top, height: 240)
    let elevation = axes(-90...90, top: top + 240 + 30, height: 140)
    azimuth.drawFrame(
      in: &svg, xTitle: "", yTitle: "azimuth (°)", xTicks: 10,
      yTicks: Self.ticks([-180, -90, 0, 90, 180]))
    elevation.drawFrame(
      in: &svg, xTitle: "time (s)", yTitle: "elevation (°)", xTicks: 10, yTicks: Self.ticks([-90, -45, 0, 45, 90]))
    drawSides(azimuth, elevation, in: &svg)
    drawMeasured(analysis, azimuth, elevation, in: &svg)
    for (index, source) in scene.sources.enumerated() {
      guard let start = inside(source.onset), let end = inside(source.offset) else { continue }
      let track = SourceTrack(source)
      for curve in track.azimuthCurves(from: start, to: end) {
        azimuth.drawCurve(curve.map { ($0.time, $0.value) }, color: index, in: &svg)
      }
      let curve = track.elevationCurve(from: start, to: end)
      elevation.drawCurve(curve.map { ($0.time, $0.value) }, color: index, in: &svg)
    }
    return svg.document()
  }

  private static func ticks(_ values: [Int]) -> [PlotScale.Tick] {
    values.map { PlotScale.Tick(value: Double($0), label: $0 < 0 ? "−\(-$0)" : "\($0)") }
  }

  /// What the angles mean, at the right ends of the axes.
  private func drawSides(_ azimuth: FigureAxes, _ elevation: FigureAxes, in svg: inout SVGWriter) {
    let style = SVGWriter.TextStyle(size: FigureAxes.tickSize, color: Palette.faintInk, role: "faint-ink")
    let names = [(180.0, "back"), (90, "left"), (0, "front"), (-90, "right"), (-180, "back")]
    for (angle, name) in names {
      guard let y = azimuth.y.position(angle) else { continue }
      svg.text(name, x: azimuth.x.end + 8, y: y + 4, style)
    }
    for (angle, name) in [(90.0, "above"), (0, "level"), (-90, "below")] {
      guard let y = elevation.y.position(angle) else { continue }
      svg.text(name, x: elevation.x.end + 8, y: y + 4, style)
    }
  }

  private func drawMeasured(
    _ analysis: SceneAnalysis, _ azimuth: FigureAxes, _ elevation: FigureAxes, in svg: inout SVGWriter
  ) {
    svg.open("g class=\"ink\" fill=\"\(Palette.ink.light)\"")
    for frame in analysis.frames where frame.level > -SceneAnalysis.levelRange {
      guard let direction = frame.direction else { continue }
      let opacity = 0.12 + 0.68 * (1 + frame.level / SceneAnalysis.levelRange)
      for place in [
        azimuth.place(frame.time, direction.azimuth), elevation.place(frame.time, direction.elevation),
      ].compactMap({ $0 }) {
        svg.add(
          "<circle cx=\"\(SVGWriter.number(place.x))\" cy=\"\(SVGWriter.number(place.y))\" r=\"2.6\""
            + " fill-opacity=\"\(SVGWriter.number(opacity))\"/>")
      }
    }
    svg.close("g")
  }
}
