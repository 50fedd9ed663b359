// Reading pictures from files and from bytes.
// Not here: writing (ImageFile+Encoding.swift), the C libraries (ImageCodec.swift).

import CImageIO
public import Foundation
import Lab

/// What the header of a picture file says.
public struct ImageFileInfo: Hashable, Sendable {
  /// The format by the first bytes.
  public let format: ImageFileFormat
  /// Width and height for display, after the orientation is obeyed.
  public let size: ImageSize
  /// The format that decoding gives.
  public let pixelFormat: PixelFormat
  /// How the stored picture is turned for display.
  public let orientation: ImageOrientation
  /// Samples a pixel in the file: 1 for grey and palettes, 2 for grey with opacity, 4 also for CMYK.
  public let storedChannels: Int
  /// Bits of a stored sample.
  public let bitDepth: Int
  /// Whether the picture comes in several passes (PNG) or scans (JPEG).
  public let isInterlaced: Bool

  init(_ header: imageio_header, format: ImageFileFormat, orientation: ImageOrientation) {
    self.format = format
    self.orientation = orientation
    size = orientation.displayed(ImageSize(width: Int(header.width), height: Int(header.height)))
    pixelFormat = PixelFormat(rawValue: Int(header.channels)) ?? .rgb
    storedChannels = Int(header.stored_channels)
    bitDepth = Int(header.bit_depth)
    isInterlaced = header.is_interlaced != 0
  }
}

/// What becomes of opacity when a picture is read.
public enum OpacityHandling: Codable, Hashable, Sendable {
  /// Pictures with opacity become ``PixelFormat/rgba``.
  case keep
  /// Pictures with opacity become ``PixelFormat/rgb`` on a background.
  case flatten(RGBColor)
}

/// Picture files as ``Image``s, and back: PNG and JPEG, told by their first bytes.
///
/// Samples come as files store them, without colour management; 16-bit samples are scaled to 8, the EXIF orientation is
/// obeyed. Damaged and cut files are errors, never half a picture.
///
/// ```swift
/// let photo = try ImageFile.read(url, opacity: .flatten(.white))
/// try ImageFile.write(photo, to: copy, as: .jpeg(quality: 95))
/// ```
public enum ImageFile {
  /// What the header of a file says; no pixel is decoded.
  ///
  /// - Throws: ``ImageError``, also where the size is beyond `limits`.
  public static func inspect(_ url: URL, limits: ImageLimits = ImageLimits()) throws(ImageError) -> ImageFileInfo {
    try inspect(bytes(of: url, limits: limits), place: url.path, limits: limits)
  }

  /// What the header of a file in memory says; `place` names it in messages.
  ///
  /// - Throws: ``ImageError``, also where the size is beyond `limits`.
  public static func inspect(
    _ bytes: [UInt8], place: String = "bytes in memory", limits: ImageLimits = ImageLimits()
  ) throws(ImageError) -> ImageFileInfo {
    try header(bytes, place: place, limits: limits).info
  }

  /// Reads a regular file.
  ///
  /// - Throws: ``ImageError``: unreadable, no picture, another format, damaged, cut, or beyond `limits`.
  public static func read(
    _ url: URL, limits: ImageLimits = ImageLimits(), opacity: OpacityHandling = .keep
  ) throws(ImageError) -> Image {
    try decode(bytes(of: url, limits: limits), place: url.path, limits: limits, opacity: opacity)
  }

  /// Decodes a file in memory; `place` names it in messages.
  ///
  /// - Throws: ``ImageError``: no picture, another format, damaged, cut, or beyond `limits`.
  public static func decode(
    _ bytes: [UInt8], place: String = "bytes in memory", limits: ImageLimits = ImageLimits(),
    opacity: OpacityHandling = .keep
  ) throws(ImageError) -> Image {
    let (info, raw) = try header(bytes, place: place, limits: limits)
    let stored = try ImageCodec.pixels(bytes, format: info.format, header: raw, place: place)
    let image = stored.oriented(info.orientation)
    return switch opacity {
    case .keep: image
    case .flatten(let color): image.flattened(on: color)
    }
  }

  /// The bytes of a regular file; `limits` bound their number.
  ///
  /// - Throws: ``ImageError/cannotRead(path:reason:)``, ``ImageError/empty(place:)``,
  ///   ``ImageError/fileTooLarge(place:bytes:limit:)``.
  public static func bytes(of url: URL, limits: ImageLimits = ImageLimits()) throws(ImageError) -> [UInt8] {
    let path = url.path
    do {
      // Without O_NONBLOCK a pipe without a writer would wait for ever.
      let file = try OpenFile(path, flags: O_RDONLY | O_NONBLOCK)
      var status = stat()
      guard fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        throw ImageError.cannotRead(path: path, reason: "expected a regular file, got a directory or a device")
      }
      let size = Int(status.st_size)
      guard size > 0 else { throw ImageError.empty(place: path) }
      guard size <= limits.maxFileBytes else {
        throw ImageError.fileTooLarge(place: path, bytes: size, limit: limits.maxFileBytes)
      }
      return try content(of: file, count: size)
    } catch let error as ImageError {
      throw error
    } catch let error as FileError {
      throw .cannotRead(path: path, reason: SystemReason.text(error))
    } catch {
      throw .cannotRead(path: path, reason: "\(error)")
    }
  }

  /// The first `count` bytes; fewer where the file was shortened meanwhile.
  private static func content(of file: OpenFile, count: Int) throws(FileError) -> [UInt8] {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let got = Foundation.read(file.descriptor, buffer.baseAddress.map { $0 + done }, count - done)
        if got < 0, errno == EINTR { continue }
        if got < 0 { code = errno }
        guard got > 0 else { return }
        done += got
      }
    }
    guard code == 0 else { throw .cannotRead(path: file.path, code: code) }
    return bytes
  }

  private static func header(
    _ bytes: [UInt8], place: String, limits: ImageLimits
  ) throws(ImageError) -> (info: ImageFileInfo, raw: imageio_header) {
    guard bytes.count <= limits.maxFileBytes else {
      throw .fileTooLarge(place: place, bytes: bytes.count, limit: limits.maxFileBytes)
    }
    let format = try ImageFileFormat.detected(in: bytes, place: place)
    let raw = try ImageCodec.header(bytes, format: format, limits: limits, place: place)
    let orientation = ExifOrientation.read(bytes, format: format)
    return (ImageFileInfo(raw, format: format, orientation: orientation), raw)
  }
}
