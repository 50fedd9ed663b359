// What is true of a scene of signs, as it is written beside the picture. No teacher ever sees it.
// Not here: drawing (SignScene.swift), files (SignFolder.swift).

public import Media

/// One sign as it is.
public struct SignTruth: Codable, Hashable, Sendable {
  /// The outline.
  public let frame: SignFrame
  /// What it shows.
  public let detail: SignDetail
  /// The sign's square in pixels of the scene.
  public let box: BoundingBox
  /// Whether another sign of the scene has the same frame.
  public let isDuplicate: Bool
  /// Whether it covers a tenth of the scene or more.
  public let isOversized: Bool
  /// Whether it was drawn with low contrast.
  public let isFaint: Bool
  /// Whether its detail has lost most of its ink: the sign is found, but hard to read even from near.
  public let isFaded: Bool

  /// What a question about the sign asks.
  public var dimension: Dimension { detail.dimension }
  /// The true answer.
  public var answer: String { detail.answer }
  /// Whether the sign should pass every filter on regions.
  public var isPlain: Bool { !isDuplicate && !isOversized && !isFaint }
}

/// A scene as it is.
public struct SignSceneTruth: Codable, Hashable, Sendable {
  /// The scene's name, such as `build-000012`.
  public let id: String
  /// The scene's number.
  public let index: Int
  /// Width and height of the picture.
  public let size: ImageSize
  /// The signs, in the order in which they were drawn.
  public let signs: [SignTruth]

  /// The sign whose box overlaps a box most, if any overlaps by at least a half.
  public func sign(at box: BoundingBox) -> SignTruth? {
    let overlaps = signs.map { ($0, $0.box.intersectionOverUnion(box)) }
    guard let best = overlaps.max(by: { $0.1 < $1.1 }), best.1 >= 0.5 else { return nil }
    return best.0
  }
}
