// A part that is added to a report on disk: both documents, their figures, and what happens without a report.
import Foundation
import Lab
import Testing

@Suite("Appending to a report")
struct ReportAppendTests {
  private func plot(_ title: String) -> Report.Figure {
    Report.Figure(
      Plot(
        title: title, x: PlotAxis("x"), y: PlotAxis("y"), series: [PlotSeries("s", points: [PlotPoint(x: 0, y: 1)])]),
      caption: title)
  }

  @Test("the part comes last, and no figure replaces another")
  func parts() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "append-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try Report(title: "First", blocks: [.paragraph("one"), .figure(plot("A"))]).write(to: folder)
    try Report(title: "Second", subtitle: "two", blocks: [.figure(plot("B"))]).append(toReportIn: folder)
    try Report(title: "Third", blocks: [.figure(plot("C"))]).append(toReportIn: folder)
    let html = try String(contentsOf: folder.appending(path: "index.html"), encoding: .utf8)
    let places = ["First", "Second", "Third"].compactMap { html.range(of: ">\($0)</h")?.lowerBound }
    #expect(places.count == 3 && places == places.sorted())
    #expect(html.components(separatedBy: "</main>").count == 2)
    let markdown = try String(contentsOf: folder.appending(path: "report.md"), encoding: .utf8)
    for number in 1...3 {
      #expect(markdown.contains("figures/figure-\(number).svg"))
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: "figures/figure-\(number).svg").path))
    }
  }

  @Test("without a report there is an error that names the file")
  func missing() {
    #expect(throws: FileError.self) {
      try Report(title: "x").append(toReportIn: FileManager.default.temporaryDirectory.appending(path: "no-report"))
    }
    #expect(throws: FileError.self) {
      try Report.requirePage(in: FileManager.default.temporaryDirectory.appending(path: "no-report"))
    }
  }
}
