// A scene's page: complete, the same every time, and robust against scenes at the edges.
// Not here: the numbers on it (SceneAnalysisTests.swift, SourceTrackTests.swift).

import Foundation
import Lab
import Media
import SpatialAudio
import Testing

@Suite("Scene page")
struct ScenePageTests {
  private static func page(_ scene: SceneMetadata, responses: [AudioBuffer] = []) -> ScenePage {
    ScenePage(scene: scene, audio: SampleScene.sound(scene), responses: responses)
  }

  /// The SVG documents of a page.
  private static func drawings(_ report: Report) -> [String] {
    report.blocks.flatMap { block -> [Report.Figure] in
      switch block {
      case .figure(let figure): [figure]
      case .gallery(let figures): figures
      default: []
      }
    }.compactMap { if case .svg(let text) = $0.content { text } else { nil } }
  }

  private static func expectSound(_ report: Report, _ what: String) {
    for drawing in drawings(report) {
      #expect(!drawing.contains("nan") && !drawing.contains("inf\""), "\(what): not a number in a drawing")
      // Foundation's parser wants libraries of its own; balanced elements will do.
      #expect(drawing.components(separatedBy: "<g").count == drawing.components(separatedBy: "</g>").count, "\(what)")
      #expect(drawing.hasPrefix("<svg") && drawing.hasSuffix("</svg>\n"), "\(what)")
    }
  }

  @Test("the page names every source and shows every figure")
  func complete() throws {
    let scene = try SampleScene.standard()
    let report = Self.page(scene, responses: (0..<3).map { SampleScene.response(seed: $0) }).report
    let drawings = Self.drawings(report)
    // Two views, activity, spectrum, directions, decay, three waveforms.
    #expect(drawings.count == 9)
    for name in ["0 dog_bark", "1 footsteps", "2 kettle"] {
      #expect(drawings.prefix(3).allSatisfy { $0.contains(name) }, "\(name)")
      #expect(report.html.contains(name))
    }
    for text in ["test-000007", "6.00 × 4.50 × 2.80 m", "00000000deadbeef", "diffuse pink, SNR 25.0 dB", "0.470 s"] {
      #expect(report.html.contains(text), "\(text)")
    }
    Self.expectSound(report, "standard scene")
  }

  @Test("the same scene gives the same page")
  func deterministic() throws {
    let scene = try SampleScene.standard()
    let responses = [SampleScene.response(seed: 4)]
    #expect(Self.page(scene, responses: responses).report == Self.page(scene, responses: responses).report)
  }

  @Test("silence, no sound at all, no sources")
  func nothing() throws {
    let scene = try SampleScene.standard()
    for count in [0, 1, 16_000] {
      let silence = AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: count)
      let report = ScenePage(scene: scene, audio: silence).report
      #expect(report.html.contains("The sound is silent"))
      Self.expectSound(report, "\(count) silent frames")
    }
    let empty = try SampleScene.metadata([])
    let report = Self.page(empty).report
    #expect(Self.drawings(report).count == 4)
    Self.expectSound(report, "no sources")
    #expect(report.subtitle.hasPrefix("0 sources"))
  }

  @Test("silent and empty responses are passed over")
  func silentResponses() throws {
    let scene = try SampleScene.standard()
    let silence = AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 100)
    let none = AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 0)
    let report = Self.page(scene, responses: [silence, SampleScene.response(seed: 1), none]).report
    #expect(Self.drawings(report).count == 7)
    #expect(report.html.contains("First reflections: 1 footsteps"))
    #expect(Self.drawings(Self.page(scene, responses: [silence]).report).count == 5)
  }

  @Test("paths of one point, past the back of the head, of many sources with long names")
  func paths() throws {
    let still = try SampleScene.metadata([
      SampleScene.source(0, "still", onset: 1, offset: 1, path: [(1, 180, 90)]),
      SampleScene.source(1, "around", onset: 0, offset: 5, path: [(0, 0, 0), (5, 720, 0)]),
    ])
    Self.expectSound(Self.page(still).report, "one point")
    let many = try SampleScene.metadata(
      (0..<12).map { index in
        SampleScene.source(
          index, "a source with a name that is much too long to stand beside a dot <\(index)>", onset: 0, offset: 4,
          path: [(0, Double(30 * index), 0)])
      })
    let report = Self.page(many).report
    Self.expectSound(report, "many sources")
    #expect(report.html.contains("&lt;11&gt;") && !report.html.contains("<11>"))
  }

  @Test("descriptions that are not what they should be do no harm")
  func hostile() throws {
    var scene = try SampleScene.standard()
    scene.sources[0].positions = [[], [1, 2], [.nan, 0, 0]]
    scene.sources[0].trajectory = []
    scene.sources[1].onset = .nan
    scene.sources[2].offset = -3
    scene.room.t20ByBand = [0.3]
    scene.room.t20 = .infinity
    scene.listener.yaw = .nan
    Self.expectSound(ScenePage(scene: scene, audio: SampleScene.sound(try SampleScene.standard())).report, "numbers")
    scene.room.size = []
    scene.listener.position = [1]
    scene.sources = []
    scene.duration = -.infinity
    let audio = AudioBuffer(sampleRate: 16_000, channels: Array(repeating: [0.1, -0.2], count: 4))
    Self.expectSound(ScenePage(scene: scene, audio: audio).report, "nothing in the room")
    scene.room.size = [1e9, -1, 0]
    Self.expectSound(ScenePage(scene: scene, audio: audio).report, "absurd room")
  }
}
