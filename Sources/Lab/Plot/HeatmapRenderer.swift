// Layout and cells of a heat map, its names and its colour bar.
// Not here: the colours (ColorMap).

import Foundation

/// Draws one ``Heatmap``.
struct HeatmapRenderer {
  private static let margin = 16.0
  private static let barWidth = 14.0
  /// From here on cells are pixels of a picture: a rectangle takes a hundred times as much text.
  private static let cellLimit = 4000
  private static let pictureColors = 255

  let map: Heatmap
  let domain: PlotScale
  let columns: Int
  var left = 0.0
  var top = 0.0
  var cell = (width: 0.0, height: 0.0)

  init(_ map: Heatmap) {
    self.map = map
    columns = map.rows.first?.count ?? 0
    domain = PlotScale(axis: PlotAxis("", range: map.range), values: map.rows.flatMap { $0 }, padding: 0)
  }

  func rendered() -> String {
    var layout = self
    let size = PlotRenderer.textSize
    let limit = map.width - 2 * Self.margin
    let heading = TextMetrics.wrapped(map.title, size: PlotRenderer.titleSize, isBold: true, limit: limit)
    let notes = TextMetrics.wrapped(map.subtitle, size: size, limit: limit)
    layout.top =
      Self.margin + Double(heading.count) * (PlotRenderer.titleSize + 4) + Double(notes.count) * (size + 4) + 10
    let texts =
      heading.map { TextMetrics.width($0, size: PlotRenderer.titleSize, isBold: true) }
      + notes.map { TextMetrics.width($0, size: size) }
    layout.place()
    let width = min(map.width, max(layout.right + layout.barSpace, 2 * Self.margin + (texts.max() ?? 0)))
    let height = layout.bottom + (map.columnLabel.isEmpty ? 8 : 22) + layout.columnNameHeight + Self.margin / 2
    var svg = SVGWriter(width: width, height: height, title: map.title)
    var y = Self.margin
    for line in heading {
      y += PlotRenderer.titleSize
      svg.text(line, x: Self.margin, y: y, .init(size: PlotRenderer.titleSize, isBold: true))
      y += 4
    }
    for line in notes {
      y += size
      svg.text(line, x: Self.margin, y: y, .init(size: size, color: Palette.faintInk, role: "faint-ink"))
      y += 4
    }
    layout.drawCells(in: &svg)
    layout.drawNames(in: &svg, height: height)
    layout.drawColorBar(in: &svg)
    return svg.document()
  }

  private var right: Double { left + Double(columns) * cell.width }
  private var bottom: Double { top + Double(map.rows.count) * cell.height }
  private var rowNames: [String] { map.rowNames.isEmpty ? map.rows.indices.map { "\($0)" } : map.rowNames }
  private var columnNames: [String] { map.columnNames.isEmpty ? (0..<columns).map { "\($0)" } : map.columnNames }
  private var widestColumnName: Double {
    columnNames.map { TextMetrics.width($0, size: PlotRenderer.tickSize) }.max() ?? 0
  }
  /// Names wider than their cells stand on end.
  private var columnNamesStand: Bool { !map.columnNames.isEmpty && widestColumnName > cell.width - 4 }
  private var columnNameHeight: Double { columnNamesStand ? widestColumnName + 8 : PlotRenderer.tickSize + 8 }

  private var barSpace: Double {
    18 + Self.barWidth + 6 + widestBarTick + (map.valueLabel.isEmpty ? 0 : 20) + Self.margin
  }

  private var widestBarTick: Double {
    barTicks.map { TextMetrics.width($0.label, size: PlotRenderer.tickSize) }.max() ?? 0
  }

  private mutating func place() {
    let names = rowNames.map { TextMetrics.width($0, size: PlotRenderer.tickSize) }.max() ?? 0
    left = Self.margin + (map.rowLabel.isEmpty ? 0 : 20) + names + 8
    cell.width = min(88, max(0.5, (map.width - left - barSpace) / Double(max(1, columns))))
    // Nearly square cells, as long as the figure does not get much taller than wide.
    cell.height = min(cell.width, 40, 620 / Double(max(1, map.rows.count)))
    cell.height = max(cell.height, 140 / Double(max(1, map.rows.count)))
  }

  /// 0...1 for finite values.
  private func share(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    let (low, high) = (domain.domain.lowerBound, domain.domain.upperBound)
    return min(max((value - low) / (high - low), 0), 1)
  }

  // MARK: Parts

  private func drawCells(in svg: inout SVGWriter) {
    guard map.rows.count * columns <= Self.cellLimit else {
      drawPicture(in: &svg)
      return
    }
    let largest = map.rows.joined().filter(\.isFinite).map { abs($0) }.max() ?? 0
    let decimals = largest == 0 ? 0 : min(4, max(0, 2 - Int(log10(largest).rounded(.up))))
    let showsValues = cell.width >= 34 && cell.height >= 16
    // Neighbours overlap by half a pixel, or the page shines through between them; small gaps where there is room.
    let gap = cell.width >= 12 && cell.height >= 12 ? -1.0 : 0.5
    svg.open("g shape-rendering=\"\(gap > 0 ? "crispEdges" : "auto")\"")
    for (row, values) in map.rows.enumerated() {
      for (column, value) in values.enumerated() {
        let (x, y) = (left + Double(column) * cell.width, top + Double(row) * cell.height)
        let color = share(value).map { ColorMap.color($0) }
        svg.rectangle(
          x: x, y: y, width: cell.width + gap, height: cell.height + gap,
          color.map { "fill=\"\($0.hex)\"" } ?? "class=\"grid-fill\" fill=\"\(Palette.grid.light)\"")
        if showsValues, let color {
          let ink = color.lightness > 60 ? "#111827" : "#ffffff"
          svg.add(
            "<text x=\"\(SVGWriter.number(x + cell.width / 2))\" y=\"\(SVGWriter.number(y + cell.height / 2 + 3.5))\""
              + " font-size=\"10\" text-anchor=\"middle\" fill=\"\(ink)\">\(NumberText.fixed(value, decimals: decimals))</text>"
          )
        }
      }
    }
    svg.close("g")
  }

