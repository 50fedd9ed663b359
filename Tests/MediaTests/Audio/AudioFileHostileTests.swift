// Sound files that are none, are cut, lie about their size, or hold what is not a number.
// Not here: files as they should be (AudioFileTests.swift).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Damaged sound files")
struct AudioFileHostileTests {
  private static let buffer = AudioBuffer(
    sampleRate: 16_000,
    channels: (0..<2).map { channel in (0..<3000).map { sinf(Float($0 * (channel + 1)) * 0.1) / 2 } })

  private static func bytes(_ encoding: AudioEncoding) throws -> [UInt8] {
    try AudioFile.encoded(buffer, encoding, path: "a").bytes
  }

  @Test("what is no file, or no sound, is refused by name")
  func notSound() throws {
    let folder = try TestFolder()
    let missing = #expect(throws: MediaError.self) { try AudioFile.read(folder.file("none.wav")) }
    #expect(missing?.description.contains("No such file or directory") == true)
    let directory = #expect(throws: MediaError.self) { try AudioFile.read(folder.url) }
    #expect(directory?.description.contains("expected a regular file") == true)
    #expect(throws: MediaError.empty(path: folder.file("e.wav").path)) {
      try AudioFile.read(try folder.write([], "e.wav"))
    }
    // Extensions that libsndfile takes as a promise of raw samples.
    for name in ["a.wav", "a.flac", "a.au", "a.vox", "a.gsm", "a.snd", "a.raw"] {
      let text = [UInt8](String(repeating: "this is no sound. ", count: 50).utf8)
      let file = try folder.write(text, name)
      let error = #expect(throws: MediaError.self, "\(name)") { try AudioFile.read(file) }
      #expect(error?.description.contains(name) == true)
    }
  }

  @Test("a pipe does not wait for ever")
  func pipe() throws {
    let folder = try TestFolder()
    let path = folder.file("p.wav").path
    try #require(mkfifo(path, 0o600) == 0)
    let error = #expect(throws: MediaError.self) { try AudioFile.read(folder.file("p.wav")) }
    #expect(error?.description.contains("expected a regular file") == true)
  }

  @Test("a file that was cut is noticed wherever it was cut", arguments: AudioEncoding.allCases)
  func cut(encoding: AudioEncoding) throws {
    let folder = try TestFolder()
    let bytes = try Self.bytes(encoding)
    for share in [0.002, 0.01, 0.3, 0.5, 0.9, 0.99] {
      let count = Int(Double(bytes.count) * share)
      let file = try folder.write(Array(bytes.prefix(count)), "a.\(encoding.fileExtension)")
      let error = #expect(throws: MediaError.self, "\(encoding), \(count) of \(bytes.count) bytes") {
        try AudioFile.read(file)
      }
      if share >= 0.5, encoding.fileExtension == "wav" {
        #expect(error?.description.contains("is cut short") == true, "\(error.map(\.description) ?? "")")
      }
    }
  }

  @Test("flipped bytes give a buffer or an error, never a crash")
  func flipped() throws {
    let folder = try TestFolder()
    for encoding in AudioEncoding.allCases {
      let original = try Self.bytes(encoding)
      forAll(60) { random, seed in
        var bytes = original
        for _ in 0..<3 { bytes[Int.random(in: 0..<100, using: &random)] = UInt8.random(in: 0...255, using: &random) }
        guard let file = try? folder.write(bytes, "x") else { return }
        do throws(MediaError) {
          let copy = try AudioFile.read(file, limit: 100_000)
          #expect(copy.frameCount > 0 && copy.channels.allSatisfy { $0.allSatisfy(\.isFinite) }, "seed \(seed)")
        } catch {
          #expect(error.description.contains(file.lastPathComponent), "seed \(seed): \(error)")
        }
      }
    }
  }

  @Test("a refused file costs no descriptor")
  func descriptors() throws {
    let folder = try TestFolder()
    let text = try folder.write([UInt8](repeating: 65, count: 900), "text.wav")
    let cut = try folder.write(Array(try Self.bytes(.wav16).prefix(500)), "cut.wav")
    let sound = try folder.write(try Self.bytes(.flac16), "a.flac")
    for _ in 0..<300 {
      for file in [text, cut, folder.file("none.wav")] { #expect(throws: MediaError.self) { try AudioFile.info(file) } }
      _ = try AudioFile.info(sound)
    }
    #expect(openDescriptors(in: folder.file("x").deletingLastPathComponent()) == 0)
  }

  @Test("limits hold before samples are read")
  func limits() throws {
    let folder = try TestFolder()
    let file = try folder.write(try Self.bytes(.wav16), "a.wav")
    #expect(throws: MediaError.tooLarge(path: file.path, samples: 6000, limit: 5999)) {
      try AudioFile.read(file, limit: 5999)
    }
    #expect(try AudioFile.read(file, limit: 6000).frameCount == 3000)
    #expect(throws: MediaError.channelCount(path: file.path, expected: "4", actual: 2)) {
      try AudioFile.read(file, channelCount: 4)
    }
  }

  @Test("absurd headers are refused")
  func absurdHeaders() throws {
    let folder = try TestFolder()
    var bytes = try Self.bytes(.wav16)
    bytes.replaceSubrange(22..<24, with: [0x00, 0x40])
    let channels = try folder.write(bytes, "channels.wav")
    #expect(throws: MediaError.self) { try AudioFile.read(channels) }
    bytes = try Self.bytes(.wav16)
    bytes.replaceSubrange(24..<28, with: [1, 0, 0, 0])
    let rate = try folder.write(bytes, "rate.wav")
    let error = #expect(throws: MediaError.self) { try AudioFile.read(rate) }
    #expect(error?.description.contains("got 1 Hz") == true)
  }

  @Test("samples that are not numbers are named by channel and frame")
  func notFinite() throws {
    let folder = try TestFolder()
    for (value, name) in [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")] {
      var bytes = try Self.bytes(.wavFloat)
      let start = bytes.count - 4 * (2 * 3000 - (2 * 1234 + 1))
      let pattern = value.bitPattern
      for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: pattern >> (8 * UInt32(index))) }
      let file = try folder.write(bytes, "a.wav")
      #expect(throws: MediaError.notFinite(place: "'\(file.path)'", channel: 1, frame: 1234, value: name)) {
        try AudioFile.read(file)
      }
    }
  }

  @Test("a stream whose writer did not know the size is read to its end")
  func unknownSize() throws {
    let folder = try TestFolder()
    var bytes = try Self.bytes(.wav16)
    bytes.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0xFF])
    bytes.replaceSubrange(40..<44, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(try AudioFile.read(try folder.write(bytes, "a.wav")).frameCount == 3000)
  }
}
