// Sample arrays that are filled once, through a pointer.
// Not here: what they are filled with.

extension Image {
  /// `count` samples; `body` writes each of them.
  static func bytes(
    _ count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      body(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialized = count
    }
  }
}
