// The array type: a shape over shared storage; contiguous, row-major, a value.
// Not here: arithmetic (Ops/), which exists for Float alone, and file formats (IO/).

/// What an array may hold: fixed-size plain data.
public protocol TensorElement: BitwiseCopyable, Sendable {}

extension Float: TensorElement {}
extension Int32: TensorElement {}
extension UInt8: TensorElement {}
extension Int64: TensorElement {}

/// A contiguous, row-major array with value semantics.
///
/// Copies share storage until one of them is mutated. Operations build new arrays; in-place mutation is reserved to
/// parameters, gradients and caches.
public struct NDArray<Element: TensorElement>: Sendable {
  /// The axis lengths.
  public let shape: Shape
  var storage: Storage
  let offset: Int

  init(shape: Shape, storage: Storage, offset: Int) {
    precondition(
      (offset + shape.count) * MemoryLayout<Element>.stride <= storage.byteCount,
      "NDArray: \(shape) at element \(offset) exceeds its storage of \(storage.byteCount) bytes")
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  /// An array whose every element `body` writes.
  ///
  /// - Precondition: `body` initialises all elements; they are undefined before.
  public init(
    uninitializedShape shape: Shape, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Void
  ) rethrows {
    self.init(
      shape: shape, storage: Storage(byteCount: shape.count * MemoryLayout<Element>.stride), offset: 0)
    try body(UnsafeMutableBufferPointer(start: base, count: shape.count))
  }

  /// An array of one repeated element.
  public init(repeating element: Element, shape: Shape) {
    self.init(uninitializedShape: shape) { $0.update(repeating: element) }
  }

  /// An array of the given elements in row-major order.
  ///
  /// - Precondition: `elements.count == shape.count`.
  public init(_ elements: [Element], shape: Shape) {
    precondition(elements.count == shape.count, "NDArray: \(elements.count) elements for \(shape)")
    self.init(uninitializedShape: shape) { _ = $0.update(fromContentsOf: elements) }
  }

  /// A vector of the given elements.
  public init(_ elements: [Element]) { self.init(elements, shape: [elements.count]) }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The bytes that the elements occupy.
  public var byteCount: Int { count * MemoryLayout<Element>.stride }

  /// The first element. Valid while an array over the storage lives; writing needs the ownership that Storage states.
  package var base: UnsafeMutablePointer<Element> {
    storage.base.assumingMemoryBound(to: Element.self) + offset
  }

  /// Read access to the elements in row-major order.
  public func withElements<R>(_ body: (UnsafeBufferPointer<Element>) throws -> R) rethrows -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: base, count: count))
  }

  /// Write access to the elements; copies first if the storage is shared or read-only.
  public mutating func withMutableElements<R>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> R
  ) rethrows -> R {
    if storage.isReadOnly || !isKnownUniquelyReferenced(&storage) { self = copied() }
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: base, count: count))
  }

  /// The elements as a Swift array.
  public var elements: [Element] { withElements { Array($0) } }

  /// The only element of an array that has one.
  ///
  /// - Precondition: `count == 1`.
  public var scalar: Element {
    precondition(count == 1, "NDArray.scalar: \(shape) has \(count) elements")
    return withElements { $0[0] }
  }

  /// A copy with storage of its own.
  public func copied() -> Self {
    withElements { source in Self(uninitializedShape: shape) { _ = $0.update(fromContentsOf: source) } }
  }
}

/// The array that arithmetic is defined for.
public typealias Tensor = NDArray<Float>
/// Token ids, class labels and other indices.
public typealias IndexTensor = NDArray<Int32>
