// Lives here: `tokenizer decode`: identifiers or a token shard in, text out.
// Not here: decoding itself (Text, Tokenizer.swift).

import ArgumentParser
import Text

struct DecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Turn tokens into text.",
    discussion: """
      Identifiers come as arguments, from standard input if there are none, or from a shard. Bytes that are no UTF-8 \
      (a character cut in two) are shown as U+FFFD.

      Examples:
        tokenizer decode --tokenizer tokenizer.json 40 69 434 79
        tokenizer encode -t tokenizer.json --text "Hello" | tokenizer decode -t tokenizer.json
        tokenizer decode --tokenizer tokenizer.json --shard books.shard --start 1000 --count 200
      """)

  @Option(name: .shortAndLong, help: "The tokenizer.json.")
  var tokenizer: String

  @Argument(help: "Identifiers.")
  var identifiers: [Int32] = []

  @Option(help: "A token shard to read instead; it must have been made with the same tokenizer.")
  var shard: String?

  @Option(help: "First token of the shard to decode.")
  var start = 0

  @Option(help: "Number of tokens of the shard to decode.")
  var count = 256

  @Flag(help: "Leave out special tokens.")
  var skipSpecial = false

  func validate() throws {
    guard shard == nil || identifiers.isEmpty else { throw ValidationError("Give either --shard or identifiers.") }
    guard start >= 0, count >= 0 else { throw ValidationError("--start and --count must not be negative.") }
  }

  func run() throws {
    let encoding = try BytePairEncoding(contentsOf: tokenizer)
    let tokens = try readTokens(encoding)
    try encoding.validate(tokens)
    print(encoding.decode(tokens, skippingSpecialTokens: skipSpecial))
  }

  private func readTokens(_ encoding: BytePairEncoding) throws -> [Int32] {
    if let shard {
      let opened = try TokenShard(contentsOf: shard, tokenizer: encoding)
      let first = min(start, opened.count)
      return opened.window(at: first, length: min(count, opened.count - first))
    }
    guard identifiers.isEmpty else { return identifiers }
    var tokens: [Int32] = []
    while let line = readLine() {
      for field in line.split(whereSeparator: \.isWhitespace) {
        guard let token = Int32(field) else { throw ValidationError("Expected identifiers, got \"\(field)\".") }
        tokens.append(token)
      }
    }
    return tokens
  }
}
