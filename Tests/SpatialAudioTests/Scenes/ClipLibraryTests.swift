// Lists of clips: by folders, by clips.jsonl, and every way in which the list can be damaged.
// Not here: the samples (ClipLoaderTests.swift).

import Foundation
import SpatialAudio
import Testing

@Suite("Clip library")
struct ClipLibraryTests {
  @Test("folders are classes; names are sorted; other files are left out")
  func folders() throws {
    let folder = try ClipFolder.standard()
    try folder.write("hello", "hiss/readme.txt")
    try folder.write([0.1], "stray.wav")
    try folder.write([0.1], "tone/deep/inside.WAV")
    let library = try ClipLibrary(folder.config())
    #expect(library.classes == ["hiss", "pulses", "tone"])
    #expect(
      library.clips.map(\.file) == [
        "hiss/0.wav", "hiss/1.wav", "pulses/0.wav", "pulses/1.wav", "tone/0.wav", "tone/1.wav", "tone/deep/inside.WAV",
      ])
    #expect(library.clips[6].className == "tone" && library.clips[6].package == "tone")
  }

  @Test("the package stands before two underscores")
  func packages() throws {
    let folder = try ClipFolder()
    try folder.write([0.1], "bell/church__1.wav")
    try folder.write([0.1], "bell/plain.wav")
    #expect(try ClipLibrary(folder.config()).clips.map(\.package) == ["church", "bell"])
  }

  @Test("clips.jsonl decides, with blank lines, default packages and splits")
  func list() throws {
    let folder = try ClipFolder.standard()
    try folder.write(
      """
      {"file": "x/a.wav", "class": "bell", "package": "p", "split": "validation"}

      {"file": "b.wav", "class": "drum"}\r
      """, "clips.jsonl")
    let library = try ClipLibrary(folder.config(split: .clip))
    #expect(library.classes == ["bell", "drum"])
    #expect(
      library.clips == [
        Clip(file: "x/a.wav", className: "bell", package: "p", split: .validation),
        Clip(file: "b.wav", className: "drum", package: "drum", split: DatasetSplit.of("b.wav")),
      ])
  }

  @Test(
    "a damaged list names its line",
    arguments: [
      "{\"file\": \"a.wav\"", "{\"file\": \"a.wav\"}", "[]", "nonsense", "{\"file\": 3, \"class\": \"c\"}",
      "{\"file\": \"/etc/a.wav\", \"class\": \"c\"}", "{\"file\": \"../a.wav\", \"class\": \"c\"}",
      "{\"file\": \"a/../../b.wav\", \"class\": \"c\"}", "{\"file\": \"a.wav\", \"class\": \"c\", \"split\": \"dev\"}",
    ])
  func damaged(line: String) throws {
    let folder = try ClipFolder()
    try folder.write("{\"file\": \"a.wav\", \"class\": \"c\"}\n\n\(line)\n", "clips.jsonl")
    let text = message { _ = try ClipLibrary(folder.config()) }
    #expect(text.hasPrefix("clips, \(folder.url.path): clips.jsonl:3: expected"), "\(text)")
  }

  @Test("no folder, no clips, no text, a class that is not there")
  func missing() throws {
    let folder = try ClipFolder()
    #expect(
      message { _ = try ClipLibrary(folder.config()) }.contains("expected sound files in class folders, got none"))
    var config = folder.config()
    config.folder += "/nowhere"
    #expect(message { _ = try ClipLibrary(config) }.contains("nowhere: expected a folder"))
    try folder.write("", "clips.jsonl")
    #expect(message { _ = try ClipLibrary(folder.config()) }.contains("got none"))
    try Data([0xFF, 0xFE, 0x80]).write(to: folder.url.appending(path: "clips.jsonl"))
    #expect(message { _ = try ClipLibrary(folder.config()) }.contains("clips.jsonl cannot be read"))
    let standard = try ClipFolder.standard()
    config = standard.config()
    config.classes = ["tone", "whale"]
    #expect(message { _ = try ClipLibrary(config) }.contains("expected one of hiss, pulses, tone, got 'whale'"))
  }

  @Test("chosen classes keep the order of their numbers")
  func chosen() throws {
    let folder = try ClipFolder.standard()
    var config = folder.config()
    config.classes = ["tone", "hiss"]
    let library = try ClipLibrary(config)
    #expect(library.classes == ["tone", "hiss"])
    #expect(Set(library.clips.map(\.className)) == ["tone", "hiss"])
  }

  @Test("names fall into splits about 80 : 10 : 10, always the same way")
  func splits() {
    var counts: [DatasetSplit: Int] = [:]
    for index in 0..<5000 { counts[DatasetSplit.of("class/clip-\(index).wav"), default: 0] += 1 }
    #expect(abs((counts[.train] ?? 0) - 4000) < 150, "\(counts)")
    #expect(abs((counts[.validation] ?? 0) - 500) < 110 && abs((counts[.test] ?? 0) - 500) < 110, "\(counts)")
    #expect(DatasetSplit.of("a") == DatasetSplit.of("a"))
  }

  @Test("a package is in one split, and a split has no clip of another")
  func packageSplit() throws {
    let folder = try ClipFolder()
    // Splits of the list give way to those of the packages.
    let lines = (0..<200).map { index in
      "{\"file\": \"\(index).wav\", \"class\": \"c\", \"package\": \"p\(index % 40)\", \"split\": \"test\"}\n"
    }
    try folder.write(lines.joined(), "clips.jsonl")
    let library = try ClipLibrary(folder.config(split: .package))
    for (package, clips) in Dictionary(grouping: library.clips, by: \.package) {
      #expect(Set(clips.map(\.split)) == [DatasetSplit.of(package)])
    }
    let parts = DatasetSplit.allCases.map { Set(library.clips(of: "c", split: $0, rule: .package).map(\.file)) }
    #expect(parts.map(\.count).reduce(0, +) == 200)
    #expect(parts.reduce(Set()) { $0.union($1) }.count == 200)
    #expect(library.clips(of: "c", split: .train, rule: .none).count == 200)
  }
}
