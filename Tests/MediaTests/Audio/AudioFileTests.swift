// Sound files: round trips, rounding, clipping, reproducible bytes, whole-file replacement.
// Not here: damaged and hostile files (AudioFileHostileTests.swift).

import Foundation
import Lab
import Media
import TestSupport
import Testing

@Suite("Sound files")
struct AudioFileTests {
  /// Noise of about -12 dB.
  private static func noise(seed: UInt64, channels: Int, frames: Int, rate: Int = 24_000) -> AudioBuffer {
    var random = TestRandom(seed: seed)
    let samples = (0..<channels).map { _ in
      (0..<frames).map { _ in Float(max(-0.99, min(0.99, 0.25 * random.normal()))) }
    }
    return AudioBuffer(sampleRate: rate, channels: samples)
  }

  @Test("what is written is read, within half a step", arguments: AudioEncoding.allCases)
  func roundTrip(encoding: AudioEncoding) throws {
    let folder = try TestFolder()
    for (index, shape) in [(1, 1), (1, 7), (2, 1000), (3, 4097), (4, 20_011), (8, 333)].enumerated() {
      let buffer = Self.noise(seed: UInt64(index), channels: shape.0, frames: shape.1, rate: 16_000 + index)
      let file = folder.file("a\(index).\(encoding.fileExtension)")
      let report = try AudioFile.write(buffer, to: file, encoding: encoding)
      #expect(report.clippedSampleCount == 0)
      #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int == report.byteCount)
      if encoding.fileExtension == "wav" {
        // Chunks have even sizes, and the outermost names the length of the rest.
        let bytes = [UInt8](try Data(contentsOf: file))
        let stated = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
        #expect(stated == bytes.count - 8 && bytes.count.isMultiple(of: 2), "shape \(shape)")
      }
      let copy = try AudioFile.read(file, channelCount: shape.0)
      #expect(copy.sampleRate == buffer.sampleRate && copy.frameCount == shape.1)
      let step = encoding == .wavFloat ? 0 : Float(1) / Float(1 << (encoding.bitDepth - 1))
      for (channel, samples) in buffer.channels.enumerated() {
        for (frame, sample) in samples.enumerated() {
          let error = abs(copy.channels[channel][frame] - sample)
          #expect(error <= step / 2, "shape \(shape), channel \(channel), frame \(frame)")
        }
      }
      // What was rounded once stays.
      _ = try AudioFile.write(copy, to: file, encoding: encoding)
      #expect(try AudioFile.read(file) == copy)
      let info = try AudioFile.info(file)
      #expect(info.channelCount == shape.0 && info.frameCount == shape.1 && info.sampleRate == buffer.sampleRate)
      #expect(info.container.contains(encoding.fileExtension == "flac" ? "FLAC" : "WAV"))
    }
    #expect(folder.names.count == 6, "a temporary file was left: \(folder.names)")
  }

  @Test("halves are rounded away from zero; beyond full scale is clipped and counted")
  func roundingAndClipping() throws {
    let folder = try TestFolder()
    for encoding in AudioEncoding.allCases where encoding != .wavFloat {
      let scale = Float(1 << (encoding.bitDepth - 1))
      let inputs: [Float] = [0, 0.5, -0.5, 1.5, -1.5, 0.49, scale - 1, -scale, scale, -scale - 1, 3 * scale]
      let expected: [Float] = [0, 1, -1, 2, -2, 0, scale - 1, -scale, scale - 1, -scale, scale - 1]
      let file = folder.file("a.\(encoding.fileExtension)")
      let buffer = AudioBuffer(sampleRate: 8000, channels: [inputs.map { $0 / scale }])
      let report = try AudioFile.write(buffer, to: file, encoding: encoding)
      #expect(report.clippedSampleCount == 3, "\(encoding)")
      #expect(try AudioFile.read(file).channels[0].map { $0 * scale } == expected, "\(encoding)")
    }
    let loud = AudioBuffer(sampleRate: 8000, channels: [[2.5, -7]])
    #expect(try AudioFile.write(loud, to: folder.file("f.wav"), encoding: .wavFloat).clippedSampleCount == 0)
    #expect(try AudioFile.read(folder.file("f.wav")) == loud)
  }

  @Test("equal buffers give equal bytes", arguments: AudioEncoding.allCases)
  func reproducible(encoding: AudioEncoding) throws {
    let folder = try TestFolder()
    let buffer = Self.noise(seed: 3, channels: 4, frames: 5001)
    _ = try AudioFile.write(buffer, to: folder.file("a"), encoding: encoding)
    _ = try AudioFile.write(buffer, to: folder.file("b"), encoding: encoding)
    let first = try Data(contentsOf: folder.file("a"))
    #expect(first == (try Data(contentsOf: folder.file("b"))))
    #expect(first.range(of: Data("PEAK".utf8)) == nil)
  }

