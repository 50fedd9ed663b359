// How a region that a model asks for becomes a picture.
// Not here: asking (ToolCall.swift), the loop (ToolLoop.swift).

public import Media

/// The unit in which a model writes boxes.
public enum ToolCoordinates: String, CaseIterable, Codable, Hashable, Sendable {
  /// 0 to 1000 of width and height.
  case perMille = "per-mille"
  /// Pixels of the picture that it was shown.
  case pixels

  /// The space of the boxes.
  var space: CoordinateSpace { self == .perMille ? .perMille : .pixels }
}

/// What the zoom tool does with a box.
///
/// > Source: Qwen-Agent, `image_zoom_in_tool`: the defaults are its numbers.
public struct CropPolicy: Codable, Equatable, Sendable {
  /// The unit of the boxes.
  public var coordinates: ToolCoordinates
  /// Shorter sides are grown around the center to this many pixels, the ratio kept.
  public var minSide: Int
  /// Longer to shorter side, at most.
  public var maxAspect: Double
  /// Smaller crops are enlarged to this area in pixels.
  public var minArea: Int
  /// Larger crops are shrunk to this area in pixels.
  public var maxArea: Int
  /// Sides of the result are multiples of this.
  public var multiple: Int
  /// The filter.
  public var filter: ResamplingFilter

  /// A policy.
  public init(
    coordinates: ToolCoordinates = .perMille, minSide: Int = 32, maxAspect: Double = 100, minArea: Int = 262_144,
    maxArea: Int = 12_845_056, multiple: Int = 32, filter: ResamplingFilter = .bicubic
  ) {
    self.coordinates = coordinates
    self.minSide = minSide
    self.maxAspect = maxAspect
    self.minArea = minArea
    self.maxArea = maxArea
    self.multiple = multiple
    self.filter = filter
  }

  /// What is cut, and how large it becomes.
  public struct Plan: Equatable, Sendable {
    /// The region in pixels of the picture.
    public var region: BoundingBox
    /// The size of the result.
    public var size: ImageSize
  }

  /// The crop for a box, or the reason why there is none, in words for the model.
  ///
  /// - Parameters:
  ///   - box: as the model wrote it.
  ///   - size: the picture.
  public func plan(_ box: BoundingBox, in size: ImageSize) -> Result<Plan, ToolProblem> {
    guard [box.left, box.top, box.right, box.bottom].allSatisfy({ $0.isFinite && abs($0) <= 1e6 }) else {
      return .failure(ToolProblem("bbox_2d has numbers that are no coordinates"))
    }
    guard box.left < box.right, box.top < box.bottom else {
      return .failure(ToolProblem("bbox_2d must be [x1, y1, x2, y2] with x1 < x2 and y1 < y2"))
    }
    var region = coordinates.space.pixels(box, in: size).clipped(to: size)
    guard region.area > 0 else { return .failure(ToolProblem("bbox_2d lies outside of the image")) }
    guard max(region.width, region.height) <= maxAspect * min(region.width, region.height) else {
      return .failure(ToolProblem("bbox_2d is too narrow: at most \(Int(maxAspect)) to 1"))
    }
    let short = min(region.width, region.height)
    if short < Double(minSide) {
      let factor = Double(minSide) / short
      region = region.expanded(by: (factor - 1) / 2).clipped(to: size)
    }
    let pixels = region.pixels(in: size, rounding: .outward)
    guard min(pixels.x.count, pixels.y.count) >= min(minSide, size.width, size.height) else {
      return .failure(ToolProblem("bbox_2d is too small: at least \(minSide) pixels a side"))
    }
    return .success(Plan(region: pixels.box, size: resized(pixels.size)))
  }

  /// The nearest size with sides that are multiples and an area within the bounds, the ratio about kept.
  func resized(_ size: ImageSize) -> ImageSize {
    let step = Double(multiple)
    func sides(_ factor: Double, _ rule: FloatingPointRoundingRule) -> ImageSize {
      func side(_ pixels: Int) -> Int { max(1, Int((Double(pixels) * factor / step).rounded(rule))) * multiple }
      return ImageSize(width: side(size.width), height: side(size.height))
    }
    let plain = sides(1, .toNearestOrEven)
    if plain.area > maxArea { return sides((Double(maxArea) / Double(size.area)).squareRoot(), .down) }
    if plain.area < minArea { return sides((Double(minArea) / Double(size.area)).squareRoot(), .up) }
    return plain
  }
}

/// Why a tool call cannot be done, in words for the model that made it.
public struct ToolProblem: Error, Hashable, Sendable {
  /// The reason.
  public var text: String

  /// A reason.
  public init(_ text: String) { self.text = text }
}
