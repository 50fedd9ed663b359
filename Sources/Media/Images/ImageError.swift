// Every way in which pictures and fonts from outside can fail.
// Not here: misuse by the programmer, which is a precondition where it happens; sound (MediaError.swift).

public import Lab

/// A picture file or a font that cannot be used.
///
/// `place` is a path, or the name that the caller gave to bytes in memory. The description reads *what, where: expected
/// X, got Y. Hint.*
public enum ImageError: LabError, Equatable {
  /// The system does not let the file be read; `reason` is its text.
  case cannotRead(path: String, reason: String)
  /// There are no bytes.
  case empty(place: String)
  /// More bytes than ``ImageLimits/maxFileBytes``.
  case fileTooLarge(place: String, bytes: Int, limit: Int)
  /// The first bytes are those of no picture file; `found` shows them.
  case notImage(place: String, found: String)
  /// A picture in a format that is not read here, such as `GIF`.
  case unsupportedFormat(place: String, format: String)
  /// A variant of a format that is not read here; `reason` is the decoder's text.
  case unsupportedVariant(place: String, format: ImageFileFormat, reason: String)
  /// The bytes break the rules of their format; `reason` is the decoder's text.
  case damaged(place: String, format: ImageFileFormat, reason: String)
  /// The bytes end before the picture does.
  case truncated(place: String, format: ImageFileFormat, bytes: Int)
  /// The header promises more than ``ImageLimits`` allow; nothing was allocated. `limit` names the limit with its value.
  case tooLarge(place: String, size: ImageSize, limit: String)
  /// No memory for the picture.
  case outOfMemory(place: String, size: ImageSize)
  /// A box that has no pixel in the picture.
  case noRegion(place: String, box: BoundingBox, size: ImageSize)
  /// The format cannot hold the picture; `reason` says why.
  case cannotEncode(format: ImageFileFormat, reason: String)
  /// The system does not let the file be written; `reason` is its text. What was there before is unchanged.
  case cannotWrite(path: String, reason: String)
  /// No such font in the usual folders.
  case fontNotFound(name: String, folders: [String])
  /// The file is no font that can be used; `reason` is FreeType's text.
  case notFont(path: String, reason: String)
  /// A character could not be drawn; `reason` is FreeType's text.
  case cannotDraw(text: String, path: String, reason: String)

  /// What failed, where, what was expected, and what to do about it.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read '\(path)': \(reason). Hint: check the path and its permissions."
    case .empty(let place):
      "cannot read '\(place)': expected a picture, got no bytes."
    case .fileTooLarge(let place, let bytes, let limit):
      "'\(place)' is too large: expected at most \(limit) bytes, got \(bytes). Hint: raise maxFileBytes."
    case .notImage(let place, let found):
      "cannot decode '\(place)': expected a PNG or JPEG picture, got bytes that begin with \(found)."
    case .unsupportedFormat(let place, let format):
      "cannot decode '\(place)': expected a PNG or JPEG picture, got \(format). Hint: convert it to PNG."
    case .unsupportedVariant(let place, let format, let reason):
      "cannot decode '\(place)': expected \(format.name) in a usual variant, got '\(reason)'. Hint: convert it to PNG."
    case .damaged(let place, let format, let reason):
      "'\(place)' is damaged: expected a whole \(format.name) picture, got '\(reason)'. Hint: fetch the file again."
    case .truncated(let place, let format, let bytes):
      "'\(place)' is cut short: expected a whole \(format.name) picture, got its first \(bytes) bytes."
        + " Hint: fetch the file again."
    case .tooLarge(let place, let size, let limit):
      "'\(place)' is too large: expected at most \(limit), got \(size.width) x \(size.height) pixels."
        + " Hint: shrink the picture, or raise the limit if you trust the file."
    case .outOfMemory(let place, let size):
      "no memory for '\(place)', a picture of \(size.width) x \(size.height) pixels."
    case .noRegion(let place, let box, let size):
      "no region in '\(place)': expected a box within \(size.width) x \(size.height) pixels, got "
        + "(\(box.left), \(box.top), \(box.right), \(box.bottom))."
    case .cannotEncode(let format, let reason):
      "cannot encode a picture as \(format.name): \(reason)."
    case .cannotWrite(let path, let reason):
      "cannot write '\(path)': \(reason). What was there before is unchanged."
    case .fontNotFound(let name, let folders):
      "cannot find the font '\(name)': expected it below \(folders.joined(separator: ", "))."
        + " Hint: install a package of fonts, on Debian 'fonts-dejavu-core', or name a file."
    case .notFont(let path, let reason):
      "cannot use '\(path)' as a font: expected a scalable font file, got '\(reason)'."
    case .cannotDraw(let text, let path, let reason):
      "cannot draw '\(text)' with the font '\(path)': \(reason)."
    }
  }
}
