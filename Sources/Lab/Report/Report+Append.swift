// A report that becomes the last part of one on disk, so that one command's results stand beside another's.
// Not here: writing a report of its own (Report.write).

public import Foundation

extension Report {
  /// Adds the blocks under a heading of this report's title to the end of a report that ``write(to:)`` wrote.
  ///
  /// - Throws: ``FileError`` if there is no report, or it cannot be written.
  public func append(toReportIn directory: URL) throws(FileError) {
    let page = directory.appending(path: "index.html"), document = directory.appending(path: "report.md")
    let (html, place) = try Self.page(page), markdown = try TextFile.read(document)
    var part = self
    part.blocks.insert(.heading(title), at: 0)
    if !subtitle.isEmpty { part.blocks.insert(.paragraph(RichText(subtitle)), at: 1) }
    let figures = markdown.components(separatedBy: "](figures/").count - 1
    let (text, files) = part.markdownPart(figuresBefore: figures)
    if !files.isEmpty { try Directory.create(directory.appending(path: "figures")) }
    for (name, data) in files { try AtomicFile.write(data, to: directory.appending(path: name)) }
    try AtomicFile.write(markdown + "\n" + text, to: document)
    try AtomicFile.write(html.replacingCharacters(in: place, with: part.htmlBody + Self.end), to: page)
  }

  /// Makes sure that `append` will find a report, before long work begins.
  ///
  /// - Parameter directory: holds `index.html` as a report writes it.
  /// - Throws: ``FileError``.
  public static func requirePage(in directory: URL) throws(FileError) {
    _ = try page(directory.appending(path: "index.html"))
  }

  private static let end = "</main>\n</body>"

  /// The text of a page and the place of its end.
  private static func page(_ url: URL) throws(FileError) -> (html: String, end: Range<String.Index>) {
    let html = try TextFile.read(url)
    guard let place = html.range(of: end, options: .backwards) else {
      throw .cannotRead(path: url.displayPath, code: EINVAL)
    }
    return (html, place)
  }
}
