// Shapes: the dimensions of an array, their products, and the text that errors show.
// Not here: memory (Storage.swift) and elements (NDArray.swift).

/// The dimensions of a contiguous row-major array, outermost first.
///
/// `[]` is a scalar with one element; a zero dimension makes an empty array.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// Lengths of the axes, outermost first.
  public let dimensions: [Int]

  /// The product of all dimensions.
  public let count: Int

  /// A shape of the given axis lengths.
  ///
  /// - Precondition: no dimension is negative and the product fits `Int`.
  public init(_ dimensions: [Int]) {
    var count = 1
    for dimension in dimensions {
      precondition(dimension >= 0, "Shape: negative dimension in \(dimensions)")
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      precondition(!overflow, "Shape: element count of \(dimensions) overflows")
      count = product
    }
    self.dimensions = dimensions
    self.count = count
  }

  /// A shape written as a literal: `[batch, tokens, width]`.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The length of one axis; negative axes count from the end.
  ///
  /// - Precondition: the axis exists.
  public subscript(axis: Int) -> Int {
    let index = axis < 0 ? rank + axis : axis
    precondition(index >= 0 && index < rank, "Shape: axis \(axis) of \(self)")
    return dimensions[index]
  }

  /// The length of the last axis, 1 for a scalar.
  public var columns: Int { dimensions.last ?? 1 }

  /// The number of rows when all axes but the last are folded into one.
  public var rows: Int { columns == 0 ? 0 : count / columns }

  /// The same leading axes with another last axis.
  public func replacingLast(with columns: Int) -> Shape { Shape(dimensions.dropLast() + [columns]) }

  /// `[2, 3]`, as errors print it.
  public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
