// Single items as a person judges them: the picture with its box, the crop, the question, every answer, the verdict.
// Not here: tables about the whole build (BuildReport.swift).
import Chat
import Foundation
package import Lab
import Media

/// A page of items, kept and dropped, drawn by the seed.
package struct AuditPage {
  private let context: BuildContext

  package init(_ context: BuildContext) { self.context = context }

  /// The page.
  ///
  /// - Parameter count: items at most of each outcome.
  /// - Throws: ``ZoomError``.
  package func report(count: Int) throws -> Report {
    var total = 0
    var groups: [String: Group] = [:]
    try context.store.forEachHistory(.identity) { history in
      let question = history.work.question
      var random = context.random("audit page", question.id)
      total += 1
      groups[Self.outcome(question, history.item), default: Group()].add(history, place: random.next(), limit: count)
    }
    var report = Report(
      title: "Audit", subtitle: "\(total) questions; at most \(count) of each outcome, drawn by the seed")
    report.append(
      .table(
        Table(
          columns: [.text("outcome"), .number("questions")],
          rows: groups.sorted { $0.key < $1.key }.map { [Table.Cell(RichText($0.key)), .integer($0.value.count)] })))
    for (outcome, group) in groups.sorted(by: { $0.key < $1.key }) {
      report.append(.heading("\(outcome) (\(group.count))"))
      for (_, history) in group.drawn {
        let unit = history.work
        report.append(.heading(unit.question.text, level: 3))
        report.append(.gallery(figures(unit)))
        report.append(.facts(facts(unit, history.item)))
        report.append(.details("Answers", [.table(Self.table(try context.store.votes(on: unit.question.id)))]))
      }
    }
    return report
  }

  /// The questions of an outcome: their number, and those that come first in the order of the draw.
  private struct Group {
    var count = 0
    var drawn: [(place: UInt64, history: QuestionHistory)] = []

    mutating func add(_ history: QuestionHistory, place: UInt64, limit: Int) {
      count += 1
      guard drawn.count < limit || place < drawn.last?.place ?? 0 else { return }
      drawn.insert((place, history), at: drawn.firstIndex { $0.place > place } ?? drawn.endIndex)
      if drawn.count > limit { drawn.removeLast() }
    }
  }

  private static func outcome(_ question: QuestionRecord, _ item: ItemRecord?) -> String {
    switch (question.state, item?.state) {
    case (.done, .done?): item?.verdict == .unmeasured ? "kept, unmeasured" : "kept"
    case (.done, .rejected?): "dropped: \(item?.verdict.rawValue ?? "")"
    case (.done, .failed?): "held: \(item?.verdict.rawValue ?? "")"
    case (.done, _): "answered, not tried yet"
    case (.rejected, _): "rejected: \(question.verdict.rawValue)"
    case (.failed, _): "failed"
    default: "open"
    }
  }

  /// The picture, reduced where it is large, and the crop.
  private func figures(_ unit: QuestionWork) -> [Report.Figure] {
    var figures: [Report.Figure] = []
    if var image = try? context.load(unit.image).image {
      let config = context.config.items
      image.drawOutline(
        of: unit.region.box.expanded(by: config.expand).clipped(to: image.size), color: .red, style: config.outline)
      figures += figure(image, unit.region.name)
    }
    if let bytes = try? context.crop(of: unit.region).bytes, let crop = try? ImageFile.decode(bytes) {
      figures += figure(crop, "crop, as the teachers saw it")
    }
    return figures
  }

  private func figure(_ image: Image, _ caption: String) -> [Report.Figure] {
    let side = 640.0
    let factor = min(1, side / Double(max(image.width, image.height)))
    let size = ImageSize(
      width: max(1, Int(Double(image.width) * factor)), height: max(1, Int(Double(image.height) * factor)))
    let small = factor < 1 ? image.resized(to: size) : image
    guard let bytes = try? ImageFile.encode(small, as: factor < 1 ? .jpeg(quality: 85) : .png()) else { return [] }
    return [.init(.image(Data(bytes), mediaType: factor < 1 ? "image/jpeg" : "image/png"), caption: caption)]
  }

  private func facts(_ unit: QuestionWork, _ item: ItemRecord?) -> [Report.Fact] {
    let question = unit.question
    var facts: [Report.Fact] = [
      .init(
        "Picture", RichText("\(unit.image.path), \(unit.image.width) x \(unit.image.height), \(unit.image.licence)")),
      .init(
        "Region", RichText("\(unit.region.name), \(Int(unit.region.box.width)) x \(Int(unit.region.box.height)) px")),
    ]
    if question.votes > 0 {
      facts.append(.init("Answer", RichText("\(question.answer) (\(question.agreed) of \(question.votes) votes)")))
    }
    if !question.dimension.isEmpty { facts.append(.init("Dimension", RichText(question.dimension))) }
    if !question.reason.isEmpty { facts.append(.init("Reason", RichText(question.reason))) }
    if let item, let options = try? JSONDecoder().decode([String].self, from: Data(item.options.utf8)), !options.isEmpty
    {
      let lines = options.enumerated().map { "\(AnswerKey.letter($0.offset)) \($0.element)" }
      facts.append(
        .init("Options", RichText(lines.joined(separator: ", ") + "; right: \(AnswerKey.letter(item.correct))")))
      facts.append(.init("Solver", RichText("\(item.solved) of \(item.attempts) attempts right")))
    }
    if let item, !item.reason.isEmpty, item.verdict != .easy { facts.append(.init("Item", RichText(item.reason))) }
    return facts
  }

  private static func table(_ votes: [VoteRecord]) -> Table {
    Table(
      columns: [.text("saw"), .text("teacher"), .number("sample"), .text("answer")],
      rows: votes.map { vote in
        [
          Table.Cell(RichText(vote.view.rawValue)), Table.Cell(RichText(vote.teacher)), .integer(vote.sample),
          Table.Cell(RichText(vote.problem.isEmpty ? vote.text : "missing: \(vote.problem)")),
        ]
      })
  }
}
