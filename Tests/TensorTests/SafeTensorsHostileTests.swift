// Files that no writer should have written: each is refused with an error that names file, place and cause.
import Foundation
import Tensor
import TestSupport
import Testing

/// A malformed file and the part of the error that must be told.
private struct Hostile: CustomTestStringConvertible, Sendable {
  let name: String, bytes: [UInt8], cause: String
  var testDescription: String { name }

  init(_ name: String, _ bytes: [UInt8], _ cause: String) { (self.name, self.bytes, self.cause) = (name, bytes, cause) }

  init(_ name: String, header: String, length: UInt64? = nil, data: Int = 4, _ cause: String) {
    let zeros = [UInt8](repeating: 0, count: data)
    self.init(name, SafeTensorsBytes.file(header, length: length, data: zeros), cause)
  }
}

private let one = SafeTensorsBytes.entry("x")

private let hostile: [Hostile] = [
  Hostile("empty file", [], "expected 8 bytes, got 0"),
  Hostile("half a length", [1, 2, 3, 4, 5, 6, 7], "expected 8 bytes, got 7"),
  Hostile("no header", header: "", "header length"),
  Hostile("header of one byte", header: "{", "header length"),
  Hostile("header of 2^63 bytes", header: "{}", length: 1 << 63, "header length"),
  Hostile("header above the limit", header: "{}", length: 100_000_001, "header length"),
  Hostile("header beyond the file", header: "{}", length: 50, "truncated"),
  Hostile("space first", header: " {}", "byte 8: expected '{'"),
  Hostile("array for header", header: "[]", "byte 8: expected '{'"),
  Hostile("not UTF-8", SafeTensorsBytes.file("{}", length: 8) + [0xff, 0xfe, 0, 0, 0, 0], "expected UTF-8"),
  Hostile(
    "overlong UTF-8", [7, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xc0, 0x80] + Array("\":1".utf8), "UTF-8"),
  Hostile("header cut off", header: #"{"x":{"dtype":"F32","sha"#, "got the end"),
  Hostile("words behind the header", header: "{\(one)} x", "only spaces"),
  Hostile("two objects", header: "{\(one)}{}", "only spaces"),
  Hostile("trailing comma", header: "{\(one),}", "expected a string"),
  Hostile("comment", header: "{/**/\(one)}", "expected a string"),
  Hostile("single quotes", header: "{'x':1}", "expected a string"),
  Hostile("tensor is no object", header: #"{"x":[1]}"#, "expected '{'"),
  Hostile("tensor is null", header: #"{"x":null}"#, "expected '{'"),
  Hostile("deep nesting", header: #"{"x":"# + String(repeating: "[", count: 200_000), "expected '{'"),
  Hostile("duplicate tensor", header: "{\(one),\(one)}", "duplicate name"),
  Hostile("duplicate tensor, escaped", header: "{\(one),\(SafeTensorsBytes.entry("\\u0078"))}", "duplicate name"),
  Hostile("duplicate metadata", header: #"{"__metadata__":{},"__metadata__":{}}"#, data: 0, "duplicate name"),
  Hostile("duplicate metadata key", header: #"{"__metadata__":{"a":"1","a":"2"}}"#, data: 0, "__metadata__.a"),
  Hostile(
    "duplicate dtype", header: #"{"x":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "x.dtype"),
  Hostile("metadata is a number", header: #"{"__metadata__":{"a":1}}"#, data: 0, "expected a string"),
  Hostile("metadata is nested", header: #"{"__metadata__":{"a":{}}}"#, data: 0, "expected a string"),
  Hostile("metadata is an array", header: #"{"__metadata__":[]}"#, data: 0, "expected '{'"),
  Hostile("no dtype", header: #"{"x":{"shape":[1],"data_offsets":[0,4]}}"#, "no dtype"),
  Hostile("no shape", header: #"{"x":{"dtype":"F32","data_offsets":[0,4]}}"#, "no shape"),
  Hostile("no offsets", header: #"{"x":{"dtype":"F32","shape":[1]}}"#, "no data_offsets"),
  Hostile("unknown key", header: #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"stride":[1]}}"#, "stride"),
  Hostile("unknown dtype", header: "{\(SafeTensorsBytes.entry("x", "F31"))}", "F31"),
  Hostile("dtype in small letters", header: "{\(SafeTensorsBytes.entry("x", "f32"))}", "f32"),
  Hostile("dtype is a number", header: #"{"x":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}"#, "expected a string"),
  Hostile("negative dimension", header: "{\(SafeTensorsBytes.entry("x", "F32", "[-1]"))}", "non-negative"),
  Hostile("fractional dimension", header: "{\(SafeTensorsBytes.entry("x", "F32", "[1.0]"))}", "an integer"),
  Hostile("exponential dimension", header: "{\(SafeTensorsBytes.entry("x", "F32", "[1e0]"))}", "an integer"),
  Hostile("leading zero", header: "{\(SafeTensorsBytes.entry("x", "F32", "[01]"))}", "leading zeros"),
  Hostile("dimension of text", header: "{\(SafeTensorsBytes.entry("x", "F32", "[\"1\"]"))}", "non-negative"),
  Hostile("shape is a number", header: "{\(SafeTensorsBytes.entry("x", "F32", "1"))}", "expected '['"),
  Hostile(
    "dimension of 2^63", header: "{\(SafeTensorsBytes.entry("x", "F32", "[9223372036854775808]"))}", "below 2^63"),
  Hostile(
    "dimension of 2^64", header: "{\(SafeTensorsBytes.entry("x", "F32", "[18446744073709551616]"))}", "below 2^63"),
  Hostile(
    "count overflows", header: "{\(SafeTensorsBytes.entry("x", "F32", "[4294967296,4294967296]"))}", "2^63 bytes"),
  Hostile(
    "count overflows before a zero", header: "{\(SafeTensorsBytes.entry("x", "F32", "[4294967296,4294967296,0]"))}",
    "2^63 bytes"),
  Hostile(
    "bytes overflow", header: "{\(SafeTensorsBytes.entry("x", "F64", "[2305843009213693952]"))}", "2^63 bytes"),
  Hostile("offsets reversed", header: "{\(SafeTensorsBytes.entry("x", "F32", "[1]", "[4,0]"))}", "begin ≤ end"),
  Hostile("one offset", header: "{\(SafeTensorsBytes.entry("x", "F32", "[1]", "[4]"))}", "begin ≤ end"),
  Hostile("three offsets", header: "{\(SafeTensorsBytes.entry("x", "F32", "[1]", "[0,4,8]"))}", "begin ≤ end"),
  Hostile("offsets too short", header: "{\(SafeTensorsBytes.entry("x", "F32", "[2]"))}", "8 bytes for shape [2]"),
  Hostile("offsets too long", header: "{\(SafeTensorsBytes.entry("x", "F32", "[]", "[0,8]"))}", data: 8, "4 bytes"),
  Hostile(
    "hole at the beginning", header: "{\(SafeTensorsBytes.entry("x", "F32", "[1]", "[4,8]"))}", data: 8, "a hole"),
  Hostile(
    "hole in the middle", header: "{\(one),\(SafeTensorsBytes.entry("y", "F32", "[1]", "[8,12]"))}", data: 12, "a hole"),
  Hostile("overlap", header: "{\(one),\(SafeTensorsBytes.entry("y", "F32", "[1]", "[2,6]"))}", data: 6, "overlaps"),
  Hostile("same bytes twice", header: "{\(one),\(SafeTensorsBytes.entry("y"))}", "overlaps"),
  Hostile("data cut off", header: "{\(one)}", data: 3, "truncated"),
  Hostile("data left over", header: "{\(one)}", data: 5, "no tensor owns"),
  Hostile("data without tensors", header: "{}", data: 1, "no tensor owns"),
  Hostile(
    "offsets near the end of integers",
    header: "{\(SafeTensorsBytes.entry("x", "U8", "[9223372036854775807]", "[0,9223372036854775807]"))}", "truncated"),
  Hostile("lone high surrogate", header: #"{"\ud800":1}"#, "surrogate"),
  Hostile("lone low surrogate", header: #"{"\udc00":1}"#, "surrogate"),
  Hostile("wrong surrogate pair", header: #"{"\ud800\u0041":1}"#, "surrogate"),
  Hostile("bad escape", header: #"{"\x":1}"#, "an escape"),
  Hostile("bad hexadecimal", header: #"{"\u00g0":1}"#, "hexadecimal"),
  Hostile("raw control character", header: "{\"a\nb\":1}", "control character"),
  Hostile("unclosed string", header: #"{"x"#, "got the end"),
]

@Suite struct SafeTensorsHostileTests {
  @Test(arguments: hostile)
  fileprivate func isRefused(_ hostile: Hostile) throws {
    let file = try TemporaryFile(hostile.bytes)
    do {
      _ = try SafeTensorsFile(path: file.path)
      Issue.record("\(hostile.name) was accepted")
    } catch {
      let description = "\(error)"
      #expect(description.contains(hostile.cause), "\(hostile.name): \(description)")
      #expect(description.contains(file.path), "\(hostile.name): \(description)")
    }
  }

  @Test func harmlessOdditiesAreAccepted() throws {
    for header in [
      "{}", "{}   ", "{\n\t\(one)\r\n}", "{\(one), \"__metadata__\" : { } }",
      #"{"__metadata__":{"a":"\u0041\ud83d\ude00"}}"#,
      "{\(one),\(SafeTensorsBytes.entry("empty", "F32", "[0,3]", "[4,4]"))}",
      "{\(SafeTensorsBytes.entry("empty", "F32", "[0]", "[0,0]")),\(one)}",
    ] {
      let file = try TemporaryFile(
        SafeTensorsBytes.file(header, data: [UInt8](repeating: 0, count: header.contains("F32") ? 4 : 0)))
      _ = try SafeTensorsFile(path: file.path)
    }
  }

  @Test func escapesAreDecoded() throws {
    let file = try TemporaryFile(SafeTensorsBytes.file(#"{"__metadata__":{"\"\\\/\b\f\n\r\t\u00e9":"\ud83d\ude00"}}"#))
    #expect(try SafeTensorsFile(path: file.path).metadata == ["\"\\/\u{8}\u{c}\n\r\té": "😀"])
  }

  @Test func pathsThatAreNoFiles() throws {
    let directory = try TemporaryFile()
    let pipe = directory.directory.appending(path: "pipe").path
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [directory.path, directory.directory.path, pipe, "/dev/null", ""] {
      do {
        _ = try SafeTensorsFile(path: path)
        Issue.record("\(path) was accepted")
      } catch {
        guard case .unreadable(path, let reason) = error else {
          Issue.record("\(path): \(error)")
          continue
        }
        #expect(!reason.isEmpty)
      }
    }
  }

  /// Changed bytes must never crash: the file is refused, or whatever it now holds can be read.
  @Test func randomDamageNeverCrashes() throws {
    let original = try Array(Data(contentsOf: URL(filePath: safeTensorsFixture("mixed"))))
    var random = TestRandom(seed: 61)
    var accepted = 0
    let file = try TemporaryFile()
    for _ in 0..<1500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<(Bool.random(using: &random) ? bytes.count : 620), using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.remove(at: place)
        default: bytes.insert(UInt8(ascii: "0"), at: place)
        }
      }
      unlink(file.path)  // some file systems wait for the disk when a file is cut and written again
      try Data(bytes).write(to: URL(filePath: file.path))
      do {
        let opened = try SafeTensorsFile(path: file.path)
        accepted += 1
        for name in opened.names {
          _ = try opened.bytes(name)
          if let type = opened.elementType(of: name), [.float32, .float16, .bfloat16, .float64].contains(type) {
            #expect(try opened.tensor(name).shape == opened.shape(of: name))
          }
        }
      } catch {
        #expect(!"\(error)".isEmpty, "seed 61")
      }
    }
    #expect(accepted < 1500)
  }
}
