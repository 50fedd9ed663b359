// zoom-build paced: our side of the benchmark of the work between the teachers; batches in, seconds out.
import ArgumentParser
import Foundation
import Lab
import Media
import Tensor

struct Paced: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes the views of one batch of regions for each line of input and answers with its seconds.",
    discussion: "Used by Scripts/peers/images.py, which describes the lines.", shouldDisplay: false)

  @Option(help: "Threads to use.") var threads = 1

  private struct Header: Encodable {
    let isa, blas: String
    let threads: Int
  }

  private struct Answer: Encodable {
    let seconds: Double
    let partBytes, wholeBytes: Int
  }

  func run(in environment: CommandEnvironment) throws {
    Runtime.configure(threads: threads)
    try answer(
      Header(isa: "\(Runtime.instructionSet)", blas: Runtime.blasDescription, threads: Runtime.threads), environment)
    while let line = readLine() {
      let batch = try JSONDecoder().decode(RegionViewBatch.self, from: Data(contentsOf: URL(fileURLWithPath: line)))
      let clock = ContinuousClock.now
      let outcome = try batch.run()
      let elapsed = (ContinuousClock.now - clock).components
      let seconds = Double(elapsed.seconds) + 1e-18 * Double(elapsed.attoseconds)
      try answer(
        Answer(seconds: seconds, partBytes: outcome.partBytes, wholeBytes: outcome.wholeBytes), environment)
    }
  }

  private func answer(_ value: some Encodable, _ environment: CommandEnvironment) throws {
    environment.standardOutput.write(String(decoding: try JSONEncoder().encode(value), as: UTF8.self) + "\n")
  }
}
