// One line of text as pixels.
// Not here: font files (Font.swift), several lines.

import CFreeType
import Foundation

/// The ink of a line of text.
public struct RenderedText: Hashable, Sendable {
  /// The pixels with ink, relative to the origin of the text: the baseline runs through (0, 0), y down. Empty for blanks.
  public let ink: PixelRectangle
  /// Shares of the pixels of ``ink`` that ink covers, 0...255, row by row: `height × width`.
  public let coverage: [UInt8]
  /// The length of the line along its baseline in pixels, before a transform.
  public let advance: Double
}

extension Font {
  /// The sizes in which text is drawn, in pixels an em.
  public static let pixelSizes = 1.0...4096.0

  /// Draws a line: antialiased, without hinting, with the font's kerning, at fractions of a pixel.
  ///
  /// - Parameters:
  ///   - text: one line; every character has to be in the font.
  ///   - pixelSize: pixels an em; a capital letter is about 0.7 of it tall.
  ///   - transform: applied to the line about its origin; `rotation(radians:)` turns clockwise.
  /// - Throws: ``ImageError/cannotDraw(text:path:reason:)`` for characters that the font does not have.
  /// - Precondition: the size is in ``pixelSizes``, the transform is finite.
  public func render(
    _ text: String, pixelSize: Double, transform: AffineTransform2D = .identity
  ) throws(ImageError) -> RenderedText {
    precondition(Self.pixelSizes.contains(pixelSize), "Font.render: a size in \(Self.pixelSizes), got \(pixelSize)")
    precondition(
      [transform.a, transform.b, transform.c, transform.d, transform.e, transform.f].allSatisfy { abs($0) < 1e6 },
      "Font.render: a finite transform, got \(transform)")
    let size = FT_Set_Char_Size(face, 0, FT_F26Dot6((pixelSize * 64).rounded()), 72, 72)
    guard size == 0 else { throw .cannotDraw(text: text, path: path, reason: Self.reason(size)) }
    var marks: [GlyphMark] = []
    var pen = 0.0
    var previous: FT_UInt = 0
    for scalar in text.unicodeScalars {
      let glyph = FT_Get_Char_Index(face, FT_ULong(scalar.value))
      guard glyph != 0 else {
        throw .cannotDraw(
          text: text, path: path, reason: "it has no character U+\(String(scalar.value, radix: 16, uppercase: true))")
      }
      pen += kerning(previous, glyph)
      marks.append(try mark(glyph, pen: pen, transform, text: text))
      // 16.16, without hinting or transform.
      pen += Double(face.pointee.glyph.pointee.linearHoriAdvance) / 65_536
      previous = glyph
    }
    return RenderedText(marks, advance: pen)
  }

  /// What the pair is moved together, in pixels.
  private func kerning(_ left: FT_UInt, _ right: FT_UInt) -> Double {
    guard left != 0 else { return 0 }
    var vector = FT_Vector()
    let code = FT_Get_Kerning(face, left, right, FT_KERNING_UNFITTED.rawValue, &vector)
    return code == 0 ? Double(vector.x) / 64 : 0
  }

  /// A glyph in place. FreeType's y runs up.
  private func mark(
    _ glyph: FT_UInt, pen: Double, _ transform: AffineTransform2D, text: String
  ) throws(ImageError) -> GlyphMark {
    let place = transform.point(pen, 0)
    let (column, row) = (place.x.rounded(.down), place.y.rounded(.down))
    func fixed(_ value: Double) -> FT_Fixed { FT_Fixed((value * 65_536).rounded()) }
    var matrix = FT_Matrix(
      xx: fixed(transform.a), xy: fixed(-transform.c), yx: fixed(-transform.b), yy: fixed(transform.d))
    var shift = FT_Vector(
      x: FT_Pos(((place.x - column) * 64).rounded()), y: FT_Pos(((row - place.y) * 64).rounded()))
    FT_Set_Transform(face, &matrix, &shift)
    defer { FT_Set_Transform(face, nil, nil) }
    var code = FT_Load_Glyph(face, glyph, FT_Int32(FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP))
    if code == 0 { code = FT_Render_Glyph(face.pointee.glyph, FT_RENDER_MODE_NORMAL) }
    guard code == 0, let slot = face.pointee.glyph else {
      throw .cannotDraw(text: text, path: path, reason: Self.reason(code))
    }
    return GlyphMark(slot, column: Int(column), row: Int(row))
  }
}

