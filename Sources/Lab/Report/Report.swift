// Reports as values: headings, text, tables, figures.
// Not here: their text in Markdown (Report+Markdown) and HTML (Report+HTML).

public import Foundation

/// A document that is written as Markdown and as one HTML file.
public struct Report: Equatable, Sendable {
  /// The heading of the whole document.
  public var title: String
  /// A line below it: what was run, where, when.
  public var subtitle: String
  /// The content in order.
  public var blocks: [Block]

  /// Creates a document.
  public init(title: String, subtitle: String = "", blocks: [Block] = []) {
    self.title = title
    self.subtitle = subtitle
    self.blocks = blocks
  }

  /// A part of a document.
  public indirect enum Block: Equatable, Sendable {
    /// A heading; level 2 is the first below the title.
    case heading(String, level: Int = 2)
    /// Running text.
    case paragraph(RichText)
    /// A list with bullets.
    case list([RichText])
    /// A table.
    case table(Table)
    /// A figure.
    case figure(Figure)
    /// Figures side by side where there is room.
    case gallery([Figure])
    /// Text in a fixed-width font; the language helps viewers.
    case code(String, language: String = "")
    /// Names with their values.
    case facts([Fact])
    /// Blocks behind a line that opens them.
    case details(String, [Block])
  }

  /// A name with its value.
  public struct Fact: Equatable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: RichText

    /// Creates a fact.
    public init(_ name: String, _ value: RichText) {
      self.name = name
      self.value = value
    }
  }

  /// A drawing or a picture.
  public struct Figure: Equatable, Sendable {
    /// What is shown.
    public enum Content: Equatable, Sendable {
      /// An SVG document, as ``Plot`` and ``Heatmap`` make it.
      case svg(String)
      /// The bytes of a picture with its media type, for example `image/png`.
      case image(Data, mediaType: String)
    }

    /// What is shown.
    public var content: Content
    /// The text below; also what screen readers say.
    public var caption: String

    /// Creates a figure.
    public init(_ content: Content, caption: String = "") {
      self.content = content
      self.caption = caption
    }

    /// A figure of a chart.
    public init(_ plot: Plot, caption: String = "") {
      self.init(.svg(plot.svg), caption: caption)
    }

    /// A figure of a matrix.
    public init(_ map: Heatmap, caption: String = "") {
      self.init(.svg(map.svg), caption: caption)
    }
  }

  /// Adds a block.
  public mutating func append(_ block: Block) { blocks.append(block) }

  /// Writes `index.html`, `report.md` and the figures of the latter below a directory, which is created if need be.
  ///
  /// - Throws: ``FileError``.
  public func write(to directory: URL) throws(FileError) {
    try Directory.create(directory)
    let figures = markdownFigures
    if !figures.isEmpty { try Directory.create(directory.appending(path: "figures")) }
    for (name, data) in figures { try AtomicFile.write(data, to: directory.appending(path: name)) }
    try AtomicFile.write(markdown, to: directory.appending(path: "report.md"))
    try AtomicFile.write(html, to: directory.appending(path: "index.html"))
  }
}

/// Text with emphasis, code and links.
///
/// ```swift
/// let text: RichText = "Loss of " + .code("moda.yaml") + " after 500 steps."
/// ```
public struct RichText: Equatable, Sendable, ExpressibleByStringInterpolation {
  enum Span: Equatable, Sendable {
    case plain(String)
    case strong(String)
    case code(String)
    case link(String, destination: String)
  }

  var spans: [Span]

  /// Plain text.
  public init(_ text: String) { spans = [.plain(text)] }
  /// Plain text.
  public init(stringLiteral text: String) { self.init(text) }

  private init(_ span: Span) { spans = [span] }

  /// Emphasised text.
  public static func strong(_ text: String) -> RichText { RichText(.strong(text)) }
  /// Text in a fixed-width font.
  public static func code(_ text: String) -> RichText { RichText(.code(text)) }
  /// A link to a file beside the report or to an address.
  public static func link(_ text: String, to destination: String) -> RichText {
    RichText(.link(text, destination: destination))
  }

  /// One text after the other.
  public static func + (a: RichText, b: RichText) -> RichText {
    var joined = a
    joined.spans += b.spans
    return joined
  }
}
