// The pixels of things: pieces with places of their own, in units of the thing, and what each looks like at a size.
// Not here: which things (ScenePlan.swift), where they go (SceneLayout.swift), materials (SceneMaterial.swift).

import Foundation
import Media
import Tensor

/// A part of a thing that is drawn at once. Units are the thing's own; the scale makes them pixels.
struct ScenePiece {
  var center: SIMD2<Double>
  /// Width and height before it is turned.
  var size: SIMD2<Double>
  /// Clockwise.
  var radians: Double
  /// The picture, for a size in pixels that it may exceed.
  var picture: (ImageSize) throws -> Image

  /// The upright box around it, in units.
  var bounds: BoundingBox {
    let (c, s) = (abs(cos(radians)), abs(sin(radians)))
    let half = SIMD2(size.x * c + size.y * s, size.x * s + size.y * c) / 2
    return BoundingBox(
      left: center.x - half.x, top: center.y - half.y, right: center.x + half.x, bottom: center.y + half.y)
  }
}

/// A thing that can be drawn at any scale.
struct SceneSprite {
  var pieces: [ScenePiece]
  /// Pixels a unit below which it cannot be read.
  var leastScale: Double
  /// Pixels a unit above which a picture in it would be enlarged too much.
  var mostScale: Double

  /// The box around all pieces, in units.
  var bounds: BoundingBox {
    let boxes = pieces.map(\.bounds)
    return BoundingBox(
      left: boxes.map(\.left).min() ?? 0, top: boxes.map(\.top).min() ?? 0, right: boxes.map(\.right).max() ?? 0,
      bottom: boxes.map(\.bottom).max() ?? 0)
  }

  /// Draws it with the corner of its bounds at a place.
  ///
  /// - Returns: the tight box around what became visible.
  func draw(on canvas: inout Image, left: Double, top: Double, scale: Double) throws -> BoundingBox? {
    let bounds = bounds
    var box: BoundingBox?
    for piece in pieces {
      // Twice the pixels, so that the edges of carriers are as smooth as those of photographs.
      let picture = try piece.picture(
        ImageSize(
          width: max(2, Int((2 * scale * piece.size.x).rounded())),
          height: max(2, Int((2 * scale * piece.size.y).rounded()))))
      let center = (
        x: left + scale * (piece.center.x - bounds.left), y: top + scale * (piece.center.y - bounds.top)
      )
      let transform = AffineTransform2D.placement(
        of: picture.size, centeredAt: center.x, center.y, scale: scale * piece.size.x / Double(picture.width),
        radians: piece.radians)
      guard let part = canvas.place(picture, transform: transform) else { continue }
      box = box?.union(part) ?? part
    }
    return box
  }
}

extension BoundingBox {
  /// The smallest box around both.
  func union(_ other: BoundingBox) -> BoundingBox {
    BoundingBox(
      left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
      bottom: max(bottom, other.bottom))
  }
}

/// Makes sprites of plans.
struct ScenePainter {
  let config: PhotoSceneConfig
  let assets: SceneAssets

  /// The sprite of a plan.
  ///
  /// - Throws: what reading the plan's pictures and fonts throws.
  func sprite(_ plan: ScenePlan) throws -> SceneSprite {
    let pictures = try plan.assets.map { try assets.image($0).converted(to: .rgba) }
    var random = plan.source
    let turn = (2 * random.uniform() - 1) * config.tilt * .pi / 180
    let shade = random.split("shade")
    switch plan.content {
    case .label(let color, let text): return try label(color, text.text, turn, &random)
    case .group(_, let count): return group(pictures[0], count, &random)
    case .tagged(_, let color): return tagged(pictures[0], color, shade)
    case .loose:
      let (piece, scale) = object(pictures[0], center: .zero, fitting: 1, radians: turn)
      return SceneSprite(pieces: [piece], leastScale: 20, mostScale: scale)
    case .panel(let frame, let material):
      let grain = random.split("grain")
      return SceneSprite(
        pieces: [
          framed(frame, turn, shade, width: 1.25) { canvas, part in
            var grain = grain
            canvas.paste(material.image(part.size, &grain), x: part.x.lowerBound, y: part.y.lowerBound)
          }
        ], leastScale: 36, mostScale: .infinity)
    case .card(let frame, _):
      return SceneSprite(
        pieces: [
          framed(frame, turn, shade, width: 1) { canvas, part in
            Self.place(pictures[0], on: &canvas, in: part.box.expanded(by: -0.06))
          }
        ], leastScale: 38, mostScale: enlarged(pictures, share: 0.74))
    case .board(let frame, _, _, let relation):
      let places = Self.cells(relation, &random)
      return SceneSprite(
        pieces: [
          framed(frame, turn, shade, width: 1) { canvas, part in
            for (picture, place) in zip(pictures, places) {
              let side = part.box.width / 3
              let cell = BoundingBox(
                left: part.box.left + side * place.x, top: part.box.top + side * place.y,
                right: part.box.left + side * (place.x + 1), bottom: part.box.top + side * (place.y + 1))
              Self.place(picture, on: &canvas, in: cell.expanded(by: -0.05))
            }
          }
        ], leastScale: 72, mostScale: enlarged(pictures, share: 0.26))
    }
  }

  /// Pixels a unit at which a picture that takes a share of a unit is enlarged as far as it may be.
  private func enlarged(_ pictures: [Image], share: Double) -> Double {
    let side = pictures.map { max($0.width, $0.height) }.min() ?? 1
    return config.enlargement * Double(side) / share
  }

