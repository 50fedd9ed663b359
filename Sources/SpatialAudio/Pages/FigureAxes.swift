// Axes, curves and legends that the figures of a scene's page have in common.
// Not here: what the figures show (RoomDrawing.swift, SceneTimeFigures.swift); charts of numbers (Lab's Plot).

import Lab

/// A pair of linear axes with its place on the paper.
struct FigureAxes {
  static let titleSize = 15.0
  static let textSize = 12.0
  static let tickSize = 11.0

  var x: PlotScale
  var y: PlotScale

  /// Axes in a rectangle of pixels; larger `y` are further up.
  init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, left: Double, right: Double, top: Double, bottom: Double
  ) {
    self.x = PlotScale(axis: PlotAxis("", range: x), values: [], padding: 0)
    self.y = PlotScale(axis: PlotAxis("", range: y), values: [], padding: 0)
    (self.x.start, self.x.end) = (left, right)
    (self.y.start, self.y.end) = (bottom, top)
  }

  /// The pixel of a place; nil for what is not a number.
  func place(_ horizontal: Double, _ vertical: Double) -> (x: Double, y: Double)? {
    guard let px = x.position(horizontal), let py = y.position(vertical) else { return nil }
    return (px, py)
  }

  // MARK: Frame

  /// Grid lines and labels. Empty titles take no room.
  func drawFrame(
    in svg: inout SVGWriter, xTitle: String, yTitle: String, xTicks: Int, yTicks: [PlotScale.Tick],
    drawsGrid: Bool = true
  ) {
    let faint = SVGWriter.TextStyle(size: Self.tickSize, color: Palette.faintInk, role: "faint-ink")
    for tick in yTicks where tick.isMajor {
      guard let position = y.position(tick.value) else { continue }
      if drawsGrid { svg.line(x.start, position, x.end, position, role: "grid", color: Palette.grid) }
      var style = faint
      style.anchor = "end"
      svg.text(tick.label, x: x.start - 7, y: position + 4, style)
    }
    for tick in x.ticks(about: xTicks) where tick.isMajor {
      guard let position = x.position(tick.value) else { continue }
      if drawsGrid { svg.line(position, y.start, position, y.end, role: "grid", color: Palette.grid) }
      var style = faint
      style.anchor = "middle"
      svg.text(tick.label, x: position, y: y.start + 17, style)
    }
    svg.line(x.start, y.start, x.end, y.start, role: "axis", color: Palette.axis, width: 1.25)
    var style = SVGWriter.TextStyle(size: Self.textSize, anchor: "middle")
    if !xTitle.isEmpty { svg.text(xTitle, x: (x.start + x.end) / 2, y: y.start + 35, style) }
    style.rotation = -90
    if !yTitle.isEmpty { svg.text(yTitle, x: x.start - 42, y: (y.start + y.end) / 2, style) }
  }

  // MARK: Marks

  /// A curve in the colour of a series.
  func drawCurve(_ points: [(x: Double, y: Double)], color: Int, width: Double = 2.5, in svg: inout SVGWriter) {
    let places = points.compactMap { place($0.x, $0.y) }
    guard let first = places.first else { return }
    if places.count == 1 {
      Self.drawDot(first, radius: 3, color: color, in: &svg)
      return
    }
    let data = places.enumerated().map { index, place in
      (index == 0 ? "M" : "L") + "\(SVGWriter.number(place.x)) \(SVGWriter.number(place.y))"
    }
    svg.path(
      data.joined(separator: " "),
      "\(Self.strokeClass(color)) fill=\"none\" stroke-width=\"\(SVGWriter.number(width))\" stroke-linejoin=\"round\""
        + " stroke-linecap=\"round\"")
  }

  static func drawDot(_ place: (x: Double, y: Double), radius: Double, color: Int, in svg: inout SVGWriter) {
    svg.add(
      "<circle \(fillClass(color)) cx=\"\(SVGWriter.number(place.x))\" cy=\"\(SVGWriter.number(place.y))\""
        + " r=\"\(SVGWriter.number(radius))\"/>")
  }

  /// A triangle with its tip at a place, pointing along a vector in pixels; nothing for a vector of no length.
  static func drawArrowhead(
    _ tip: (x: Double, y: Double), along vector: (x: Double, y: Double), size: Double, _ attributes: String,
    in svg: inout SVGWriter
  ) {
    let length = (vector.x * vector.x + vector.y * vector.y).squareRoot()
    guard length > 0, length.isFinite else { return }
    let (u, v) = (vector.x / length, vector.y / length)
    let corners = [
      (tip.x, tip.y), (tip.x - size * u + size * 0.5 * v, tip.y - size * v - size * 0.5 * u),
      (tip.x - size * u - size * 0.5 * v, tip.y - size * v + size * 0.5 * u),
    ]
    let data = corners.map { "\(SVGWriter.number($0.0)) \(SVGWriter.number($0.1))" }.joined(separator: " L")
    svg.path("M\(data) Z", attributes)
  }

  static func strokeClass(_ index: Int) -> String {
    "class=\"stroke-\(index % Palette.series.count)\" stroke=\"\(Palette.color(index).light)\""
  }

  static func fillClass(_ index: Int) -> String {
    "class=\"fill-\(index % Palette.series.count)\" fill=\"\(Palette.color(index).light)\""
  }

  // MARK: Legend

  /// Lines with names in rows, from `top` down; returns the lower edge.
  static func drawLegend(_ names: [String], left: Double, right: Double, top: Double, in svg: inout SVGWriter) -> Double
  {
    var (x, y) = (left, top + 12)
    for (index, full) in names.enumerated() {
      let name = TextMetrics.truncated(full, size: textSize, limit: right - left - 30)
      let width = 28 + TextMetrics.width(name, size: textSize)
      if x > left, x + width > right { (x, y) = (left, y + 19) }
      svg.add(
        "<line \(strokeClass(index)) stroke-width=\"2.5\" x1=\"\(SVGWriter.number(x))\" y1=\"\(SVGWriter.number(y - 4))\""
          + " x2=\"\(SVGWriter.number(x + 22))\" y2=\"\(SVGWriter.number(y - 4))\"/>")
      svg.text(name, x: x + 28, y: y, .init(size: textSize))
      x += width + 18
    }
    return names.isEmpty ? top : y + 6
  }
}
