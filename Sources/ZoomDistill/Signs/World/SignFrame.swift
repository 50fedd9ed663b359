// The ten outlines that signs have: their shapes, their names, and where each keeps its detail.
// Not here: what the detail is (SignDetail.swift), colours and pixels (SignPainter.swift).

/// The outline of a sign, which questions use as its name.
///
/// Shapes live in sign coordinates: the unit square with x to the right and y down. Every shape touches all four sides,
/// so that a sign's bounding box is its square.
public enum SignFrame: String, CaseIterable, Codable, Hashable, Sendable {
  /// A disc.
  case circle
  /// A square.
  case square
  /// A triangle with a horizontal base.
  case triangle
  /// A square on its corner.
  case diamond
  /// Six sides, two of them horizontal.
  case hexagon
  /// Two crossed bars.
  case cross
  /// Five sides, a corner above.
  case pentagon
  /// A disc with a slot at the right.
  case gappedRing = "gapped ring"
  /// A bar on a stem.
  case tee
  /// An arrow to the right.
  case arrow

  /// The name in questions, such as `gapped ring`.
  public var name: String { rawValue }

  /// The frame of a name; capitals, articles, punctuation and the word "sign" do not matter.
  public init?(name: String) {
    let ignored: Set<String> = ["the", "a", "an", "sign", "shape", "shaped"]
    let words = SignWords.words(of: name).filter { !ignored.contains($0) }
    guard let (frame, length) = SignFrame.parse(words[...]), length == words.count else { return nil }
    self = frame
  }

  /// The frame that words begin with, and how many words its name takes.
  static func parse(_ words: ArraySlice<String>) -> (frame: SignFrame, length: Int)? {
    guard let first = words.first else { return nil }
    if first == "gapped" { return words.dropFirst().first == "ring" ? (.gappedRing, 2) : nil }
    if first == "ring" { return (.gappedRing, 1) }
    guard let frame = SignFrame(rawValue: first) else { return nil }
    return (frame, 1)
  }

  /// Centre and side of the square that holds the detail, in sign coordinates; at most the central 52 %.
  var detailSquare: (x: Double, y: Double, side: Double) {
    switch self {
    case .circle, .square, .hexagon: (0.5, 0.5, 0.52)
    case .triangle: (0.5, 0.69, 0.40)
    case .diamond: (0.5, 0.5, 0.40)
    case .cross: (0.5, 0.5, 0.46)
    case .pentagon: (0.5, 0.56, 0.50)
    case .gappedRing: (0.47, 0.5, 0.50)
    case .tee: (0.5, 0.5, 0.50)
    case .arrow: (0.44, 0.5, 0.46)
    }
  }

  /// The corners of a polygon; empty for the round shapes.
  private var corners: [SIMD2<Double>] {
    switch self {
    case .circle, .gappedRing: []
    case .square: [[0, 0], [1, 0], [1, 1], [0, 1]]
    case .triangle: [[0.5, 0], [1, 1], [0, 1]]
    case .diamond: [[0.5, 0], [1, 0.5], [0.5, 1], [0, 0.5]]
    case .hexagon: [[0.25, 0], [0.75, 0], [1, 0.5], [0.75, 1], [0.25, 1], [0, 0.5]]
    case .cross:
      [
        [0.2, 0], [0.8, 0], [0.8, 0.2], [1, 0.2], [1, 0.8], [0.8, 0.8], [0.8, 1], [0.2, 1], [0.2, 0.8], [0, 0.8],
        [0, 0.2], [0.2, 0.2],
      ]
    case .pentagon: [[0.5, 0], [1, 0.382], [0.809, 1], [0.191, 1], [0, 0.382]]
    case .tee: [[0, 0], [1, 0], [1, 0.36], [0.82, 0.36], [0.82, 1], [0.18, 1], [0.18, 0.36], [0, 0.36]]
    case .arrow: [[0, 0.2], [0.56, 0.2], [0.56, 0], [1, 0.5], [0.56, 1], [0.56, 0.8], [0, 0.8]]
    }
  }

  /// A closure that tells how far points lie outside the shape, in sign coordinates; negative inside.
  func distance() -> (SIMD2<Double>) -> Double {
    switch self {
    case .circle: return { Self.disc($0) }
    case .gappedRing:
      return { point in
        // The slot is a half-strip; the difference of two shapes is a bound that is exact near the edges.
        let slot = max(0.8 - point.x, abs(point.y - 0.5) - 0.1)
        return max(Self.disc(point), -slot)
      }
    default:
      let corners = corners
      return { Self.polygon(corners, $0) }
    }
  }

  private static func disc(_ point: SIMD2<Double>) -> Double {
    let offset = point - SIMD2(0.5, 0.5)
    return (offset * offset).sum().squareRoot() - 0.5
  }

  /// The signed distance to a polygon: the nearest edge, and the parity of crossings for the sign.
  private static func polygon(_ corners: [SIMD2<Double>], _ point: SIMD2<Double>) -> Double {
    var nearest = Double.infinity
    var isInside = false
    var previous = corners[corners.count - 1]
    for corner in corners {
      let edge = previous - corner
      let offset = point - corner
      let along = min(1, max(0, (offset * edge).sum() / (edge * edge).sum()))
      let rest = offset - edge * along
      nearest = min(nearest, (rest * rest).sum())
      if (corner.y > point.y) != (previous.y > point.y),
        point.x < edge.x * (point.y - corner.y) / edge.y + corner.x
      {
        isInside.toggle()
      }
      previous = corner
    }
    return isInside ? -nearest.squareRoot() : nearest.squareRoot()
  }
}

/// Words of questions and names.
enum SignWords {
  /// Lower-case words of letters and digits.
  static func words(of text: String) -> [String] {
    text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
  }
}