  /// One pixel a cell, enlarged without blur. The last colour stands for cells without a value.
  private func drawPicture(in svg: inout SVGWriter) {
    let missing = UInt8(Self.pictureColors)
    let pixels = map.rows.joined().map { value in
      share(value).map { UInt8(($0 * Double(Self.pictureColors - 1)).rounded()) } ?? missing
    }
    let palette = (0..<Self.pictureColors).map { ColorMap.color(Double($0) / Double(Self.pictureColors - 1)) }
    let grey = RGBColor(red: 0.894, green: 0.906, blue: 0.922)
    let file = PNGWriter.encoded(width: columns, pixels: pixels, palette: palette + [grey])
    let data = Data(file).base64EncodedString()
    let (width, height) = (SVGWriter.number(right - left), SVGWriter.number(bottom - top))
    svg.add(
      "<image x=\"\(SVGWriter.number(left))\" y=\"\(SVGWriter.number(top))\" width=\"\(width)\" height=\"\(height)\""
        + " preserveAspectRatio=\"none\" style=\"image-rendering: pixelated\" href=\"data:image/png;base64,\(data)\"/>")
  }

  private func drawNames(in svg: inout SVGWriter, height: Double) {
    let faint = SVGWriter.TextStyle(size: PlotRenderer.tickSize, color: Palette.faintInk, role: "faint-ink")
    for index in Self.spread(rowNames.count, room: cell.height, need: PlotRenderer.tickSize + 3) {
      var style = faint
      style.anchor = "end"
      svg.text(rowNames[index], x: left - 7, y: top + (Double(index) + 0.5) * cell.height + 4, style)
    }
    let need = columnNamesStand ? PlotRenderer.tickSize + 3 : widestColumnName + 6
    for index in Self.spread(columnNames.count, room: cell.width, need: need) {
      let x = left + (Double(index) + 0.5) * cell.width
      var style = faint
      style.anchor = columnNamesStand ? "end" : "middle"
      style.rotation = columnNamesStand ? -90 : 0
      svg.text(columnNames[index], x: x + (columnNamesStand ? 4 : 0), y: bottom + (columnNamesStand ? 8 : 16), style)
    }
    let label = SVGWriter.TextStyle(size: PlotRenderer.textSize, anchor: "middle")
    if !map.columnLabel.isEmpty {
      svg.text(map.columnLabel, x: (left + right) / 2, y: height - Self.margin / 2 - 4, label)
    }
    if !map.rowLabel.isEmpty {
      var style = label
      style.rotation = -90
      svg.text(map.rowLabel, x: Self.margin + PlotRenderer.textSize - 2, y: (top + bottom) / 2, style)
    }
  }

  private var barTicks: [PlotScale.Tick] { domain.ticks(about: 5) }

  private func drawColorBar(in svg: inout SVGWriter) {
    let x = right + 18
    let steps = 64
    let height = (bottom - top) / Double(steps)
    svg.open("g shape-rendering=\"crispEdges\"")
    for step in 0..<steps {
      let color = ColorMap.color(1 - (Double(step) + 0.5) / Double(steps))
      svg.rectangle(
        x: x, y: top + Double(step) * height, width: Self.barWidth, height: height + 0.5, "fill=\"\(color.hex)\"")
    }
    svg.close("g")
    var scale = domain
    (scale.start, scale.end) = (bottom, top)
    for tick in barTicks where tick.isMajor {
      guard let y = scale.position(tick.value) else { continue }
      svg.line(x + Self.barWidth, y, x + Self.barWidth + 3, y, role: "axis", color: Palette.axis)
      svg.text(
        tick.label, x: x + Self.barWidth + 6, y: y + 4,
        .init(size: PlotRenderer.tickSize, color: Palette.faintInk, role: "faint-ink"))
    }
    guard !map.valueLabel.isEmpty else { return }
    svg.text(
      map.valueLabel, x: x + Self.barWidth + 6 + widestBarTick + 16, y: (top + bottom) / 2,
      .init(size: PlotRenderer.textSize, anchor: "middle", rotation: -90))
  }

  /// Every n-th index, so that names do not touch; the first is always among them.
  private static func spread(_ count: Int, room: Double, need: Double) -> [Int] {
    guard count > 0 else { return [] }
    let raw = max(1, Int((need / max(room, 0.01)).rounded(.up)))
    let step = raw == 1 ? 1 : Int(PlotScale.niceStep(Double(raw)))
    return Array(stride(from: 0, to: count, by: max(1, step)))
  }
}
