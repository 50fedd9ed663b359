// Regions from the pixels alone: lines of text and small things that stand out.
// Not here: how each kind is found (TextBlocks.swift, SmallObjects.swift), the filters (RegionFilter.swift).
package import Media

/// Proposals without a teacher, a function of the pixels alone.
///
/// They are worked out on a copy that is reduced to at most ``longSide`` pixels; boxes are in pixels of the full picture.
package struct SalientProposer: Sendable {
  /// The longer side of the working copy in pixels, at most.
  package static let longSide = 1024
  /// The most proposals of each kind.
  package static let most = 64

  package init() {}

  /// Lines of text and things, the most salient first; the names number each kind in reading order.
  package func regions(of image: Image) -> [ProposedRegion] {
    let copy = Self.workingCopy(image)
    let scale = (
      x: Double(image.width) / Double(copy.width), y: Double(image.height) / Double(copy.height)
    )
    let text = Self.strongest(TextBlocks.found(in: copy))
    // The letters of a line stand out too: what lies within one is not proposed twice.
    let things = Self.strongest(
      SmallObjects.found(in: copy).filter { thing in
        !text.contains { $0.box.intersectionOverUnion(thing.box) > 0.5 || thing.box.share(within: $0.box) > 0.8 }
      })
    let regions = Self.named(text, "text block") + Self.named(things, "small object")
    return regions.enumerated().sorted { (-$0.1.score, $0.0) < (-$1.1.score, $1.0) }.map { region in
      var region = region.element
      region.box = region.box.scaled(x: scale.x, y: scale.y).clipped(to: image.size)
      return region
    }
  }

  /// The picture at its size or reduced so that no side is longer than ``longSide``, without opacity.
  static func workingCopy(_ image: Image) -> Image {
    let image = image.flattened().converted(to: .rgb)
    let long = max(image.width, image.height)
    guard long > longSide else { return image }
    let rough = image.shrunk(by: long / longSide)
    let factor = Double(longSide) / Double(max(rough.width, rough.height))
    guard factor < 1 else { return rough }
    func side(_ pixels: Int) -> Int { min(longSide, max(1, Int((Double(pixels) * factor).rounded()))) }
    return rough.resized(to: ImageSize(width: side(rough.width), height: side(rough.height)), filter: .bilinear)
  }

  /// The strongest of each place: a weaker one that overlaps by a half or lies within a stronger one goes.
  private static func strongest(_ regions: [SalientRegion]) -> [SalientRegion] {
    var kept: [SalientRegion] = []
    for region in regions.sorted(by: { $0.precedes($1) }) where kept.count < most {
      let isTaken = kept.contains {
        $0.box.intersectionOverUnion(region.box) > 0.5 || region.box.share(within: $0.box) > 0.8
      }
      if !isTaken { kept.append(region) }
    }
    return kept
  }

  /// Reading order: rows of boxes from the top, within a row from the left.
  private static func named(_ regions: [SalientRegion], _ kind: String) -> [ProposedRegion] {
    var rows: [[SalientRegion]] = []
    for region in regions.sorted(by: { ($0.box.top, $0.box.left) < ($1.box.top, $1.box.left) }) {
      let middle = (region.box.top + region.box.bottom) / 2
      if let last = rows.indices.last, let first = rows[last].first, middle < first.box.bottom {
        rows[last].append(region)
      } else {
        rows.append([region])
      }
    }
    let ordered = rows.flatMap { row in row.sorted { ($0.box.left, $0.box.top) < ($1.box.left, $1.box.top) } }
    return ordered.enumerated().map { index, region in
      ProposedRegion(name: "\(kind) \(index + 1)", box: region.box, score: region.score)
    }
  }
}

/// A proposal in pixels of the working copy.
struct SalientRegion: Equatable {
  var box: BoundingBox
  /// In 0...1.
  var score: Double

  /// The stronger first; of equals the upper, then the left one.
  func precedes(_ other: SalientRegion) -> Bool {
    (-score, box.top, box.left, box.bottom, box.right)
      < (-other.score, other.box.top, other.box.left, other.box.bottom, other.box.right)
  }
}

extension BoundingBox {
  /// The share of this box that lies in another one, in 0...1.
  func share(within other: BoundingBox) -> Double { area > 0 ? intersection(other).area / area : 0 }
}
