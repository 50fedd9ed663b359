// What each frame predicts for the pixels around it, whatever it shows and wherever it stands.
// Not here: rendering (SignTemplates.swift), where hypotheses are tried (SignSearch.swift).

import Foundation

/// Ten frames of one size as linear models of a patch in three colours.
///
/// A patch is, in each colour, `b·(1 − C) + S + k·D` and noise: C is how much of a pixel the sign covers, S its outline
/// and paper, D its detail square; the background's level b and the ink's mean depth k are unknown, with normal priors.
/// The evidence of a frame is the log-likelihood of the residual with b and k at their best, robust against what no
/// model has: strokes of the detail and edges behind the sign.
struct SignHypotheses: Sendable {
  private var frames: [Model] = []
  private let pixels: Float
  private let samples: Int

  /// The background's level and its spread over scenes.
  private static let background: (mean: Float, deviation: Float) = (0.76, 0.13)
  /// How much darker the detail square is than paper, in the mean over details and colours.
  private static let ink: (mean: Float, deviation: Float) = (-0.28, 0.25)
  /// The deviation of a pixel from the best prediction, by varied colours and what a model leaves out.
  private static let deviation: Float = 0.06

  /// One frame: the prediction at the priors' means, and products with the weights.
  private struct Model {
    var weights: [Float]
    /// Weights times prediction, background's share and detail's share.
    var prediction: [Float]
    var ground: [Float]
    var detail: [Float]
    /// Σw·prediction², and Σw·prediction·share for both shares.
    var square: Float
    var offset: SIMD2<Float>
    /// The inverse of the normal equations' matrix: its two diagonal entries, then the one beside them.
    var inverse: SIMD3<Float>
  }

  /// - Parameters:
  ///   - side: the side of the signs in retina pixels.
  ///   - grid: where patches are sampled.
  init(side: Double, grid: PatchGrid) {
    let width = side * (1 + 2 * grid.margin)
    pixels = Float(max(1, width * width))
    samples = grid.count * grid.count
  }

  /// Adds a frame: its sampled maps of coverage, of outline and paper, and of the detail square.
  mutating func append(coverage: [Float], sign: [Float], square: [Float]) {
    var weights = square.map { 1 - 0.75 * $0 }
    let sum = weights.reduce(0, +)
    for index in weights.indices { weights[index] /= sum }
    let ground = coverage.map { 1 - $0 }
    let prediction = (0..<samples).map {
      sign[$0] + Self.background.mean * ground[$0] + Self.ink.mean * square[$0]
    }
    func product(_ left: [Float], _ right: [Float]) -> Float {
      var sum: Float = 0
      for index in weights.indices { sum += weights[index] * left[index] * right[index] }
      return sum
    }
    let noise = Self.deviation * Self.deviation / pixels
    let a = product(ground, ground) + noise / (Self.background.deviation * Self.background.deviation)
    let d = product(square, square) + noise / (Self.ink.deviation * Self.ink.deviation)
    let b = product(ground, square)
    let determinant = a * d - b * b
    frames.append(
      Model(
        weights: weights, prediction: zip(weights, prediction).map { $0 * $1 },
        ground: zip(weights, ground).map { $0 * $1 }, detail: zip(weights, square).map { $0 * $1 },
        square: product(prediction, prediction),
        offset: SIMD2(product(prediction, ground), product(prediction, square)),
        inverse: SIMD3(d, a, -b) / determinant))
  }

  /// The logarithm of how likely a patch (`3 × samples`) is under a frame, up to a constant of the size.
  func evidence(_ patch: [Float], _ index: Int) -> Float {
    let model = frames[index]
    var misfit: Float = 0
    for channel in 0..<3 {
      let sums = Self.sums(patch, channel * samples, model)
      let residual = sums[0] - 2 * sums[1] + model.square
      let gradient = SIMD2(sums[2], sums[3]) - model.offset
      let gain =
        model.inverse.x * gradient.x * gradient.x + model.inverse.y * gradient.y * gradient.y + 2 * model.inverse.z
        * gradient.x * gradient.y
      misfit += max(0, residual - gain)
    }
    return likelihood(misfit)
  }

  /// The same for bare background of one colour.
  func background(_ patch: [Float]) -> Float {
    var misfit: Float = 0
    for channel in 0..<3 {
      var sum: Float = 0, square: Float = 0
      for index in channel * samples..<(channel + 1) * samples {
        sum += patch[index]
        square += patch[index] * patch[index]
      }
      let mean = sum / Float(samples)
      misfit += max(0, square / Float(samples) - mean * mean)
    }
    return likelihood(misfit)
  }

  /// - Parameter misfit: the mean squared residual, added over colours.
  private func likelihood(_ misfit: Float) -> Float {
    -1.5 * pixels * log(1 + misfit / (3 * Self.deviation * Self.deviation))
  }

  /// Σw·y², and y times the model's three products.
  private static func sums(_ patch: [Float], _ start: Int, _ model: Model) -> SIMD4<Float> {
    var squares = SIMD8<Float>.zero, predictions = SIMD8<Float>.zero, grounds = SIMD8<Float>.zero
    var details = SIMD8<Float>.zero
    patch.withUnsafeBytes { patch in
      model.weights.withUnsafeBytes { weights in
        model.prediction.withUnsafeBytes { prediction in
          model.ground.withUnsafeBytes { ground in
            model.detail.withUnsafeBytes { detail in
              for place in stride(from: 0, to: 4 * model.weights.count, by: 32) {
                func load(_ bytes: UnsafeRawBufferPointer, _ offset: Int = 0) -> SIMD8<Float> {
                  bytes.loadUnaligned(fromByteOffset: place + offset, as: SIMD8<Float>.self)
                }
                let y = load(patch, 4 * start)
                squares += load(weights) * y * y
                predictions += load(prediction) * y
                grounds += load(ground) * y
                details += load(detail) * y
              }
            }
          }
        }
      }
    }
    return SIMD4(squares.sum(), predictions.sum(), grounds.sum(), details.sum())
  }
}
