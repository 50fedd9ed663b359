// Plan and side view of a scene's room with listener, sources and their paths.
// Not here: what happens over time (SceneTimeFigures.swift).

import Foundation
import Lab

/// Draws a room in two projections of one scale.
struct RoomDrawing {
  /// From where the room is seen.
  enum View: CaseIterable {
    /// From above: x to the right, y up.
    case top
    /// Along the y axis: x to the right, z up.
    case side

    var vertical: Int { self == .top ? 1 : 2 }
    var title: String { self == .top ? "From above" : "From the side" }
  }

  private static let width = 480.0
  private static let (left, right, bottom) = (62.0, 22.0, 52.0)

  let scene: SceneMetadata
  /// Places of the sources at their control points, without those that are not numbers.
  private let paths: [[[Double]]]
  private let listener: [Double]?
  /// Lower and upper ends of what has to be seen, along x, y, z.
  private let extent: [ClosedRange<Double>]

  init(_ scene: SceneMetadata) {
    self.scene = scene
    func isPlace(_ place: [Double]) -> Bool { place.count == 3 && place.allSatisfy { abs($0) < 1e6 } }
    paths = scene.sources.map { $0.positions.filter(isPlace) }
    listener = isPlace(scene.listener.position) ? scene.listener.position : nil
    var places = paths.flatMap { $0 } + [listener].compactMap { $0 }
    if isPlace(scene.room.size) { places += [[0, 0, 0], scene.room.size] }
    extent = (0..<3).map { axis in
      let values = places.map { $0[axis] }
      guard let low = values.min(), let high = values.max() else { return 0...1 }
      return high - low > 0.1 ? low...high : (low - 0.5)...(low + 0.5)
    }
  }

  /// The drawing as an SVG document.
  func svg(_ view: View) -> String {
    let vertical = extent[view.vertical]
    let span = extent[0].upperBound - extent[0].lowerBound
    let depth = extent[1].upperBound - extent[1].lowerBound
    // Both views share the scale, which the plan's larger side fixes.
    let scale = min((Self.width - Self.left - Self.right) / span, 400 / depth)
    let height = (vertical.upperBound - vertical.lowerBound) * scale
    let drawn = span * scale
    let start = Self.left + (Self.width - Self.left - Self.right - drawn) / 2
    let labels = labelTexts(drawn: drawn)
    var probe = SVGWriter(width: Self.width, height: 1, title: "")
    let top = drawHeading(view, needsLegend: labels.needsLegend, in: &probe)
    var svg = SVGWriter(width: Self.width, height: top + height + Self.bottom, title: view.title)
    _ = drawHeading(view, needsLegend: labels.needsLegend, in: &svg)
    let axes = FigureAxes(
      x: extent[0], y: vertical, left: start, right: start + drawn, top: top, bottom: top + height)
    axes.drawFrame(
      in: &svg, xTitle: "x (m)", yTitle: view == .top ? "y (m)" : "z (m)", xTicks: max(2, Int(drawn / 60)),
      yTicks: axes.y.ticks(about: max(2, Int(height / 45))))
    drawWalls(axes, view, in: &svg)
    // Inside of the walls, where no numbers of the axes are.
    var placer = LabelPlacer(x: (start + 3)...(start + drawn - 3), y: (top + 3)...(top + height - 3))
    for (index, path) in paths.enumerated() { drawPath(path, index, axes, view, &placer, in: &svg) }
    drawListener(axes, view, &placer, in: &svg)
    let dots = paths.map { path in path.first.flatMap { axes.place($0[0], $0[view.vertical]) } }
    for dot in dots.compactMap({ $0 }) { placer.keepClear(dot, radius: 6) }
    for (index, dot) in dots.enumerated() {
      guard let dot else { continue }
      FigureAxes.drawDot(dot, radius: 6, color: index, in: &svg)
      placer.draw(labels.texts[index], beside: dot, in: &svg)
    }
    return svg.document()
  }

  /// Names beside the dots where there is room for them, otherwise numbers there and names in a legend.
  private func labelTexts(drawn: Double) -> (texts: [String], needsLegend: Bool) {
    let names = scene.sources.map(ScenePage.name)
    let widest = names.map { TextMetrics.width($0, size: FigureAxes.textSize) }.max() ?? 0
    if names.count <= 4, widest < 0.4 * drawn { return (names, false) }
    return (scene.sources.map { "\($0.id)" }, true)
  }

  /// Returns the upper edge of the room for the axes.
  private func drawHeading(_ view: View, needsLegend: Bool, in svg: inout SVGWriter) -> Double {
    svg.text(view.title, x: 16, y: 24, .init(size: FigureAxes.titleSize, isBold: true))
    guard needsLegend else { return 40 }
    let names = scene.sources.map(ScenePage.name)
    return FigureAxes.drawLegend(names, left: 16, right: Self.width - 16, top: 34, in: &svg) + 10
  }

