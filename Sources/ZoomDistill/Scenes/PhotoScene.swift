// Photographs with small things in them, each scene a function of seed and number.
// Not here: which things (ScenePlan.swift), their pixels (ScenePainter.swift), places (SceneLayout.swift), files
// (PhotoSceneFolder.swift).

import Foundation
public import Media
import Tensor

/// A picture with small things to be found, read and counted, and the truth about it.
public struct PhotoScene: Sendable {
  /// What is true of it.
  public let truth: PhotoSceneTruth
  /// The picture, RGB.
  public let image: Image
  /// The photograph behind, cut and resized, before anything was put into it.
  package let background: Image

  /// The scene of a number.
  ///
  /// - Throws: what ``SceneAssets/image(_:)`` throws; `ImageError` for a font that cannot be read.
  /// - Precondition: `index ≥ 0`.
  public init(_ config: PhotoSceneConfig, assets: SceneAssets, index: Int) throws {
    precondition(index >= 0, "PhotoScene: expected a number of 0 or more, got \(index)")
    let source = RandomSource(seed: config.seed).split("photo scene").split(index)
    var random = source.split("picture")
    let photo = assets.backgrounds[random.integer(below: assets.backgrounds.count)]
    let size = Self.size(config, photo.size, &random)
    background = Self.cut(try assets.image(photo).flattened().converted(to: .rgb), to: size, &random)
    var planner = ScenePlanner(config, objects: assets.objects, background: photo.label)
    let plans = planner.plans(source.split("plans"))
    let painter = ScenePainter(config: config, assets: assets)
    let sprites = try plans.map { try painter.sprite($0) }
    let places = SceneLayout.places(sprites, in: size, config: config, source.split("layout"))
    let labels = assets.objects.map { SceneLabel.spoken($0.label) }
    var canvas = background
    var things: [PhotoThing] = []
    var used = [photo]
    for place in places {
      let plan = plans[place.index]
      guard
        let box = try sprites[place.index].draw(
          on: &canvas, left: place.left, top: place.top, scale: place.scale)
      else { continue }
      var choices = plan.source.split("questions")
      let name = plan.content.name
      // A twin whose other half found no place is unique.
      let isDuplicate =
        plan.isDuplicate && places.contains { $0.index != place.index && plans[$0.index].content.name == name }
      things.append(
        PhotoThing(
          name: name, content: plan.content, box: box, isDuplicate: isDuplicate,
          questions: PhotoQuestion.all(about: plan.content, labels: labels, random: &choices)))
      for asset in plan.assets where !used.contains(asset) { used.append(asset) }
    }
    image = canvas
    truth = PhotoSceneTruth(id: Self.id(index), index: index, size: size, things: things, assets: used)
  }

  /// The name of the scene of a number.
  static func id(_ index: Int) -> String {
    let digits = String(index)
    return "photo-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Sides: the shorter one is drawn evenly over its logarithm; the ratio is the photograph's way up.
  private static func size(_ config: PhotoSceneConfig, _ photo: ImageSize, _ random: inout RandomSource) -> ImageSize {
    let ratio = PhotoSceneConfig.ratios[random.integer(below: PhotoSceneConfig.ratios.count)]
    let (low, high) = (log(Double(config.shortest)), log(Double(config.longest) / ratio))
    let short = min(max(Int(exp(low + (high - low) * random.uniform()).rounded()), config.shortest), config.longest)
    let long = min(max(Int((Double(short) * ratio).rounded()), short), config.longest)
    return photo.width >= photo.height
      ? ImageSize(width: long, height: short) : ImageSize(width: short, height: long)
  }

  /// A part of a photograph, at least 70 % of what fits, in a size.
  private static func cut(_ photo: Image, to size: ImageSize, _ random: inout RandomSource) -> Image {
    let fit = min(Double(photo.width) / Double(size.width), Double(photo.height) / Double(size.height))
    let share = fit * random.uniform(in: 0.7..<1)
    let (width, height) = (share * Double(size.width), share * Double(size.height))
    let left = (Double(photo.width) - width) * random.uniform(),
      top = (Double(photo.height) - height) * random.uniform()
    let region = BoundingBox(left: max(0, left), top: max(0, top), right: left + width, bottom: top + height)
    return photo.resized(region: region.clipped(to: photo.size), to: size, filter: .bicubic)
  }
}
