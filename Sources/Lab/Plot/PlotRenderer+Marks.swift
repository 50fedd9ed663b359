// Lines with bands, dots and bars.
// Not here: where the axes are (PlotRenderer).

extension PlotRenderer {
  private typealias Place = (x: Double, y: Double)

  mutating func drawMarks() {
    let clip = "plot-\(svg.fingerprint)"
    svg.add(
      "<clipPath id=\"\(clip)\"><rect x=\"\(SVGWriter.number(x.start))\" y=\"\(SVGWriter.number(y.end))\""
        + " width=\"\(SVGWriter.number(x.end - x.start))\" height=\"\(SVGWriter.number(y.start - y.end))\"/></clipPath>"
    )
    svg.open("g clip-path=\"url(#\(clip))\"")
    let lines = plot.series.enumerated().filter { $0.element.mark == .line }
    // All bands and raw lines lie below all strong lines.
    for (index, series) in lines { drawBand(series, number: series.color ?? index) }
    for (index, series) in lines where series.smoothing > 0 {
      drawLine(series.points, series, number: series.color ?? index, isFaint: true)
    }
    drawBars()
    for (index, series) in lines {
      let points = series.smoothing > 0 ? series.smoothedPoints : series.points
      drawLine(points, series, number: series.color ?? index, isFaint: false)
    }
    for (index, series) in plot.series.enumerated() where series.mark == .dots {
      drawDots(series, number: series.color ?? index)
    }
    svg.close("g")
  }

  // MARK: Lines

  private mutating func drawLine(_ points: [PlotPoint], _ series: PlotSeries, number: Int, isFaint: Bool) {
    let runs = runs(points) { $0.y }
    let data = runs.map { Self.polyline(decimated($0)) }.joined(separator: " ")
    guard !data.isEmpty else { return }
    let look =
      isFaint
      ? "stroke-width=\"1\" stroke-opacity=\"0.28\""
      : "stroke-width=\"2\"" + (series.isDashed ? " stroke-dasharray=\"6 4\"" : "")
    svg.path(
      data,
      "class=\"\(Self.strokeClass(number))\" fill=\"none\" stroke=\"\(Palette.color(number).light)\" \(look)"
        + " stroke-linejoin=\"round\" stroke-linecap=\"round\"")
    // A point alone makes no line.
    for run in runs where run.count == 1 && !isFaint { drawDot(run[0], number: number, radius: 2.5) }
  }

  private mutating func drawBand(_ series: PlotSeries, number: Int) {
    let covered = series.points.filter { $0.interval != nil }
    guard covered.count > 1 else { return }
    let upper = runs(covered) { $0.interval?.upper ?? .nan }.first ?? []
    let lower = runs(covered) { $0.interval?.lower ?? .nan }.first ?? []
    guard upper.count > 1, lower.count > 1 else { return }
    svg.path(
      Self.polyline(upper + lower.reversed()) + " Z",
      "class=\"\(Self.fillClass(number))\" fill=\"\(Palette.color(number).light)\" fill-opacity=\"0.16\"")
  }

  /// The places of the points, cut into runs where a value has no place.
  private func runs(_ points: [PlotPoint], _ height: (PlotPoint) -> Double) -> [[Place]] {
    var runs: [[Place]] = [[]]
    for point in points {
      if let px = x.position(point.x), let py = y.position(height(point)) {
        runs[runs.count - 1].append((px, py))
      } else if runs.last?.isEmpty == false {
        runs.append([])
      }
    }
    return runs.filter { !$0.isEmpty }
  }

  /// At most four points a pixel column: first, lowest, highest, last. More cannot be seen.
  private func decimated(_ places: [Place]) -> [Place] {
    guard Double(places.count) > 4 * abs(x.end - x.start) else { return places }
    var result: [Place] = []
    var column: [(index: Int, place: Place)] = []
    func flush() {
      let byHeight = column.sorted { $0.place.y < $1.place.y }
      let chosen = [column.first, byHeight.first, byHeight.last, column.last].compactMap { $0 }
      var seen: Set<Int> = []
      result += chosen.sorted { $0.index < $1.index }.filter { seen.insert($0.index).inserted }.map(\.place)
    }
    for (index, place) in places.enumerated() {
      if let last = column.last, last.place.x.rounded(.down) != place.x.rounded(.down) {
        flush()
        column.removeAll()
      }
      column.append((index, place))
    }
    flush()
    return result
  }

  private static func polyline(_ places: [Place]) -> String {
    places.enumerated().map { index, place in
      (index == 0 ? "M" : "L") + "\(SVGWriter.number(place.x)) \(SVGWriter.number(place.y))"
    }.joined(separator: " ")
  }

  // MARK: Dots

  private mutating func drawDots(_ series: PlotSeries, number: Int) {
    for point in series.points {
      guard let px = x.position(point.x), let py = y.position(point.y) else { continue }
      drawWhisker(point.interval, x: px, role: Self.strokeClass(number), color: Palette.color(number))
      drawDot((px, py), number: number, radius: 4)
    }
  }

  private mutating func drawDot(_ place: Place, number: Int, radius: Double) {
    svg.add(
      "<circle class=\"\(Self.fillClass(number))\" fill=\"\(Palette.color(number).light)\" fill-opacity=\"0.85\""
        + " cx=\"\(SVGWriter.number(place.x))\" cy=\"\(SVGWriter.number(place.y))\" r=\"\(SVGWriter.number(radius))\"/>"
    )
  }

  private mutating func drawWhisker(_ interval: Interval?, x: Double, role: String, color: PaletteColor) {
    guard let interval, let low = y.position(interval.lower), let high = y.position(interval.upper) else { return }
    svg.line(x, low, x, high, role: role, color: color, width: 1.5)
    svg.line(x - 4, low, x + 4, low, role: role, color: color, width: 1.5)
    svg.line(x - 4, high, x + 4, high, role: role, color: color, width: 1.5)
  }

  // MARK: Bars

  private mutating func drawBars() {
    let bars = plot.series.enumerated().filter { $0.element.mark == .bars }
    guard !bars.isEmpty else { return }
    let slot = (x.position(1) ?? 1) - (x.position(0) ?? 0)
    let width = min(56, slot * 0.76 / Double(bars.count))
    let gap = min(3, width * 0.1)
    let base = y.position(0) ?? y.start
    for (rank, (index, series)) in bars.enumerated() {
      let number = series.color ?? index
      let offset = (Double(rank) - Double(bars.count - 1) / 2) * width
      for point in series.points {
        guard let center = x.position(point.x), let height = y.position(point.y) else { continue }
        svg.rectangle(
          x: center + offset - width / 2 + gap / 2, y: min(base, height), width: width - gap,
          height: abs(base - height),
          "rx=\"1.5\" class=\"\(Self.fillClass(number))\" fill=\"\(Palette.color(number).light)\"")
        drawWhisker(point.interval, x: center + offset, role: "ink-line", color: Palette.ink)
      }
    }
  }
}
