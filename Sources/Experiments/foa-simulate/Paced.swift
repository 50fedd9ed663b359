// foa-simulate paced: our side of the benchmark against other simulators; batches of rooms in, seconds out.
import ArgumentParser
import Foundation
import Lab
import SpatialAudio
import Tensor

struct Paced: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Renders one batch of rooms for each line of JSON on the input and answers with its seconds.",
    discussion: "Used by Scripts/peers/rooms.py, which describes the lines.", shouldDisplay: false)

  @Option(help: "Threads to use.") var threads = 1

  private struct Header: Encodable {
    let isa, blas: String
    let threads: Int
  }

  private struct Request: Decodable {
    let batch: ResponseBatch
    let write: String
  }

  private struct Answer: Encodable {
    let seconds: Double
    let images: Int
    let lengths: [Int]
    let latency: Int
  }

  func run(in environment: CommandEnvironment) throws {
    Runtime.configure(threads: threads)
    try answer(
      Header(isa: "\(Runtime.instructionSet)", blas: Runtime.blasDescription, threads: Runtime.threads), environment)
    while let line = readLine() {
      let request = try JSONDecoder().decode(Request.self, from: Data(contentsOf: URL(fileURLWithPath: line)))
      let (seconds, images, responses) = try request.batch.run()
      let lengths =
        request.write.isEmpty ? [] : try ResponseBatch.write(responses, to: URL(fileURLWithPath: request.write))
      try answer(
        Answer(seconds: seconds, images: images, lengths: lengths, latency: responses.first?.latency ?? 0), environment)
    }
  }

  private func answer(_ value: some Encodable, _ environment: CommandEnvironment) throws {
    environment.standardOutput.write(String(decoding: try JSONEncoder().encode(value), as: UTF8.self) + "\n")
  }
}
