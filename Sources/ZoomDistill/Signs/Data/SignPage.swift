// A page that shows scenes of signs with the truth drawn over them.
// Not here: the folder they lie in (SignFolder.swift), reports as such (Lab).

import Foundation
public import Lab
import Media

/// Scenes as a report.
public struct SignPage: Sendable {
  private let scenes: [(truth: SignSceneTruth, picture: Data)]
  private let total: [SignSceneTruth]

  /// A page.
  ///
  /// - Parameters:
  ///   - folder: where the scenes are.
  ///   - ids: which scenes are shown.
  /// - Throws: ``SignFolderError`` for a folder without truth, or without one of the scenes.
  public init(_ folder: SignFolder, ids: [String]) throws {
    total = try folder.truths()
    var known: [String: SignSceneTruth] = [:]
    for truth in total { known[truth.id] = truth }
    scenes = try ids.map { id in
      guard let truth = known[id], let data = FileManager.default.contents(atPath: folder.picture(id).path) else {
        throw SignFolderError.folder(
          path: folder.url.relativePath, problem: "expected scene '\(id)', got none of this name.")
      }
      return (truth, data)
    }
  }

  /// The page.
  public var report: Report {
    var report = Report(
      title: "Scenes of signs", subtitle: "\(scenes.count) of \(total.count) scenes, with the truth about them")
    report.append(.facts(facts))
    report.append(.table(answers))
    for (truth, picture) in scenes {
      report.append(.heading(truth.id))
      report.append(
        .figure(
          .init(
            .svg(Self.drawing(truth, picture)),
            caption: "Green: passes every filter. Orange: faded detail. Blue: the frame appears twice. "
              + "Purple: a tenth of the scene or more. Red: low contrast.")))
      report.append(.details("Signs of \(truth.id)", [.table(Self.table(truth))]))
    }
    return report
  }

  private var facts: [Report.Fact] {
    let signs = total.flatMap(\.signs)
    func share(_ isCounted: (SignTruth) -> Bool) -> RichText {
      let count = signs.count(where: isCounted)
      return RichText(
        "\(count) (\(NumberText.fixed(100 * Double(count) / Double(max(1, signs.count)), decimals: 1)) %)")
    }
    return [
      .init("Scenes", RichText("\(total.count)")), .init("Signs", RichText("\(signs.count)")),
      .init("Pass every filter", share(\.isPlain)), .init("Frame appears twice", share(\.isDuplicate)),
      .init("Oversized", share(\.isOversized)), .init("Low contrast", share(\.isFaint)),
      .init("Faded detail", share(\.isFaded)),
    ]
  }

  private var answers: Table {
    let signs = total.flatMap(\.signs)
    return Table(
      columns: [.text("dimension"), .number("signs"), .text("answers")],
      rows: Dimension.allCases.map { dimension in
        let part = signs.filter { $0.dimension == dimension }
        let counts = dimension.signAnswers.map { answer in "\(answer) \(part.count { $0.answer == answer })" }
        return [
          Table.Cell(RichText(dimension.rawValue)), .integer(part.count),
          Table.Cell(RichText(counts.joined(separator: ", "))),
        ]
      })
  }

  private static func color(_ sign: SignTruth) -> String {
    if sign.isFaint { return "#c62828" }
    if sign.isOversized { return "#6a1b9a" }
    if sign.isDuplicate { return "#1565c0" }
    return sign.isFaded ? "#ef6c00" : "#2e7d32"
  }

  private static func drawing(_ truth: SignSceneTruth, _ picture: Data) -> String {
    let (width, height) = (truth.size.width, truth.size.height)
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(3 * width)" role="img">
      <image width="\(width)" height="\(height)" style="image-rendering: pixelated" \
      href="data:image/png;base64,\(picture.base64EncodedString())"/>

      """
    for sign in truth.signs {
      func text(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
      let color = color(sign), box = sign.box
      svg += """
        <rect x="\(text(box.left - 1))" y="\(text(box.top - 1))" width="\(text(box.width + 2))" \
        height="\(text(box.height + 2))" fill="none" stroke="\(color)" stroke-width="0.7"/>
        <text x="\(text(box.left))" y="\(text(box.bottom + 5.5))" font-size="5" font-family="sans-serif" \
        fill="\(color)">\(SVGWriter.escaped(sign.answer))</text>

        """
    }
    return svg + "</svg>"
  }

  private static func table(_ truth: SignSceneTruth) -> Table {
    Table(
      columns: [
        .text("frame"), .text("dimension"), .text("answer"), .number("side (px)"), .number("area (%)"),
        .text("planted"),
      ],
      rows: truth.signs.map { sign in
        let planted = [
          sign.isDuplicate ? "duplicate" : nil, sign.isOversized ? "oversized" : nil,
          sign.isFaint ? "low contrast" : nil, sign.isFaded ? "faded" : nil,
        ].compactMap { $0 }
        return [
          Table.Cell(RichText(sign.frame.name)), Table.Cell(RichText(sign.dimension.rawValue)),
          Table.Cell(RichText(sign.answer)), .number(sign.box.width, decimals: 1),
          .number(100 * sign.box.area / Double(truth.size.area), decimals: 1),
          Table.Cell(RichText(planted.joined(separator: ", "))),
        ]
      })
  }
}
