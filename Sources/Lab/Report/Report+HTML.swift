// Reports as one HTML file that needs nothing else: style, figures and pictures are inside.
// Not here: the style sheet itself (Stylesheet).

import Foundation

extension Report {
  /// The blocks alone.
  var htmlBody: String { blocks.map { Self.html($0) }.joined() }

  /// The document as HTML, well-formed as XML too, without any external resource.
  public var html: String {
    let body = htmlBody
    let name = SVGWriter.escaped(title)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>\(name)</title>
      <style>
      \(Stylesheet.text)</style>
      </head>
      <body>
      <main>
      <header><h1>\(name)</h1>\(subtitle.isEmpty ? "" : "<p class=\"subtitle\">\(SVGWriter.escaped(subtitle))</p>")</header>
      \(body)</main>
      </body>
      </html>

      """
  }

  private static func html(_ block: Block) -> String {
    switch block {
    case .heading(let text, let level):
      let level = min(max(level, 2), 6)
      return "<h\(level) id=\"\(anchor(text))\">\(SVGWriter.escaped(text))</h\(level)>\n"
    case .paragraph(let text): return "<p>\(inline(text))</p>\n"
    case .list(let items):
      return "<ul>\n" + items.map { "<li>\(inline($0))</li>\n" }.joined() + "</ul>\n"
    case .table(let table): return html(table)
    case .figure(let figure): return html(figure)
    case .gallery(let figures):
      return "<div class=\"gallery\">\n" + figures.map { html($0) }.joined() + "</div>\n"
    case .code(let text, _):
      return "<pre><code>\(SVGWriter.escaped(text))</code></pre>\n"
    case .facts(let facts):
      let items = facts.map { "<div><dt>\(SVGWriter.escaped($0.name))</dt><dd>\(inline($0.value))</dd></div>\n" }
      return "<dl>\n" + items.joined() + "</dl>\n"
    case .details(let summary, let blocks):
      return "<details><summary>\(SVGWriter.escaped(summary))</summary>\n" + blocks.map { html($0) }.joined()
        + "</details>\n"
    }
  }

  private static func html(_ figure: Figure) -> String {
    let drawing: String
    switch figure.content {
    case .svg(let text): drawing = "<div class=\"drawing\">\n\(text)</div>"
    case .image(let data, let mediaType):
      drawing =
        "<img alt=\"\(SVGWriter.escaped(figure.caption))\""
        + " src=\"data:\(SVGWriter.escaped(mediaType));base64,\(data.base64EncodedString())\"/>"
    }
    let caption =
      figure.caption.isEmpty ? "" : "<figcaption>\(SVGWriter.escaped(figure.caption))</figcaption>"
    return "<figure>\(drawing)\(caption)</figure>\n"
  }

  private static func html(_ table: Table) -> String {
    func style(_ column: Int) -> String { table.columns[column].isNumeric ? " class=\"number\"" : "" }
    let head = table.columns.indices.map { "<th\(style($0))>\(SVGWriter.escaped(table.columns[$0].title))</th>" }
    let body = table.rows.indices.map { row in
      "<tr>"
        + table.columns.indices.map { column in
          let text = inline(table.rows[row][column].text)
          let shown = table.isBest(row: row, column: column) ? "<strong>\(text)</strong>" : text
          return "<td\(style(column))>\(shown)</td>"
        }.joined() + "</tr>\n"
    }
    let caption = table.caption.isEmpty ? "" : "<caption>\(SVGWriter.escaped(table.caption))</caption>\n"
    return "<div class=\"table\"><table>\n\(caption)<thead><tr>\(head.joined())</tr></thead>\n<tbody>\n"
      + body.joined() + "</tbody>\n</table></div>\n"
  }

  private static func inline(_ text: RichText) -> String {
    text.spans.map { span in
      switch span {
      case .plain(let text): SVGWriter.escaped(text)
      case .strong(let text): "<strong>\(SVGWriter.escaped(text))</strong>"
      case .code(let text): "<code>\(SVGWriter.escaped(text))</code>"
      case .link(let text, let destination):
        "<a href=\"\(SVGWriter.escaped(destination))\">\(SVGWriter.escaped(text))</a>"
      }
    }.joined()
  }

  /// `Training loss` becomes `training-loss`.
  private static func anchor(_ heading: String) -> String {
    let words = heading.lowercased().split { !($0.isLetter || $0.isNumber) }
    return SVGWriter.escaped(words.joined(separator: "-"))
  }
}
