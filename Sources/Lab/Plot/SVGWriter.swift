// SVG text, element by element, the same on every machine.
// Not here: what is drawn (PlotRenderer, Heatmap).

/// Builds an SVG document with fixed decimals, escaped text and one element a line.
package struct SVGWriter {
  /// How a text is set.
  package struct TextStyle {
    package var size: Double
    package var isBold: Bool
    package var anchor: String
    package var color: PaletteColor
    package var role: String
    /// Degrees, clockwise, around the text's own place.
    package var rotation: Double

    /// Creates a style; the role names the colour's class.
    package init(
      size: Double, isBold: Bool = false, anchor: String = "start", color: PaletteColor = Palette.ink,
      role: String = "ink", rotation: Double = 0
    ) {
      self.size = size
      self.isBold = isBold
      self.anchor = anchor
      self.color = color
      self.role = role
      self.rotation = rotation
    }
  }

  private var lines: [String] = []
  private var depth = 1
  private let width: Double
  private let height: Double
  private let title: String

  /// Starts a document on white paper; the title is for screen readers.
  package init(width: Double, height: Double, title: String) {
    self.width = width
    self.height = height
    self.title = title
    rectangle(x: 0, y: 0, width: width, height: height, "class=\"paper\" fill=\"\(Palette.paper.light)\"")
  }

  /// The finished document.
  package func document() -> String {
    let (w, h) = (Self.number(width), Self.number(height))
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(w)\" height=\"\(h)\" viewBox=\"0 0 \(w) \(h)\""
      + " role=\"img\" font-family=\"\(TextMetrics.family)\">\n"
    let name = title.isEmpty ? "" : "  <title>\(Self.escaped(title))</title>\n"
    return head + name + lines.map { $0 + "\n" }.joined() + "</svg>\n"
  }

  /// A hash of everything so far, for identifiers that are unique among the figures of one page.
  package var fingerprint: String { String(StableHash.hex(title + lines.joined()).prefix(8)) }

  package mutating func add(_ element: String) {
    lines.append(String(repeating: "  ", count: depth) + element)
  }

  package mutating func open(_ tag: String) {
    add("<\(tag)>")
    depth += 1
  }

  package mutating func close(_ tag: String) {
    depth -= 1
    add("</\(tag)>")
  }

  package mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ attributes: String) {
    add(
      "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\""
        + " height=\"\(Self.number(max(0, height)))\" \(attributes)/>")
  }

  package mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ attributes: String) {
    add(
      "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\""
        + " \(attributes)/>")
  }

  /// A line of a role of the palette.
  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, role: String, color: PaletteColor, width: Double = 1,
    dash: String = ""
  ) {
    let dashed = dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    line(
      x1, y1, x2, y2,
      "class=\"\(role)\" stroke=\"\(color.light)\" stroke-width=\"\(Self.number(width))\"\(dashed)")
  }

  package mutating func path(_ data: String, _ attributes: String) {
    add("<path d=\"\(data)\" \(attributes)/>")
  }

  /// Text with its baseline at `y`.
  package mutating func text(_ text: String, x: Double, y: Double, _ style: TextStyle) {
    var attributes = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(style.size))\""
    if style.isBold { attributes += " font-weight=\"600\"" }
    if style.anchor != "start" { attributes += " text-anchor=\"\(style.anchor)\"" }
    if style.rotation != 0 {
      attributes += " transform=\"rotate(\(Self.number(style.rotation)) \(Self.number(x)) \(Self.number(y)))\""
    }
    add("<text class=\"\(style.role)\" fill=\"\(style.color.light)\" \(attributes)>\(Self.escaped(text))</text>")
  }

  /// At most two decimals: a hundredth of a pixel cannot be seen.
  package static func number(_ value: Double) -> String { NumberText.shortest(value, decimals: 2) }

  /// Text for element content and attribute values; characters that XML forbids are replaced.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
