// The allocator of array storage: exact-size free lists, so that a training step that repeats its shapes never
// reaches the system allocator. Not here: ownership (Storage.swift) and per-thread scratch (Scratch.swift).
import Foundation
import Synchronization

/// Recycles 64-byte aligned buffers by exact size.
///
/// One pool serves the process, as `malloc` does. Blocks of 2 MiB and more are aligned to huge pages.
public final class BufferPool: Sendable {
  /// The pool that arrays are drawn from.
  public static let shared = BufferPool()

  /// What the pool has handed out and kept.
  public struct Statistics: Sendable, Equatable {
    /// Requests answered from a free list.
    public var hits = 0
    /// Requests that reached the system allocator.
    public var misses = 0
    /// Bytes in use by live arrays.
    public var bytesInUse = 0
    /// The largest `bytesInUse` since the last `resetPeak()`.
    public var peakBytesInUse = 0
    /// Bytes kept in free lists.
    public var bytesFree = 0
  }

  private struct State {
    var free: [Int: [UInt]] = [:]
    var statistics = Statistics()
  }

  private let state = Mutex(State())

  private init() {}

  private static let hugePage = 2 << 20

  private static func rounded(_ byteCount: Int) -> Int { max(64, (byteCount + 63) & ~63) }

  /// A buffer of at least `byteCount` bytes with undefined contents.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let size = Self.rounded(byteCount)
    let recycled: UInt? = state.withLock { state in
      state.statistics.bytesInUse += size
      state.statistics.peakBytesInUse = max(state.statistics.peakBytesInUse, state.statistics.bytesInUse)
      if let address = state.free[size]?.popLast() {
        state.statistics.hits += 1
        state.statistics.bytesFree -= size
        return address
      }
      state.statistics.misses += 1
      return nil
    }
    if let recycled, let pointer = UnsafeMutableRawPointer(bitPattern: recycled) { return pointer }
    return Self.systemAllocate(size)
  }

  private static func systemAllocate(_ size: Int) -> UnsafeMutableRawPointer {
    var pointer: UnsafeMutableRawPointer?
    let alignment = size >= hugePage ? hugePage : 64
    let status = posix_memalign(&pointer, alignment, size)
    guard status == 0, let pointer else {
      preconditionFailure("BufferPool: the system has no \(size) bytes left; use a smaller batch or fewer tokens")
    }
    #if os(Linux)
      if size >= hugePage { madvise(pointer, size, 14) }  // MADV_HUGEPAGE; advice only, its failure changes nothing
    #endif
    return pointer
  }

  /// Takes a buffer of `allocate(byteCount)` back.
  func release(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    let size = Self.rounded(byteCount)
    state.withLock { state in
      state.statistics.bytesInUse -= size
      state.statistics.bytesFree += size
      state.free[size, default: []].append(UInt(bitPattern: pointer))
    }
  }

  /// Returns every free buffer to the system: between phases whose shapes differ.
  public func trim() {
    let lists = state.withLock { state in
      let lists = state.free
      state.free.removeAll()
      state.statistics.bytesFree = 0
      return lists
    }
    for address in lists.values.joined() { free(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  /// A snapshot of the counters.
  public var statistics: Statistics { state.withLock { $0.statistics } }

  /// Starts a new peak measurement at the bytes now in use.
  public func resetPeak() { state.withLock { $0.statistics.peakBytesInUse = $0.statistics.bytesInUse } }
}
