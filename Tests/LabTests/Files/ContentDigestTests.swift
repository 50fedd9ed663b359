// SHA-256 against the published vectors, in one piece and in several.
import Foundation
import Lab
import Testing

@Suite("Content digest")
struct ContentDigestTests {
  @Test(
    "published vectors",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
  func vectors(text: String, digest: String) {
    #expect(ContentDigest.hex(Data(text.utf8)) == digest)
  }

  @Test("a file has the digest of its bytes, whatever its length")
  func files() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "digest-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    for count in [0, 1, 65_535, 65_536, 65_537, 200_001] {
      let data = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 * 31) })
      try data.write(to: file)
      #expect(try ContentDigest.hex(contentsOf: file) == ContentDigest.hex(data), "\(count) bytes")
    }
    #expect(throws: FileError.self) { try ContentDigest.hex(contentsOf: file.appending(path: "nowhere")) }
  }
}
