// Working memory of one operation, a part for each worker of its parallel loops. Not here: array storage.

/// Scratch of one operation, from the pool; contents undefined.
// Safety: each worker touches its own part only, and the operation keeps this alive until its loops have returned.
struct WorkerScratch: @unchecked Sendable {
  private let storage: Storage
  private let stride: Int

  /// `count` floats for each of `workers` workers, each part aligned to 64 bytes.
  init(count: Int, workers: Int) {
    stride = (count + 15) & ~15
    storage = Storage(byteCount: stride * workers * MemoryLayout<Float>.stride)
  }

  /// The part of one worker.
  subscript(worker: Int) -> UnsafeMutablePointer<Float> {
    storage.base.assumingMemoryBound(to: Float.self) + worker * stride
  }

  /// Floats between the parts of consecutive workers.
  var partStride: Int { stride }
}
