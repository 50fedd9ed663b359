// Views without a copy: another shape over the same elements, and slices of the leading axis.

extension NDArray {
  /// The same elements under another shape.
  ///
  /// - Precondition: both shapes have the same count.
  public func reshaped(to shape: Shape) -> Self {
    precondition(shape.count == self.shape.count, "reshaped: \(self.shape) has another count than \(shape)")
    return Self(shape: shape, storage: storage, offset: offset)
  }

  /// Entries `range` of the leading axis.
  ///
  /// - Precondition: the array has an axis and `range` lies within it.
  public subscript(range: Range<Int>) -> Self {
    precondition(
      shape.rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0], "slice \(range) of \(shape)")
    let stride = shape[0] == 0 ? 0 : shape.count / shape[0]
    return Self(
      shape: Shape([range.count] + shape.dimensions.dropFirst()), storage: storage,
      offset: offset + range.lowerBound * stride)
  }

  /// Entry `index` of the leading axis, with that axis dropped.
  ///
  /// - Precondition: `index` lies within the leading axis.
  public subscript(index: Int) -> Self {
    let slice = self[index..<index + 1]
    return slice.reshaped(to: Shape(Array(shape.dimensions.dropFirst())))
  }
}
