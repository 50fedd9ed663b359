// Replies put together from the engine's events.
// Not here: their form (CompletionReply.swift), sending them (CompletionService.swift, CompletionStream.swift).
import Text

/// A prompt as text and as tokens.
struct EncodedPrompt: Sendable {
  let text: String
  let tokens: [Int32]
}

/// What is known of the reply to one request so far.
struct CompletionAssembly: Sendable {
  /// One choice so far.
  private struct Part {
    var text = ""
    var logprobs: ReplyLogProbabilities?
    var offsets: OffsetCounter
    var finish: ContinuationStep.Finish?
    var tokens = 0
  }

  private let id: String
  private let created: Int
  private let model: String
  private let request: CompletionRequest
  private let prompts: [EncodedPrompt]
  private let tokenizer: any Tokenizer
  private var parts: [Part]

  init(
    id: String, created: Int, model: String, request: CompletionRequest, prompts: [EncodedPrompt],
    tokenizer: any Tokenizer
  ) {
    (self.id, self.created, self.model, self.request, self.prompts) = (id, created, model, request, prompts)
    self.tokenizer = tokenizer
    parts = Array(
      repeating: Part(
        logprobs: request.logProbabilities == nil ? nil : ReplyLogProbabilities(), offsets: OffsetCounter(tokenizer)),
      count: prompts.count * request.count)
    if request.maximumTokens == 0 { for index in 0..<parts.count { parts[index].finish = .length } }
    if request.echo { for index in 0..<parts.count { echo(index) } }
  }

  /// Begins a choice with its prompt; the log-probabilities follow with the event.
  private mutating func echo(_ index: Int) {
    let prompt = prompts[index / request.count]
    parts[index].text = prompt.text
    guard parts[index].logprobs == nil else { return }
    for token in prompt.tokens { parts[index].offsets.append(token) }
  }

  /// Takes an event in.
  ///
  /// - Returns: the choices that it changed.
  @discardableResult
  mutating func add(_ event: CompletionEvent) -> Range<Int> {
    switch event {
    case .failed: return 0..<0
    case .prompt(let prompt, let scores):
      let choices = prompt * request.count..<(prompt + 1) * request.count
      for choice in choices {
        for (place, token) in prompts[prompt].tokens.enumerated() {
          append(token, score: place == 0 ? nil : scores[place - 1], to: choice)
        }
      }
      return choices
    case .token(let choice, let step):
      parts[choice].tokens += 1
      parts[choice].text += step.text
      parts[choice].finish = step.finish
      if let score = step.score { append(step.token, score: score, to: choice) }
      return choice..<choice + 1
    }
  }

  private mutating func append(_ token: Int32, score: TokenScore?, to choice: Int) {
    let offset = parts[choice].offsets.append(token), tokenizer = tokenizer
    parts[choice].logprobs?.append(token, score: score, offset: offset, tokenizer: tokenizer)
  }

  private var usage: CompletionReply.Usage {
    .init(
      prompt: prompts.reduce(0) { $0 + $1.tokens.count }, completion: parts.reduce(0) { $0 + $1.tokens })
  }

  private func reply(_ choices: [CompletionReply.Choice], usage: CompletionReply.Usage?) -> CompletionReply {
    CompletionReply(id: id, created: created, model: model, choices: choices, usage: usage)
  }

  /// The whole reply.
  var reply: CompletionReply {
    reply(
      parts.enumerated().map { .init(index: $0, text: $1.text, logprobs: $1.logprobs, finish: $1.finish) }, usage: usage
    )
  }

  /// What a choice has gained since it was last taken, as a piece of a stream; nil for nothing.
  mutating func takePiece(_ choice: Int) -> CompletionReply? {
    let part = parts[choice]
    let hasScores = part.logprobs.map { !$0.tokens.isEmpty } ?? false
    guard !part.text.isEmpty || hasScores || part.finish != nil else { return nil }
    parts[choice].text = ""
    if part.logprobs != nil { parts[choice].logprobs = ReplyLogProbabilities() }
    return reply(
      [.init(index: choice, text: part.text, logprobs: hasScores ? part.logprobs : nil, finish: part.finish)],
      usage: nil)
  }

  /// The last piece of a stream that was asked for counts; nil if it was not.
  var usagePiece: CompletionReply? { request.streamUsage ? reply([], usage: usage) : nil }

  /// Whether the prompts' log-probabilities, which go before everything else, come with events.
  var waitsForScores: Bool { request.echo && request.logProbabilities != nil }

  /// All choices.
  var choices: Range<Int> { parts.indices }
}
