// Lives here: broken, contradictory and unsupported tokenizer files, each refused with a message that says where.
// Not here: files that are right.

import Foundation
import Testing
import Text

@Suite struct HostileTokenizerTests {
  /// A tokenizer.json of the 256 bytes with one merge, `h e`; parts can be replaced by their JSON text.
  private func json(
    model: String? = nil, merges: String = #"[["h","e"]]"#, extraTokens: String = #","he":256"#,
    modelExtras: String = "", parts: [String: String] = [:]
  ) throws -> String {
    let bytes = try BytePairTrainer(vocabularySize: 256, specialTokens: []).train(on: [String]())
    let vocabulary = (0..<Int32(256)).map { identifier -> String in
      let text = bytes.token(of: identifier) ?? ""
      let escaped = text == "\"" || text == "\\" ? "\\" + text : text
      return "\"\(escaped)\":\(identifier)"
    }.joined(separator: ",")
    var members = [
      "version": #""1.0""#, "added_tokens": "[]", "normalizer": "null",
      "pre_tokenizer": #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#,
      "post_processor": "null",
      "decoder": #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}"#,
      "model": model ?? #"{"type":"BPE"\#(modelExtras),"vocab":{\#(vocabulary)\#(extraTokens)},"merges":\#(merges)}"#,
    ]
    for (key, value) in parts { members[key] = value.isEmpty ? nil : value }
    return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  /// A list of one added token; `content` as it stands in JSON.
  private func addedToken(_ identifier: Int, _ content: String) -> String {
    #"[{"id":\#(identifier),"content":"\#(content)","single_word":false,"lstrip":false,"rstrip":false,"#
      + #""normalized":false,"special":true}]"#
  }

  private func message(_ json: String) -> String {
    do {
      _ = try BytePairEncoding(json: json, path: "t.json")
      return "accepted"
    } catch {
      return error.description
    }
  }

  @Test func theUndamagedFileIsAccepted() throws {
    #expect(try BytePairEncoding(json: try json()).encode("he") == [256])
  }

  @Test func aBrokenMergeIsNamed() throws {
    #expect(
      message(try json(merges: #"[["h","e"],["h","xyz"]]"#))
        == "broken merge, t.json, model.merges[1] \"h xyz\": expected two tokens of the vocabulary whose concatenation"
        + " is a token too, got no token \"xyz\".")
    #expect(message(try json(merges: #"["h e","e h"]"#)).contains("model.merges[1] \"e h\""))
    #expect(message(try json(merges: #"["h e","he"]"#)).contains("1 parts between spaces"))
    #expect(message(try json(merges: #"["h e h"]"#)).contains("3 parts between spaces"))
    #expect(message(try json(merges: #"[["h",""]]"#)).contains("an empty part"))
    #expect(message(try json(merges: #"[["h","e","h"]]"#)).contains("model.merges[0]: expected two strings"))
    #expect(message(try json(merges: #"[["h",1]]"#)).contains("model.merges[0]"))
    #expect(message(try json(merges: "[7]")).contains("model.merges[0]"))
    #expect(message(try json(merges: "{}")).contains("model.merges: expected an array"))
  }

  @Test func mergesThatMakeOneTextInTwoWaysEnd() throws {
    let tokenizer = try BytePairEncoding(
      json: try json(
        merges: #"[["a","a"],["aa","a"],["a","aa"],["aa","aa"],["aaa","a"],["a","aaa"],["a","a"]]"#,
        extraTokens: #","aa":256,"aaa":257,"aaaa":258"#))
    for count in [1, 2, 3, 5, 63, 64, 65, 1_000] {
      let text = String(repeating: "a", count: count)
      let tokens = tokenizer.encode(text)
      #expect(tokenizer.decode(tokens) == text)
      #expect(tokens.allSatisfy { $0 >= 256 || count == 1 || tokens.last == $0 })
    }
    #expect(tokenizer.mergeCount == 6)
  }

  @Test func identifiersThatClashAreNamed() throws {
    #expect(
      message(try json(extraTokens: #","he":104"#))
        .hasPrefix("duplicate identifier, t.json, id 104: expected one token"))
    #expect(message(try json(extraTokens: #","he":256,"he":257"#)).contains("\"he\" is there twice"))
    #expect(message(try json(extraTokens: #","he":-1"#)).contains("model.vocab.he: expected a whole number"))
    #expect(message(try json(extraTokens: #","he":16777216"#)).contains("got the number 16777216"))
    #expect(message(try json(extraTokens: #","he":1e99"#)).contains("model.vocab.he"))
    #expect(message(try json(extraTokens: #","he":99999999999999999999"#)).contains("model.vocab.he"))
    #expect(message(try json(extraTokens: #","he":"256""#)).contains("got the string \"256\""))
  }

  @Test func aByteWithoutATokenIsNamed() {
    let model = #"{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]}"#
    let text = #"{"model":\#(model),"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}}"#
    #expect(message(text).contains("got none for 0x00"))
  }

  @Test(arguments: [
    (#"{"type":"WordPiece","vocab":{},"merges":[]}"#, "model.type: expected BPE, got \"WordPiece\""),
    (#"{"type":"BPE","merges":[]}"#, "model.vocab"),
    (#"{"type":"BPE","vocab":{}}"#, "missing byte"),
    (#"{"type":"BPE","vocab":[],"merges":[]}"#, "model.vocab: expected an object"),
    (#"{"type":7,"vocab":{},"merges":[]}"#, "model.type: expected a string"),
    ("[]", "model: expected an object, got an array of 0"),
    ("null", "model: expected an object, got null"),
    ("", "missing key, t.json, model"),
  ])
  func aBrokenModelIsNamed(model: String, expected: String) throws {
    let text = message(try json(parts: ["model": model]))
    #expect(text.contains(expected) || text.contains("model.merges"), "\(text)")
  }

  @Test(arguments: [
    ("normalizer", #"{"type":"NFKC"}"#, "normalizer.type"),
    ("normalizer", #"{"type":"Lowercase"}"#, "normalizer.type"),
    ("normalizer", #"{"type":"NFC","x":1}"#, "normalizer.x"),
    ("normalizer", #""NFC""#, "normalizer: expected an object"),
    ("pre_tokenizer", "null", "pre_tokenizer"),
    ("pre_tokenizer", #"{"type":"Whitespace"}"#, "pre_tokenizer.type"),
    ("pre_tokenizer", #"{"type":"Metaspace","replacement":"_"}"#, "pre_tokenizer.type"),
    ("pre_tokenizer", #"{"type":"ByteLevel"}"#, "pre_tokenizer.add_prefix_space"),
    ("pre_tokenizer", #"{"type":"Sequence","pretokenizers":[]}"#, "exactly one ByteLevel"),
    ("pre_tokenizer", #"{"type":"Sequence"}"#, "pre_tokenizer.pretokenizers"),
    (
      "pre_tokenizer",
      #"{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Isolated","invert":false}"#,
      #"pre_tokenizer.pattern.Regex: expected the expression of GPT-2, GPT-4 (cl100k) or Qwen2, got "\w+""#
    ),
    (
      "pre_tokenizer", #"{"type":"Split","pattern":{"String":""},"behavior":"Isolated","invert":false}"#,
      "pre_tokenizer.pattern.String"
    ),
    (
      "pre_tokenizer", #"{"type":"Split","pattern":{"String":" "},"behavior":"Sideways","invert":false}"#,
      "pre_tokenizer.behavior"
    ),
    ("decoder", "null", "decoder"),
    ("decoder", #"{"type":"WordPiece"}"#, "decoder.type"),
    ("post_processor", #"{"type":"BertProcessing"}"#, "post_processor.type"),
    (
      "post_processor",
      #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},"#
        + #"{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}"#,
      "post_processor.special_tokens.<s>"
    ),
    (
      "post_processor",
      #"{"type":"TemplateProcessing","single":[],"pair":[],"special_tokens":{}}"#, "the text \"A\" exactly once"
    ),
    (
      "post_processor",
      #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}}],"pair":[],"#
        + #""special_tokens":{"x":{"ids":[9999]}}}"#,
      "post_processor.special_tokens.x.ids"
    ),
    ("truncation", #"{"max_length":5}"#, "truncation: expected null"),
    ("padding", #"{"strategy":"BatchLongest"}"#, "padding: expected null"),
    ("version", #""2.0""#, "version"),
    ("chat", "1", "unsupported component, t.json, chat"),
    ("added_tokens", "{}", "added_tokens: expected an array"),
    ("added_tokens", #"[{"id":257}]"#, "added_tokens[0].content"),
  ])
  func whatIsNotSupportedIsNamedByItsKey(key: String, value: String, expected: String) throws {
    let text = message(try json(parts: [key: value]))
    #expect(text.contains(expected), "\(text)")
  }

  @Test(arguments: [
    (#","dropout":0.1"#, "model.dropout"),
    (###","continuing_subword_prefix":"##""###, "model.continuing_subword_prefix"),
    (#","end_of_word_suffix":"</w>""#, "model.end_of_word_suffix"),
    (#","ignore_merges":1"#, "model.ignore_merges: expected true or false"),
    (#","unk_token":5"#, "model.unk_token"),
    (#","something":null"#, "model.something"),
  ])
  func modelOptionsAreNotIgnored(extras: String, expected: String) throws {
    let text = message(try json(modelExtras: extras))
    #expect(text.contains(expected), "\(text)")
  }

  @Test(arguments: [
    (257, "<x>", "accepted"), (258, "<x>", "added_tokens[0].id: expected 257"), (0, "<x>", "added_tokens[0].id"),
    (256, "he", "accepted"), (257, "he", "expected 256"), (-5, "<x>", "added_tokens[0].id"),
    (257, "", "added_tokens[0].content"),
  ])
  func addedTokensMustHaveTheirPlace(identifier: Int, content: String, expected: String) throws {
    let text = message(try json(parts: ["added_tokens": addedToken(identifier, content)]))
    #expect(text.contains(expected), "\(text)")
  }

  @Test func everyTruncationIsRefused() throws {
    let text = Array(try json().utf8)
    for length in 0..<text.count where length % 7 == 0 || length > text.count - 40 {
      let cut = String(decoding: text[..<length], as: UTF8.self)
      #expect(message(cut).hasPrefix("not valid JSON, t.json, line 1, column "), "length \(length)")
    }
  }

  @Test(arguments: [
    ("{\n  \"a\": 1,\n  \"a\": 2\n}", "line 3, column 3"),
    ("{\"a\" 1}", "expected ':', got '1'"),
    ("{\"a\":1,}", "expected a key, got '}'"),
    ("[1,]", "expected a value, got ']'"),
    ("[01]", "leading zeros"),
    ("[1.]", "expected a value"),
    ("[-]", "expected a value"),
    ("[1e400]", "finite"),
    ("[\"\\ud800\"]", "surrogates"),
    ("[\"\\udc00\\ud800\"]", "surrogates"),
    ("[\"\\ud800\\u0041\"]", "surrogates"),
    ("[\"\\u12g4\"]", "hexadecimal"),
    ("[\"\\x41\"]", "an escape"),
    ("[\"a\nb\"]", "control characters"),
    ("[\"abc", "expected '\"'"),
    ("[\"abc\\", "an escape"),
    ("nul", "expected \"null\""),
    ("tru", "expected \"true\""),
    ("{} {}", "the end of the file"),
    ("", "expected a value, got the end of the file"),
    ("\u{FEFF}{}", "expected a value"),
    (String(repeating: "[", count: 100_000), "128 nested levels"),
    (String(repeating: "{\"a\":", count: 100_000), "128 nested levels"),
  ])
  func brokenJSONIsRefusedWithItsPlace(text: String, expected: String) {
    let text = message(text)
    #expect(text.hasPrefix("not valid JSON, t.json, line ") && text.contains(expected), "\(text)")
  }

  @Test func escapesAreRead() throws {
    let text = try json(merges: #"[["h","\u0065"]]"#, extraTokens: #","\u0068\u0065":256"#)
    #expect(try BytePairEncoding(json: text).encode("he") == [256])
    let emoji = addedToken(257, #"\ud83d\ude00\n\t\/\"\\"#)
    let tokenizer = try BytePairEncoding(json: try json(parts: ["added_tokens": emoji]))
    #expect(tokenizer.encode("h\u{1F600}\n\t/\"\\") == [71, 257])
    #expect(try BytePairEncoding(json: tokenizer.jsonText()).fingerprint == tokenizer.fingerprint)
  }

  @Test(arguments: 0..<300)
  func randomDamageNeverTraps(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var bytes = Array(try json().utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.remove(at: place)
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if let tokenizer = try? BytePairEncoding(json: text) {
      #expect(tokenizer.decode(tokenizer.encode("hello he")).utf8.count > 0, "seed \(seed)")
    }
  }
}
