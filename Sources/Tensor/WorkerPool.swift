// The threads behind parallel loops: they wait a moment for the next loop before they sleep, since the loops of a small
// model follow each other faster than a sleeping thread wakes. Not here: how loops are split (Parallel.swift).
import CKernels
import Dispatch
import Foundation
import Synchronization

// Safety: every property is atomic. `job` points to the closure of the loop that `run` has begun; it is dereferenced only
// by who has claimed one of that loop's parts, and `run` returns after all parts have ended.
/// Threads that run the parts of one loop at a time.
///
/// The caller claims parts as the threads do and runs what nobody claims, so that a thread that wakes late costs nothing
/// but its help.
final class WorkerPool: @unchecked Sendable {
  static let shared = WorkerPool()

  typealias Body = @Sendable (_ part: Int) -> Void

  /// Pauses before a thread sleeps, some tens of microseconds.
  private static let patience = 2_000

  private let isBusy = Atomic<Bool>(false)
  /// Number of the loop, its parts and the next part to claim, in 32, 16 and 16 bits.
  private let state = Atomic<UInt64>(0)
  /// A `Body`, valid while a part of the loop is unclaimed or running.
  private let job = Atomic<UnsafePointer<Body>?>(nil)
  private let finished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let wake = DispatchSemaphore(value: 0)
  private let threads = Atomic<Int>(0)

  private init() {}

  /// Runs `body` for each part of `0..<parts` and waits for all.
  ///
  /// - Returns: false if another loop has the threads; nothing has run then.
  func run(parts: Int, _ body: Body) -> Bool {
    precondition(parts < 1 << 16, "WorkerPool: \(parts) parts")
    guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else { return false }
    startThreads(parts - 1)
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        job.store(pointer, ordering: .relaxed)
        finished.store(0, ordering: .relaxed)
        let loop = (state.load(ordering: .relaxed) >> 32 &+ 1) << 32
        state.store(loop | UInt64(parts) << 16 | 1, ordering: .sequentiallyConsistent)
        wakeThreads(parts - 1)
        body(0)
        while runNext() {}
        var pauses = 0
        while finished.load(ordering: .acquiring) < parts - 1 {
          pauses += 1
          if pauses < Self.patience { ck_pause() } else { sched_yield() }
        }
      }
    }
    isBusy.store(false, ordering: .releasing)
    return true
  }

  /// Claims a part and runs it; false if there is none.
  private func runNext() -> Bool {
    var seen = state.load(ordering: .acquiring)
    while Self.hasParts(seen) {
      // Read before the claim: whoever claims a part keeps its loop from ending, and the loop its body.
      let body = job.load(ordering: .relaxed)
      let (claimed, now) = state.compareExchange(expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      guard claimed, let body else {
        seen = now
        continue
      }
      body.pointee(Int(seen & 0xFFFF))
      finished.wrappingAdd(1, ordering: .releasing)
      return true
    }
    return false
  }

  private static func hasParts(_ state: UInt64) -> Bool { state & 0xFFFF < state >> 16 & 0xFFFF }

  // MARK: Threads

  private func startThreads(_ wanted: Int) {
    while threads.load(ordering: .relaxed) < wanted {  // only the loop that has the pool comes here
      threads.wrappingAdd(1, ordering: .relaxed)
      let thread = Thread { [self] in serve() }
      thread.name = "tensor worker"
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  private func serve() {
    var pauses = 0
    while true {
      if runNext() {
        pauses = 0
      } else if pauses < Self.patience {
        pauses += 1
        ck_pause()
      } else {
        sleep()
        pauses = 0
      }
    }
  }

  /// Sleeps until a loop begins. A loop that begins between the last look and the sleep either finds this thread among
  /// the sleepers, or is found here.
  private func sleep() {
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    // Without parts: sleep. With: leave the sleepers, unless a loop has taken this thread off and signals it.
    if !Self.hasParts(state.load(ordering: .sequentiallyConsistent)) || !leaveSleepers() { wake.wait() }
  }

  /// Takes one thread off the sleepers; false if there is none.
  private func leaveSleepers() -> Bool {
    var count = sleepers.load(ordering: .sequentiallyConsistent)
    while count > 0 {
      let (left, now) = sleepers.compareExchange(
        expected: count, desired: count - 1, ordering: .sequentiallyConsistent)
      if left { return true }
      count = now
    }
    return false
  }

  private func wakeThreads(_ most: Int) {
    var woken = 0
    while woken < most, leaveSleepers() {
      wake.signal()
      woken += 1
    }
  }
}
