// Colours with names that nobody argues about.
// Not here: what is painted with them (ScenePainter.swift).

public import Media
import Tensor

/// A colour of frames, labels and tags.
public enum SceneColor: String, Codable, CaseIterable, Hashable, Sendable {
  /// The names, which are the answers.
  case red, orange, yellow, green, blue, purple, pink, brown, black, gray, white

  /// The colour itself; those that are painted lie within ``jitter`` of it.
  public var color: RGBColor {
    switch self {
    case .red: RGBColor(red: 205, green: 28, blue: 32)
    case .orange: RGBColor(red: 245, green: 132, blue: 18)
    case .yellow: RGBColor(red: 248, green: 214, blue: 32)
    case .green: RGBColor(red: 30, green: 140, blue: 52)
    case .blue: RGBColor(red: 28, green: 78, blue: 200)
    case .purple: RGBColor(red: 116, green: 42, blue: 160)
    case .pink: RGBColor(red: 250, green: 134, blue: 184)
    case .brown: RGBColor(red: 112, green: 66, blue: 30)
    case .black: RGBColor(red: 22, green: 22, blue: 24)
    case .gray: RGBColor(red: 132, green: 134, blue: 136)
    case .white: RGBColor(red: 246, green: 246, blue: 244)
    }
  }

  /// Levels by which each sample of a painted colour differs at most.
  public static let jitter = 6

  /// The colours that stand out from white paper.
  static let frames = allCases.filter { $0 != .white }

  /// The colour as it is painted once.
  func painted(_ random: inout RandomSource) -> RGBColor {
    func sample(_ value: UInt8) -> UInt8 {
      UInt8(min(255, max(0, Int(value) + random.integer(below: 2 * Self.jitter + 1) - Self.jitter)))
    }
    return RGBColor(red: sample(color.red), green: sample(color.green), blue: sample(color.blue))
  }

  /// Black or white, whichever is read better on it.
  var ink: RGBColor { color.luminance > 125 ? SceneColor.black.color : SceneColor.white.color }
}
