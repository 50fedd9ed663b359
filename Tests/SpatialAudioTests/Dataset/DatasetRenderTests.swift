// Rendering into folders: what is written, kept, refused, and left out when something fails.
// Not here: merging (DatasetMergeTests.swift), the samples (Scenes/SceneRendererTests.swift).

import Foundation
import Lab
import Media
import SpatialAudio
import Testing

@Suite("Dataset render")
struct DatasetRenderTests {
  @Test("a folder has audio, labels and metadata of each scene; rendering again keeps them")
  func render() throws {
    let fixture = try DatasetFixture()
    #expect(try fixture.render() == DatasetRender.Summary(rendered: 3))
    let folder = fixture.folder()
    #expect(try folder.completeScenes() == ["test-000000", "test-000001", "test-000002"])
    #expect(try folder.verify().isEmpty)
    for metadata in try folder.allMetadata() {
      #expect(metadata.audio == "audio/\(metadata.sceneID).wav" && metadata.labels == "labels/\(metadata.sceneID).csv")
      let audio = try AudioFile.read(folder.url.appending(path: metadata.audio), channelCount: 4)
      #expect(audio.frameCount == 11_200 && audio.sampleRate == 16_000)
      #expect(try ContentDigest.hex(contentsOf: folder.url.appending(path: metadata.audio)) == metadata.audioDigest)
      let labels = try String(contentsOf: folder.url.appending(path: metadata.labels), encoding: .utf8)
      #expect(labels.split(separator: "\n").count >= 3)
    }
    #expect(try String(contentsOf: fixture.file("classes.txt"), encoding: .utf8) == "hiss\npulses\ntone\n")
    #expect(try fixture.render() == DatasetRender.Summary(kept: 3))
  }

  @Test("labels stand where the metadata says")
  func labels() throws {
    let fixture = try DatasetFixture()
    fixture.config.sources.counts = [1]
    try fixture.render()
    for metadata in try fixture.folder().allMetadata() {
      let source = metadata.sources[0]
      let file = fixture.file(metadata.labels)
      let read = try DCASELabels.parse(
        try String(contentsOf: file, encoding: .utf8), name: "labels",
        options: DCASELabels.ReadingOptions(unit: .centimetres))
      // Frames of 100 ms of which at least half is covered.
      let expected = (0..<7).filter { frame in
        min(source.offset, 0.1 * Double(frame + 1)) - max(source.onset, 0.1 * Double(frame)) >= 0.05 - 1e-4
      }
      #expect(read.events.map(\.frame) == expected, "\(metadata.sceneID)")
      for event in read.events {
        #expect(event.classIndex == source.classIndex)
        let direction = Direction(azimuth: source.trajectory[0][1], elevation: source.trajectory[0][2])
        #expect(event.direction.angle(to: direction) < 0.8 && abs(event.distance - source.trajectory[0][3]) < 0.006)
      }
    }
  }

