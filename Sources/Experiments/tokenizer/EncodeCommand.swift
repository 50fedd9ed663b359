// Lives here: `tokenizer encode`: text or files in, identifiers or a token shard out.
// Not here: encoding itself (Text, BytePairEncoding.swift).

import ArgumentParser
import Text

struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn text into tokens.",
    discussion: """
      Without --shard, the identifiers of each text are printed on a line of their own. With --shard, they go into a \
      file that training maps into memory: documents one behind the other, each followed by the end-of-text token. \
      The shard remembers which tokenizer made it.

      Text such as <|endoftext|> becomes the special token of that name when it is printed, and stays text in a \
      shard, where it could end a document (--special and --no-special say otherwise).

      Examples:
        tokenizer encode --tokenizer tokenizer.json --text "Hello, world!"
        tokenizer encode --tokenizer tokenizer.json --shard books.shard Data/books
        tokenizer encode --tokenizer tokenizer.json --shard web.shard --separator '<|endoftext|>' web.txt
      """)

  @Option(name: .shortAndLong, help: "The tokenizer.json.")
  var tokenizer: String

  @Option(help: "A text to encode, instead of files.")
  var text: String?

  @Argument(help: "Text files (UTF-8) and folders of them.")
  var inputs: [String] = []

  @Option(help: "Write a token shard to this path; it is replaced only when it is complete.")
  var shard: String?

  @Option(help: "Text between the documents of one file; without it a file is one document.")
  var separator: String?

  @Flag(inversion: .prefixedNo, help: "Whether special tokens are recognised in the text.")
  var special: Bool?

  func validate() throws {
    guard (text == nil) != inputs.isEmpty else { throw ValidationError("Give either --text or files.") }
    guard separator?.isEmpty != true else { throw ValidationError("Give a --separator that is not empty.") }
  }

  func run() throws {
    let encoding = try BytePairEncoding(contentsOf: tokenizer)
    guard let shard else {
      try forEachDocument { document in
        let tokens = encoding.encode(
          document, addingSurroundingTokens: true, recognizingSpecialTokens: special ?? true)
        print(tokens.map(String.init).joined(separator: " "))
      }
      return
    }
    let clock = Stopwatch()
    var byteCount = 0
    let writer = try TokenShardWriter(to: shard, tokenizer: encoding)
    try forEachDocument { document in
      byteCount += document.utf8.count
      try writer.append(
        document: encoding.encode(
          document, addingSurroundingTokens: false, recognizingSpecialTokens: special ?? false))
      clock.report("encoded \(byteCount) bytes into \(writer.count) tokens", final: false)
    }
    clock.report("encoded \(byteCount) bytes into \(writer.count) tokens", final: true)
    let written = try writer.finish()
    clock.report("wrote \(written.documentCount) documents to \(shard)", final: true)
  }

  private func forEachDocument(_ body: (String) throws -> Void) throws {
    if let text { return try body(text) }
    for file in try TextFile.list(inputs) {
      let content = try TextFile.read(file)
      guard let separator else {
        try body(content)
        continue
      }
      for document in TextFile.documents(in: content, separatedBy: separator) { try body(document) }
    }
  }
}