  @Test("four channels go into an extensible header that names no loudspeakers")
  func extensibleHeader() throws {
    let buffer = AudioBuffer(sampleRate: 24_000, channels: [[0.5], [-0.5], [0.25], [0]])
    let folder = try TestFolder()
    _ = try AudioFile.write(buffer, to: folder.file("a.wav"), encoding: .wav16)
    let bytes = [UInt8](try Data(contentsOf: folder.file("a.wav")))
    let expected: [UInt8] =
      Array("RIFF".utf8) + [68, 0, 0, 0] + Array("WAVEfmt ".utf8) + [40, 0, 0, 0, 0xFE, 0xFF, 4, 0]
      + [0xC0, 0x5D, 0, 0, 0x00, 0xEE, 2, 0, 8, 0, 16, 0, 22, 0, 16, 0, 0, 0, 0, 0, 1, 0]
      + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
      + Array("data".utf8) + [8, 0, 0, 0, 0x00, 0x40, 0x00, 0xC0, 0x00, 0x20, 0, 0]
    #expect(bytes == expected)
  }

  @Test("a write that fails leaves the earlier file and no temporary one")
  func failedWrites() throws {
    let folder = try TestFolder()
    let buffer = Self.noise(seed: 5, channels: 2, frames: 100)
    let old = try folder.write([1, 2, 3], "a.wav")
    var broken = buffer
    broken.channels[1][42] = .nan
    #expect(throws: MediaError.notFinite(place: "'\(old.path)'", channel: 1, frame: 42, value: "nan")) {
      try AudioFile.write(broken, to: old, encoding: .wav16)
    }
    // A folder in the place of the file: the rename is refused after the bytes were written.
    try FileManager.default.createDirectory(at: folder.file("d.wav/inner"), withIntermediateDirectories: true)
    let inTheWay = #expect(throws: MediaError.self) {
      try AudioFile.write(buffer, to: folder.file("d.wav"), encoding: .wav24)
    }
    #expect(inTheWay?.description.contains("What was there before is unchanged") == true)
    let missing = #expect(throws: MediaError.self) {
      try AudioFile.write(buffer, to: folder.file("no/such/a.flac"), encoding: .flac16)
    }
    #expect(missing?.description.contains("No such file or directory") == true)
    #expect([UInt8](try Data(contentsOf: old)) == [1, 2, 3])
    #expect(folder.names == ["a.wav", "d.wav"])
  }

  @Test("a full disk is noticed")
  func fullDisk() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let full = try OpenFile("/dev/full", flags: O_WRONLY)
    let error = #expect(throws: FileError.self) { try full.write([UInt8](repeating: 1, count: 100_000)) }
    #expect(error.map { SystemReason.text($0) }?.contains("No space left on device") == true)
  }

  /// A file system of 256 KiB, where the process may mount one.
  @Test("a full disk keeps the earlier file", .enabled(if: SmallDisk.isAvailable, "mounting a tmpfs needs root"))
  func fullFileSystem() throws {
    let disk = try SmallDisk(kibibytes: 256)
    for encoding in AudioEncoding.allCases {
      let file = disk.folder.file("a")
      try AudioFile.write(Self.noise(seed: 1, channels: 1, frames: 500), to: file, encoding: encoding)
      let before = try Data(contentsOf: file)
      let error = #expect(throws: MediaError.self) {
        try AudioFile.write(Self.noise(seed: 2, channels: 4, frames: 50_000), to: file, encoding: encoding)
      }
      #expect(error?.description.contains("No space left on device") == true)
      #expect(try Data(contentsOf: file) == before, "\(encoding)")
      #expect(disk.folder.names == ["a"])
    }
  }

  @Test("what an encoding cannot hold is refused with a reason")
  func limits() throws {
    let folder = try TestFolder()
    let nine = Self.noise(seed: 1, channels: 9, frames: 10)
    let error = #expect(throws: MediaError.self) {
      try AudioFile.write(nine, to: folder.file("a.flac"), encoding: .flac24)
    }
    #expect(error?.description.contains("9 channels at 24000 Hz are not for FLAC") == true)
    #expect(throws: MediaError.empty(path: folder.file("b.wav").path)) {
      try AudioFile.write(
        AudioBuffer(sampleRate: 8000, channelCount: 2, frameCount: 0), to: folder.file("b.wav"), encoding: .wav16)
    }
    #expect(throws: MediaError.channelCount(path: folder.file("c.wav").path, expected: "1 to 64", actual: 65)) {
      try AudioFile.write(
        AudioBuffer(sampleRate: 8000, channelCount: 65, frameCount: 2), to: folder.file("c.wav"), encoding: .wav16)
    }
    let rate = #expect(throws: MediaError.self) {
      try AudioFile.write(
        AudioBuffer(sampleRate: 1, channelCount: 1, frameCount: 2), to: folder.file("d.wav"), encoding: .wav16)
    }
    #expect(rate?.description.contains("expected 1000 to 768000 Hz, got 1 Hz") == true)
    #expect(folder.names.isEmpty)
  }
}
