// The cache in front of models, and recordings.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("Cached and recorded models")
struct CachedChatModelTests {
  private static func echo(_ name: String = "m") -> ClosureModel {
    ClosureModel(name) { request async throws(ChatError) in ChatReply(text: request.messages[0].text, source: .server) }
  }

  @Test("a call is made once, over processes too, and failures are made again")
  func once() async throws {
    let folder = try TestFolder()
    let counters = ChatCounters()
    let model = Self.echo()
    do {
      let cached = CachedChatModel(model, cache: try ChatCache(folder.url), counters: counters)
      #expect(try await cached.reply(to: request("a")).source == .server)
      let again = try await cached.reply(to: request("a"))
      #expect(again.text == "a" && again.source == .cache && again.attempts == 0)
      #expect(try await cached.reply(to: request("a", sample: 1)).source == .server)
    }
    let cache = try ChatCache(folder.url)
    #expect(cache.count == 2 && cache.report.isClean)
    #expect(try await CachedChatModel(model, cache: cache, counters: counters).reply(to: request("a")).source == .cache)
    #expect(model.calls == 2 && counters.snapshot.total.hits == 2)
    let failing = ClosureModel("f") { _ async throws(ChatError) in throw .timeout(server: "s", seconds: 1) }
    for _ in 0..<2 {
      let result = await outcome(CachedChatModel(failing, cache: cache))
      #expect(result == .failure(.timeout(server: "s", seconds: 1)))
    }
    #expect(failing.calls == 2 && cache.count == 2)
  }

  @Test("models with different names do not share replies")
  func names() async throws {
    let cache = try ChatCache(try TestFolder().url)
    let models = [Self.echo("a"), Self.echo("b")]
    for model in models { _ = try await CachedChatModel(model, cache: cache).reply(to: request()) }
    #expect(models.map(\.calls) == [1, 1])
  }

  @Test("equal calls at once are one call", arguments: [false, true])
  func joined(fails: Bool) async throws {
    let folder = try TestFolder()
    let cache = try ChatCache(folder.url)
    let counters = ChatCounters()
    let gate = AsyncStream<Void>.makeStream()
    let model = ClosureModel { request async throws(ChatError) in
      for await _ in gate.stream {}
      if fails { throw .malformed(server: "s", reason: "r") }
      return ChatReply(text: "one", source: .server)
    }
    // Two models with the same name in front of one cache are the same model.
    let cached = [CachedChatModel(model, cache: cache, counters: counters), CachedChatModel(model, cache: cache)]
    let tasks = (0..<16).map { index in Task { await outcome(cached[index % 2]) } }
    #expect(await eventually { model.calls == 1 })
    gate.continuation.finish()
    var sources: [ChatReply.Source] = []
    for task in tasks {
      switch await task.value {
      case .success(let reply): sources.append(reply.source)
      case .failure(let error): #expect(fails && error == .malformed(server: "s", reason: "r"))
      }
    }
    if !fails {
      #expect(model.calls == 1 && sources.filter { $0 == .server }.count == 1 && sources.count == 16)
      #expect(cache.count == 1)
    }
  }

  @Test("a call goes on while anybody waits for it, and ends with the last")
  func cancellation() async throws {
    let folder = try TestFolder()
    let cache = try ChatCache(folder.url)
    let wasCancelled = Shared(false)
    let gate = AsyncStream<Void>.makeStream()
    let model = ClosureModel { request async throws(ChatError) in
      for await _ in gate.stream {}
      if Task.isCancelled {
        wasCancelled.withLock { $0 = true }
        throw .cancelled
      }
      return ChatReply(text: "kept", source: .server)
    }
    let cached = CachedChatModel(model, cache: cache)
    let first = Task { await outcome(cached) }
    #expect(await eventually { model.calls == 1 })
    let second = Task { await outcome(cached) }
    #expect(await eventually { cache.waiting == 2 })
    first.cancel()
    #expect(await first.value == .failure(.cancelled))
    #expect(!wasCancelled.withLock { $0 })
    second.cancel()
    #expect(await second.value == .failure(.cancelled))
    #expect(await eventually { wasCancelled.withLock { $0 } })
    #expect(cache.count == 0)
    gate.continuation.finish()
    // The next call is a new one, although the old one has the same key.
    #expect(try await cached.reply(to: request()).text == "kept")
    #expect(model.calls == 2)
  }

  @Test("tasks that come and go at random get replies or are cancelled, and each question is paid once")
  func storm() async throws {
    let folder = try TestFolder()
    let cache = try ChatCache(folder.url)
    let counters = ChatCounters()
    let model = ClosureModel { request async throws(ChatError) in
      await Task.yield()
      if Task.isCancelled { throw .cancelled }
      return ChatReply(text: request.messages[0].text, source: .embedded)
    }
    let cached = CachedChatModel(CountedChatModel(model, counters: counters), cache: cache, counters: counters)
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<600 {
        group.addTask {
          let question = "q\(index % 20)"
          let task = Task { await outcome(cached, request(question)) }
          if index % 3 == 0 { task.cancel() }
          switch await task.value {
          case .success(let reply): #expect(reply.text == question)
          case .failure(let error): #expect(error == .cancelled && index % 3 == 0, "task \(index)")
          }
        }
      }
    }
    let total = counters.snapshot.total
    #expect(cache.count == 20 && total.replies == 20)
  }

  @Test("a recording gives what was said, and nothing else")
  func recording() async throws {
    let folder = try TestFolder()
    do {
      let cached = CachedChatModel(Self.echo(), cache: try ChatCache(folder.url))
      for text in ["a", "b"] { _ = try await cached.reply(to: request(text)) }
    }
    let before = try folder.everything()
    let recorded = try RecordedChatModel(folder.url, name: "m")
    #expect(recorded.report.replies == 2)
    let reply = try await recorded.reply(to: request("b"))
    #expect(reply.text == "b" && reply.source == .recording && reply.attempts == 0)
    let key = "\(RequestKey(request("c"), model: "m"))"
    #expect(await outcome(recorded, request("c")) == .failure(.notRecorded(purpose: "answer", key: key)))
    let other = try RecordedChatModel(folder.url, name: "n")
    guard case .failure(.notRecorded) = await outcome(other, request("a")) else {
      Issue.record("expected no recording of another model")
      return
    }
    #expect(try folder.everything() == before)
  }
}
