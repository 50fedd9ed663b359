// Runs the package's own executables, as a user would.
import Foundation
import Synchronization

/// What a command printed and how it ended.
struct CommandResult {
  let status: Int32
  let output: String
  let errors: String
}

/// An executable of this package beside the test binary.
func executable(_ name: String) -> URL {
  URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name)
}

/// A fresh folder that `body` may fill; removed afterwards.
func withTemporaryFolder<R>(_ body: (URL) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("moda-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The repository's root, where Data/sample lies.
let repositoryRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Starts a program of this package from the repository's root; output goes to files in `folder`.
func startModaLM(_ arguments: [String], program: String = "moda-lm", in folder: URL) throws -> Process {
  let process = Process()
  process.executableURL = executable(program)
  process.arguments = arguments
  process.currentDirectoryURL = repositoryRoot
  for (name, stream) in [("stdout", \Process.standardOutput), ("stderr", \Process.standardError)] {
    let file = folder.appendingPathComponent(name)
    try Data().write(to: file)
    process[keyPath: stream] = try FileHandle(forWritingTo: file)
  }
  process.standardInput = FileHandle.nullDevice
  try process.run()
  return process
}

/// Runs a program of this package to its end.
func modaLM(_ arguments: [String], program: String = "moda-lm") throws -> CommandResult {
  try withTemporaryFolder { folder in
    let process = try startModaLM(arguments, program: program, in: folder)
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }
    return CommandResult(status: process.terminationStatus, output: try text("stdout"), errors: try text("stderr"))
  }
}
