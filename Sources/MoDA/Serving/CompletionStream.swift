// Streamed replies: server-sent events, one for each piece of text.
// Not here: what is in them (CompletionAssembly.swift).
import Foundation
import Serving

extension CompletionService {
  /// The reply as a stream of events, which ends with `[DONE]`, or without it if the work failed or was ended.
  static func stream(_ assembly: CompletionAssembly, _ events: AsyncStream<CompletionEvent>) -> ServerResponse {
    let (pieces, output) = AsyncStream.makeStream(of: [UInt8].self)
    let task = Task {
      var assembly = assembly
      // What is there without the engine: echoed prompts, and ends of continuations without tokens.
      if !assembly.waitsForScores { for choice in assembly.choices { send(assembly.takePiece(choice), to: output) } }
      for await event in events {
        if case .failed(let reason) = event {
          if case .whole(let bytes) = failure(reason).body { send(bytes, to: output) }
          return output.finish()
        }
        for choice in assembly.add(event) { send(assembly.takePiece(choice), to: output) }
      }
      guard !Task.isCancelled else { return output.finish() }
      send(assembly.usagePiece, to: output)
      send(Array("[DONE]".utf8), to: output)
      output.finish()
    }
    output.onTermination = { _ in task.cancel() }
    return ServerResponse(contentType: "text/event-stream; charset=utf-8", body: .pieces(pieces))
  }

  private static func send(_ reply: CompletionReply?, to output: AsyncStream<[UInt8]>.Continuation) {
    guard let reply, let data = try? encoder.encode(reply) else { return }
    send(Array(data), to: output)
  }

  private static func send(_ data: [UInt8], to output: AsyncStream<[UInt8]>.Continuation) {
    output.yield(Array("data: ".utf8) + data + Array("\n\n".utf8))
  }
}
