// How arrays print: shape, first values, and the range of float arrays.

extension NDArray: CustomStringConvertible {
  /// Shape and the first eight elements.
  public var description: String {
    let head = withElements { $0.prefix(8).map { "\($0)" } }.joined(separator: ", ")
    return "\(shape) [\(head)\(count > 8 ? ", …" : "")]"
  }
}

extension NDArray where Element == Float {
  /// Zeros.
  public init(zeros shape: Shape) { self.init(repeating: 0, shape: shape) }

  /// Shape, minimum, mean and maximum on one line.
  public var summary: String {
    guard count > 0 else { return "\(shape) empty" }
    return withElements { values in
      var low = Float.infinity, high = -Float.infinity, sum = 0.0
      for value in values {
        low = Swift.min(low, value)
        high = Swift.max(high, value)
        sum += Double(value)
      }
      return "\(shape) min \(low) mean \(Float(sum / Double(values.count))) max \(high)"
    }
  }
}
