// Small things by how far their colours lie from those around them, at two scales.
// Not here: text (TextBlocks.swift).
import Media

/// Finds small compact parts that differ from their surroundings.
///
/// A pixel's distance is that of its lightness and its two opponent colours from their means over a window, for a small
/// and a large window: the large one finds what would fill the small one. Distances that are large for the picture are
/// joined, and what hangs together is judged by its contrast to a ring around it and by how well it fills its box.
///
/// > Source: Achanta et al., "Salient region detection and segmentation", ICVS 2008 (distances from means of windows).
enum SmallObjects {
  /// The longer side of the copy on which things are looked for, in pixels.
  static let longSide = 512
  /// Half the side of the windows as a share of the longer side.
  static let radii = [1.0 / 40, 1.0 / 12]
  /// The smallest box in pixels of the copy, and the largest as a share of the picture.
  static let leastArea = 25
  static let mostShare = 0.1
  /// The least distance that counts, in levels of 255 and as a multiple of the picture's mean.
  static let leastDistance: Float = 26
  static let leastMultiple: Float = 1.5
  /// The least share of the greatest distance within a window.
  static let leastShare: Float = 0.45
  /// What a candidate needs.
  static let leastScore = 0.25

  /// Regions in pixels of the picture.
  static func found(in image: Image) -> [SalientRegion] {
    let factor = (max(image.width, image.height) + longSide - 1) / longSide
    let copy = image.shrunk(by: factor)
    guard min(copy.width, copy.height) >= 8 else { return [] }
    let colors = OpponentColors(copy)
    let long = Double(max(copy.width, copy.height))
    return radii.flatMap { share in
      let radius = max(2, Int((share * long).rounded()))
      return regions(colors.distances(radius: radius), radius: radius)
    }.map { region in
      var region = region
      region.box = region.box.scaled(x: Double(factor), y: Double(factor)).clipped(to: image.size)
      return region
    }
  }

  private static func regions(_ distances: PixelPlane<Float>, radius: Int) -> [SalientRegion] {
    let (width, height) = (distances.width, distances.height)
    let mean = distances.samples.reduce(0, +) / Float(distances.samples.count)
    let threshold = max(leastDistance, leastMultiple * mean)
    let peaks = distances.windowMaxima(radius: radius)
    var mask = PixelPlane(width: width, height: height, samples: [UInt8](repeating: 0, count: distances.samples.count))
    for index in mask.samples.indices
    where distances.samples[index] > max(threshold, leastShare * peaks.samples[index]) {
      mask.samples[index] = 1
    }
    // Small gaps inside a thing of several colours are closed.
    mask.smearRows(gap: 2)
    mask.smearColumns(gap: 2)
    let parts = PixelComponents(mask)
    let sums = WindowSums(width: width, height: height) { Int32(distances.samples[$0]) }
    return parts.components.compactMap { part in
      let area = part.width * part.height
      let (short, long) = (min(part.width, part.height), max(part.width, part.height))
      guard area >= leastArea, Double(area) < mostShare * Double(width * height), short >= 3, long <= 6 * short else {
        return nil
      }
      let margin = max(3, long / 3)
      let inside = sums.sum(part.left..<part.right, part.top..<part.bottom)
      let whole = sums.sum(part.left - margin..<part.right + margin, part.top - margin..<part.bottom + margin)
      let around = Double(whole.sum - inside.sum) / Double(max(1, whole.count - inside.count))
      let contrast = Double(inside.sum) / Double(inside.count) / (around + 6)
      let fill = Double(part.count) / Double(area)
      // Blobs of plain noise reach a contrast of about two.
      let surplus = max(0, contrast - 1.5)
      let score = surplus / (surplus + 2) * min(1, fill / 0.6)
      return score >= leastScore ? SalientRegion(box: part.box, score: score) : nil
    }
  }
}

/// Lightness and the two opponent colours, each in levels of 255.
private struct OpponentColors {
  let width: Int
  let height: Int
  private let channels: [[Int16]]

  init(_ image: Image) {
    (width, height) = (image.width, image.height)
    let count = image.size.area
    channels = image.pixels.withUnsafeBufferPointer { pixels in
      func channel(_ value: (Int16, Int16, Int16) -> Int16) -> [Int16] {
        [Int16](unsafeUninitializedCapacity: count) { output, filled in
          for index in 0..<count {
            output[index] = value(Int16(pixels[3 * index]), Int16(pixels[3 * index + 1]), Int16(pixels[3 * index + 2]))
          }
          filled = count
        }
      }
      return [
        channel { ($0 + 2 * $1 + $2) / 4 }, channel { red, green, _ in red - green }, channel { ($0 + $1) / 2 - $2 },
      ]
    }
  }

  /// Sums of the absolute differences from the means over windows.
  func distances(radius: Int) -> PixelPlane<Float> {
    var result = [Float](repeating: 0, count: width * height)
    for channel in channels {
      let means = channel.withUnsafeBufferPointer { channel in
        WindowSums(width: width, height: height) { Int32(channel[$0]) }.means(radius: radius)
      }
      for index in result.indices { result[index] += abs(Float(channel[index]) - means[index]) }
    }
    return PixelPlane(width: width, height: height, samples: result)
  }
}
