// A page that shows one scene: where things are, when they sound, and what arrives at the listener.
// Not here: the drawings (RoomDrawing.swift, SceneTimeFigures.swift, ScenePage+Responses.swift), the numbers
// (SceneAnalysis.swift), the tables (ScenePage+Facts.swift).

public import Lab
public import Media

/// A scene as a report: what was asked for beside what can be measured in the rendered sound.
///
/// ```swift
/// let page = ScenePage(scene: scene, audio: try AudioFile.read(file, channelCount: 4))
/// try page.report.write(to: directory)
/// ```
public struct ScenePage: Sendable {
  /// What is known about the scene.
  public let scene: SceneMetadata
  /// The rendered scene, four channels in the scene's format.
  public let audio: AudioBuffer
  /// The impulse responses in the order of the scene's sources, W first; empty where they were not kept.
  public let responses: [AudioBuffer]

  /// Creates a page.
  ///
  /// - Precondition: `audio` has four channels.
  public init(scene: SceneMetadata, audio: AudioBuffer, responses: [AudioBuffer] = []) {
    precondition(audio.channels.count == 4, "ScenePage: expected 4 channels, got \(audio.channels.count)")
    self.scene = scene
    self.audio = audio
    self.responses = responses
  }

  /// The page; the same for the same scene on every machine.
  public var report: Report {
    var report = Report(title: "Scene \(scene.sceneID)", subtitle: subtitle)
    report.append(.facts(facts))
    report.append(.heading("Places"))
    let plan = RoomDrawing(scene)
    report.append(
      .gallery([
        .init(.svg(plan.svg(.top)), caption: "From above. The arrow shows where the listener faces."),
        .init(.svg(plan.svg(.side)), caption: "From the side, looking along the room's y axis."),
      ]))
    if !scene.sources.isEmpty {
      report.append(contentsOf: [.table(sourceTable), .details("Clips", [.table(clipTable)])])
    }
    report.append(.heading("Time"))
    report.append(contentsOf: timeBlocks)
    report.append(.heading("Room"))
    report.append(.table(reverberationTable))
    if !scene.room.absorption.isEmpty { report.append(.details("Absorption of the walls", [.table(absorptionTable)])) }
    report.append(contentsOf: responseBlocks)
    return report
  }

  private var subtitle: String {
    let count = scene.sources.count
    return "\(count) \(count == 1 ? "source" : "sources"), \(Self.text(scene.duration, 2)) s, split \(scene.split)"
  }

  private var timeBlocks: [Report.Block] {
    let figures = SceneTimeFigures(scene, duration: max(scene.duration, audio.duration))
    var blocks: [Report.Block] = []
    if !scene.sources.isEmpty {
      blocks.append(.figure(.init(.svg(figures.timeline), caption: "When each source can be heard.")))
    }
    let analysis = SceneAnalysis(audio, format: scene.format)
    guard analysis.loudest != nil else {
      blocks.append(.paragraph("The sound is silent: there is no spectrum and no direction to show."))
      return blocks
    }
    blocks.append(
      .figure(.init(.svg(figures.spectrogram(analysis)), caption: "Spectrum of W, the sound from everywhere.")))
    blocks.append(
      .figure(
        .init(
          .svg(figures.directions(analysis)),
          caption: "Lines: where the sources are. Dots: the direction of the active intensity between"
            + " \(Self.text(SceneAnalysis.band.lowerBound, 0)) and \(Self.text(SceneAnalysis.band.upperBound, 0)) Hz, the darker the"
            + " more energy; frames that are \(Self.text(SceneAnalysis.levelRange, 0)) dB below the loudest are left out."
        )))
    return blocks
  }

  /// A number with fixed decimals, or a dash where there is none.
  static func text(_ value: Double, _ decimals: Int) -> String {
    value.isFinite ? NumberText.fixed(value, decimals: decimals) : "–"
  }

  /// What a source is called on the page, such as `2 dog_bark`.
  static func name(_ source: SceneMetadata.Source) -> String { "\(source.id) \(source.className)" }
}
