// Parallel loops: every part runs once, whoever asks, however often, from within a loop, and after the threads slept.
import Foundation
import Synchronization
import Tensor
import Testing

@Suite struct ParallelTests {
  /// Runs a loop and answers with how often each index was visited.
  private static func visits(_ count: Int, threads: Int, byItem: Bool) -> [Int] {
    let seen = UnsafeMutablePointer<Int>.allocate(capacity: count)
    seen.initialize(repeating: 0, count: count)
    defer { seen.deallocate() }
    let target = UnsafeShared(seen)
    Runtime.with(threads: threads) {
      if byItem {
        parallelForEach(count) { index, worker in
          precondition(worker >= 0 && worker < threads)
          target.pointer[index] += 1
        }
      } else {
        parallelFor(count, grain: 1) { range in for index in range { target.pointer[index] += 1 } }
      }
    }
    return Array(UnsafeBufferPointer(start: seen, count: count))
  }

  @Test(arguments: [1, 2, 3, 8], [true, false]) func everyIndexIsVisitedOnce(threads: Int, byItem: Bool) {
    for count in [0, 1, 2, 3, 7, 64, 1000] {
      #expect(Self.visits(count, threads: threads, byItem: byItem) == Array(repeating: 1, count: count))
    }
  }

  /// Thousands of short loops, some after a pause in which the threads fall asleep.
  @Test func shortLoopsFollowEachOther() {
    for turn in 0..<3000 {
      if turn % 500 == 0 { usleep(3000) }
      #expect(Self.visits(5, threads: 2, byItem: turn % 2 == 0) == [1, 1, 1, 1, 1])
    }
  }

  /// Several tasks loop at once: one of them has the pool, the others run on threads of their own.
  @Test func loopsOfSeveralTasksDoNotMix() async {
    let wrong = await withTaskGroup(of: Int.self) { group in
      for task in 0..<6 {
        group.addTask {
          (0..<300).count { _ in
            Self.visits(40 + task, threads: 2, byItem: task % 2 == 0) != Array(repeating: 1, count: 40 + task)
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test func aLoopWithinALoopIsComplete() {
    let total = Atomic<Int>(0)
    Runtime.with(threads: 2) {
      parallelForEach(20) { _, _ in
        Runtime.with(threads: 2) {
          parallelFor(30, grain: 1) { range in total.wrappingAdd(range.count, ordering: .relaxed) }
        }
      }
    }
    #expect(total.load(ordering: .relaxed) == 600)
  }
}