  @Test(
    "formats and encodings are written and named",
    arguments: [
      ("acn-n3d", AudioEncoding.wavFloat, "ACN", "N3D"), ("fuma", .wav24, "FuMa", "FuMa"),
      ("acn-sn3d", .flac16, "ACN", "SN3D"), ("acn-orthonormal", .flac24, "ACN", "orthonormal"),
    ])
  func formats(name: String, encoding: AudioEncoding, order: String, norm: String) throws {
    let fixture = try DatasetFixture(scenes: 1)
    fixture.config.output.encoding = .wavFloat
    try fixture.render("plain")
    let plain = try AudioFile.read(fixture.folder("plain").url.appending(path: "audio/test-000000.wav"))
    fixture.config.output.encoding = encoding
    fixture.config.output.format = try AmbisonicFormat(parsing: name)
    try fixture.render()
    let metadata = try #require(try fixture.folder().metadata(of: "test-000000"))
    #expect(metadata.format.order == order && metadata.format.normalization == norm)
    #expect(metadata.audio == "audio/test-000000.\(encoding.fileExtension)")
    var back = try AudioFile.read(fixture.file(metadata.audio), channelCount: 4)
    try AmbisonicFormat.convert(&back, from: AmbisonicFormat(metadata.format), to: .acnSN3D)
    let step = encoding == .wavFloat ? 1e-6 : 4 * pow(2, -Double(encoding.bitDepth))
    for channel in 0..<4 {
      for (a, b) in zip(back.channels[channel], plain.channels[channel]) { #expect(abs(Double(a - b)) <= step * 2) }
    }
    #expect(try fixture.folder().verify().isEmpty)
  }

  @Test("damaged audio and lost labels are found, and only their scenes are rendered again")
  func repair() throws {
    let fixture = try DatasetFixture()
    try fixture.render()
    let hash = try fixture.folder().merge().hash
    try fixture.damage("audio/test-000001.wav")
    let problems = try fixture.folder().verify()
    #expect(problems.map(\.scene) == ["test-000001"])
    #expect(problems.first?.description.contains("audio/test-000001.wav: expected SHA-256") == true, "\(problems)")
    #expect(try fixture.render() == DatasetRender.Summary(rendered: 1, kept: 2))
    try FileManager.default.removeItem(at: fixture.file("labels/test-000002.csv"))
    let missing = try fixture.folder().verify()
    #expect(missing.map(\.scene) == ["test-000002"])
    #expect(missing.first?.problem.contains("labels/test-000002.csv") == true, "\(missing)")
    #expect(try fixture.render() == DatasetRender.Summary(rendered: 1, kept: 2))
    try Data("{".utf8).write(to: fixture.file("metadata/test-000000.json"))
    #expect(try fixture.folder().verify().first?.problem.contains("metadata/test-000000.json is damaged") == true)
    #expect(try fixture.render() == DatasetRender.Summary(rendered: 1, kept: 2))
    #expect(try fixture.folder().merge().hash == hash)
  }

  @Test("a folder of another configuration or of other clips is refused")
  func refusals() throws {
    let fixture = try DatasetFixture()
    try fixture.render()
    fixture.config.seed = 9
    #expect(message { try fixture.render() }.contains("another configuration"))
    fixture.config.seed = 1
    try fixture.clips.write([0.1, -0.1], "tone/new.wav")
    #expect(message { try fixture.render() }.contains("other clips"))
    try Data("{}".utf8).write(to: fixture.file("dataset.json"))
    let text = message { try fixture.render() }
    #expect(text.contains("dataset.json: damaged"), "\(text)")
  }

  @Test("a clip with NaN is named, and the scenes without it are unharmed")
  func poisonedClip() throws {
    let fixture = try DatasetFixture(scenes: 8)
    fixture.config.sources.counts = [1]
    try fixture.render("good")
    let good = try fixture.folder("good").allMetadata()
    let bad = good[0].sources[0].clip
    try fixture.clips.poison(bad)
    let hit = good.filter { $0.sources[0].clip == bad }.map(\.sceneID)
    #expect(hit.count < 8)
    let summary = try fixture.render()
    #expect(summary.rendered == 8 - hit.count && summary.failures.count == hit.count)
    for (failure, id) in zip(summary.failures, hit) {
      #expect(failure.hasPrefix("scene \(id): clip \(bad): ") && failure.contains("nan"), "\(failure)")
    }
    let rest = try fixture.folder().allMetadata()
    #expect(rest == good.filter { !hit.contains($0.sceneID) })
    #expect(message { _ = try fixture.folder().merge() }.contains("expected 8 scenes, got \(8 - hit.count)"))
  }

  @Test("where nothing can be written, each scene and its file are named")
  func unwritable() throws {
    let fixture = try DatasetFixture()
    let render = try DatasetRender(ResolvedConfig(fixture.config), folder: fixture.folder())
    // Permissions do not hold for a superuser: a file in place of the folder does.
    try FileManager.default.removeItem(at: fixture.file("audio"))
    try Data().write(to: fixture.file("audio"))
    let summary = render.run()
    #expect(summary.rendered == 0 && summary.failures.count == 3)
    for (index, failure) in summary.failures.enumerated() {
      #expect(failure.hasPrefix("scene test-00000\(index): "), "\(failure)")
      #expect(failure.contains("audio/test-00000\(index).wav"), "\(failure)")
    }
    #expect(try fixture.folder().completeScenes().isEmpty)
  }

  @Test("an interrupted render stops, and the next one goes on")
  func interrupt() throws {
    let fixture = try DatasetFixture()
    let interrupt = Interrupt()
    interrupt.request()
    let render = try DatasetRender(ResolvedConfig(fixture.config), folder: fixture.folder())
    #expect(render.run(interrupt: interrupt) == DatasetRender.Summary(wasInterrupted: true))
    #expect(render.run() == DatasetRender.Summary(rendered: 3))
  }
}
