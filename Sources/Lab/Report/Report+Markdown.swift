// Reports as Markdown that GitHub renders, with figures in files beside it.
// Not here: HTML (Report+HTML).

import Foundation

extension Report {
  /// The document as Markdown; figures are links to `figures/…`.
  public var markdown: String {
    var writer = MarkdownWriter()
    writer.add("# \(MarkdownWriter.escaped(title))")
    if !subtitle.isEmpty { writer.add(MarkdownWriter.escaped(subtitle)) }
    for block in blocks { writer.add(block) }
    return writer.parts.joined(separator: "\n\n") + "\n"
  }

  /// The files that the Markdown links to, by their path.
  var markdownFigures: [(name: String, data: Data)] { markdownPart(figuresBefore: 0).figures }

  /// The blocks as a part of another document that has figures already.
  func markdownPart(figuresBefore count: Int) -> (text: String, figures: [(name: String, data: Data)]) {
    var writer = MarkdownWriter(figuresBefore: count)
    for block in blocks { writer.add(block) }
    return (writer.parts.joined(separator: "\n\n") + "\n", writer.figures)
  }
}

/// Collects the parts of a Markdown document and numbers its figures.
private struct MarkdownWriter {
  var parts: [String] = []
  var figures: [(name: String, data: Data)] = []
  var figuresBefore = 0

  mutating func add(_ part: String) { parts.append(part) }

  mutating func add(_ block: Report.Block) {
    switch block {
    case .heading(let text, let level):
      add(String(repeating: "#", count: min(max(level, 2), 6)) + " " + Self.escaped(text))
    case .paragraph(let text): add(Self.inline(text))
    case .list(let items): add(items.map { "- " + Self.inline($0) }.joined(separator: "\n"))
    case .table(let table): add(table.markdown)
    case .figure(let figure): add(link(to: figure))
    case .gallery(let figures):
      for figure in figures { add(link(to: figure)) }
    case .code(let text, let language):
      // A fence longer than any run of backticks inside.
      let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
      let fence = String(repeating: "`", count: max(3, longest + 1))
      add("\(fence)\(language)\n\(text.hasSuffix("\n") ? text : text + "\n")\(fence)")
    case .facts(let facts):
      add(facts.map { "- **\(Self.escaped($0.name)):** \(Self.inline($0.value))" }.joined(separator: "\n"))
    case .details(let summary, let blocks):
      add("<details><summary>\(SVGWriter.escaped(summary))</summary>")
      for block in blocks { add(block) }
      add("</details>")
    }
  }

  private mutating func link(to figure: Report.Figure) -> String {
    let number = figuresBefore + figures.count + 1
    let (suffix, data): (String, Data) =
      switch figure.content {
      case .svg(let text): ("svg", Data(text.utf8))
      case .image(let bytes, let mediaType):
        (String(mediaType.drop { $0 != "/" }.dropFirst().prefix { $0.isLetter || $0.isNumber }), bytes)
      }
    let name = "figures/figure-\(number).\(suffix)"
    figures.append((name, data))
    let caption = Self.escaped(figure.caption)
    return "![\(caption)](\(name))" + (caption.isEmpty ? "" : "\n\n*\(caption)*")
  }

  static func inline(_ text: RichText) -> String {
    text.spans.map { span in
      switch span {
      case .plain(let text): escaped(text)
      case .strong(let text): "**\(escaped(text))**"
      case .code(let text): code(text)
      case .link(let text, let destination): "[\(escaped(text))](<\(destination.replacing(">", with: "%3E"))>)"
      }
    }.joined()
  }

  private static func code(_ text: String) -> String {
    let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: longest + 1)
    let pad = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
    return fence + pad + text + pad + fence
  }

  /// Plain text that stays plain text.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>#|~&$".contains(character) { result.append("\\") }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }
}

extension Table {
  /// The table as Markdown; the best values are bold.
  var markdown: String {
    let titles = columns.map { MarkdownWriter.escaped($0.title) }
    let rules = columns.map { $0.isNumeric ? "---:" : ":---" }
    let body = rows.indices.map { row in
      columns.indices.map { column in
        let text = MarkdownWriter.inline(rows[row][column].text)
        return isBest(row: row, column: column) ? "**\(text)**" : text
      }
    }
    let lines = ([titles, rules] + body).map { "| " + $0.joined(separator: " | ") + " |" }
    return (caption.isEmpty ? "" : "**\(MarkdownWriter.escaped(caption))**\n\n") + lines.joined(separator: "\n")
  }
}