/// The ink of one glyph in the coordinates of the line.
private struct GlyphMark {
  let left, top, width, height: Int
  let coverage: [UInt8]

  init(_ slot: FT_GlyphSlot, column: Int, row: Int) {
    let bitmap = slot.pointee.bitmap
    width = Int(bitmap.width)
    height = Int(bitmap.rows)
    left = column + Int(slot.pointee.bitmap_left)
    top = row - Int(slot.pointee.bitmap_top)
    guard let buffer = bitmap.buffer, width > 0, height > 0 else {
      coverage = []
      return
    }
    // A negative pitch means rows from below; the buffer then begins with the lowest.
    let pitch = Int(bitmap.pitch)
    let first = pitch < 0 ? buffer - pitch * (height - 1) : buffer
    let columns = width
    coverage = (0..<height).flatMap { y in (0..<columns).map { first[y * pitch + $0] } }
  }
}

extension RenderedText {
  /// Glyphs together; where they overlap, the darker counts.
  fileprivate init(_ marks: [GlyphMark], advance: Double) {
    var tight = TightBox()
    for mark in marks where !mark.coverage.isEmpty {
      for y in 0..<mark.height {
        let row = mark.coverage[y * mark.width..<(y + 1) * mark.width]
        guard let first = row.firstIndex(where: { $0 > 0 }), let last = row.lastIndex(where: { $0 > 0 }) else {
          continue
        }
        tight.add(x: mark.left + first - row.startIndex, y: mark.top + y)
        tight.add(x: mark.left + last - row.startIndex, y: mark.top + y)
      }
    }
    self.advance = advance
    guard let ink = tight.rectangle else {
      self.ink = PixelRectangle(x: 0..<0, y: 0..<0)
      coverage = []
      return
    }
    self.ink = ink
    var sheet = [UInt8](repeating: 0, count: ink.size.area)
    for mark in marks where !mark.coverage.isEmpty {
      for y in 0..<mark.height where ink.y.contains(mark.top + y) {
        for x in 0..<mark.width where ink.x.contains(mark.left + x) {
          let index = (mark.top + y - ink.y.lowerBound) * ink.x.count + mark.left + x - ink.x.lowerBound
          sheet[index] = max(sheet[index], mark.coverage[y * mark.width + x])
        }
      }
    }
    coverage = sheet
  }
}

extension Image {
  /// Puts rendered text into the picture with its origin at column `x`, row `y`; what lies outside is left out.
  ///
  /// - Returns: the tight box around the pixels that changed or would have with a stronger colour: those under ink,
  ///   within the picture; nil where there are none.
  @discardableResult
  public mutating func draw(_ text: RenderedText, x: Int, y: Int, color: RGBColor) -> BoundingBox? {
    var tight = TightBox()
    let (size, format) = (size, format)
    pixels.withUnsafeMutableBufferPointer { target in
      for row in text.ink.y where (0..<size.height).contains(row + y) {
        for column in text.ink.x where (0..<size.width).contains(column + x) {
          let index = (row - text.ink.y.lowerBound) * text.ink.x.count + column - text.ink.x.lowerBound
          let coverage = text.coverage[index]
          guard coverage > 0 else { continue }
          tight.add(x: column + x, y: row + y)
          let pixel = ((row + y) * size.width + column + x) * format.channels
          Self.composite(color.red, color.green, color.blue, opacity: coverage, onto: target, at: pixel, format)
        }
      }
    }
    return tight.box
  }
}
