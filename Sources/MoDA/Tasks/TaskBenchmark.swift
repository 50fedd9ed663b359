// Scoring as one timed unit, for a peer that alternates with it (Scripts/peers/downstream.py).
// Not here: scores and files (TaskEvaluation.swift).
import Foundation
public import Lab
import Tensor

/// Scores all texts of some tasks once a call, from text to log-likelihoods.
public enum TaskBenchmark {
  /// One JSON line about the machine's side.
  public static var header: String {
    #"{"isa": "\#(Runtime.instructionSet)", "blas": "\#(Runtime.blasDescription)", "threads": \#(Runtime.threads)}"#
      + "\n"
  }

  /// Scores everything; one JSON line with the seconds and the number of texts.
  ///
  /// - Throws: ``TaskError``.
  public static func run(_ evaluated: EvaluatedModel, tasks: [DownstreamTask], time: TimeSource) throws -> String {
    let encoder = RequestEncoder(
      evaluated.tokenizer, context: evaluated.model.config.context, prefix: evaluated.prefix)
    let scorer = RequestScorer(evaluated.model)
    var texts = 0
    let start = time.seconds()
    for task in tasks {
      for first in stride(from: 0, to: task.documents.count, by: TaskEvaluation.batch) {
        let part = Array(task.documents[first..<min(task.documents.count, first + TaskEvaluation.batch)])
        texts += part.reduce(0) { $0 + $1.texts.count }
        _ = try TaskEvaluation.score(part, of: task, encoder: encoder, scorer: scorer)
      }
    }
    return #"{"seconds": \#(time.seconds() - start), "texts": \#(texts)}"# + "\n"
  }
}
