// The two pictures that a region of a photograph becomes: the enlarged part, and the whole with a box around it.
// Not here: which regions, and what is asked about them (ZoomDistill).

/// How the views of a region are made.
public struct RegionViewSettings: Codable, Hashable, Sendable {
  /// How much larger the part becomes in each direction.
  public var scale: Double
  /// The filter that enlarges it.
  public var filter: ResamplingFilter
  /// The file of the part.
  public var partEncoding: ImageEncoding
  /// The colour of the box.
  public var color: RGBColor
  /// The line of the box.
  public var outline: BoxOutline
  /// The file of the whole.
  public var wholeEncoding: ImageEncoding

  /// Settings; the defaults enlarge twice with Lanczos and write a JPEG of quality 95 and a PNG.
  public init(
    scale: Double = 2, filter: ResamplingFilter = .lanczos, partEncoding: ImageEncoding = .jpeg(quality: 95),
    color: RGBColor = .red, outline: BoxOutline = .outside(),
    wholeEncoding: ImageEncoding = .png(level: 6, strategy: .runs)
  ) {
    self.scale = scale
    self.filter = filter
    self.partEncoding = partEncoding
    self.color = color
    self.outline = outline
    self.wholeEncoding = wholeEncoding
  }
}

/// The two files of a region.
public struct RegionViews: Hashable, Sendable {
  /// The part in the box, enlarged; bytes of a file.
  public let part: [UInt8]
  /// The whole picture with the box drawn on it; bytes of a file.
  public let whole: [UInt8]

  /// Makes both files.
  ///
  /// - Returns: nil where the box has no pixel in the picture.
  /// - Throws: ``ImageError/cannotEncode(format:reason:)``.
  public static func make(
    of image: Image, box: BoundingBox, settings: RegionViewSettings = RegionViewSettings()
  ) throws(ImageError) -> RegionViews? {
    guard let cut = image.cropped(to: box, rounding: .nearest) else { return nil }
    func side(_ pixels: Int) -> Int { max(1, Int((Double(pixels) * settings.scale).rounded())) }
    let part = cut.resized(
      to: ImageSize(width: side(cut.width), height: side(cut.height)), filter: settings.filter)
    var whole = image
    whole.drawOutline(of: box, color: settings.color, style: settings.outline)
    return RegionViews(
      part: try ImageFile.encode(part, as: settings.partEncoding),
      whole: try ImageFile.encode(whole, as: settings.wholeEncoding))
  }
}
