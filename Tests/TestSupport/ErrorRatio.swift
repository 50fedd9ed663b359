// The rule that judges kernels: an error of at most twice that of a naive float32 version, both against float64.

/// The errors of a kernel and of a naive float32 version against float64 truth.
public struct ErrorRatio: Sendable, CustomStringConvertible {
  /// The largest absolute error of the kernel; NaN if it answers NaN where the truth does not.
  public let kernel: Double
  /// The largest absolute error of the naive float32 version.
  public let naive: Double
  /// The relative error of the kernel in the Euclidean norm.
  public let relativeNorm: Double
  /// The largest magnitude of the truth.
  public let largest: Double

  /// Errors of two float32 results.
  ///
  /// - Precondition: all three have the same count.
  public init(kernel: [Float], naive: [Float], truth: [Double]) {
    precondition(kernel.count == truth.count && naive.count == truth.count, "ErrorRatio: counts differ")
    var worst = 0.0, worstNaive = 0.0, largest = 0.0, squares = 0.0, norm = 0.0
    var hasNaN = false
    for index in truth.indices {
      let error = abs(Double(kernel[index]) - truth[index])
      if !(error <= .greatestFiniteMagnitude) { hasNaN = true }
      worst = max(worst, error)
      worstNaive = max(worstNaive, abs(Double(naive[index]) - truth[index]))
      largest = max(largest, abs(truth[index]))
      squares += error * error
      norm += truth[index] * truth[index]
    }
    self.kernel = hasNaN ? .nan : worst
    self.naive = worstNaive
    self.largest = largest
    self.relativeNorm = norm > 0 ? (squares / norm).squareRoot() : squares.squareRoot()
  }

  /// Eight units in the last place of the largest magnitude: differences below it are the order of summation.
  public var floor: Double { 8 * Double(Float(largest).ulp) }

  /// The kernel's error over the naive one's, or over the floor if that is larger.
  public var ratio: Double { kernel == 0 ? 0 : kernel / max(naive, floor) }

  /// The ratio with the floor of values of at least `magnitude`: where the truth may be zero as a difference of numbers
  /// of that size.
  public func ratio(atLeast magnitude: Double) -> Double {
    kernel == 0 ? 0 : kernel / max(naive, 8 * Double(Float(max(largest, magnitude)).ulp))
  }

  /// Whether the kernel's error is at most twice the naive one's, which counts as no smaller than the floor: a naive
  /// version may hit the truth by luck.
  public var isWithinRule: Bool { ratio <= 2 }

  /// The errors, as failure messages show them.
  public var description: String {
    "kernel \(kernel), naive float32 \(naive), floor \(floor), relative norm \(relativeNorm), largest \(largest)"
  }
}
