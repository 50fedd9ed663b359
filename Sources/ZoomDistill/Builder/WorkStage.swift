// Running a stage: pieces of work in flight, one transaction each, errors kept apart from decisions.
// Not here: what the pieces are (ProposeStage, AskStage, AnswerStage, FilterStage).
import Chat
package import Lab

/// A stage made of independent pieces of work.
package protocol WorkStage: Sendable {
  associatedtype Unit: Sendable
  associatedtype Outcome: Sendable
  var context: BuildContext { get }
  /// Pieces that are neither done nor rejected, in a fixed order; at most `limit` if that is above 0.
  func open(limit: Int) throws(ZoomError) -> [Unit]
  /// Does one piece. An error makes it fail, and another run tries it again.
  func work(on unit: Unit) async throws -> Outcome
  /// Records what was done, in one transaction.
  func commit(_ outcome: Outcome) throws(ZoomError)
  /// Whether what was done is a failure all the same, with what could be had recorded: votes are missing.
  func hasFailed(_ outcome: Outcome) -> Bool
  /// Records that a piece failed.
  func fail(_ unit: Unit, reason: String) throws(ZoomError)
}

extension WorkStage {
  package func hasFailed(_: Outcome) -> Bool { false }

  /// Works on all open pieces, several at once.
  ///
  /// - Parameters:
  ///   - limit: pieces at most, 0 for all.
  ///   - interrupt: asks for an end after the pieces that are in flight.
  ///   - progress: told of pieces finished and pieces in all.
  /// - Throws: ``ZoomError`` if the state or a file cannot be written, `ChatError` if replies cannot be kept; errors of
  ///   single pieces are recorded.
  package func run(
    limit: Int = 0, interrupt: Interrupt, progress: @escaping @Sendable (Int, Int) -> Void
  ) async throws -> StageSummary {
    let units = try open(limit: limit)
    var summary = StageSummary()
    var finished = 0
    progress(0, units.count)
    try await boundedForEach(units, limit: context.concurrency) { unit -> Result<Outcome, any Error>? in
      guard !interrupt.isRequested else { return nil }
      do {
        return .success(try await work(on: unit))
      } catch let error as ZoomError where error.isFatal {
        throw error
      } catch let error as ChatError where error.isFatal {
        throw error
      } catch ChatError.cancelled {
        return nil
      } catch {
        return .failure(error)
      }
    } each: { unit, result in
      switch result {
      case .success(let outcome):
        try commit(outcome)
        if hasFailed(outcome) { summary.failed += 1 } else { summary.done += 1 }
      case .failure(let error):
        try fail(unit, reason: "\(error)")
        summary.failed += 1
      case nil: summary.wasInterrupted = true
      }
      finished += 1
      progress(finished, units.count)
      try context.store.record(context.teachers.counters.snapshot)
    }
    try context.store.record(context.teachers.counters.snapshot, now: true)
    return summary
  }
}

extension ChatError {
  /// Whether the whole build has to stop: where replies cannot be kept, every further call would be paid in vain.
  var isFatal: Bool {
    switch self {
    case .storage, .configuration: true
    default: false
    }
  }
}

extension ZoomError {
  /// Whether the whole build has to stop: every other piece would fail in the same way.
  var isFatal: Bool {
    switch self {
    case .state, .output, .nobody, .otherSettings: true
    default: false
    }
  }
}
