// Lives here: decoding token by token, and the tokenizer of bytes.
// Not here: decoding at once (BytePairEncodingGoldenTests.swift).

import Testing
import Text

@Suite struct StreamingTests {
  @Test func byteTokenizerIsUTF8() throws {
    let tokenizer = ByteTokenizer()
    #expect(tokenizer.vocabularySize == 257)
    #expect(tokenizer.encode("é<|endoftext|>").prefix(3) == [0xC3, 0xA9, 0x3C])
    #expect(tokenizer.encode("").isEmpty)
    #expect(tokenizer.decode([0xC3, 0xA9, 256]) == "é<|endoftext|>")
    #expect(tokenizer.decode([0xC3, 0xA9, 256], skippingSpecialTokens: true) == "é")
    #expect(tokenizer.bytes(of: 257) == nil && tokenizer.bytes(of: -1) == nil)
    #expect(tokenizer.endOfText == 256 && tokenizer.isSpecial(256))
    for text in try Fixtures.strings() { #expect(sameBytes(tokenizer.decode(tokenizer.encode(text)), text)) }
  }

  @Test func charactersAppearWithTheirLastByte() {
    var decoder = StreamingDecoder(ByteTokenizer())
    #expect("é😀".utf8.map { decoder.append(Int32($0)) } == ["", "é", "", "", "", "😀"])
    #expect(decoder.finish() == "")
    #expect(decoder.append(0xF0) == "")
    #expect(decoder.append(0x9F) == "")
    #expect(decoder.finish() == "\u{FFFD}")
    #expect(decoder.append(0x41) == "A")
  }

  @Test func invalidBytesDoNotBlockTheStream() {
    var decoder = StreamingDecoder(ByteTokenizer())
    // E0 80: 80 cannot follow E0; F5 never occurs; a lone continuation byte.
    #expect([0xE0, 0x80, 0x41, 0xF5, 0x80, 0x42].map { decoder.append($0) }.joined().hasSuffix("B"))
    #expect(decoder.append(0xED) == "")
    #expect(decoder.append(0xA0) == "\u{FFFD}\u{FFFD}")
  }

  @Test(arguments: 1...40)
  func streamedTextEqualsTextDecodedAtOnce(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let vocabulary = try BytePairEncoding(contentsOf: Fixtures.path("small-gpt4.json"))
    for tokenizer in [ByteTokenizer(), vocabulary] as [any Tokenizer] {
      let highest = Int32(tokenizer.vocabularySize) + 3
      let tokens = (0..<200).map { _ in
        Bool.random(using: &generator)
          ? Int32.random(in: 0..<highest, using: &generator) : Int32.random(in: 120..<257, using: &generator)
      }
      for skipping in [false, true] {
        var decoder = StreamingDecoder(tokenizer, skippingSpecialTokens: skipping)
        var text = ""
        for token in tokens { text += decoder.append(token) }
        text += decoder.finish()
        #expect(
          sameBytes(text, tokenizer.decode(tokens, skippingSpecialTokens: skipping)), "seed \(seed): \(tokens)")
      }
    }
  }
}
