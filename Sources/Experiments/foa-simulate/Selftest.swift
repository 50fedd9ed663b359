// foa-simulate selftest: the thirteen checks, each with its figure.
import ArgumentParser
import Foundation
import Lab
import SpatialAudio
import Tensor

struct Selftest: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Proves the simulator: thirteen checks, each with what it measured.",
    discussion: """
      Needs no data and some seconds. Parity with pyroomacoustics is measured by Scripts/peers/rooms.py, which needs \
      Python.

      EXAMPLES:
        foa-simulate selftest
        foa-simulate selftest --only 7
      """)

  @Option(help: "Run one check only.") var only: Int?

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    let scratch = FileManager.default.temporaryDirectory.appending(path: "foa-selftest-\(UUID().uuidString)")
    let checks = SelfTest.checks(scratch: scratch).filter { only == nil || $0.number == only }
    guard !checks.isEmpty else { throw ValidationError("--only: expected a check from 1 to 13, got \(only ?? 0).") }
    let bar = SharedProgress("selftest", total: checks.count, unit: "checks", console: console)
    var results: [SelfTestResult] = []
    for check in checks {
      results.append(try check.run())
      bar.update(results.count)
    }
    bar.finish()
    environment.standardOutput.write(SelfTest.report(results).plainText)
    guard results.allSatisfy(\.passed) else { throw ExitCode(ExitStatus.failure.rawValue) }
  }
}
