// Clients that go away, a thousand that come one after the other, and the end of the engine: nothing is lost or leaks.
// Not here: what is answered (CompletionServiceTests.swift).
import Foundation
import NN
import Serving
import Tensor
import TestSupport
import Testing
import Text

import MoDA

@Suite struct CompletionEngineTests {
  private func work(_ prompts: [String], tokens: Int, count: Int = 1, top: Int? = nil) -> CompletionWork {
    CompletionWork(
      prompts: prompts.map { ByteTokenizer().encode($0) }, count: count,
      settings: ContinuationSettings(maximumTokens: tokens, sampler: .greedy, top: top))
  }

  @Test func aClientThatGoesAwayFreesItsPlace() async throws {
    // One place: whoever comes next waits until the first one's is free. It would take minutes.
    let engine = try endlessEngine(.init(batch: 1))
    defer { engine.stop() }
    let service = CompletionService(engine)
    try await withServer(handler: { await service.respond($0) }) { server, port in
      for stream in [true, false] {
        let client = try RawClient(port: port)
        let body = #"{"prompt": "a", "max_tokens": 199000, "temperature": 1, "stream": \#(stream)}"#
        await client.send(
          "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        if stream { _ = await client.read { $0.contains("data: ") } }
        #expect(await eventually { engine.counters.live == 1 })
        client.close()
        #expect(await eventually { engine.counters.live == 0 && engine.counters.cacheBytes == 0 })
        #expect(await eventually { server.connectionCount == 0 })
      }
      #expect(engine.counters.cancelled == 2 && engine.counters.finished == 0)
      let next = try await rawRequest("POST", "/v1/completions", body: #"{"prompt": "a", "max_tokens": 3}"#, port: port)
      #expect(next.status == 200)
    }
  }

  @Test func aStreamThatIsDroppedEndsItsWork() async throws {
    let engine = try endlessEngine()
    defer { engine.stop() }
    do {
      let events = try #require(engine.begin(work(["a", "b"], tokens: 190_000)))
      var iterator = events.makeAsyncIterator()
      _ = await iterator.next()
    }
    #expect(await eventually { engine.counters.cancelled == 1 && engine.counters.live == 0 })
  }

  /// A thousand requests, some streamed, some in error, some that hang up, over kept and new connections.
  @Test func aThousandRequestsLoseAndLeakNothing() async throws {
    try await withService { client in
      let expected = try servedPrompts.map { try generated($0, 4) }
      func run(_ numbers: Range<Int>) async throws {
        var kept: RawClient?
        for number in numbers {
          let index = number % servedPrompts.count, prompt = try quoted(servedPrompts[index])
          switch number % 10 {
          case 0:
            let (pieces, isDone) = try await client.stream(#""prompt": \#(prompt), "max_tokens": 4, "temperature": 0"#)
            #expect(isDone && pieces.flatMap(\.texts).joined() == expected[index])
          case 1: #expect(try await client.ask(#""prompt": \#(prompt), "max_tokens": -4"#).status == 400)
          case 2:
            let body = #"{"prompt": \#(prompt), "max_tokens": 40, "stream": true}"#
            let gone = try RawClient(port: client.port)
            await gone.send(
              "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            gone.close()
          case 3:
            let reply = try await client.complete(
              #""prompt": [\#(prompt), "b"], "max_tokens": 0, "echo": true, "logprobs": 1"#)
            #expect(reply.choices.count == 2)
          default:
            let connection = try kept ?? RawClient(port: client.port)
            let body = #"{"prompt": \#(prompt), "max_tokens": 4, "temperature": 0}"#
            await connection.send(
              "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let answer = await connection.read { $0.contains("total_tokens") }
            #expect(answer.status == 200)
            #expect(try Reply(answer.body).texts == [expected[index]])
            kept = connection
          }
        }
      }
      try await run(0..<1000)
      #expect(await eventually { client.server.connectionCount == 0 })
      #expect(await eventually { client.engine.counters.waiting == 0 && client.engine.counters.live == 0 })
      let counters = client.engine.counters
      #expect(counters.cacheBytes == 0 && counters.failed == 0)
      #expect(counters.jobs == counters.finished + counters.cancelled && counters.finished >= 800, "\(counters)")
    }
  }

  @Test func moreThanABatchWaitsItsTurn() async throws {
    let engine = try servedEngine(.init(batch: 3, promptsPerStep: 2))
    defer { engine.stop() }
    let prompts = (0..<20).map { "prompt \($0)" }
    let events = try #require(engine.begin(work(prompts, tokens: 7)))
    var texts = [String](repeating: "", count: 20)
    for await case .token(let choice, let step) in events { texts[choice] += step.text }
    #expect(try texts == prompts.map { try generated($0, 7) })
    #expect(engine.counters.largestBatch == 3)
  }

  @Test func stoppingEndsWhatRunsAndRefusesWhatComes() async throws {
    let engine = try endlessEngine()
    let events = try #require(engine.begin(work(["a"], tokens: 190_000)))
    // Without a suspension: other tests can keep a suspended one waiting for longer than the text takes.
    for _ in 0..<20_000 where engine.counters.live == 0 { usleep(500) }
    #expect(engine.counters.live == 1)
    engine.stop()
    var last: CompletionEvent?
    for await event in events { last = event }
    #expect(last == .failed("the server stops"))
    #expect(engine.begin(work(["a"], tokens: 1)) == nil)
    #expect(await eventually { engine.counters.live == 0 })
  }

  @Test func logitsThatAreNoNumbersFailTheRequestAlone() async throws {
    let engine = try CompletionEngine {
      let model = servedModel()
      let store = model.parameters
      if let head = store["model.norm.weight"] {
        store.assign(Tensor([Float](repeating: .nan, count: head.shape.count), shape: head.shape), to: head)
      }
      return EvaluatedModel(model, tokenizer: ByteTokenizer(), name: "broken")
    }
    defer { engine.stop() }
    let service = CompletionService(engine)
    let continued = #""max_tokens": 4"#, scored = #""max_tokens": 0, "echo": true, "logprobs": 1"#
    let both = #""max_tokens": 4, "echo": true, "logprobs": 1"#
    for (fields, stream) in [continued, scored, both].flatMap({ [($0, false), ($0, true)] }) {
      let body = #"{"prompt": "ab", "stream": \#(stream), \#(fields)}"#
      let response = await service.respond(
        ServerRequest(method: "POST", path: "/v1/completions", body: Array(body.utf8)))
      switch response.body {
      case .whole(let bytes):
        #expect(response.status == 500 && String(decoding: bytes, as: UTF8.self).contains("generation_failed"))
      case .pieces(let pieces):
        var text = ""
        for await piece in pieces { text += String(decoding: piece, as: UTF8.self) }
        #expect(text.contains("generation_failed") && !text.contains("[DONE]"))
      }
    }
    #expect(engine.counters.failed == 6 && engine.counters.live == 0)
  }

  @Test func whatCannotBeLoadedIsThrown() {
    #expect(throws: BundleError.self) {
      try CompletionEngine { try EvaluatedModel(URL(fileURLWithPath: "/nowhere")) }
    }
  }
}
