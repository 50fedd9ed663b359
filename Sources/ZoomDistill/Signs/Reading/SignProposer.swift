// Finding signs at full resolution, as a promptable segmenter would: thin dark outlines, then the frame that fits.
// Not here: looking through a retina (SignLocator.swift), replies (SignTeacher.swift).

package import Media

/// A sign that the proposer found.
package struct SignProposal: Hashable, Sendable {
  /// The frame that fits best.
  package let frame: SignFrame
  /// The square around the outline in pixels of the picture.
  package let box: BoundingBox
  /// Confidence in 0...1: how well the frame fits, times how much contrast it has.
  package let score: Double
}

/// Proposes signs: connected components of what is darker than its near surroundings, then correlation with frames.
package struct SignProposer: Sendable {
  private let locator: SignLocator

  /// A proposer; it may share its templates with readers.
  package init(_ templates: SignTemplates) { locator = SignLocator(templates) }

  /// How much darker than its surroundings an outline is, white being 1: outlines of low contrast need the first value,
  /// outlines that clutter ties to each other come apart at the second.
  private static let darkness: [Float] = [0.11, 0.25]

  /// All signs of a picture, the most certain first.
  package func signs(in image: Image) -> [SignProposal] {
    let outlines = Self.blackHat(Self.luminance(image), width: image.width, height: image.height)
    var found: [SignProposal] = []
    for darkness in Self.darkness {
      for part in Self.components(outlines, above: darkness, width: image.width, height: image.height) {
        if let proposal = proposal(part, in: image) { found.append(proposal) }
      }
    }
    found.sort { ($0.score, $0.box.left, $0.box.top) > ($1.score, $1.box.left, $1.box.top) }
    // The same outline at the other threshold, and details inside of signs.
    var kept: [SignProposal] = []
    for proposal in found {
      let isKnown = kept.contains { $0.box.intersection(proposal.box).area > 0.5 * proposal.box.area }
      if !isKnown { kept.append(proposal) }
    }
    return kept
  }

  /// What a component is, unless it is no closed outline of a sign's proportions.
  private func proposal(_ part: Component, in image: Image) -> SignProposal? {
    let (columns, rows) = (part.columns, part.rows)
    let (width, height) = (Double(columns.count), Double(rows.count))
    guard min(width, height) >= 7, max(width, height) <= 1.25 * min(width, height),
      Double(part.count) >= 1.2 * (width + height)
    else { return nil }
    let reach = max(1, columns.count / 12)
    let around = (columns.lowerBound - reach..<columns.upperBound + reach).clamped(to: 0..<image.width)
    let lines = (rows.lowerBound - reach..<rows.upperBound + reach).clamped(to: 0..<image.height)
    let view = Retina(image, columns: around, rows: lines, side: 24)
    let fit = locator.identify(in: view.bounds, of: view, margins: [0.05, 0.09, 0.13])
    guard fit.confidence > 0.1 else { return nil }
    return SignProposal(
      frame: fit.frame,
      box: BoundingBox(
        left: Double(columns.lowerBound), top: Double(rows.lowerBound), right: Double(columns.upperBound),
        bottom: Double(rows.upperBound)), score: Double(min(1, fit.confidence)))
  }

  private static func luminance(_ image: Image) -> [Float] {
    let channels = image.format.channels
    let (green, blue) = channels >= 3 ? (1, 2) : (0, 0)
    return image.pixels.withUnsafeBufferPointer { pixels in
      (0..<image.size.area).map { index in
        let start = index * channels
        return
          (0.299 * Float(pixels[start]) + 0.587 * Float(pixels[start + green]) + 0.114 * Float(pixels[start + blue]))
          / 255
      }
    }
  }

  /// Morphological closing minus the picture: dark lines thinner than the window.
  private static func blackHat(_ values: [Float], width: Int, height: Int) -> [Float] {
    let reach = max(2, Int(0.0072 * Double(min(width, height)) + 0.5))
    let dilated = filtered(values, width, height, reach) { max($0, $1) }
    let closed = filtered(dilated, width, height, reach) { min($0, $1) }
    return zip(closed, values).map { $0 - $1 }
  }

  /// A running extreme over squares, clipped at the edges.
  private static func filtered(
    _ values: [Float], _ width: Int, _ height: Int, _ reach: Int, _ choose: (Float, Float) -> Float
  ) -> [Float] {
    var narrow = values
    for row in 0..<height {
      for column in 0..<width {
        var extreme = values[row * width + column]
        for other in max(0, column - reach)...min(width - 1, column + reach) {
          extreme = choose(extreme, values[row * width + other])
        }
        narrow[row * width + column] = extreme
      }
    }
    var result = narrow
    for row in 0..<height {
      for other in max(0, row - reach)...min(height - 1, row + reach) where other != row {
        for column in 0..<width {
          result[row * width + column] = choose(result[row * width + column], narrow[other * width + column])
        }
      }
    }
    return result
  }

  /// A connected set of pixels.
  private struct Component {
    var columns: Range<Int>
    var rows: Range<Int>
    var count: Int
  }

  /// The components, with diagonal neighbours, of pixels above the threshold.
  private static func components(
    _ values: [Float], above darkness: Float, width: Int, height: Int
  ) -> [Component] {
    var isOpen = values.map { $0 > darkness }
    var found: [Component] = []
    var stack: [Int] = []
    for start in isOpen.indices where isOpen[start] {
      isOpen[start] = false
      stack.append(start)
      var (left, right, top, bottom, count) = (width, 0, height, 0, 0)
      while let index = stack.popLast() {
        let (row, column) = index.quotientAndRemainder(dividingBy: width)
        (left, right, top, bottom) = (min(left, column), max(right, column), min(top, row), max(bottom, row))
        count += 1
        for y in max(0, row - 1)...min(height - 1, row + 1) {
          for x in max(0, column - 1)...min(width - 1, column + 1) where isOpen[y * width + x] {
            isOpen[y * width + x] = false
            stack.append(y * width + x)
          }
        }
      }
      found.append(Component(columns: left..<right + 1, rows: top..<bottom + 1, count: count))
    }
    return found
  }
}
