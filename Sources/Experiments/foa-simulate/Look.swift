// foa-simulate show and listen: one scene of a dataset for eyes and ears.
import ArgumentParser
import Foundation
import Lab
import Media
import SpatialAudio

struct Show: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws a scene: the room with its sources, the response, spectrogram and directions over time.",
    discussion: """
      EXAMPLES:
        foa-simulate show Runs/scenes test-000000
        foa-simulate show Runs/scenes test-000003 --out Runs/page
      """)

  @Argument(help: "The folder of the dataset.", completion: .directory) var directory: String
  @Argument(help: "The scene.") var scene: String
  @Option(help: "The folder of the page; the dataset's pages/<scene> by default.", completion: .directory)
  var out: String?
  @Option(help: "Add the page to the report in this folder instead.", completion: .directory) var appendTo: String?

  func run(in environment: CommandEnvironment) throws {
    let folder = DatasetFolder(URL(fileURLWithPath: directory))
    let page = try folder.page(of: scene)
    if let appendTo { return try page.append(toReportIn: URL(fileURLWithPath: appendTo)) }
    let target = out.map { URL(fileURLWithPath: $0) } ?? folder.url.appending(path: "pages/\(scene)")
    try page.write(to: target)
    environment.standardOutput.write("page: \(target.appending(path: "index.html").relativePath)\n")
  }
}

struct Listen: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes a binaural preview of a scene for headphones.",
    discussion: """
      Filters are fitted to the head-related responses of MIT's KEMAR, which Debian's libmysofa1 brings along; --stereo \
      needs none and gives two cardioids, which is not binaural.

      EXAMPLES:
        foa-simulate listen Runs/scenes test-000000 --out preview.wav
        foa-simulate listen Runs/scenes test-000000 --stereo --out preview.wav
      """)

  @Argument(help: "The folder of the dataset.", completion: .directory) var directory: String
  @Argument(help: "The scene.") var scene: String
  @Option(help: "The file to write.", completion: .file()) var out: String
  @Option(help: "A SOFA file with head-related responses.", completion: .file()) var sofa: String?
  @Flag(help: "Two cardioids instead of head-related responses.") var stereo = false

  func run(in environment: CommandEnvironment) throws {
    let folder = DatasetFolder(URL(fileURLWithPath: directory))
    let (metadata, audio) = try folder.scene(scene)
    let decoder =
      stereo
      ? BinauralDecoder.stereo(sampleRate: metadata.sampleRate)
      : try BinauralDecoder(
        sofa.map { try HeadRelatedTransfer(contentsOf: URL(fileURLWithPath: $0)) } ?? .installed(),
        sampleRate: metadata.sampleRate)
    let report = try AudioFile.write(try decoder.render(audio), to: URL(fileURLWithPath: out), encoding: .wav16)
    let kind = decoder.kind.rawValue
    environment.standardOutput.write(
      "\(out): \(kind)\(decoder.attribution.isEmpty ? "" : ", \(decoder.attribution)"), "
        + "\(report.clippedSampleCount) samples clipped\n")
  }
}
