// Stopping calls, and how many run at once.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("Cancellation and load")
struct CancellationTests {
  @Test("cancelling ends a call that waits for the server, and the connection")
  func cancelWaiting() async throws {
    let server = try ScriptedServer([ScriptedAnswer([.hang])])
    let model = try OpenAIChatModel(endpoint(server) { $0.retry.attempts = 6 })
    let task = Task { await outcome(model) }
    #expect(await eventually { server.requests.count == 1 })
    task.cancel()
    #expect(await task.value == .failure(.cancelled))
    #expect(server.requests.count == 1)
  }

  @Test("cancelling ends a wait between tries")
  func cancelBackOff() async throws {
    let server = try ScriptedServer([.status(429, headers: ["Retry-After": "300"])])
    let counters = ChatCounters()
    let model = try OpenAIChatModel(endpoint(server) { $0.retry.attempts = 6 }, counters: counters)
    let task = Task { await outcome(model) }
    #expect(await eventually { counters.snapshot.total.retries.count == 1 })
    task.cancel()
    #expect(await task.value == .failure(.cancelled))
  }

  @Test("cancelling ends a wait for a place, and a task that is cancelled already sends nothing")
  func cancelQueued() async throws {
    let server = try ScriptedServer([ScriptedAnswer([.hang])])
    let limiter = HostLimiter()
    let model = try OpenAIChatModel(endpoint(server) { $0.concurrency = 1 }, limiter: limiter)
    let first = Task { await outcome(model) }
    #expect(await eventually { server.requests.count == 1 })
    let second = Task { await outcome(model) }
    let third = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await outcome(model)
    }
    #expect(await third.value == .failure(.cancelled))
    second.cancel()
    #expect(await second.value == .failure(.cancelled))
    first.cancel()
    #expect(await first.value == .failure(.cancelled))
    #expect(server.requests.count == 1)
    #expect(limiter.load(of: "http://127.0.0.1:\(server.port)") == (0, 0))
  }

  @Test("models that share a host share its places, and connections are used again")
  func bounded() async throws {
    let server = try ScriptedServer { _, _ in ScriptedAnswer.completion("x").delayed(0.003) }
    let limiter = HostLimiter()
    let first = try OpenAIChatModel(endpoint(server) { $0.concurrency = 3 }, limiter: limiter)
    let second = try OpenAIChatModel(endpoint(server) { $0.concurrency = 2 }, limiter: limiter)
    await withTaskGroup(of: Bool.self) { group in
      for index in 0..<24 {
        group.addTask { if case .success = await outcome(index % 2 == 0 ? first : second) { true } else { false } }
      }
      for await isGood in group { #expect(isGood) }
    }
    #expect(server.requests.count == 24 && server.mostAtOnce == 2)
    #expect(server.connections <= 5)
  }

  @Test("a wait between tries holds no place")
  func backOffHoldsNoPlace() async throws {
    let server = try ScriptedServer { request, _ in
      ScriptedChat(request)?.text == "busy" ? .status(429, headers: ["Retry-After": "300"]) : .completion("x")
    }
    let counters = ChatCounters()
    let model = try OpenAIChatModel(
      endpoint(server) {
        $0.concurrency = 1
        $0.retry.attempts = 6
      }, counters: counters)
    let busy = Task { await outcome(model, request("busy")) }
    #expect(await eventually { counters.snapshot.total.retries.count == 1 })
    #expect(try await model.reply(to: request("free")).text == "x")
    busy.cancel()
    #expect(await busy.value == .failure(.cancelled))
  }
}
