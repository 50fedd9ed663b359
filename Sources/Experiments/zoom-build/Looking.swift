// zoom-build status, report, audit, prompts, config: looking at a build and at its settings.
import ArgumentParser
import Foundation
import Lab
import ZoomDistill

struct Status: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says how far a build is, why things were rejected or failed, and what was called.")

  @Argument(help: "The folder of the build.", completion: .directory) var build: String

  func run(in environment: CommandEnvironment) throws {
    let build = try ZoomBuild.reopened(BuildFolder(URL(fileURLWithPath: self.build)))
    let report = BuildReport(build.context, study: try LabelStudy.ifKnown(build.context))
    environment.standardOutput.write(try report.plainText(nil))
    for failure in try build.context.store.failures(limit: 20) {
      environment.standardOutput.write("failed: \(failure)\n")
    }
  }
}

struct WriteReport: LabCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Scores a build again and writes its report; teachers are not asked.",
    discussion: """
      Labels are scored where the truth is known: for signs, and for lists whose lines carry 'words' (text and box of \
      each word, in reading order). A question for the word after a quoted one, or for what is written, is judged by the \
      words that its crop shows; others are left out and counted. A build that is not finished is scored as far as it is.

      EXAMPLE:
        zoom-build report Runs/zoom-pages --json Runs/zoom-pages.json --prefix zoom.build.pages
      """)

  @Argument(help: "The folder of the build.", completion: .directory) var build: String
  @Option(help: "Also write the figures to this file, as rows of a results file.", completion: .file()) var json:
    String?
  @Option(help: "What the names of these rows begin with.") var prefix = "zoom.build"

  func run(in environment: CommandEnvironment) throws {
    let folder = BuildFolder(URL(fileURLWithPath: build))
    let build = try ZoomBuild.reopened(folder)
    let study = try LabelStudy.ifKnown(build.context)
    if let json {
      guard let study else { throw ZoomError.empty(what: "truth to score with", hint: "the list has no 'words'.") }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      let rows = try encoder.encode(study.rows(prefix: prefix))
      try AtomicFile.write(rows + Data("\n".utf8), to: URL(fileURLWithPath: json))
    }
    let report = BuildReport(build.context, study: study)
    try report.write(toFolder: folder.root, summary: nil)
    environment.standardOutput.write(try report.plainText(nil))
    environment.standardOutput.write("report: \(self.build)/report/index.html\n")
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
