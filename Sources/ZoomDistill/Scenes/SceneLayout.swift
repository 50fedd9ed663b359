// How large things are and where they stand, so that none touches another.
// Not here: what they are (ScenePlan.swift).

import Foundation
import Media
import Tensor

/// Places of things in a picture.
enum SceneLayout {
  /// A thing with its place.
  struct Place {
    let index: Int
    /// The corner of its bounds in pixels.
    let left: Double
    let top: Double
    /// Pixels a unit.
    let scale: Double
  }

  /// Pixels between things, and between a thing and the edge.
  static func gap(_ size: ImageSize) -> Double { max(8, 0.006 * Double(max(size.width, size.height))) }

  /// Pixels a unit: the area of the bounds is drawn evenly over its logarithm, within what can be read and what the
  /// pictures allow.
  ///
  /// - Returns: nil where nothing lies between.
  static func scale(
    _ sprite: SceneSprite, in size: ImageSize, config: PhotoSceneConfig, _ random: inout RandomSource
  ) -> Double? {
    let unit = sprite.bounds.area
    // Edges fall between pixels and corners of turned things are round: the tight box differs a little from the bounds.
    let least = max(1.15 * config.smallestArea * Double(size.area), unit * sprite.leastScale * sprite.leastScale)
    let most = min(0.97 * config.largestArea * Double(size.area), unit * sprite.mostScale * sprite.mostScale)
    let draw = random.uniform()
    guard least <= most else { return nil }
    return (exp(log(least) + (log(most) - log(least)) * draw) / unit).squareRoot()
  }

  /// A place for each thing, in the order of the numbers; those that find none after many attempts are left out.
  static func places(
    _ sprites: [SceneSprite], in size: ImageSize, config: PhotoSceneConfig, _ source: RandomSource
  ) -> [Place] {
    var sizes: [(index: Int, scale: Double)] = []
    for (index, sprite) in sprites.enumerated() {
      var random = source.split("scale").split(index)
      if let scale = scale(sprite, in: size, config: config, &random) { sizes.append((index, scale)) }
    }
    // The largest first: they need the most room.
    sizes.sort {
      let (one, two) = (
        sprites[$0.index].bounds.area * $0.scale * $0.scale, sprites[$1.index].bounds.area * $1.scale * $1.scale
      )
      return (-one, $0.index) < (-two, $1.index)
    }
    let gap = gap(size)
    var taken: [BoundingBox] = []
    var places: [Place] = []
    var random = source.split("places")
    for (index, scale) in sizes {
      let bounds = sprites[index].bounds
      let (width, height) = (scale * bounds.width, scale * bounds.height)
      let room = (x: Double(size.width) - width - 2 * gap, y: Double(size.height) - height - 2 * gap)
      guard room.x > 0, room.y > 0 else { continue }
      for _ in 0..<200 {
        let (left, top) = (gap + room.x * random.uniform(), gap + room.y * random.uniform())
        let box = BoundingBox(left: left, top: top, right: left + width, bottom: top + height)
        let wide = BoundingBox(left: left - gap, top: top - gap, right: box.right + gap, bottom: box.bottom + gap)
        guard taken.allSatisfy({ $0.intersection(wide).area == 0 }) else { continue }
        taken.append(box)
        places.append(Place(index: index, left: left, top: top, scale: scale))
        break
      }
    }
    return places.sorted { $0.index < $1.index }
  }
}
