// A report that becomes the last part of one on disk, so that one command's results stand beside another's.
// Not here: writing a report of its own (Report.write).

public import Foundation

extension Report {
  /// Adds the blocks under a heading of this report's title to the end of a report that ``write(to:)`` wrote.
  ///
  /// - Throws: ``FileError`` if there is no report, or it cannot be written.
  public func append(toReportIn directory: URL) throws(FileError) {
    let page = directory.appending(path: "index.html"), document = directory.appending(path: "report.md")
    let html = try TextFile.read(page), markdown = try TextFile.read(document)
    let end = "</main>\n</body>"
    guard let place = html.range(of: end, options: .backwards) else {
      throw .cannotRead(path: page.displayPath, code: EINVAL)
    }
    var part = self
    part.blocks.insert(.heading(title), at: 0)
    if !subtitle.isEmpty { part.blocks.insert(.paragraph(RichText(subtitle)), at: 1) }
    let figures = markdown.components(separatedBy: "](figures/").count - 1
    let (text, files) = part.markdownPart(figuresBefore: figures)
    if !files.isEmpty { try Directory.create(directory.appending(path: "figures")) }
    for (name, data) in files { try AtomicFile.write(data, to: directory.appending(path: name)) }
    try AtomicFile.write(markdown + "\n" + text, to: document)
    try AtomicFile.write(html.replacingCharacters(in: place, with: part.htmlBody + end), to: page)
  }
}
