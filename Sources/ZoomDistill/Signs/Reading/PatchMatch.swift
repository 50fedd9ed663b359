// Comparing a patch of a retina with templates: weighted least squares with gain and offset.
// Not here: what the templates show (SignTemplates.swift), where patches are taken (SignLocator.swift).

/// Templates of one size with what is needed to compare them fast.
struct TemplateSet: Sendable {
  /// Values of one template: `channels × pixels`.
  let channels: Int
  private(set) var labels: [Int] = []
  private(set) var values: [[Float]] = []
  private var weights: [[Float]] = []
  private let sharedWeights: [Float]
  private var sums: [Sums] = []

  private struct Sums {
    var value: Float
    var square: Float
  }

  /// A set whose templates share weights, unless they bring their own.
  init(weights: [Float], channels: Int) {
    sharedWeights = weights
    self.channels = channels
  }

  /// Adds a template: `channels × pixels`.
  mutating func append(_ template: [Float], label: Int, weights own: [Float]? = nil) {
    var weights = own ?? sharedWeights
    weights = Array((0..<channels).map { _ in weights }.joined())
    let sum = weights.reduce(0, +)
    for index in weights.indices { weights[index] /= sum }
    labels.append(label)
    values.append(template)
    self.weights.append(weights)
    var sums = Sums(value: 0, square: 0)
    for (value, weight) in zip(template, weights) {
      sums.value += weight * value
      sums.square += weight * value * value
    }
    self.sums.append(sums)
  }

  /// How a patch and a template agree.
  private struct Moments {
    var patch: Float = 0
    var patchSquare: Float = 0
    var product: Float = 0
  }

  private func moments(_ patch: [Float], _ index: Int) -> Moments {
    let template = values[index], weights = weights[index]
    let count = patch.count / 8 * 8
    var sum = SIMD8<Float>.zero, squares = SIMD8<Float>.zero, products = SIMD8<Float>.zero
    patch.withUnsafeBytes { patch in
      template.withUnsafeBytes { template in
        weights.withUnsafeBytes { weights in
          for start in stride(from: 0, to: 4 * count, by: 32) {
            let y = patch.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
            let weighted = y * weights.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
            sum += weighted
            squares += weighted * y
            products += weighted * template.loadUnaligned(fromByteOffset: start, as: SIMD8<Float>.self)
          }
        }
      }
    }
    return Moments(patch: sum.sum(), patchSquare: squares.sum(), product: products.sum())
  }

  /// The weighted correlation of a patch with a template, -1...1.
  func correlation(_ patch: [Float], _ index: Int) -> Float {
    let moments = moments(patch, index), sums = sums[index]
    let patchVariance = moments.patchSquare - moments.patch * moments.patch
    let variance = sums.square - sums.value * sums.value
    guard patchVariance > 1e-6, variance > 1e-6 else { return 0 }
    return (moments.product - moments.patch * sums.value) / (patchVariance * variance).squareRoot()
  }

  /// The factor that scales a template to a patch, offset aside; 1 where the patch has the template's contrast.
  func gain(_ patch: [Float], _ index: Int) -> Float {
    let moments = moments(patch, index), sums = sums[index]
    return (moments.product - moments.patch * sums.value) / max(1e-6, sums.square - sums.value * sums.value)
  }

  /// The gain from which on a sign has full contrast.
  private static let fullGain: Float = 0.65

  /// How sure it is that a patch shows a template: correlation, times contrast up to that of an ordinary sign.
  func confidence(_ patch: [Float], _ index: Int) -> Float {
    max(0, correlation(patch, index)) * min(1, max(0, gain(patch, index)) / Self.fullGain)
  }

  /// How strongly deviations of gain from 1 and of offset from 0 are punished, beside the mean squared difference.
  private static let gainPenalty: Float = 0.003
  private static let offsetPenalty: Float = 0.3

  /// The level that gain scales about: clean paper.
  private static let paper: Float = 0.95

  /// The least mean squared difference between a patch and a template about the level of paper, as
  /// `offset + gain · template`, with penalties for unusual gain and offset, so that how much ink there is still counts.
  func difference(_ patch: [Float], _ index: Int) -> Float {
    let raw = moments(patch, index), sums = sums[index], paper = Self.paper
    let y = raw.patch - paper, t = sums.value - paper
    let yy = raw.patchSquare - 2 * paper * raw.patch + paper * paper
    let tt = sums.square - 2 * paper * sums.value + paper * paper
    let ty = raw.product - paper * (raw.patch + sums.value) + paper * paper
    let (a11, a22) = (1 + Self.offsetPenalty, tt + Self.gainPenalty)
    let (b1, b2) = (y, ty + Self.gainPenalty)
    let determinant = a11 * a22 - t * t
    let offset = (b1 * a22 - b2 * t) / determinant, gain = (a11 * b2 - t * b1) / determinant
    let squared = yy - 2 * (offset * y + gain * ty) + offset * offset + 2 * offset * gain * t + gain * gain * tt
    return squared + Self.offsetPenalty * offset * offset + Self.gainPenalty * (gain - 1) * (gain - 1)
  }

  var count: Int { values.count }
}
