// zoom-scenes show: a page with pictures and the truth drawn over them.
import ArgumentParser
import Foundation
import Lab
import ZoomDistill

struct Show: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a page of scenes with boxes and answers drawn over them.",
    discussion: """
      EXAMPLES:
        zoom-scenes show Runs/signs
        zoom-scenes show Runs/signs --scene build-000003 --out Runs/page
        zoom-scenes show Runs/scenes --count 3
      """)

  @Argument(help: "The folder of the scenes.", completion: .directory) var directory: String
  @Option(help: "A scene to show; may be repeated. The first ones by default.") var scene: [String] = []
  @Option(help: "How many scenes are shown where none is named.") var count = 6
  @Option(help: "The folder of the page; the scenes' page by default.", completion: .directory) var out: String?

  func validate() throws {
    guard count >= 1 else { throw ValidationError("--count: expected 1 or more, got \(count).") }
  }

  func run(in environment: CommandEnvironment) throws {
    let url = URL(fileURLWithPath: directory)
    let report: Report
    if PhotoSceneFolder.isOne(url) {
      let folder = PhotoSceneFolder(url)
      report = try PhotoScenePage(folder, ids: ids(try folder.truths().map(\.id))).report()
    } else {
      let folder = SignFolder(url)
      report = try SignPage(folder, ids: ids(try folder.truths().map(\.id))).report
    }
    let target = out.map { URL(fileURLWithPath: $0) } ?? url.appending(path: "page")
    try report.write(to: target)
    environment.standardOutput.write("page: \(target.appending(path: "index.html").relativePath)\n")
  }

  /// The scenes that were named, or the first ones.
  private func ids(_ all: [String]) -> [String] { scene.isEmpty ? Array(all.prefix(count)) : scene }
}
