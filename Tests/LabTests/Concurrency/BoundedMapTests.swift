// Bounded asynchronous maps: order, bound, errors, cancellation.

import Lab
import Synchronization
import Testing

@Suite("Bounded map")
struct BoundedMapTests {
  private struct Failure: Error, Equatable { var item: Int }

  @Test("results come in the order of the items, and never more than the bound run", arguments: [1, 2, 7, 100])
  func order(limit: Int) async throws {
    let running = Mutex((now: 0, most: 0))
    let results = try await boundedMap(0..<41, limit: limit) { item in
      running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
      for _ in 0..<((item * 7) % 5) { await Task.yield() }
      running.withLock { $0.now -= 1 }
      return item * item
    }
    #expect(results == (0..<41).map { $0 * $0 })
    #expect((1...limit).contains(running.withLock { $0.most }))
  }

  @Test("nothing to do")
  func empty() async throws {
    let results = try await boundedMap([Int](), limit: 3) { $0 }
    #expect(results.isEmpty)
  }

  @Test("the first error ends it, and what comes after is not started")
  func failure() async {
    let started = Mutex(0)
    await #expect(throws: Failure(item: 5)) {
      try await boundedMap(0..<1000, limit: 2) { item in
        started.withLock { $0 += 1 }
        if item == 5 { throw Failure(item: item) }
        return item
      }
    }
    #expect(started.withLock { $0 } < 20)
  }

  @Test("cancelling stops it")
  func cancellation() async {
    let started = Mutex(0)
    let task = Task {
      try await boundedMap(0..<1000, limit: 3) { _ in
        started.withLock { $0 += 1 }
        try await Task.sleep(for: .seconds(100))
      }
    }
    while started.withLock({ $0 }) < 3 { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    #expect(started.withLock { $0 } == 3)
  }

  @Test("cancelling stops it between items too, even where the work takes no notice")
  func cancellationBetween() async {
    let started = Mutex(0)
    let task = Task {
      try await boundedForEach(0..<1000, limit: 2) { item in
        started.withLock { $0 += 1 }
        return item
      } each: { item, _ in
        if item == 10 { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(started.withLock { $0 } < 20)
  }

  @Test("results are handed over one by one, and an error there ends it")
  func forEach() async throws {
    var sum = 0
    try await boundedForEach(1...100, limit: 4) {
      $0
    } each: { item, result in
      #expect(item == result)
      sum += result
    }
    #expect(sum == 5050)
    var handed = 0
    await #expect(throws: Failure(item: 0)) {
      try await boundedForEach(0..<100, limit: 1) {
        $0
      } each: { _, _ in
        handed += 1
        if handed == 3 { throw Failure(item: 0) }
      }
    }
    #expect(handed == 3)
  }
}