  /// A picture whose longer side has a length in units.
  private func object(
    _ picture: Image, center: SIMD2<Double>, fitting side: Double, radians: Double
  ) -> (ScenePiece, mostScale: Double) {
    let long = Double(max(picture.width, picture.height))
    let size = SIMD2(Double(picture.width), Double(picture.height)) * (side / long)
    return (
      ScenePiece(center: center, size: size, radians: radians) { _ in picture }, config.enlargement * long / side
    )
  }

  /// Copies on a loose grid that do not touch each other.
  private func group(_ picture: Image, _ count: Int, _ random: inout RandomSource) -> SceneSprite {
    let columns = min(count, max(2, Int((Double(count) * 1.3).squareRoot().rounded(.up))))
    var pieces: [ScenePiece] = []
    var most = Double.infinity
    for index in 0..<count {
      // 0.72 of a cell, turned by up to 30 degrees, moved by up to 0.06: within the cell for all but square pictures.
      let shift = SIMD2(random.uniform() - 0.5, random.uniform() - 0.5) * 0.1
      let center = SIMD2(Double(index % columns), Double(index / columns)) + shift
      let radians = (2 * random.uniform() - 1) * min(config.tilt, 12) * .pi / 180
      let (piece, scale) = object(picture, center: center, fitting: 0.74, radians: radians)
      pieces.append(piece)
      most = min(most, scale)
    }
    return SceneSprite(pieces: pieces, leastScale: 24, mostScale: most)
  }

  /// A thing, upright, with a tag below it.
  private func tagged(_ picture: Image, _ color: SceneColor, _ shade: RandomSource) -> SceneSprite {
    let (thing, scale) = object(picture, center: .zero, fitting: 1, radians: 0)
    let tag = ScenePiece(center: SIMD2(0, thing.size.y / 2 + 0.23), size: SIMD2(0.56, 0.3), radians: 0) { size in
      var shade = shade
      let rim = color == .black ? SceneColor.gray.color : SceneColor.black.color
      var image = Image(size: size, format: .rgba, color: rim.samples(.rgba))
      let line = max(1, size.height / 14)
      let inner = PixelRectangle(
        x: line..<max(line + 1, size.width - line), y: line..<max(line + 1, size.height - line))
      image.fill(inner, color: color.painted(&shade))
      return image
    }
    return SceneSprite(pieces: [thing, tag], leastScale: 26, mostScale: scale)
  }

  /// A label whose unit is the height of an em.
  private func label(
    _ color: SceneColor, _ text: String, _ turn: Double, _ random: inout RandomSource
  ) throws -> SceneSprite {
    let font = try assets.font(random.integer(below: assets.fontCount))
    let probe = try font.render(text, pixelSize: 64)
    let size = SIMD2(Double(probe.ink.size.width) / 64 + 0.8, 1.5)
    let shade = random.split("shade")
    let piece = ScenePiece(center: .zero, size: size, radians: turn) { pixels in
      var shade = shade
      var image = Image(size: pixels, format: .rgba, color: color.painted(&shade).samples(.rgba))
      let em = Double(pixels.height) / size.y
      let line = try font.render(text, pixelSize: max(1, em))
      let x = (pixels.width - line.ink.size.width) / 2 - line.ink.x.lowerBound
      let y = (pixels.height - line.ink.size.height) / 2 - line.ink.y.lowerBound
      image.draw(line, x: x, y: y, color: color.ink)
      return image
    }
    return SceneSprite(pieces: [piece], leastScale: 13, mostScale: 2000)
  }

  /// Paper with a coloured frame around it, one unit high.
  private func framed(
    _ frame: SceneColor, _ turn: Double, _ shade: RandomSource, width: Double,
    _ paint: @escaping (_ canvas: inout Image, _ part: PixelRectangle) -> Void
  ) -> ScenePiece {
    ScenePiece(center: .zero, size: SIMD2(width, 1), radians: turn) { size in
      var shade = shade
      var image = Image(size: size, format: .rgba, color: frame.painted(&shade).samples(.rgba))
      let line = max(2, Int((0.085 * Double(size.height)).rounded()))
      let part = PixelRectangle(
        x: line..<max(line + 1, size.width - line), y: line..<max(line + 1, size.height - line))
      image.fill(part, color: SceneColor.white.painted(&shade))
      paint(&image, part)
      return image
    }
  }

  /// A picture in the middle of a box, as large as fits.
  private static func place(_ picture: Image, on canvas: inout Image, in box: BoundingBox) {
    let scale = min(box.width / Double(picture.width), box.height / Double(picture.height))
    guard scale > 0 else { return }
    canvas.place(
      picture,
      transform: .placement(
        of: picture.size, centeredAt: (box.left + box.right) / 2, (box.top + box.bottom) / 2, scale: scale, radians: 0))
  }

  /// The cells of a three by three board for two things in a relation.
  private static func cells(_ relation: SceneRelation, _ random: inout RandomSource) -> [SIMD2<Double>] {
    let line = Double(random.integer(below: 3))
    let pairs = [(0.0, 1.0), (1.0, 2.0), (0.0, 2.0)]
    let (low, high) = pairs[random.integer(below: pairs.count)]
    switch relation {
    case .left: return [SIMD2(low, line), SIMD2(high, line)]
    case .right: return [SIMD2(high, line), SIMD2(low, line)]
    case .above: return [SIMD2(line, low), SIMD2(line, high)]
    case .below: return [SIMD2(line, high), SIMD2(line, low)]
    }
  }
}
