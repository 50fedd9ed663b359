// Numbers to colours, evenly for the eye.
// Not here: colours of series (Palette).

import Foundation

/// A colour in sRGB with components in 0...1.
package struct RGBColor: Equatable {
  package var red: Double
  package var green: Double
  package var blue: Double

  /// Creates a colour.
  package init(red: Double, green: Double, blue: Double) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The colour of `0xRRGGBB`.
  init(_ number: Int) {
    func component(_ shift: Int) -> Double { Double(number >> shift & 255) / 255 }
    self.init(red: component(16), green: component(8), blue: component(0))
  }

  /// `#rrggbb`.
  package var hex: String {
    "#"
      + [red, green, blue].map { component in
        let digits = String(Int((min(max(component, 0), 1) * 255).rounded()), radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  /// Lightness L* in 0...100, how bright the colour looks.
  ///
  /// > Source: CIE 15:2004, 8.2.1.1, from the luminance of IEC 61966-2-1.
  package var lightness: Double {
    func linear(_ value: Double) -> Double {
      value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    return luminance <= 216.0 / 24389 ? luminance * 24389 / 27 : 116 * pow(luminance, 1 / 3.0) - 16
  }

}

/// Maps 0...1 to colours of evenly growing lightness, which stay ordered in print and with any colour vision.
package enum ColorMap {
  /// Sixteen equally spaced colours of "viridis", from dark violet to yellow; between them colours are interpolated.
  ///
  /// > Source: van der Walt and Smith, "A better default colormap for matplotlib", SciPy 2015; the table is in the
  /// > public domain (CC0).
  private static let anchors: [Int] = [
    0x440154, 0x481a6c, 0x472f7d, 0x414487, 0x39568c, 0x31688e, 0x2a788e, 0x23888e,
    0x1f988b, 0x22a884, 0x35b779, 0x54c568, 0x7ad151, 0xa5db36, 0xd2e21b, 0xfde725,
  ]

  /// The colour of a value; values outside 0...1 take the colour of the nearer end.
  package static func color(_ value: Double) -> RGBColor {
    let position = min(max(value, 0), 1) * Double(anchors.count - 1)
    let below = min(Int(position), anchors.count - 2)
    let (a, b, share) = (RGBColor(anchors[below]), RGBColor(anchors[below + 1]), position - Double(below))
    func mixed(_ component: KeyPath<RGBColor, Double>) -> Double {
      a[keyPath: component] + (b[keyPath: component] - a[keyPath: component]) * share
    }
    return RGBColor(red: mixed(\.red), green: mixed(\.green), blue: mixed(\.blue))
  }
}
