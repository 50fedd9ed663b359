// Reports as plain text for a terminal.
// Not here: Markdown, whose escapes are noise on a terminal (Report+Markdown).

extension Report {
  /// The document for a terminal; figures are named, not shown.
  public var plainText: String {
    ([Self.underlined(title, with: "=")] + (subtitle.isEmpty ? [] : [subtitle]) + blocks.map { Self.text($0) })
      .joined(separator: "\n\n") + "\n"
  }

  private static func underlined(_ text: String, with line: Character) -> String {
    text + "\n" + String(repeating: line, count: text.count)
  }

  private static func text(_ block: Block) -> String {
    switch block {
    case .heading(let text, _): return underlined(text, with: "-")
    case .paragraph(let text): return text.plain
    case .list(let items): return items.map { "- \($0.plain)" }.joined(separator: "\n")
    case .table(let table): return table.plainText
    case .figure(let figure): return "[figure: \(figure.caption)]"
    case .gallery(let figures): return figures.map { "[figure: \($0.caption)]" }.joined(separator: "\n")
    case .code(let text, _):
      return text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
        .joined(separator: "\n")
    case .facts(let facts):
      let width = facts.map(\.name.count).max() ?? 0
      return facts.map { Table.padded($0.name, to: width, atRight: false) + "  " + $0.value.plain }
        .joined(separator: "\n")
    case .details(let summary, let blocks):
      return ([summary + ":"] + blocks.map { text($0) }).joined(separator: "\n\n")
    }
  }
}

extension RichText {
  /// The text without marks.
  var plain: String {
    spans.map { span in
      switch span {
      case .plain(let text), .strong(let text), .code(let text): text
      case .link(let text, let destination): text == destination ? text : "\(text) (\(destination))"
      }
    }.joined()
  }
}

extension Table {
  /// Aligned columns; the best values carry an asterisk.
  var plainText: String {
    let titles = columns.map(\.title)
    let body = rows.indices.map { row in
      columns.indices.map { rows[row][$0].text.plain + (isBest(row: row, column: $0) ? "*" : "") }
    }
    let widths = columns.indices.map { column in
      ([titles[column]] + body.map { $0[column] }).map(\.count).max() ?? 0
    }
    let rule = widths.map { String(repeating: "-", count: $0) }
    let lines = ([titles, rule] + body).map { cells in
      let padded = cells.indices.map { Self.padded(cells[$0], to: widths[$0], atRight: columns[$0].isNumeric) }
      return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
    return (caption.isEmpty ? "" : caption + "\n\n") + lines.joined(separator: "\n")
  }

  static func padded(_ text: String, to width: Int, atRight: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return atRight ? space + text : text + space
  }
}
