// The owner of an array's bytes: pooled, or borrowed from something that keeps them alive (a mapped file).
// Not here: shapes and element types.

// Safety: bytes are written only by the initialiser that creates the storage, or while it is uniquely referenced
// (`NDArray.withMutableElements`), or by the single owner of a documented in-place buffer (parameter store, gradient
// buffers, KV cache, depth slots), each of which is confined to one task.
/// Reference-counted bytes behind one or more arrays.
public final class Storage: @unchecked Sendable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int
  private let owner: (any AnyObject & Sendable)?

  /// `byteCount` bytes from the pool, contents undefined.
  init(byteCount: Int) {
    self.base = BufferPool.shared.allocate(byteCount)
    self.byteCount = byteCount
    self.owner = nil
  }

  /// Bytes that `owner` keeps alive and nobody writes.
  init(readOnly base: UnsafeRawPointer, byteCount: Int, owner: any AnyObject & Sendable) {
    self.base = UnsafeMutableRawPointer(mutating: base)
    self.byteCount = byteCount
    self.owner = owner
  }

  var isReadOnly: Bool { owner != nil }

  deinit {
    if owner == nil { BufferPool.shared.release(base, byteCount: byteCount) }
  }
}
