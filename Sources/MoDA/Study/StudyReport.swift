// A study as a document: the paper's rows beside ours, contrasts with verdicts, domains, curves.
// Not here: the figures themselves (StudyResults.swift).
import Foundation
public import Lab

extension StudyResults {
  /// The document.
  public var report: Report {
    var report = Report(title: "Study \(config.name)", subtitle: subtitle)
    if !config.question.isEmpty { report.append(.paragraph(RichText(config.question))) }
    report.append(.table(arms))
    if !values.isEmpty { report.append(.table(contrasts)) }
    report.append(.heading("Curves"))
    report.append(
      .gallery([
        .init(curve("validation/loss", title: "Held-out loss", from: 0), caption: "Mean over seeds."),
        .init(curve("train/loss", title: "Training loss", from: 0.1), caption: "Mean over seeds, smoothed."),
        .init(
          curve("train/gradient_norm", title: "Gradient norm", from: 0.1), caption: "Before clipping, mean over seeds."),
      ]))
    report.append(.heading("Held-out perplexity by domain"))
    report.append(.table(domains))
    for member in members {
      report.append(
        .details(
          "\(member.run.name): run and configuration",
          [.facts(Report.facts(of: member.record)), .code(member.record.configText, language: "yaml")]))
    }
    return report
  }

  /// The tables as text for a terminal.
  public var summaryText: String {
    Report(
      title: "Study \(config.name)", subtitle: subtitle,
      blocks: [.table(arms)] + (values.isEmpty ? [] : [.table(contrasts)])
    ).plainText
  }

  private var subtitle: String { "\(members.count) of \(planned) runs are finished" }

  /// One row for each arm, as in the paper's tables.
  var arms: Table {
    Table(
      columns: [
        .text("arm"), .number("blocks"), .number("params (M)"), .number("MFLOP/token"), .number("tokens (M)"),
        .number("seeds"), .number("train loss"), .number("held-out loss", best: .lowest), .number("s.e."),
        .number("mean PPL", best: .lowest), .number("paper"), .number("tokens/s"),
      ],
      rows: config.arms.compactMap { arm in
        let members = members(of: arm.name)
        guard let first = members.first else { return nil }
        let costs = CostModel(first.model)
        let losses = losses(of: arm.name)
        func mean(_ value: (Member) -> Double) -> Double { Statistics.mean(members.map(value)) }
        return [
          .init(stringLiteral: arm.name), .integer(first.model.blocks),
          .number(Double(first.summary.parameters) / 1e6, decimals: 2),
          .number(
            costs.trainingOperationsPerToken(tokens: first.run.config.value.training.tokens) / 1e6, decimals: 1),
          .number(Double(first.summary.tokens) / 1e6, decimals: 1), .integer(members.count),
          .number(mean { $0.summary.trainLoss }, decimals: 4), .number(Statistics.mean(losses), decimals: 4),
          losses.count > 1 ? .number(Statistics.standardError(losses), decimals: 4) : "",
          .number(mean { $0.summary.meanPerplexity }, decimals: 2),
          arm.published == 0 ? "" : .number(arm.published, decimals: 4),
          .number(mean { $0.summary.tokensPerSecond }, decimals: 0),
        ]
      },
      caption: "Losses in nats a token, means over seeds; s.e. is over seeds. Train: the last twentieth of the run. "
        + "Mean PPL averages the domains' perplexities. Paper: the published loss of that row, at its own scale.")
  }

  /// One row for each contrast.
  var contrasts: Table {
    func range(_ interval: Interval) -> String {
      String(format: "%+.4f … %+.4f", interval.lower, interval.upper)
    }
    return Table(
      columns: [
        .text("claim"), .number("difference"), .number("s.e."), .number("seeds"), .text("95% over seeds"),
        .text("95% over text"), .number("paper"), .text("verdict"),
      ],
      rows: values.map { value in
        [
          .init(stringLiteral: value.contrast.claim), .init(stringLiteral: String(format: "%+.4f", value.mean)),
          value.standardError.map { .number($0, decimals: 4) } ?? "", .integer(value.bySeed.count),
          value.seedInterval.map { .init(stringLiteral: range($0)) } ?? "",
          .init(stringLiteral: range(value.textInterval)),
          value.contrast.published == 0
            ? "" : .init(stringLiteral: String(format: "%+.4f", value.contrast.published)),
          .init(
            stringLiteral: value.verdict.rawValue
              + (value.bySeed.count < 3 && value.contrast.expects != .open ? " (text only)" : "")),
        ]
      },
      caption: "Held-out loss in nats a token, paired by seed and window. A verdict takes the interval over seeds from "
        + "three seeds on; with fewer, that over held-out windows, which knows nothing of seeds.")
  }

  /// Perplexity of every arm by domain.
  var domains: Table {
    let names = members[0].evaluation.domains.map(\.domain)
    return Table(
      columns: [.text("arm")] + names.map { .number($0, best: .lowest) },
      rows: config.arms.compactMap { arm in
        let members = members(of: arm.name)
        guard !members.isEmpty else { return nil }
        return [.init(stringLiteral: arm.name)]
          + names.indices.map { index in
            .number(exp(Statistics.mean(members.map { $0.evaluation.domains[index].nats })), decimals: 2)
          }
      },
      caption: "exp of the mean loss over seeds.")
  }

  /// A metric of every arm over the steps, averaged over seeds.
  ///
  /// - Parameter from: the share of the run that is left out at the start, where values are far from all others.
  private func curve(_ metric: String, title: String, from: Double) -> Plot {
    let series = config.arms.compactMap { arm -> PlotSeries? in
      let logs = members(of: arm.name).map { $0.record.metrics.series(metric) }
      guard let first = logs.first, !first.isEmpty else { return nil }
      let last = first.last?.step ?? 0
      let points = first.enumerated().compactMap { index, point -> PlotPoint? in
        guard Double(point.step) >= from * Double(last) else { return nil }
        let values = logs.compactMap { $0.indices.contains(index) ? $0[index].value : nil }
        return PlotPoint(x: Double(point.step), y: Statistics.mean(values))
      }
      return PlotSeries(arm.name, points: points, smoothing: points.count >= 200 ? 0.97 : 0)
    }
    return Plot(title: title, x: PlotAxis("step"), y: PlotAxis("nats"), series: series, width: 640, height: 400)
  }
}
