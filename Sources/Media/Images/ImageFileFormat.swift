// Which format a file has, told by its first bytes and never by its name.
// Not here: decoding (ImageFile.swift).

/// A format that is read and written.
public enum ImageFileFormat: String, Codable, CaseIterable, Hashable, Sendable {
  /// Portable Network Graphics, lossless.
  case png
  /// JPEG in its baseline and progressive variants, lossy.
  case jpeg

  /// The name for people.
  public var name: String { rawValue.uppercased() }

  /// The media type for data URLs and HTTP.
  public var mediaType: String { "image/\(rawValue)" }

  /// The usual extension of a file name, without the dot.
  public var fileExtension: String { self == .png ? "png" : "jpg" }

  /// The format of bytes that begin so.
  ///
  /// - Throws: ``ImageError/empty(place:)``, ``ImageError/unsupportedFormat(place:format:)`` for formats that are known
  ///   by their beginning but not read, ``ImageError/notImage(place:found:)``.
  public static func detected(in bytes: [UInt8], place: String) throws(ImageError) -> ImageFileFormat {
    guard !bytes.isEmpty else { throw .empty(place: place) }
    if bytes.starts(with: pngSignature) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if pngSignature.starts(with: bytes) { throw .truncated(place: place, format: .png, bytes: bytes.count) }
    if [0xFF, 0xD8, 0xFF].starts(with: bytes) { throw .truncated(place: place, format: .jpeg, bytes: bytes.count) }
    if let other = otherFormat(bytes) { throw .unsupportedFormat(place: place, format: other) }
    throw .notImage(place: place, found: shown(bytes))
  }

  /// > Source: PNG (Third Edition), W3C 2025, 5.2.
  static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private static func otherFormat(_ bytes: [UInt8]) -> String? {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      bytes.count >= offset + text.utf8.count && bytes[offset..<offset + text.utf8.count].elementsEqual(text.utf8)
    }
    if has("GIF87a") || has("GIF89a") { return "GIF" }
    if has("RIFF"), has("WEBP", at: 8) { return "WebP" }
    if has("II*\u{0}") || has("MM\u{0}*") { return "TIFF" }
    if has("BM"), bytes.count >= 26, bytes[6..<10].allSatisfy({ $0 == 0 }) { return "BMP" }
    if has("ftypavif", at: 4) || has("ftypavis", at: 4) { return "AVIF" }
    if has("ftyphei", at: 4) || has("ftyphev", at: 4) || has("ftypmif1", at: 4) { return "HEIF" }
    if has("\u{0}\u{0}\u{0}\u{C}jP  ") { return "JPEG 2000" }
    if bytes.starts(with: [0xFF, 0x0A]) || has("\u{0}\u{0}\u{0}\u{C}JXL ") { return "JPEG XL" }
    if has("8BPS") { return "Photoshop" }
    if has("\u{0}\u{0}\u{1}\u{0}") { return "an icon file" }
    if has("%PDF-") { return "PDF" }
    if has("<svg") || has("<?xml") { return "SVG or another XML file" }
    if has("<!DOCTYPE") || has("<!doctype") || has("<html") { return "an HTML page" }
    if has("P"), bytes.count > 2, (0x31...0x36).contains(bytes[1]), [0x09, 0x0A, 0x0D, 0x20].contains(bytes[2]) {
      return "a portable anymap"
    }
    return nil
  }

  /// The first bytes in hexadecimal.
  private static func shown(_ bytes: [UInt8]) -> String {
    bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
