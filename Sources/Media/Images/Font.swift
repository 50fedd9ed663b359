// A font file, and where fonts are on a system.
// Not here: text as pixels (TextRendering.swift).

import CFreeType
public import Foundation

/// An open font, scalable and with Unicode characters: TrueType or OpenType.
///
/// FreeType keeps the state of a face in one place, so an instance belongs to one task at a time; open one for each.
public final class Font {
  /// The file, for messages.
  public let path: String
  private let library: FT_Library
  let face: FT_Face
  private let content: UnsafeMutableBufferPointer<UInt8>

  /// The most bytes of a font file.
  private static let limits = ImageLimits(maxFileBytes: 64 << 20)

  /// Opens a font file.
  ///
  /// - Throws: ``ImageError``: unreadable, no font, a font of bitmaps, or one without Unicode characters.
  public init(contentsOf url: URL) throws(ImageError) {
    path = url.path
    let bytes = try ImageFile.bytes(of: url, limits: Self.limits)
    var library: FT_Library?
    let code = FT_Init_FreeType(&library)
    guard code == 0, let library else { throw .notFont(path: url.path, reason: Self.reason(code)) }
    // The face reads from these bytes as long as it lives.
    let content = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = content.initialize(from: bytes)
    do {
      face = try Self.opened(content, library, path: url.path)
    } catch {
      FT_Done_FreeType(library)
      content.deallocate()
      throw error
    }
    self.library = library
    self.content = content
  }

  deinit {
    FT_Done_Face(face)
    FT_Done_FreeType(library)
    content.deallocate()
  }

  private static func opened(
    _ content: UnsafeMutableBufferPointer<UInt8>, _ library: FT_Library, path: String
  ) throws(ImageError) -> FT_Face {
    var face: FT_Face?
    let code = FT_New_Memory_Face(library, content.baseAddress, FT_Long(content.count), 0, &face)
    guard code == 0, let face else { throw .notFont(path: path, reason: reason(code)) }
    guard face.pointee.face_flags & FT_Long(FT_FACE_FLAG_SCALABLE) != 0 else {
      FT_Done_Face(face)
      throw .notFont(path: path, reason: "a font of bitmaps")
    }
    let mapping = FT_Select_Charmap(face, FT_ENCODING_UNICODE)
    guard mapping == 0 else {
      FT_Done_Face(face)
      throw .notFont(path: path, reason: "a font without Unicode characters (\(reason(mapping)))")
    }
    return face
  }

  /// FreeType's text for a code, where it was built with texts.
  static func reason(_ code: FT_Error) -> String {
    guard let text = FT_Error_String(code) else { return "FreeType error \(code)" }
    return String(cString: text)
  }

  /// The folders in which systems keep fonts.
  public static var usualFolders: [URL] {
    let home = FileManager.default.homeDirectoryForCurrentUser
    return ["/usr", "/usr/local"].map { URL(filePath: $0).appending(path: "share/fonts") } + [
      URL(filePath: "/Library/Fonts")
    ]
      + [".local/share/fonts", ".fonts", "Library/Fonts"].map { home.appending(path: $0) }
  }

  /// The file of a font by its file name, in these folders and those below; the first in alphabetical order.
  ///
  /// - Throws: ``ImageError/fontNotFound(name:folders:)``, which names a package to install.
  public static func find(
    _ name: String = "DejaVuSans.ttf", in folders: [URL] = usualFolders
  ) throws(ImageError) -> URL {
    for folder in folders {
      let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
      let matches = files.map { $0.compactMap { $0 as? URL }.filter { $0.lastPathComponent == name } } ?? []
      if let first = matches.min(by: { $0.path < $1.path }) { return first }
    }
    throw .fontNotFound(name: name, folders: folders.map(\.path))
  }
}
