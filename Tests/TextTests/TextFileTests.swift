// Lives here: reading, splitting and listing text files strictly, and the fingerprint.
// Not here: tokenizer files (HostileTokenizerTests.swift).

import Foundation
import Testing
import Text

@Suite struct TextFileTests {
  @Test(
    arguments: [
      ([0x61, 0xFF, 0x62], 1), ([0xC3, 0xA9, 0xC3], 2), ([0x80], 0), ([0x61, 0xC0, 0x80], 1), ([0xED, 0xA0, 0x80], 0),
      ([0xE4, 0xB8, 0xAD, 0xE4, 0xB8], 3), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF4, 0x90, 0x80, 0x80], 0),
      ([0xF0, 0x80, 0x80, 0x80], 0), ([0x41, 0xE0, 0x80, 0x80], 1), ([0xF0, 0x9F, 0x98, 0x41], 0),
    ] as [([UInt8], Int)])
  func bytesThatAreNotUTF8AreNamedByTheirOffset(bytes: [UInt8], offset: Int) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "bad.txt")
    #expect(throws: TokenizerError.invalidUTF8(path: path, offset: offset, byte: bytes[offset])) {
      try TextFile.read(path)
    }
    let hexadecimal = String(bytes[offset], radix: 16)
    #expect(
      TokenizerError.invalidUTF8(path: path, offset: offset, byte: bytes[offset]).description
        == "text is not UTF-8, \(path), byte \(offset): expected UTF-8, got 0x\(hexadecimal). Convert the file first,"
        + " for example with iconv.")
  }

  @Test func textIsReadUnchanged() throws {
    let folder = try TemporaryFolder()
    let texts = try Fixtures.strings()
    for text in texts.prefix(40) + [texts.joined(separator: "\n")] {
      let path = try folder.write(Array(text.utf8), to: "a.txt")
      #expect(sameBytes(try TextFile.read(path), text))
    }
  }

  @Test func documentsAreSeparatedByteByByte() {
    let separator = "<|endoftext|>"
    #expect(TextFile.documents(in: "a<|endoftext|>b", separatedBy: separator) == ["a", "b"])
    let cut = "<|endoftext|><|endoftext|>a<|endoftext|"
    #expect(TextFile.documents(in: cut, separatedBy: separator) == ["a<|endoftext|"])
    // A mark behind the separator is one character with its last byte for Swift, and not for us.
    let marked = TextFile.documents(in: "a|\u{301}b|c", separatedBy: "|")
    #expect(marked.map { Array($0.utf8) } == ["a", "\u{301}b", "c"].map { Array($0.utf8) })
    #expect(TextFile.documents(in: "aaaab", separatedBy: "aa") == ["b"])
    #expect(TextFile.documents(in: "", separatedBy: "a").isEmpty)
  }

  @Test func filesAreListedInOrder() throws {
    let folder = try TemporaryFolder()
    for name in ["b.txt", "a.txt", ".hidden"] { _ = try folder.write([0x41], to: name) }
    try FileManager.default.createDirectory(atPath: folder.file("a"), withIntermediateDirectories: true)
    _ = try folder.write([0x41], to: "a/z.txt")
    let names = ["a.txt", "a/z.txt", "b.txt"].map(folder.file)
    #expect(try TextFile.list([folder.path]) == names)
    #expect(try TextFile.list([folder.path + "/", folder.file(".hidden")]).count == 4)
    #expect(throws: TokenizerError.fileNotFound(path: folder.file("none"))) { try TextFile.list([folder.file("none")]) }
    #expect(throws: TokenizerError.fileNotFound(path: folder.file("none"))) { try TextFile.read(folder.file("none")) }
    #expect(throws: TokenizerError.unreadable(path: folder.path, reason: "a folder")) { try TextFile.read(folder.path) }
  }
}

@Suite struct FingerprintTests {
  /// > Source: test vectors of the FNV authors, 64-bit FNV-1a.
  @Test(
    arguments: [
      ("", 0xCBF2_9CE4_8422_2325), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
    ] as [(String, UInt64)])
  func equalsThePublishedVectors(text: String, value: UInt64) {
    #expect(Fingerprint(of: text.utf8).value == value)
    var fed = Fingerprint()
    for byte in text.utf8 { fed.update([byte]) }
    #expect(fed.value == value)
  }
}
