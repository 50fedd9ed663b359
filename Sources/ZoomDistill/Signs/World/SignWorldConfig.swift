// The parameters of the sign world; its defaults live here and only here.
// Not here: drawing scenes from them (SignScene.swift).

import Lab

/// How scenes of signs are drawn.
public struct SignWorldConfig: Codable, Equatable, Hashable, Sendable {
  /// Width and height of a scene in pixels.
  public var size = 256
  /// Signs of a scene; fewer where they find no place.
  public var signs = 10
  /// The shortest side of an ordinary sign in pixels.
  public var smallest = 32.0
  /// The longest side of an ordinary sign in pixels.
  public var largest = 40.0
  /// Tiles of the background along each side.
  public var tiles = 4
  /// Standard deviation of the noise, white being 1.
  public var noise = 0.03
  /// Translucent rectangles behind the signs.
  public var clutter = 14
  /// Share of signs whose frame another sign of the scene has too.
  public var duplicates = 0.15
  /// Share of signs that cover a tenth of the scene and more.
  public var oversized = 0.10
  /// Share of signs of low contrast.
  public var faint = 0.10
  /// Share of signs whose detail has lost most of its ink.
  public var faded = 0.08

  /// The defaults.
  public init() {}

  /// Sides of oversized signs in pixels: a tenth of the scene's area and a little more.
  var oversizedSides: Range<Double> {
    let side = 0.1.squareRoot() * Double(size)
    return 1.02 * side..<1.1 * side
  }

  /// Checks what types cannot express; `key` is where this stands in the whole configuration.
  func check(_ check: inout ConfigCheck, key: String) {
    check.require((32...4096).contains(size), "\(key).size", expected: "32 to 4096 px", got: size)
    check.require((1...64).contains(signs), "\(key).signs", expected: "1 to 64", got: signs)
    check.require(
      smallest >= 6 && smallest <= largest, "\(key).smallest", expected: "6 px to 'largest'", got: smallest)
    check.require(
      largest < Double(size) / 2, "\(key).largest", expected: "less than half of 'size'", got: largest)
    check.require((1...64).contains(tiles), "\(key).tiles", expected: "1 to 64", got: tiles)
    check.require((0...0.5).contains(noise), "\(key).noise", expected: "0 to 0.5", got: noise)
    check.require((0...1000).contains(clutter), "\(key).clutter", expected: "0 to 1000", got: clutter)
    for (name, share) in [("duplicates", duplicates), ("oversized", oversized), ("faint", faint), ("faded", faded)] {
      check.require((0...0.5).contains(share), "\(key).\(name)", expected: "a share of 0 to 0.5", got: share)
    }
    check.require(
      duplicates + oversized + faint + faded <= 1, "\(key).duplicates", expected: "shares of at most 1 together",
      got: duplicates + oversized + faint + faded)
  }
}
