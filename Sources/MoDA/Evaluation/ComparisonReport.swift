// A comparison as a document: what was run, the tables of the paper's form, curves, samples.
import Foundation
public import Lab

extension Comparison {
  /// The document.
  public var report: Report {
    var report = Report(
      title: members.map(\.label).joined(separator: " against "),
      subtitle: "Language models on the same data, order of batches and shared initial values")
    report.append(.paragraph(Self.verdict(members, differences(of: members[1])[0])))
    report.append(.table(overview))
    for member in members.dropFirst() { report.append(.table(paired(member))) }
    report.append(.heading("Held-out perplexity by domain"))
    report.append(.figure(Report.Figure(perplexities, caption: "Lower is better.")))
    report.append(.heading("Training"))
    let names = members.map(\.label), records = members.map(\.record)
    report.append(
      .gallery(
        ["train/loss", "validation/loss", "train/speed_tokens_per_s", "train/gradient_norm"].map {
          Report.Figure(Report.curve($0, of: records, names: names))
        }))
    report.append(contentsOf: samples)
    for member in members {
      report.append(
        .details(
          "\(member.label): run and configuration",
          [.facts(Report.facts(of: member.record)), .code(member.record.configText, language: "yaml")]))
    }
    return report
  }

  /// The tables as text for a terminal.
  public var summaryText: String {
    let tables = [overview] + members.dropFirst().map { paired($0) }
    return Report(title: members.map(\.label).joined(separator: " against "), blocks: tables.map { .table($0) })
      .plainText
  }

  private static func verdict(_ members: [Member], _ difference: Difference) -> RichText {
    let paired = difference.paired
    let interval = "[\(signed(paired.bootstrapInterval.lower)), \(signed(paired.bootstrapInterval.upper))]"
    let sense =
      paired.bootstrapInterval.contains(0)
      ? "the interval contains 0: these runs do not tell the two apart"
      : paired.mean < 0 ? "lower is better" : "higher is worse"
    return RichText("\(members[1].label) minus \(members[0].label): ")
      + .strong("\(signed(paired.mean)) nats a token")
      + RichText(
        " of held-out loss, 95% interval \(interval) over \(paired.count) windows (\(sense)). "
          + "The interval covers the choice of text, not the choice of seed.")
  }

  private static func signed(_ value: Double) -> String { String(format: "%+.4f", value) }

  /// The table of all runs: cost and result.
  var overview: Table {
    Table(
      columns: [
        .text("model"), .number("blocks"), .number("params (M)"), .number("MFLOP/token"), .number("tokens (M)"),
        .number("train loss", best: .lowest), .number("held-out loss", best: .lowest),
        .number("mean PPL", best: .lowest), .number("tokens/s", best: .highest), .number("MiB"),
      ],
      rows: members.map { member in
        let costs = CostModel(member.model)
        return [
          .init(stringLiteral: member.label), .integer(member.model.blocks),
          .number(Double(costs.parameters) / 1e6, decimals: 2),
          .number(costs.trainingOperationsPerToken(tokens: member.config.training.tokens) / 1e6, decimals: 1),
          .number(Double(member.summary.tokens) / 1e6, decimals: 2),
          .number(member.summary.trainLoss, decimals: 4), .number(member.summary.validationLoss, decimals: 4),
          .number(member.summary.meanPerplexity, decimals: 2), .number(member.summary.tokensPerSecond, decimals: 0),
          .number(Double(member.summary.peakBytes) / 1_048_576, decimals: 0),
        ]
      },
      caption: "Losses in nats a token: train over the last twentieth of the run, held-out over all windows. Mean PPL "
        + "averages the domains' perplexities. MFLOP/token counts forward and backward. MiB: arrays at their peak.")
  }

  /// The paired differences of one run.
  func paired(_ member: Member) -> Table {
    let bits = Dictionary(
      uniqueKeysWithValues: member.evaluation.domains.map { ($0.domain, $0.bitsPerByte) })
    return Table(
      columns: [
        .text("domain"), .number("windows"), .number("\(members[0].label) (nats)"),
        .number("\(member.label) (nats)"), .number("difference"), .text("95% interval"), .number("p"),
        .number("bits a byte"),
      ],
      rows: differences(of: member).map { row in
        [
          .init(stringLiteral: row.domain), .integer(row.paired.count), .number(row.reference, decimals: 4),
          .number(row.value, decimals: 4), .init(stringLiteral: Self.signed(row.paired.mean)),
          .init(
            stringLiteral:
              "\(Self.signed(row.paired.bootstrapInterval.lower)) … \(Self.signed(row.paired.bootstrapInterval.upper))"),
          row.paired.pValue < 1e-4 ? "< 0.0001" : .number(row.paired.pValue, decimals: 4),
          bits[row.domain].map { .number($0, decimals: 3) } ?? "",
        ]
      },
      caption: "\(member.label) against \(members[0].label), paired by window of held-out text: "
        + "bootstrap interval of the mean difference and sign-flip p-value.")
  }

  /// Perplexity of every run by domain.
  var perplexities: Plot {
    Plot(
      title: "Held-out perplexity", x: .categories(members[0].evaluation.domains.map(\.domain)),
      y: PlotAxis("perplexity", includesZero: true),
      series: members.map { .bars($0.label, $0.evaluation.domains.map(\.perplexity)) }, width: 820)
  }

  private var samples: [Report.Block] {
    let prompts = members[0].samples.map(\.prompt)
    guard !prompts.isEmpty else { return [] }
    var blocks: [Report.Block] = [
      .heading("Samples"), .paragraph("Temperature 0.8, top-p 0.95; the prompt is in brackets."),
    ]
    for prompt in prompts {
      for member in members {
        guard let sample = member.samples.first(where: { $0.prompt == prompt }) else { continue }
        blocks.append(.heading(member.label, level: 3))
        blocks.append(.code("[\(sample.prompt)]\(sample.text)"))
      }
    }
    return blocks
  }
}
