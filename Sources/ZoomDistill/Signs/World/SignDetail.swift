// What a sign shows: one of 34 answers over six dimensions, and where each puts ink.
// Not here: the outline around it (SignFrame.swift), questions about it (SignQuestion.swift).

/// The detail of a sign: an answer of a dimension, in one of its layouts.
///
/// Ink lies in detail coordinates: the unit square with x to the right and y down.
public struct SignDetail: Codable, Hashable, Sendable {
  /// What a question about it asks.
  public let dimension: Dimension
  /// The true answer, one word.
  public let answer: String
  /// Which of several arrangements of the same answer, from 0; dots have up to four.
  public let layout: Int

  /// A detail.
  ///
  /// - Precondition: the dimension has this answer, and the answer this layout.
  public init(dimension: Dimension, answer: String, layout: Int = 0) {
    precondition(
      dimension.signAnswers.contains(answer), "SignDetail: '\(answer)' is no answer of \(dimension.rawValue)")
    precondition(
      (0..<Self.layouts(dimension, answer)).contains(layout), "SignDetail: '\(answer)' has no layout \(layout)")
    self.dimension = dimension
    self.answer = answer
    self.layout = layout
  }

  /// Reads a detail.
  ///
  /// - Throws: `DecodingError` for one that does not exist.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    dimension = try container.decode(Dimension.self, forKey: .dimension)
    answer = try container.decode(String.self, forKey: .answer)
    layout = try container.decode(Int.self, forKey: .layout)
    guard dimension.signAnswers.contains(answer), (0..<Self.layouts(dimension, answer)).contains(layout) else {
      throw DecodingError.dataCorruptedError(
        forKey: .answer, in: container,
        debugDescription: "no answer '\(answer)' with layout \(layout) in the dimension \(dimension.rawValue)")
    }
  }

  /// Every detail that there is, in a fixed order.
  public static let all: [SignDetail] = Dimension.allCases.flatMap { dimension in
    dimension.signAnswers.flatMap { answer in
      (0..<layouts(dimension, answer)).map { SignDetail(dimension: dimension, answer: answer, layout: $0) }
    }
  }

  /// How many arrangements an answer has.
  public static func layouts(_ dimension: Dimension, _ answer: String) -> Int {
    dimension == .counting ? (dots[answer]?.count ?? 0) : 1
  }

  /// A closure that tells whether there is ink at a point, in detail coordinates.
  func ink() -> (_ x: Double, _ y: Double) -> Bool {
    switch dimension {
    case .counting:
      let centers = Self.dots[answer]?[layout] ?? []
      return { x, y in
        centers.contains { ($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y) < Self.dotRadius * Self.dotRadius }
      }
    case .ocr:
      let rows = Self.glyphs[answer] ?? []
      return { x, y in
        let column = Int(((x - 0.1) / 0.8 * 3).rounded(.down)), row = Int((y * 5).rounded(.down))
        guard (0..<3).contains(column), rows.indices.contains(row) else { return false }
        return rows[row] >> (2 - column) & 1 == 1
      }
    case .color: return { x, y in max(abs(x - 0.5), abs(y - 0.5)) < 0.46 }
    case .structure: return Self.half(answer)
    case .material: return Self.texture(answer)
    case .identification: return Self.emblem(answer)
    }
  }

  private static func isInside(_ x: Double, _ y: Double) -> Bool { x >= 0 && x < 1 && y >= 0 && y < 1 }

  private static func half(_ answer: String) -> (Double, Double) -> Bool {
    switch answer {
    case "left": { x, y in isInside(x, y) && x < 0.5 }
    case "right": { x, y in isInside(x, y) && x >= 0.5 }
    case "top": { x, y in isInside(x, y) && y < 0.5 }
    default: { x, y in isInside(x, y) && y >= 0.5 }
    }
  }

  private static func texture(_ answer: String) -> (Double, Double) -> Bool {
    switch answer {
    case "vertical": { x, y in isInside(x, y) && Int(x * 5).isMultiple(of: 2) }
    case "horizontal": { x, y in isInside(x, y) && Int(y * 5).isMultiple(of: 2) }
    case "checkered": { x, y in isInside(x, y) && (Int(x * 4) + Int(y * 4)).isMultiple(of: 2) }
    default: { x, y in max(abs(x - 0.5), abs(y - 0.5)) < 0.37 }
    }
  }

  private static func emblem(_ answer: String) -> (Double, Double) -> Bool {
    let stroke = 0.13
    switch answer {
    case "backslash": return { x, y in isInside(x, y) && abs(x - y) < 1.3 * stroke }
    case "slash": return { x, y in isInside(x, y) && abs(x + y - 1) < 1.3 * stroke }
    case "bar": return { x, y in isInside(x, y) && abs(x - 0.5) < stroke }
    case "dash": return { x, y in isInside(x, y) && abs(y - 0.5) < stroke }
    case "disc": return { x, y in (x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5) < 0.42 * 0.42 }
    default: return { x, y in isInside(x, y) && min(abs(x - 0.5), abs(y - 0.5)) < stroke }
    }
  }

  private static let dotRadius = 0.15

  /// Centres of dots for each count and layout.
  private static let dots: [String: [[SIMD2<Double>]]] = [
    "1": [[[0.5, 0.5]]],
    "2": [
      [[0.27, 0.5], [0.73, 0.5]], [[0.5, 0.27], [0.5, 0.73]], [[0.27, 0.27], [0.73, 0.73]],
      [[0.73, 0.27], [0.27, 0.73]],
    ],
    "3": [
      [[0.5, 0.25], [0.25, 0.74], [0.75, 0.74]], [[0.5, 0.75], [0.25, 0.26], [0.75, 0.26]],
      [[0.18, 0.18], [0.5, 0.5], [0.82, 0.82]], [[0.82, 0.18], [0.5, 0.5], [0.18, 0.82]],
    ],
    "4": [
      [[0.26, 0.26], [0.74, 0.26], [0.26, 0.74], [0.74, 0.74]],
      [[0.5, 0.17], [0.17, 0.5], [0.83, 0.5], [0.5, 0.83]],
    ],
  ]

  /// Rows of three cells from the top, the highest of three bits at the left.
  private static let glyphs: [String: [UInt8]] = [
    "0": [7, 5, 5, 5, 7], "1": [2, 6, 2, 2, 7], "2": [7, 1, 7, 4, 7], "3": [7, 1, 7, 1, 7], "4": [5, 5, 7, 1, 1],
    "5": [7, 4, 7, 1, 7], "6": [7, 4, 7, 5, 7], "7": [7, 1, 1, 1, 1], "8": [7, 5, 7, 5, 7], "9": [7, 5, 7, 1, 7],
  ]
}

extension Dimension {
  /// The answers that signs give in this dimension, in a fixed order.
  public var signAnswers: [String] {
    switch self {
    case .counting: ["1", "2", "3", "4"]
    case .ocr: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]
    case .color: ["red", "green", "blue", "yellow", "purple", "orange"]
    case .structure: ["left", "right", "top", "bottom"]
    case .material: ["vertical", "horizontal", "checkered", "solid"]
    case .identification: ["backslash", "slash", "bar", "dash", "disc", "plus"]
    }
  }
}
