// One item as it is exported: the canonical row, and the forms that trainers read.
// Not here: files and folders (DatasetExport.swift).
import Foundation
import Lab
import Media
import Tensor

/// The canonical row of an item; its names are the keys of `dataset.jsonl`.
package struct ExportRow: Codable, Equatable, Sendable {
  /// Digest of region and question.
  package var id: String
  package var split: String
  /// The picture to train on, from the folder of the dataset.
  package var image: String
  /// The enlarged region that the teachers saw.
  package var crop_image: String
  /// The question as the teachers had it.
  package var question: String
  /// The question that goes with the picture; with a hint where a box is drawn.
  package var prompt: String
  package var answer: String
  package var options: [String]
  /// The letter of the answer.
  package var letter: String
  package var dimension: String
  /// What the region shows.
  package var object: String
  /// x1, y1, x2, y2 in pixels of the picture.
  package var bbox: [Double]
  package var width: Int
  package var height: Int
  /// Whether the box is drawn on the picture.
  package var boxed: Bool
  /// Votes for the answer, and all votes.
  package var agreed: Int
  package var votes: Int
  /// Right attempts of the solver, and all attempts; an attempt without a reply is none.
  package var solved: Int
  package var attempts: Int
  /// Whether the difficulty was measured.
  package var measured: Bool
  /// Whether the audit page shows it.
  package var audit: Bool
  package var source: Source

  /// Where a picture comes from.
  package struct Source: Codable, Equatable, Sendable {
    package var path: String
    package var sha256_prefix: String
    package var licence: String
    package var origin: String
  }

  /// The question with its options and what to reply.
  package var problem: String {
    let lines = options.enumerated().map { "\(AnswerKey.letter($0.offset)). \($0.element)" }
    return "\(prompt)\n\n\(lines.joined(separator: "\n"))\n\nReply with the letter of the correct option."
  }

  /// A row for trainers by reinforcement: one `<image>` for the one picture.
  package var reinforcement: [String: any Sendable] {
    [
      "images": [image], "problem": "<image>" + problem, "answer": letter, "data_source": "zoom-distill",
      "ability": dimension, "extra_info": ["id": id, "question": question, "answer_text": answer, "split": split],
    ]
  }

  /// A conversation for supervised fine-tuning.
  package var conversation: [String: any Sendable] {
    let user: [[String: String]] = [["type": "image", "image": image], ["type": "text", "text": problem]]
    let assistant: [[String: String]] = [["type": "text", "text": letter]]
    return [
      "id": id,
      "messages": [
        ["role": "user", "content": user] as [String: any Sendable],
        ["role": "assistant", "content": assistant] as [String: any Sendable],
      ],
    ]
  }
}

extension BuildContext {
  /// Calls `body` with the row of each finished item, by picture, region and question: one row is in memory at a time.
  ///
  /// - Throws: ``ZoomError``; what `body` throws.
  package func forEachExportRow(_ body: (ExportRow) throws -> Void) throws {
    try store.forEachHistory(.finishedByPicture) { history in
      guard let item = history.item,
        let options = try? JSONDecoder().decode([String].self, from: Data(item.options.utf8)),
        options.indices.contains(item.correct)
      else {
        throw ZoomError.state(path: folder.state.path, reason: "the item '\(history.work.question.id)' has no options")
      }
      try body(row(item, history.work, options))
    }
  }

  /// All rows at once, for datasets that are small.
  ///
  /// - Throws: ``ZoomError``.
  package func exportRows() throws -> [ExportRow] {
    var rows: [ExportRow] = []
    try forEachExportRow { rows.append($0) }
    return rows
  }

  /// The ending of a picture's own name if it is one of those of its kinds; what its first bytes say otherwise.
  private func ending(of image: ImageRecord) throws(ZoomError) -> String {
    let ending = (image.path as NSString).pathExtension.lowercased()
    guard !["png", "jpg", "jpeg"].contains(ending) else { return ending }
    do {
      return try ImageFile.inspect(input.file(image.path), limits: config.images.limits).format.fileExtension
    } catch {
      throw .source(path: image.path, reason: "\(error)")
    }
  }

  private func row(_ item: ItemRecord, _ unit: QuestionWork, _ options: [String]) throws(ZoomError) -> ExportRow {
    let (question, region, image) = (unit.question, unit.region, unit.image)
    var place = random("split", image.id)
    let split = place.uniform() < config.export.validation ? "validation" : "train"
    var half = random("view", item.id)
    let boxed =
      switch config.export.view {
      case .boxed: true
      case .plain: false
      case .mixed: half.uniform() < 0.5
      }
    let ending = boxed ? config.items.encoding.format.fileExtension : try self.ending(of: image)
    var audit = random("audit", item.id)
    return ExportRow(
      id: item.id, split: split, image: "\(split)/\(boxed ? region.id : image.id).\(ending)",
      crop_image: "crops/\(region.id).\(config.crop.encoding.format.fileExtension)", question: question.text,
      prompt: boxed ? FilterStage.boxed(question.text) : question.text, answer: question.answer, options: options,
      letter: AnswerKey.letter(item.correct), dimension: question.dimension, object: region.name,
      bbox: [region.left, region.top, region.right, region.bottom], width: image.width, height: image.height,
      boxed: boxed, agreed: question.agreed, votes: question.votes, solved: item.solved, attempts: item.attempts,
      measured: config.items.attempts > 0 && item.verdict != .unmeasured, audit: audit.uniform() < config.items.audit,
      source: .init(
        path: image.path, sha256_prefix: image.id, licence: image.licence, origin: image.origin))
  }
}
