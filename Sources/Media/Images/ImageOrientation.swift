// How a stored picture is turned for display, as EXIF numbers it.
// Not here: where the number is found in a file (ExifOrientation.swift).

import Tensor

/// The eight orientations of EXIF; the raw value is the number in the file.
///
/// > Source: CIPA DC-008 (Exif 2.32), table 4, tag 0x0112.
public enum ImageOrientation: Int, Codable, CaseIterable, Hashable, Sendable {
  /// As stored.
  case up = 1
  /// Left and right exchanged.
  case upMirrored
  /// Turned by half a turn.
  case down
  /// Top and bottom exchanged.
  case downMirrored
  /// Rows and columns exchanged.
  case leftMirrored
  /// Shown turned a quarter clockwise.
  case right
  /// Rows and columns exchanged along the other diagonal.
  case rightMirrored
  /// Shown turned a quarter anticlockwise.
  case left

  /// Whether width and height change places.
  public var swapsSides: Bool { rawValue >= 5 }

  /// The size for display of a picture that is stored in `size`.
  public func displayed(_ size: ImageSize) -> ImageSize {
    swapsSides ? ImageSize(width: size.height, height: size.width) : size
  }

  /// Where the display's pixel (0, 0) is stored, and the way to its neighbours to the right and below, in pixels.
  func walk(over stored: ImageSize) -> (origin: Int, right: Int, down: Int) {
    let (width, height) = (stored.width, stored.height)
    let last = width * height - 1
    return switch self {
    case .up: (0, 1, width)
    case .upMirrored: (width - 1, -1, width)
    case .down: (last, -1, -width)
    case .downMirrored: (last - width + 1, 1, -width)
    case .leftMirrored: (0, width, 1)
    case .right: (last - width + 1, -width, 1)
    case .rightMirrored: (last, -width, -1)
    case .left: (width - 1, width, -1)
    }
  }
}

extension Image {
  /// The picture as a viewer that obeys `orientation` shows it.
  public func oriented(_ orientation: ImageOrientation) -> Image {
    guard orientation != .up else { return self }
    let shown = orientation.displayed(size)
    let (origin, right, down) = orientation.walk(over: size)
    let channels = format.channels
    let result = Self.bytes(shown.area * channels) { target in
      pixels.withUnsafeBufferPointer { source in
        let target = UnsafeShared(target)
        let source = UnsafeShared(source)
        parallelFor(shown.height, grain: max(1, 65_536 / shown.width)) { rows in
          // Squares keep both the rows that are read and those that are written in the cache.
          for firstX in stride(from: 0, to: shown.width, by: 64) {
            for y in rows {
              var from = (origin + y * down + firstX * right) * channels
              var to = (y * shown.width + firstX) * channels
              for _ in firstX..<min(firstX + 64, shown.width) {
                for channel in 0..<channels { target.pointer[to + channel] = source.pointer[from + channel] }
                from += right * channels
                to += channels
              }
            }
          }
        }
      }
    }
    return Image(size: shown, format: format, pixels: result)
  }
}
