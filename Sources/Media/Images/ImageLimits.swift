// What a picture file may cost before it is refused.
// Not here: where the limits are applied (ImageFile.swift).

/// Limits that are checked against the header, before memory for pixels is asked for.
public struct ImageLimits: Codable, Hashable, Sendable {
  /// The most pixels of a picture.
  public var maxPixels: Int
  /// The longest side in pixels.
  public var maxSide: Int
  /// The most bytes of a file.
  public var maxFileBytes: Int

  /// Limits; the defaults are 100 megapixels, sides that JPEG can hold, and files of 512 MiB.
  public init(maxPixels: Int = 100_000_000, maxSide: Int = 65_500, maxFileBytes: Int = 512 << 20) {
    self.maxPixels = maxPixels
    self.maxSide = maxSide
    self.maxFileBytes = maxFileBytes
  }

  /// Throws where a picture of `size` is not to be decoded.
  func check(_ size: ImageSize, place: String) throws(ImageError) {
    guard max(size.width, size.height) <= maxSide else {
      throw .tooLarge(place: place, size: size, limit: "\(maxSide) pixels a side (maxSide)")
    }
    let (area, overflows) = size.width.multipliedReportingOverflow(by: size.height)
    guard !overflows, area <= maxPixels else {
      throw .tooLarge(place: place, size: size, limit: "\(maxPixels) pixels (maxPixels)")
    }
  }
}
