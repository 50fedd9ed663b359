// Layout of a chart: heading, legend, axes, grid.
// Not here: the marks of the series (PlotRenderer+Marks), ticks (PlotScale).

/// Draws one ``Plot``.
struct PlotRenderer {
  static let titleSize = 15.0
  static let textSize = 12.0
  static let tickSize = 11.0
  private static let margin = 16.0

  let plot: Plot
  var svg: SVGWriter
  var x: PlotScale
  var y: PlotScale
  /// The top of the area for the marks.
  private var top = PlotRenderer.margin
  private var categoryRotation = 0.0

  init(_ plot: Plot) {
    self.plot = plot
    svg = SVGWriter(width: plot.width, height: plot.height, title: plot.title)
    let points = plot.series.flatMap(\.points)
    let hasBars = plot.series.contains { $0.mark == .bars }
    var yAxis = plot.y
    if hasBars && yAxis.scale == .linear { yAxis.includesZero = true }
    let heights = points.flatMap { [$0.y] + ($0.interval.map { [$0.lower, $0.upper] } ?? []) }
    y = PlotScale(axis: yAxis, values: heights + plot.references.map(\.value), padding: 0.06)
    if plot.x.categories.isEmpty {
      let onlyLines = plot.series.allSatisfy { $0.mark == .line }
      var places = points.map(\.x)
      // Steps that are counted from 1 or 10 belong on an axis from 0.
      if onlyLines, let low = places.min(), let high = places.max(), low > 0, low < 0.05 * high { places.append(0) }
      x = PlotScale(axis: plot.x, values: places, padding: onlyLines ? 0 : 0.05)
    } else {
      var axis = plot.x
      axis.range = -0.5...(Double(plot.x.categories.count) - 0.5)
      x = PlotScale(axis: axis, values: [], padding: 0)
    }
  }

  /// The whole chart.
  func rendered() -> String {
    var renderer = self
    renderer.drawHeading()
    renderer.drawLegend()
    renderer.placeAxes()
    renderer.drawGrid()
    renderer.drawMarks()
    renderer.drawReferences()
    renderer.drawAxes()
    return renderer.svg.document()
  }

  // MARK: Above the chart

  private mutating func drawHeading() {
    let limit = plot.width - 2 * Self.margin
    for line in TextMetrics.wrapped(plot.title, size: Self.titleSize, isBold: true, limit: limit) {
      top += Self.titleSize
      svg.text(line, x: Self.margin, y: top, .init(size: Self.titleSize, isBold: true))
      top += 4
    }
    for line in TextMetrics.wrapped(plot.subtitle, size: Self.textSize, limit: limit) {
      top += Self.textSize
      svg.text(
        line, x: Self.margin, y: top,
        .init(size: Self.textSize, color: Palette.faintInk, role: "faint-ink"))
      top += 4
    }
  }

  /// Entries in rows; no legend for a single series that the heading can name.
  private mutating func drawLegend() {
    let named = plot.series.enumerated().filter { !$0.element.name.isEmpty }
    guard named.count > 1 || (named.count == 1 && plot.title.isEmpty) else {
      top += 8
      return
    }
    var left = Self.margin
    top += 16
    for (index, series) in named {
      let swatch = series.mark == .line ? 22.0 : 12
      let limit = plot.width - 2 * Self.margin - swatch - 6
      let name = TextMetrics.truncated(series.name, size: Self.textSize, limit: limit)
      let width = swatch + 6 + TextMetrics.width(name, size: Self.textSize)
      if left > Self.margin && left + width > plot.width - Self.margin {
        left = Self.margin
        top += 19
      }
      drawSwatch(series, index: index, x: left, y: top - 4, width: swatch)
      svg.text(name, x: left + swatch + 6, y: top, .init(size: Self.textSize))
      left += width + 18
    }
    top += 10
  }

  private mutating func drawSwatch(_ series: PlotSeries, index: Int, x: Double, y: Double, width: Double) {
    let number = series.color ?? index
    switch series.mark {
    case .line:
      svg.line(
        x, y, x + width, y, role: Self.strokeClass(number), color: Palette.color(number), width: 2.5,
        dash: series.isDashed ? "6 4" : "")
    case .dots:
      svg.add(
        "<circle class=\"\(Self.fillClass(number))\" fill=\"\(Palette.color(number).light)\""
          + " cx=\"\(SVGWriter.number(x + width / 2))\" cy=\"\(SVGWriter.number(y))\" r=\"4\"/>")
    case .bars:
      svg.rectangle(
        x: x, y: y - 6, width: width, height: 12,
        "rx=\"2\" class=\"\(Self.fillClass(number))\" fill=\"\(Palette.color(number).light)\"")
    }
  }

  static func strokeClass(_ number: Int) -> String { "stroke-\(number % Palette.series.count)" }
  static func fillClass(_ number: Int) -> String { "fill-\(number % Palette.series.count)" }

