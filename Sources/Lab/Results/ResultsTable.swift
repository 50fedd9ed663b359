// Markdown tables from results files, put between markers in documents, so that no figure is typed by hand.
// Not here: the files (ResultFile).

/// Tables of measured figures.
public enum ResultsTable {
  /// The rows of some files as a table, with the command and the commit that measured them below.
  ///
  /// - Parameters:
  ///   - files: the files, in order.
  ///   - prefix: only rows whose id starts with it.
  public static func markdown(_ files: [ResultFile], prefix: String = "") -> String {
    let chosen = files.map { file in
      var copy = file
      copy.rows = file.rows.filter { $0.id.hasPrefix(prefix) }
      return copy
    }.filter { !$0.rows.isEmpty }
    let rows = chosen.flatMap(\.rows)
    let hasPeer = rows.contains { $0.peerName != nil }
    var columns: [Table.Column] = [
      .text("Figure"), .number("Value"), .text("Unit"), .number("Spread"), .number("n"),
    ]
    if hasPeer { columns += [.number("Ours"), .number("Peer"), .text("Peer's name")] }
    columns.append(.text("Shape"))
    let table = Table(columns: columns, rows: rows.map { cells($0, hasPeer: hasPeer) })
    return table.markdown + "\n\n" + chosen.map { note($0) }.joined(separator: "\n")
  }

  /// The document with every table between markers made anew.
  ///
  /// A marker is `<!-- results: bench-attention prefix=attention.fwd -->`, with the names of one or more files separated
  /// by commas; the table ends at `<!-- /results -->`.
  ///
  /// - Throws: ``ResultError/unknownTable(marker:expected:)``.
  public static func updated(_ document: String, with files: [ResultFile]) throws(ResultError) -> String {
    var result = ""
    var rest = document[...]
    while let open = rest.firstRange(of: "<!-- results:") {
      guard let openEnd = rest[open.upperBound...].firstRange(of: "-->") else {
        throw .unknownTable(
          marker: String(rest[open.lowerBound...].prefix(40)), expected: "an end of the marker, '-->'")
      }
      let marker = rest[open.lowerBound..<openEnd.upperBound]
      guard let close = rest[openEnd.upperBound...].firstRange(of: "<!-- /results -->") else {
        throw .unknownTable(marker: String(marker), expected: "'<!-- /results -->' after it")
      }
      let words = rest[open.upperBound..<openEnd.lowerBound].split(separator: " ")
      let (chosen, prefix) = try selection(words, marker: String(marker), files: files)
      result += rest[..<openEnd.upperBound] + "\n" + markdown(chosen, prefix: prefix) + "\n"
      result += rest[close]
      rest = rest[close.upperBound...]
    }
    return result + rest
  }

  private static func selection(
    _ words: [Substring], marker: String, files: [ResultFile]
  ) throws(ResultError) -> (files: [ResultFile], prefix: String) {
    var chosen: [ResultFile] = []
    var prefix = ""
    for word in words {
      if word.hasPrefix("prefix=") {
        prefix = String(word.dropFirst("prefix=".count))
        continue
      }
      for name in word.split(separator: ",") {
        guard let file = files.first(where: { $0.name == name }) else {
          throw .unknownTable(marker: marker, expected: "results of '\(name)'")
        }
        chosen.append(file)
      }
    }
    guard chosen.contains(where: { $0.rows.contains { $0.id.hasPrefix(prefix) } }) else {
      throw .unknownTable(marker: marker, expected: "at least one row with the prefix '\(prefix)'")
    }
    return (chosen, prefix)
  }

  private static func cells(_ row: ResultRow, hasPeer: Bool) -> [Table.Cell] {
    func text(_ value: Double) -> String { ProgressBar.significant(value) }
    let shape = (row.shape ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let threads = row.threads.map { ["\($0) thread\($0 == 1 ? "" : "s")"] } ?? []
    var cells: [Table.Cell] = [
      Table.Cell(.code(row.id)), Table.Cell(RichText(text(row.value))), Table.Cell(RichText(row.unit)),
      Table.Cell(RichText("\(text(row.spread[0])) – \(text(row.spread[1]))")), Table.Cell(RichText("\(row.n)")),
    ]
    if hasPeer {
      cells += [
        Table.Cell(RichText(row.ours.map(text) ?? "")), Table.Cell(RichText(row.peer.map(text) ?? "")),
        Table.Cell(RichText(row.peerName ?? "")),
      ]
    }
    cells.append(Table.Cell(RichText((shape + threads).joined(separator: ", "))))
    return cells
  }

  private static func note(_ file: ResultFile) -> String {
    let machine = file.machine
    let parts = file.commit.split(separator: "+", maxSplits: 1)
    let commit = parts.first.map { "`\($0.prefix(12))`" + (parts.count > 1 ? " with \(parts[1])" : "") } ?? "unknown"
    return "Measured by `\(file.command)` on \(file.date) at commit \(commit): \(machine.cpu),"
      + " \(machine.cores) cores, \(machine.isa), \(machine.blas)."
  }
}
