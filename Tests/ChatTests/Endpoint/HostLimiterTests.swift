// Places at hosts: never too many, in order, and never lost.

import Chat
import TestSupport
import Testing

@Suite("Host limiter")
struct HostLimiterTests {
  private struct Load {
    var now = 0
    var most = 0
  }

  @Test("the smallest bound holds, hosts are apart, and no host is bounded before it is told")
  func bounds() async throws {
    let limiter = HostLimiter()
    limiter.bound("a", to: 3)
    limiter.bound("a", to: 2)
    limiter.bound("a", to: 5)
    let running = Shared(Load())
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try? await limiter.withPlace(at: "a") { () async throws(ChatError) in
            running.withLock { load in
              load.now += 1
              load.most = max(load.most, load.now)
            }
            await Task.yield()
            running.withLock { $0.now -= 1 }
          }
        }
      }
      group.addTask { _ = try? await limiter.withPlace(at: "b") { () async throws(ChatError) in 1 } }
    }
    #expect(running.withLock { $0.most } == 2)
    #expect(limiter.load(of: "a") == (0, 0) && limiter.load(of: "b") == (0, 0))
  }

  @Test("who asks first goes first")
  func order() async throws {
    let limiter = HostLimiter()
    limiter.bound("a", to: 1)
    let gate = AsyncStream<Void>.makeStream()
    let holder = Task {
      try await limiter.withPlace(at: "a") { () async throws(ChatError) in for await _ in gate.stream {} }
    }
    #expect(await eventually { limiter.load(of: "a").running == 1 })
    let order = Shared<[Int]>([])
    var tasks: [Task<Void, any Error>] = []
    for index in 0..<20 {
      tasks.append(
        Task {
          try await limiter.withPlace(at: "a") { () async throws(ChatError) in order.withLock { $0.append(index) } }
        })
      #expect(await eventually { limiter.load(of: "a").waiting == index + 1 })
    }
    gate.continuation.finish()
    try await holder.value
    for task in tasks { try await task.value }
    #expect(order.withLock { $0 } == Array(0..<20))
  }

  @Test("errors and cancelled tasks give their places back")
  func cancellation() async {
    let limiter = HostLimiter()
    limiter.bound("a", to: 2)
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          let task = Task {
            try await limiter.withPlace(at: "a") { () async throws(ChatError) in
              await Task.yield()
              if index % 3 == 0 { throw .cancelled }
            }
          }
          if index % 2 == 0 { task.cancel() }
          _ = await task.result
        }
      }
    }
    #expect(limiter.load(of: "a") == (0, 0))
  }
}