  // MARK: Axes

  private var yTicks: [PlotScale.Tick] { y.ticks(about: max(2, Int(plot.height / 52))) }

  private var xTicks: [PlotScale.Tick] {
    if !plot.x.categories.isEmpty {
      return plot.x.categories.enumerated().map { PlotScale.Tick(value: Double($0.offset), label: $0.element) }
    }
    return x.ticks(about: max(2, Int(plot.width / 80)))
  }

  private var tickWidth: Double { yTicks.map { TextMetrics.width($0.label, size: Self.tickSize) }.max() ?? 0 }

  /// Fixes the area for the marks from what the labels need.
  private mutating func placeAxes() {
    let left = Self.margin + (plot.y.title.isEmpty ? 0 : 20) + tickWidth + 8
    let lastLabel = plot.x.categories.isEmpty ? xTicks.last { $0.isMajor }?.label ?? "" : ""
    let right = max(20, TextMetrics.width(lastLabel, size: Self.tickSize) / 2 + 6)
    (x.start, x.end) = (left, plot.width - right)

    var labelHeight = Self.tickSize + 8
    if !plot.x.categories.isEmpty {
      let slot = (x.end - x.start) / Double(plot.x.categories.count)
      let widest = plot.x.categories.map { TextMetrics.width($0, size: Self.tickSize) }.max() ?? 0
      if widest > slot - 6 {
        categoryRotation = -30
        labelHeight += min(widest, plot.height / 3) * 0.5
        // The first label leans out to the left.
        x.start = max(x.start, min(widest, plot.height / 1.5) * 0.87 - slot / 2 + Self.margin)
      }
    }
    let bottom = Self.margin / 2 + labelHeight + (plot.x.title.isEmpty ? 4 : 22)
    (y.start, y.end) = (plot.height - bottom, top + 6)
  }

  private mutating func drawGrid() {
    for tick in yTicks {
      guard let position = y.position(tick.value) else { continue }
      let (role, color) = tick.isMajor ? ("grid", Palette.grid) : ("faint-grid", Palette.faintGrid)
      svg.line(x.start, position, x.end, position, role: role, color: color)
    }
    guard plot.x.categories.isEmpty else { return }
    for tick in xTicks {
      guard let position = x.position(tick.value) else { continue }
      let (role, color) = tick.isMajor ? ("grid", Palette.grid) : ("faint-grid", Palette.faintGrid)
      svg.line(position, y.start, position, y.end, role: role, color: color)
    }
  }

  private mutating func drawAxes() {
    let base = plot.series.contains { $0.mark == .bars } ? y.position(0) ?? y.start : y.start
    svg.line(x.start, base, x.end, base, role: "axis", color: Palette.axis, width: 1.25)
    let faint = SVGWriter.TextStyle(size: Self.tickSize, color: Palette.faintInk, role: "faint-ink")
    for tick in yTicks where tick.isMajor {
      guard let position = y.position(tick.value) else { continue }
      var style = faint
      style.anchor = "end"
      svg.text(tick.label, x: x.start - 8, y: position + 4, style)
    }
    for tick in xTicks where tick.isMajor {
      guard let position = x.position(tick.value) else { continue }
      var style = faint
      style.rotation = categoryRotation
      style.anchor = categoryRotation == 0 ? "middle" : "end"
      let label = TextMetrics.truncated(tick.label, size: Self.tickSize, limit: plot.height / 1.5)
      svg.text(label, x: position, y: y.start + (categoryRotation == 0 ? 17 : 14), style)
    }
    drawAxisTitles()
  }

  private mutating func drawAxisTitles() {
    let title = SVGWriter.TextStyle(size: Self.textSize, anchor: "middle")
    if !plot.x.title.isEmpty {
      let label = TextMetrics.truncated(plot.x.title, size: Self.textSize, limit: x.end - x.start)
      svg.text(label, x: (x.start + x.end) / 2, y: plot.height - Self.margin / 2 - 4, title)
    }
    if !plot.y.title.isEmpty {
      var style = title
      style.rotation = -90
      let label = TextMetrics.truncated(plot.y.title, size: Self.textSize, limit: y.start - y.end + 20)
      svg.text(label, x: x.start - 8 - tickWidth - 10, y: (y.start + y.end) / 2, style)
    }
  }

  private mutating func drawReferences() {
    for reference in plot.references {
      guard let position = y.position(reference.value), min(y.start, y.end)...max(y.start, y.end) ~= position else {
        continue
      }
      svg.line(
        x.start, position, x.end, position, role: "reference", color: Palette.faintInk, width: 1.25, dash: "2 4")
      svg.text(
        reference.label, x: x.end - 4, y: position - 5,
        .init(size: Self.tickSize, anchor: "end", color: Palette.faintInk, role: "faint-ink"))
    }
  }
}
