// What is true of a photographic scene, as it is written beside the picture. No teacher ever sees it.
// Not here: drawing (PhotoScene.swift), files (PhotoSceneFolder.swift).

public import Media

/// What a thing of a scene shows.
public enum SceneContent: Codable, Hashable, Sendable {
  /// A label of a colour with a text on it.
  case label(color: SceneColor, text: SceneText)
  /// Equal pictures of a thing, side by side.
  case group(object: String, count: Int)
  /// A thing with a coloured tag below it.
  case tagged(object: String, color: SceneColor)
  /// A framed panel of a material.
  case panel(frame: SceneColor, material: SceneMaterial)
  /// A framed board with two things in different places.
  case board(frame: SceneColor, first: String, second: String, relation: SceneRelation)
  /// A framed card with one thing.
  case card(frame: SceneColor, object: String)
  /// A thing that nobody asks about.
  case loose(object: String)

  /// What is asked about it; nil for what nobody asks about.
  public var dimension: Dimension? {
    switch self {
    case .label: .ocr
    case .group: .counting
    case .tagged: .color
    case .panel: .material
    case .board: .structure
    case .card: .identification
    case .loose: nil
    }
  }

  /// What questions call it; another thing of the scene has this name only where that was planted.
  public var name: String {
    switch self {
    case .label(let color, _): "\(color.rawValue) label"
    case .group(let object, _): "group of \(object) pictures"
    case .tagged(let object, _): "\(object) with a tag"
    case .panel(let frame, _): "panel with the \(frame.rawValue) frame"
    case .board(let frame, _, _, _): "board with the \(frame.rawValue) frame"
    case .card(let frame, _): "card with the \(frame.rawValue) frame"
    case .loose(let object): object
    }
  }
}

/// Where the first thing of a board is, seen from the second.
public enum SceneRelation: String, Codable, CaseIterable, Hashable, Sendable {
  /// In the same row or column.
  case left, right, above, below

  /// Where the second is, seen from the first.
  public var opposite: SceneRelation {
    switch self {
    case .left: .right
    case .right: .left
    case .above: .below
    case .below: .above
    }
  }
}

/// One thing as it is.
public struct PhotoThing: Codable, Hashable, Sendable {
  /// What questions call it.
  public let name: String
  /// What it shows.
  public let content: SceneContent
  /// The tight box around its pixels.
  public let box: BoundingBox
  /// Whether another thing of the scene has its name and shows something else.
  public let isDuplicate: Bool
  /// Questions about it with their answers; each can be answered from the box, and from the picture if the name is
  /// unique.
  public let questions: [PhotoQuestion]
}

/// A scene as it is.
public struct PhotoSceneTruth: Codable, Hashable, Sendable {
  /// The scene's name, such as `photo-000012`.
  public let id: String
  /// The scene's number.
  public let index: Int
  /// Width and height of the picture.
  public let size: ImageSize
  /// The things, in the order in which they were drawn.
  public let things: [PhotoThing]
  /// The pictures that it was made from, the background first.
  public let assets: [SceneAsset]

  /// The licences of all pictures, as one SPDX expression.
  public var licence: String {
    var parts: [String] = []
    for asset in assets where !parts.contains(asset.licence) { parts.append(asset.licence) }
    return parts.map { $0.contains(" OR ") || $0.contains(" or ") ? "(\($0))" : $0 }.joined(separator: " AND ")
  }

  /// Every picture with author, package and licence.
  public var origin: String { "composed of " + assets.map(\.credit).joined(separator: "; ") }
}
