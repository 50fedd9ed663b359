// zoom-build status, audit, prompts, config: looking at a build and at its settings.
import ArgumentParser
import Foundation
import Lab
import Tensor
import ZoomDistill

struct Status: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says how far a build is, why things were rejected or failed, and what was called.",
    discussion: """
      EXAMPLES:
        zoom-build status Runs/zoom
        zoom-build status Runs/zoom --json Docs/Results      # the labels' figures, as zoom-labels.json
      """)

  @Argument(help: "The folder of the build.", completion: .directory) var build: String
  @Option(help: "Write the labels' figures to zoom-labels.json in this folder.", completion: .directory)
  var json: String?

  func run(in environment: CommandEnvironment) throws {
    let build = try ZoomBuild.reopened(BuildFolder(URL(fileURLWithPath: self.build)))
    let study = try LabelStudy.ifKnown(build.context)
    if let json {
      guard let study else {
        throw ZoomError.empty(what: "truth to measure labels by", hint: "only builds over the sign world have one.")
      }
      let scenes = if case .signs(let count) = build.context.config.images.source { count } else { 0 }
      let command = environment.arguments.dropFirst().joined(separator: " ")
      try ResultFile(
        name: "zoom-labels", command: "zoom-build \(command) (\(scenes) scenes, seed \(build.context.config.seed))",
        machine: ResultMachine(
          isa: "\(Runtime.instructionSet)", blas: "\(Runtime.matrixBackend) \(Runtime.blasDescription)"),
        rows: study.rows(prefix: "zoom.labels")
      ).write(to: URL(fileURLWithPath: json))
      environment.standardOutput.write("wrote \(json)/zoom-labels.json\n")
    }
    let report = BuildReport(build.context, study: study)
    environment.standardOutput.write(try report.plainText(nil))
    for failure in try build.context.store.failures(limit: 20) {
      environment.standardOutput.write("failed: \(failure)\n")
    }
  }
}

struct Audit: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a page with single items: picture with box, crop, question, all answers, verdicts.")

  @Argument(help: "The folder of the build.", completion: .directory) var build: String

  @Option(help: ArgumentHelp("Items of each outcome.", valueName: "n")) var count = 6

  func run(in environment: CommandEnvironment) throws {
    let folder = BuildFolder(URL(fileURLWithPath: build))
    let build = try ZoomBuild.reopened(folder)
    try AuditPage(build.context).report(count: max(1, count)).write(to: folder.root.appending(path: "audit"))
    environment.standardOutput.write("audit: \(self.build)/audit/index.html\n")
  }
}

struct Prompts: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes the built-in prompts into a folder, to be changed and named as teachers.prompts.")

  @Argument(help: "The folder.", completion: .directory) var folder: String

  func run(in environment: CommandEnvironment) throws {
    for purpose in TeacherPurpose.allCases {
      let text = PromptLibrary.standard.texts[purpose, default: ""]
      let url = URL(fileURLWithPath: folder).appending(path: "\(purpose.rawValue).txt")
      try BuildFolder.write(Array((text + "\n").utf8), to: url)
    }
    environment.standardOutput.write("prompts: \(folder)\n")
  }
}

struct ConfigurationCommand: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Prints the whole configuration, with defaults.")

  @OptionGroup var options: ExperimentOptions

  func run(in environment: CommandEnvironment) throws {
    environment.standardOutput.write(try options.resolved(ZoomBuildConfig.self).text)
  }
}
