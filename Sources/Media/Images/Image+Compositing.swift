// One picture over another, pixel for pixel.
// Not here: scaled and turned (ImagePlacement.swift).

extension Image {
  /// Puts `front` over the picture with its upper left corner at column `x`, row `y`; what lies outside is cut.
  ///
  /// Opacity is obeyed: where the front is partly transparent, the picture shows through. The format stays.
  ///
  /// > Source: Porter and Duff, "Compositing digital images", SIGGRAPH 1984, the operator *over*.
  public mutating func paste(_ front: Image, x: Int, y: Int) {
    let columns = (max(0, x)..<max(0, max(x, min(width, x + front.width))))
    let rows = (max(0, y)..<max(0, max(y, min(height, y + front.height))))
    guard !columns.isEmpty, !rows.isEmpty else { return }
    // Opacity of the front counts even where the picture has none.
    let front = front.format == .rgba || front.format == format ? front : front.converted(to: format)
    let frontChannels = front.format.channels
    let width = width
    let format = format
    pixels.withUnsafeMutableBufferPointer { target in
      front.pixels.withUnsafeBufferPointer { source in
        for row in rows {
          var from = ((row - y) * front.width + columns.lowerBound - x) * frontChannels
          var to = (row * width + columns.lowerBound) * format.channels
          guard front.format == .rgba else {
            for index in 0..<columns.count * frontChannels { target[to + index] = source[from + index] }
            continue
          }
          for _ in columns {
            Self.composite(
              source[from], source[from + 1], source[from + 2], opacity: source[from + 3], onto: target, at: to, format)
            from += 4
            to += format.channels
          }
        }
      }
    }
  }

  /// A colour with an opacity over the pixel at sample `index`.
  @inline(__always)
  static func composite(
    _ red: UInt8, _ green: UInt8, _ blue: UInt8, opacity: UInt8, onto target: UnsafeMutableBufferPointer<UInt8>,
    at index: Int, _ format: PixelFormat
  ) {
    guard opacity > 0 else { return }
    let alpha = UInt32(opacity)
    switch format {
    case .gray:
      target[index] = blend(RGBColor.luminance(red, green, blue), over: target[index], opacity: alpha)
    case .rgb:
      target[index] = blend(red, over: target[index], opacity: alpha)
      target[index + 1] = blend(green, over: target[index + 1], opacity: alpha)
      target[index + 2] = blend(blue, over: target[index + 2], opacity: alpha)
    case .rgba:
      // Straight opacity: colours are weighted by what each layer contributes to the sum, in units of 1 / 255^2.
      let back = UInt32(target[index + 3]) * (255 - alpha)
      let sum = alpha * 255 + back
      func mixed(_ sample: UInt8, _ channel: Int) -> UInt8 {
        let weighted = UInt32(sample) * alpha * 255 + UInt32(target[index + channel]) * back
        return UInt8(truncatingIfNeeded: (weighted + sum / 2) / sum)
      }
      target[index] = mixed(red, 0)
      target[index + 1] = mixed(green, 1)
      target[index + 2] = mixed(blue, 2)
      target[index + 3] = UInt8(truncatingIfNeeded: (sum + 127) / 255)
    }
  }
}
