// Runs the zoom-build executable, as a user would.
// Not here: builds inside the test process (BuildFixture.swift).
import Foundation
import Lab
import ZoomDistill

/// What a command printed and how it ended.
struct ZoomBuildResult {
  let status: Int32
  let output: String
  let errors: String
}

/// Starts `zoom-build` and waits for it.
struct ZoomBuildRunner {
  /// Where outputs go.
  let folder: URL
  /// Added to the environment.
  var environment: [String: String] = [:]

  /// The executable beside the test binary.
  static var executable: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "zoom-build")
  }

  /// Writes settings to a file and returns the arguments that run them.
  func arguments(_ config: ZoomBuildConfig, out: URL) throws -> [String] {
    let file = folder.appending(path: "settings.yaml")
    try Data(try ResolvedConfig(config).text.utf8).write(to: file)
    return ["run-all", "--config", file.path, "--out", out.path]
  }

  func start(_ arguments: [String], program: URL = ZoomBuildRunner.executable) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    for (name, stream) in [("stdout", \Process.standardOutput), ("stderr", \Process.standardError)] {
      let file = folder.appending(path: name)
      try Data().write(to: file)
      process[keyPath: stream] = try FileHandle(forWritingTo: file)
    }
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Runs to the end.
  func run(_ arguments: [String], program: URL = ZoomBuildRunner.executable) throws -> ZoomBuildResult {
    let process = try start(arguments, program: program)
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }
    return ZoomBuildResult(status: process.terminationStatus, output: try text("stdout"), errors: try text("stderr"))
  }
}
