// One call of a case for each line of input, so that another process can time its own code in turns with ours.
import Foundation
import Lab
import Tensor

/// The protocol of `tensor-bench paced`: a header line, then one line of JSON for each case named on the input.
public struct PacedCases {
  private struct Header: Encodable {
    let isa, blas: String
    let threads: Int
    let cases: [String]
  }

  private struct Answer: Encodable {
    let id: String
    let seconds: Double
  }

  private struct Refusal: Encodable {
    let error: String
  }

  private var current: (id: String, body: Timing.Body)?

  /// No case is prepared yet.
  public init() {}

  /// The machine, as one line of JSON.
  public static var header: String {
    line(
      Header(
        isa: "\(Runtime.instructionSet)", blas: "\(Runtime.matrixBackend) \(Runtime.blasDescription)",
        threads: Runtime.threads, cases: BenchmarkSuite.allCases.flatMap { $0.cases.map(\.id) }))
  }

  /// Runs the case of a name once and answers with its seconds; a case other than the last is prepared first.
  public mutating func answer(_ id: String) -> String {
    if current?.id != id {
      guard let found = BenchmarkCase.find(id) else {
        return Self.line(Refusal(error: "no case '\(id)'; `tensor-bench list` names them all"))
      }
      current = nil  // its arrays go before the next are made
      current = (id, found.prepare())
    }
    guard let body = current?.body else { return "" }
    return Self.line(Answer(id: id, seconds: Timing.once(body)))
  }

  private static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "{}\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