  private func drawWalls(_ axes: FigureAxes, _ view: View, in svg: inout SVGWriter) {
    guard scene.room.size.count == 3, let low = axes.place(0, 0),
      let high = axes.place(scene.room.size[0], scene.room.size[view.vertical])
    else { return }
    svg.rectangle(
      x: low.x, y: high.y, width: high.x - low.x, height: low.y - high.y,
      "class=\"ink-line\" fill=\"none\" stroke=\"\(Palette.ink.light)\" stroke-width=\"2.5\"")
  }

  /// The line of a moving source, with the direction of time at its end.
  private func drawPath(
    _ path: [[Double]], _ index: Int, _ axes: FigureAxes, _ view: View, _ labels: inout LabelPlacer,
    in svg: inout SVGWriter
  ) {
    let places = path.compactMap { axes.place($0[0], $0[view.vertical]) }
    for (a, b) in zip(places, places.dropFirst()) {
      let steps = min(200, Int(hypot(b.x - a.x, b.y - a.y) / 8) + 1)
      for step in 0...steps {
        let share = Double(step) / Double(steps)
        labels.keepClear((a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)), radius: 4)
      }
    }
    guard places.count > 1, let end = places.last else { return }
    axes.drawCurve(path.map { ($0[0], $0[view.vertical]) }, color: index, width: 2, in: &svg)
    // The last stretch that is long enough to have a direction.
    let before = places.last { hypot(end.x - $0.x, end.y - $0.y) > 2 }
    guard let before else { return }
    FigureAxes.drawArrowhead(
      end, along: (end.x - before.x, end.y - before.y), size: 11, FigureAxes.fillClass(index), in: &svg)
  }

  private func drawListener(_ axes: FigureAxes, _ view: View, _ labels: inout LabelPlacer, in svg: inout SVGWriter) {
    guard let listener, let place = axes.place(listener[0], listener[view.vertical]) else { return }
    let yaw = scene.listener.yaw * .pi / 180
    let length = 26.0
    let vector = view == .top ? (x: length * cos(yaw), y: -length * sin(yaw)) : (x: length * cos(yaw), y: 0)
    let tip = (x: place.x + vector.x, y: place.y + vector.y)
    if tip.x.isFinite, tip.y.isFinite {
      svg.line(place.x, place.y, tip.x, tip.y, role: "ink-line", color: Palette.ink, width: 2)
      if hypot(vector.x, vector.y) > 6 {
        FigureAxes.drawArrowhead(
          tip, along: vector, size: 9, "class=\"ink\" fill=\"\(Palette.ink.light)\"", in: &svg)
      }
      labels.keepClear(tip, radius: 6)
      labels.keepClear(((place.x + tip.x) / 2, (place.y + tip.y) / 2), radius: 6)
    }
    svg.add(
      "<circle class=\"ink\" fill=\"\(Palette.ink.light)\" cx=\"\(SVGWriter.number(place.x))\""
        + " cy=\"\(SVGWriter.number(place.y))\" r=\"6\"/>")
    labels.draw("listener", beside: place, in: &svg)
  }
}

/// Puts labels beside their places so that they do not lie on each other.
private struct LabelPlacer {
  private struct Box {
    var left: Double, right: Double, top: Double, bottom: Double

    func overlap(with other: Box) -> Double {
      max(0, min(right, other.right) - max(left, other.left)) * max(0, min(bottom, other.bottom) - max(top, other.top))
    }
  }

  let x: ClosedRange<Double>
  let y: ClosedRange<Double>
  private var taken: [Box] = []

  init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
    self.x = x
    self.y = y
  }

  mutating func keepClear(_ place: (x: Double, y: Double), radius: Double) {
    taken.append(
      Box(left: place.x - radius, right: place.x + radius, top: place.y - radius, bottom: place.y + radius))
  }

  /// The label at the best of eight places around the dot, inside the paper.
  mutating func draw(_ text: String, beside place: (x: Double, y: Double), in svg: inout SVGWriter) {
    let size = FigureAxes.textSize
    let label = TextMetrics.truncated(text, size: size, limit: 180)
    let (width, height) = (TextMetrics.width(label, size: size), size)
    keepClear(place, radius: 6)
    let offsets: [(Double, Double)] = [
      (10, -height / 2), (-10 - width, -height / 2), (-width / 2, -12 - height), (-width / 2, 10), (8, -10 - height),
      (8, 8), (-8 - width, -10 - height), (-8 - width, 8), (-width / 2, -28 - height), (-width / 2, 26),
    ]
    let boxes = offsets.map { dx, dy in
      Box(left: place.x + dx, right: place.x + dx + width, top: place.y + dy, bottom: place.y + dy + height)
    }
    func cost(_ box: Box) -> Double {
      let inside = Box(left: x.lowerBound, right: x.upperBound, top: y.lowerBound, bottom: y.upperBound)
      return taken.reduce(3 * (width * height - box.overlap(with: inside))) { $0 + $1.overlap(with: box) }
    }
    guard let best = boxes.min(by: { cost($0) < cost($1) - 0.01 }) else { return }
    taken.append(best)
    svg.text(label, x: best.left, y: best.bottom - 2, .init(size: size))
  }
}
