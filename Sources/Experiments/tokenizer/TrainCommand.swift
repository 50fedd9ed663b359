// Lives here: `tokenizer train`: files in, tokenizer.json out.
// Not here: training itself (Text, BytePairTrainer.swift).

import ArgumentParser
import Text

/// How text is cut before pairs merge.
enum Cutting: String, CaseIterable, ExpressibleByArgument {
  case gpt2, gpt4, qwen2

  var preTokenizer: PreTokenizer {
    switch self {
    case .gpt2: .gpt2
    case .gpt4: .gpt4
    case .qwen2: .qwen2
    }
  }
}

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learn a vocabulary from text.",
    discussion: """
      Every file is one document; folders are searched for files. The result equals that of the reference library's \
      BpeTrainer on the same documents, and is the same every time.

      Identifiers: special tokens first, then the 256 bytes, then one token for each merge. A size that is a multiple \
      of 64 suits matrix kernels; 4,096 to 16,384 suits models of a few million parameters.

      Examples:
        tokenizer train Data/books --size 8192 --output tokenizer.json
        tokenizer train a.txt b.txt --size 4096 --cutting gpt2 --minimum-frequency 2 --output small.json
        tokenizer train chats --size 8192 --special '<|endoftext|>' --special '<|user|>' --output chat.json
      """)

  @Argument(help: "Text files (UTF-8) and folders of them.")
  var inputs: [String]

  @Option(help: "Number of tokens, special tokens and bytes included.")
  var size = 8_192

  @Option(help: "Rule by which text is cut into pieces that merges do not cross: \(Cutting.list).")
  var cutting = Cutting.gpt4

  @Option(name: .customLong("special"), help: "A special token; repeat for several. The first ends documents.")
  var specialTokens = ["<|endoftext|>"]

  @Option(help: "Pairs that occur less often do not merge.")
  var minimumFrequency = 2

  @Flag(help: "Compose accents (NFC) before anything else. Decoding then gives back the composed text.")
  var compose = false

  @Option(name: .shortAndLong, help: "The tokenizer.json to write; it is replaced only when it is complete.")
  var output: String

  func run() throws {
    let trainer = BytePairTrainer(
      vocabularySize: size, minimumFrequency: minimumFrequency, specialTokens: specialTokens,
      normalizer: compose ? .canonicalComposition : .none, preTokenizer: cutting.preTokenizer)
    let clock = Stopwatch()
    var counts = trainer.makeCounts()
    for file in try TextFile.list(inputs) {
      counts.add(try TextFile.read(file))
      clock.report("counted \(counts.byteCount) bytes, \(counts.count) different pieces", final: false)
    }
    clock.report("counted \(counts.byteCount) bytes, \(counts.count) different pieces", final: true)
    let tokenizer = try trainer.train(on: counts) { progress in
      clock.report("merge \(progress.merges) of \(progress.total)", final: progress.merges == progress.total)
    }
    try tokenizer.write(to: output)
    clock.report("wrote \(tokenizer.vocabularySize) tokens to \(output)", final: true)
    if tokenizer.vocabularySize < size {
      clock.report("the text gives no more than \(tokenizer.vocabularySize) of \(size) tokens", final: true)
    }
  }
}

extension Cutting {
  static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
