// Parallel loops over disjoint ranges. The only way from the numeric core to threads.
// Not here: the threads (WorkerPool.swift).
import Dispatch
import Synchronization

/// Runs `body` over sub-ranges of `0..<count` on up to `Runtime.threads` threads and waits.
///
/// The split depends on `count`, `grain` and the thread count alone.
///
/// - Parameters:
///   - count: the number of items.
///   - grain: the fewest items that are worth a thread; smaller loops run on the caller.
///   - body: called with disjoint ranges that cover `0..<count`; must write disjoint memory.
package func parallelFor(_ count: Int, grain: Int, _ body: @Sendable (Range<Int>) -> Void) {
  guard count > 0 else { return }
  let workers = min(Runtime.threads, max(1, count / max(1, grain)))
  guard workers > 1 else { return body(0..<count) }
  runParts(workers) { worker in body(count * worker / workers..<count * (worker + 1) / workers) }
}

/// Runs `body` for each part: on the pool, or if another loop has it, as in a loop within a loop, on Dispatch's threads.
private func runParts(_ parts: Int, _ body: @Sendable (_ part: Int) -> Void) {
  if !WorkerPool.shared.run(parts: parts, body) { DispatchQueue.concurrentPerform(iterations: parts, execute: body) }
}

/// Runs `body` once for each index of `0..<count`, handed out one by one, heaviest first if the caller orders them so.
///
/// - Parameters:
///   - count: the number of work items.
///   - body: called once per index on any thread; `worker` numbers the thread, `0..<Runtime.threads`.
package func parallelForEach(_ count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void) {
  let workers = min(Runtime.threads, count)
  guard workers > 1 else {
    for index in 0..<max(0, count) { body(index, 0) }
    return
  }
  let next = Atomic<Int>(0)
  runParts(workers) { worker in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      body(index, worker)
    }
  }
}

/// Carries a raw pointer into a parallel body.
// Safety: the creator guarantees that the parallel bodies write disjoint ranges behind it and that the memory outlives
// the loop; `parallelFor` and `parallelForEach` return only when every body has.
package struct UnsafeShared<Pointer>: @unchecked Sendable {
  package let pointer: Pointer
  package init(_ pointer: Pointer) { self.pointer = pointer }
}
