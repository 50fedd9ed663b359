// Clips in memory: their level, their ends, their rate; and clips that cannot be used.
// Not here: which clips there are (ClipLibraryTests.swift).

import Foundation
import Media
import SpatialAudio
import TestSupport
import Testing

@Suite("Clip loader")
struct ClipLoaderTests {
  static func load(_ folder: ClipFolder, _ file: String, rate: Int = 16_000, longest: Double = 4) throws -> DryClip {
    var config = folder.config()
    config.longest = longest
    let clip = Clip(file: file, className: "c", package: "c", split: .test)
    return try ClipLoader(config, sampleRate: rate).load(clip)
  }

  static func noise(_ count: Int, _ deviation: Double, seed: UInt64 = 1) -> [Float] {
    var random = TestRandom(seed: seed)
    return (0..<count).map { _ in Float(deviation * random.normal()) }
  }

  static func level(_ samples: some Collection<Float>) -> Double {
    10 * log10(samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(samples.count))
  }

  @Test("the active samples have -26 dB, whatever the file's level and pauses", arguments: [0.001, 0.05, 0.3])
  func level(deviation: Double) throws {
    let folder = try ClipFolder()
    try folder.write(Self.noise(8000, deviation), "a.wav")
    let clip = try Self.load(folder, "a.wav")
    #expect(abs(Self.level(clip.samples) + 26) < 0.05)
    #expect(abs(clip.levelGain - (-26 - 20 * log10(deviation))) < 0.3)
    // A pause of whole frames does not count.
    let pause = [Float](repeating: 0, count: 3200)
    try folder.write(Self.noise(3200, deviation) + pause + Self.noise(3200, deviation, seed: 2), "b.wav")
    let broken = try Self.load(folder, "b.wav")
    #expect(abs(Self.level(broken.samples[..<3200]) + 26) < 0.3)
    #expect(clip.digest.count == 64 && clip.digest != broken.digest)
  }

  @Test("silence at the ends is cut, and the mean removed")
  func trimming() throws {
    let folder = try ClipFolder()
    var sound = Self.noise(4000, 0.1)
    (sound[0], sound[3999]) = (0.2, -0.2)
    let ends = [Float](repeating: 0, count: 5000)
    try folder.write((ends + sound + ends).map { $0 + 0.0001 }, "a.wav")
    let clip = try Self.load(folder, "a.wav")
    // The mean of the whole file is removed, so that its offset does not look like sound.
    #expect(clip.samples.count == 4000)
    #expect(abs(clip.samples.reduce(0, +)) / 4000 < 0.01)
  }

  @Test("a long clip is cut and faded out")
  func longest() throws {
    let folder = try ClipFolder()
    try folder.write(
      [Float](repeating: 0.5, count: 16_000).enumerated().map { $0.offset % 2 == 0 ? 0.5 : -0.5 }, "a.wav")
    let clip = try Self.load(folder, "a.wav", longest: 0.5)
    #expect(clip.samples.count == 8000)
    #expect(clip.samples[7999] == 0 && abs(clip.samples[7998]) < 0.001)
    #expect(abs(clip.samples[7679]) == abs(clip.samples[0]) && abs(clip.samples[7839]) < 0.6 * abs(clip.samples[0]))
  }

  @Test("other sample rates keep the pitch and the length", arguments: [8000, 22_050, 44_100, 48_000])
  func rates(rate: Int) throws {
    let folder = try ClipFolder()
    let tone = (0..<rate / 2).map { Float(0.3 * sin(2 * .pi * 440 * Double($0) / Double(rate))) }
    try folder.write(tone, "a.wav", rate: rate)
    let clip = try Self.load(folder, "a.wav")
    #expect(abs(clip.samples.count - 8000) < 40)
    let crossings = zip(clip.samples, clip.samples.dropFirst()).count { $0 < 0 && $1 >= 0 }
    #expect(abs(crossings - 220) <= 1)
    #expect(abs(Self.level(clip.samples) + 26) < 0.1)
  }

  @Test("unusable clips are refused by name")
  func refusals() throws {
    let folder = try ClipFolder()
    try folder.write(Self.noise(1000, 0.1), "nan.wav")
    try folder.poison("nan.wav")
    try folder.write([Self.noise(100, 0.1), Self.noise(100, 0.1)], "stereo.wav")
    try folder.write([Float](repeating: 0, count: 100), "silence.wav")
    try folder.write([Float](repeating: 0.25, count: 100), "constant.wav")
    try folder.write("", "empty.wav")
    try folder.write("RIFF this is no sound", "text.wav")
    try folder.write(Self.noise(100, 0.1), "header.wav")
    let header = folder.url.appending(path: "header.wav")
    try Data(contentsOf: header).prefix(44).write(to: header)
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "folder.wav"), withIntermediateDirectories: true)
    let problems = [
      "nan.wav": "nan", "stereo.wav": "expected 1, got 2", "silence.wav": "100 samples of silence",
      "constant.wav": "100 samples of silence", "empty.wav": "", "text.wav": "", "header.wav": "", "folder.wav": "",
      "absent.wav": "",
    ]
    for (file, part) in problems {
      let text = message { _ = try Self.load(folder, file) }
      #expect(text.hasPrefix("clip \(file): "), "\(text)")
      #expect(part.isEmpty || text.lowercased().contains(part), "\(text)")
    }
    #expect(throws: SceneError.self) { try Self.load(folder, "nan.wav") }
  }

  @Test("a clip that is remembered is the same; so is one that was forgotten")
  func memory() throws {
    let folder = try ClipFolder()
    for index in 0..<60 { try folder.write(Self.noise(400, 0.1, seed: UInt64(index)), "\(index).wav") }
    let loader = ClipLoader(folder.config(), sampleRate: 16_000)
    func load(_ index: Int) throws -> [Float] {
      try loader.load(Clip(file: "\(index).wav", className: "c", package: "c", split: .test)).samples
    }
    let first = try load(0)
    #expect(try load(0) == first)
    for index in 1..<60 { #expect(try load(index) != first) }
    #expect(try load(0) == first)
  }
}
