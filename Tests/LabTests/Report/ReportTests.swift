// Reports: Markdown that renders as meant, HTML that needs nothing else.

import Foundation
import FoundationXML
import Lab
import Testing

enum SampleReport {
  static let table = Table(
    columns: [
      .text("model"), .number("parameters"), .number("loss (nats)", best: .lowest),
      .number("speed (tokens/s)", best: .highest),
    ],
    rows: [
      [
        Table.Cell(.code("baseline.yaml")), .integer(12_345_678), .number(3.4123, decimals: 3, margin: 0.021),
        .number(10_250, decimals: 0),
      ],
      [
        Table.Cell(.code("moda.yaml")), .integer(12_420_112), .number(3.2871, decimals: 3, margin: 0.019),
        .number(9_870, decimals: 0),
      ],
      ["diverged", "–", .number(.nan, decimals: 3), .number(10_250, decimals: 0)],
    ],
    caption: "Three seeds each; ± is half of the 95% interval.")

  static let report = Report(
    title: "Baseline & MoDA on <real> text", subtitle: "moda-lm, 2026-11-30, 2 cores",
    blocks: [
      .facts([
        Report.Fact("Status", "finished"), Report.Fact("Time", "11:42"), Report.Fact("Seeds", "1, 2, 3"),
        Report.Fact("Commit", .code("0123456789ab")), Report.Fact("Machine", "Test CPU, 2 cores"),
        Report.Fact("Tokens", "1,048,576"),
      ]),
      .paragraph(
        "MoDA reaches the baseline's loss in " + .strong("18% fewer steps") + "; see " + .code("Configs/moda/*.yaml")
          + " and " + .link("the log", to: "../log.txt") + "."),
      .heading("Training"),
      .figure(Report.Figure(SampleFigures.training, caption: "Raw values are faint, the trend is strong.")),
      .heading("Results"),
      .table(table),
      .heading("Domains", level: 3),
      .gallery([Report.Figure(SampleFigures.bars), Report.Figure(SampleFigures.bands)]),
      .figure(Report.Figure(SampleFigures.attention, caption: "Where the depth attention looks.")),
      .list(["first *point*", "second " + .code("a|b")]),
      .heading("Sample"),
      .code("Once upon a time <unk> & ```so``` on,\n\tit was \"late\".\n", language: "text"),
      .details("Configuration", [.code("seed: 1\nmodel:\n  width: 64\n", language: "yaml")]),
    ])
}

