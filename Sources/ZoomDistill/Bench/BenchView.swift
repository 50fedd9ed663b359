// The ways in which an item is shown to a model, and the settings of each.
// Not here: making the requests (ViewMaker.swift), the loop of the tool (ToolLoop.swift).

public import Media

/// What a model sees of an item.
public enum BenchView: String, CaseIterable, Codable, Hashable, Sendable {
  /// The full picture.
  case global
  /// The cropped evidence alone.
  case regional
  /// The full picture with a box around the evidence.
  case overlay
  /// The full picture, and a tool that zooms.
  case tool
}

/// What a model's encoder makes of a picture: the unit of evidence size.
public struct EncoderInput: Codable, Hashable, Sendable {
  /// Pictures with more pixels are shrunk to this area before they are sent; 0 for no limit.
  public var maxPixels: Int
  /// Side of the square of pixels that becomes one visual token.
  public var patch: Int

  /// An encoder's input.
  public init(maxPixels: Int = 16_777_216, patch: Int = 32) {
    self.maxPixels = maxPixels
    self.patch = patch
  }

  /// The size at which a picture is sent, its sides' ratio kept.
  public func size(of original: ImageSize) -> ImageSize {
    guard maxPixels > 0, original.area > maxPixels else { return original }
    let factor = (Double(maxPixels) / Double(original.area)).squareRoot()
    func side(_ pixels: Int) -> Int { max(1, Int(Double(pixels) * factor)) }
    return ImageSize(width: side(original.width), height: side(original.height))
  }

  /// The area of a box in tokens: its pixels, shrunk as the picture is, over the area of a patch.
  public func tokens(_ box: BoundingBox, in original: ImageSize) -> Double {
    let sent = size(of: original)
    let shrinking = Double(sent.area) / Double(original.area)
    return box.clipped(to: original).area * shrinking / Double(patch * patch)
  }
}

/// How views are made.
public struct ViewConfig: Codable, Equatable, Sendable {
  /// The encoder for which pictures are shrunk.
  public var encoder: EncoderInput
  /// How much a crop that is made here is enlarged; crops that an item brings are sent as they are.
  public var cropScale: Double
  /// The filter of crops and shrunk pictures.
  public var filter: ResamplingFilter
  /// How much the box of the overlay is larger than the evidence, on each side, as a fraction of its own sides.
  public var overlayMargin: Double
  /// The line of the box.
  public var outline: BoxOutline
  /// The tool of the tool view.
  public var tool: ToolConfig

  /// Settings of the views.
  public init(
    encoder: EncoderInput = EncoderInput(), cropScale: Double = 2, filter: ResamplingFilter = .lanczos,
    overlayMargin: Double = 0.05, outline: BoxOutline = .outside(), tool: ToolConfig = ToolConfig()
  ) {
    self.encoder = encoder
    self.cropScale = cropScale
    self.filter = filter
    self.overlayMargin = overlayMargin
    self.outline = outline
    self.tool = tool
  }
}
