// The formulas of the metrics by hand, ties, intervals, and chance.
import Foundation
import Lab
import Testing

import MoDA

@Suite struct TaskScoreTests {
  private func document(_ number: Int, _ continuations: [String], label: Int, unconditional: Bool = false)
    -> TaskDocument
  {
    TaskDocument(
      number: number, label: label, choices: continuations.map { TaskText(context: "c", continuation: $0) },
      unconditional: unconditional ? continuations.map { TaskText(context: "u", continuation: $0) } : [])
  }

  private func task(_ documents: [TaskDocument], _ metric: RankingMetric = .sum) -> DownstreamTask {
    DownstreamTask(name: "t", version: 3, primary: metric, documents: documents)
  }

  @Test func eachMetricDividesAsItSays() {
    let document = document(0, [" ab", " äbcdef", " abc"], label: 1, unconditional: true)
    let item = ItemResult(
      task([document]), document, logLikelihoods: [-4, -6, -5, -5, -4, -5.5], tokens: [2, 4, 1])
    #expect(item.characters == [2, 6, 3] && item.bytes == [2, 7, 3])
    #expect(item.scores(.sum) == [-4, -6, -5])
    #expect(item.scores(.perCharacter) == [-2, -1, -5.0 / 3])
    #expect(item.scores(.perToken) == [-2, -1.5, -5])
    #expect(item.scores(.unconditional) == [1, -2, 0.5])
    #expect(RankingMetric.allCases.map { item.choice($0) } == [0, 1, 1, 0])
    #expect(abs(item.bitsPerByte - 6 / log(2) / 7) < 1e-12)
  }

  @Test func ofEqualChoicesTheFirstCounts() {
    let documents = [document(0, [" a", " b"], label: 0), document(1, [" a", " b"], label: 1)]
    let task = task(documents)
    let items = documents.map { ItemResult(task, $0, logLikelihoods: [-1, -1], tokens: [1, 1]) }
    #expect(items.map { $0.choice(.sum) } == [0, 0] && items[0].isTied(.sum))
    let score = TaskScore(task, items)
    #expect(score.accuracies["acc_raw"]?.value == 0.5 && score.accuracies["acc_raw"]?.ties == 2)
    #expect(score.accuracies["acc_uncond"] == nil && score.accuracy == 0.5 && score.version == 3)
  }

  @Test func errorsAndIntervalsAreThoseOfTheProportion() {
    let outcomes = [true, true, true, false, false, true, false, true]
    let accuracy = Accuracy(outcomes)
    let p = 5.0 / 8
    #expect(accuracy.value == p)
    #expect(abs(accuracy.standardError - (p * (1 - p) / 7).squareRoot()) < 1e-12)
    #expect(accuracy.interval == Statistics.wilsonInterval(successes: 5, trials: 8))
    #expect(Accuracy([true]).standardError == 0)
  }

  @Test func chanceCountsTheChoicesOfEachDocument() {
    let task = task([document(0, [" a", " b"], label: 0), document(1, [" a", " b", " c", " d"], label: 3)])
    #expect(abs(task.chance - 0.375) < 1e-12)
    #expect(task.limited(to: 1).chance == 0.5 && task.limited(to: 0).documents.count == 2)
  }

  @Test func aDigestTellsTextsApart() {
    let a = document(0, [" ab", " c"], label: 0), b = document(0, [" a", "b c"], label: 0)
    #expect(a.content != b.content && a.content != document(0, [" ab", " c"], label: 1).content)
    #expect(a.content == document(5, [" ab", " c"], label: 0).content)
  }
}