@Suite struct ReportTests {
  @Test func tablesInMarkdown() {
    let text = Report(title: "T", blocks: [.table(SampleReport.table)]).markdown
    #expect(
      text == """
        # T

        **Three seeds each; ± is half of the 95% interval.**

        | model | parameters | loss (nats) | speed (tokens/s) |
        | :--- | ---: | ---: | ---: |
        | `baseline.yaml` | 12,345,678 | 3.412 ± 0.021 | **10250** |
        | `moda.yaml` | 12,420,112 | **3.287 ± 0.019** | 9870 |
        | diverged | – | nan | **10250** |

        """)
  }

  @Test func markdown() {
    let text = SampleReport.report.markdown
    #expect(
      text.hasPrefix(
        "# Baseline \\& MoDA on \\<real\\> text\n\nmoda-lm, 2026-11-30, 2 cores\n\n- **Status:** finished\n"))
    #expect(text.contains("loss in **18% fewer steps**; see `Configs/moda/*.yaml` and [the log](<../log.txt>)."))
    #expect(text.contains("![Raw values are faint, the trend is strong.](figures/figure-1.svg)"))
    #expect(text.contains("(figures/figure-4.svg)"))
    #expect(text.contains("- first \\*point\\*\n- second `a|b`"))
    #expect(text.contains("````text\nOnce upon a time <unk> & ```so``` on,"))
    #expect(text.contains("<details><summary>Configuration</summary>\n\n```yaml\nseed: 1\nmodel:\n  width: 64\n```"))
  }

  @Test func plainText() {
    let report = Report(
      title: "Dry run",
      blocks: [
        .facts([Report.Fact("parameters", "1,000"), Report.Fact("FLOPs", "2.0 G")]), .table(SampleReport.table),
        .details("Configuration", [.code("seed: 1\n")]),
      ])
    #expect(
      report.plainText == """
        Dry run
        =======

        parameters  1,000
        FLOPs       2.0 G

        Three seeds each; ± is half of the 95% interval.

        model          parameters     loss (nats)  speed (tokens/s)
        -------------  ----------  --------------  ----------------
        baseline.yaml  12,345,678   3.412 ± 0.021            10250*
        moda.yaml      12,420,112  3.287 ± 0.019*              9870
        diverged                –             nan            10250*

        Configuration:

          seed: 1


        """)
  }

  @Test func htmlIsWellFormedAndNeedsNothingElse() throws {
    let html = SampleReport.report.html
    let reader = HTMLReader()
    #expect(reader.read(html), "\(reader.problem)")
    #expect(reader.external.isEmpty, "\(reader.external)")
    #expect(reader.counts["svg"] == 4)
    #expect(reader.counts["table"] == 1)
    #expect(reader.counts["details"] == 1)
    #expect(html.contains("Baseline &amp; MoDA on &lt;real&gt; text"))
    #expect(html.contains("<td class=\"number\"><strong>3.287 ± 0.019</strong></td>"))
    #expect(!html.contains("<script"))
    #expect(!html.contains("@import") && !html.contains("url(http"))
    #expect(html.contains("prefers-color-scheme: dark"))
    // Identifiers inside figures must not meet on one page.
    #expect(Set(reader.identifiers).count == reader.identifiers.count, "\(reader.identifiers)")
  }

  @Test func hostileTextsStayText() {
    let attack = "</title><script>alert(1)</script>\" onload=\"x' & \u{0}\u{1B}[31m"
    let report = Report(
      title: attack, subtitle: attack,
      blocks: [
        .heading(attack), .paragraph(RichText(attack) + .code(attack) + .strong(attack) + .link(attack, to: attack)),
        .list([RichText(attack)]), .code(attack), .facts([Report.Fact(attack, RichText(attack))]),
        .table(Table(columns: [.text(attack)], rows: [[Table.Cell(RichText(attack))]], caption: attack)),
        .figure(Report.Figure(.image(Data([1, 2, 3]), mediaType: "image/png"), caption: attack)),
        .details(attack, [.paragraph(RichText(attack))]),
      ])
    let reader = HTMLReader()
    #expect(reader.read(report.html), "\(reader.problem)")
    #expect(!report.html.contains("<script"))
    #expect(reader.counts["img"] == 1)
  }

  @Test func writesFilesThatLinkToEachOther() throws {
    let directory = try TestDirectory()
    try SampleReport.report.write(to: directory.file("report"))
    let names = try FileManager.default.subpathsOfDirectory(atPath: directory.file("report").path).sorted()
    #expect(
      names == [
        "figures", "figures/figure-1.svg", "figures/figure-2.svg", "figures/figure-3.svg", "figures/figure-4.svg",
        "index.html", "report.md",
      ])
    #expect(try directory.text("report/figures/figure-1.svg") == SampleFigures.training.svg)
  }

  @Test func everyRunHasAReport() throws {
    let directory = try TestDirectory()
    let clock = FakeClock()
    do {
      let run = try Run.create(
        experiment: "test", config: ResolvedConfig(SampleConfig.base), at: directory.file("run"),
        context: testContext(clock))
      for step in 1...300 {
        clock.advance(1)
        try run.metrics.log(
          step: step, ["train/loss": 3 + 5 / Double(step), "speed/rate_tokens-per-s": 1000 + Double(step % 7)])
      }
      try run.finish(.finished)
    }
    let record = try RunRecord(directory.file("run"))
    let report = Report(of: [record])
    let reader = HTMLReader()
    #expect(reader.read(report.html), "\(reader.problem)")
    #expect(reader.counts["svg"] == 2)
    #expect(report.markdown.contains("- **Status:** finished"))
    #expect(report.markdown.contains("- **Time:** 5:00"))
    #expect(report.html.contains("rate (tokens per s)"))
    #expect(Report(of: [record, record]).html.contains("2 runs of test"))
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["LAB_FIGURES"] != nil, "only on request"))
  func writeForTheEye() throws {
    try SampleReport.report.write(
      to: URL(fileURLWithPath: ProcessInfo.processInfo.environment["LAB_FIGURES"] ?? "").appending(path: "report"))
  }
}

/// Reads HTML as XML and collects what a page may not have.
private final class HTMLReader: NSObject, XMLParserDelegate {
  var counts: [String: Int] = [:]
  var external: [String] = []
  var identifiers: [String] = []
  var problem = ""

  func read(_ html: String) -> Bool {
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    let isGood = parser.parse()
    if !isGood { problem = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    return isGood
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    counts[name, default: 0] += 1
    if let identifier = attributes["id"] { identifiers.append(identifier) }
    if name == "link" || name == "script" || name == "iframe" { external.append(name) }
    if let source = attributes["src"], !source.hasPrefix("data:") { external.append(source) }
    for attribute in attributes.keys where attribute.hasPrefix("on") { external.append(attribute) }
  }
}
