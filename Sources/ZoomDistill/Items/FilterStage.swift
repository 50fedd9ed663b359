// The last stage: the picture with the box, the options, and how hard the item is.
// Not here: agreement on the answer (Answers), the dataset (Export).
import Chat
import Foundation
import Media
import Tensor

/// Makes and tries one item at a time.
package struct FilterStage: WorkStage {
  package let context: BuildContext
  /// What is added to a question about a picture with a box.
  package static let boxHint = "Answer only about what is inside the red box."

  package init(_ context: BuildContext) { self.context = context }

  /// Questions with an answer and without a finished item.
  package func open(limit: Int) throws(ZoomError) -> [QuestionWork] {
    guard context.teachers.serves(.distract) else { throw .nobody(purpose: "distract") }
    guard context.config.items.attempts == 0 || context.teachers.serves(.solve) else { throw .nobody(purpose: "solve") }
    return try context.store.questionsWithoutItem(limit: limit)
  }

  package func work(on unit: QuestionWork) async throws -> ItemRecord {
    var item = ItemRecord(
      id: unit.question.id, options: "[]", correct: 0, solved: 0, attempts: 0, state: .done, verdict: .none, reason: "")
    let picture = try writtenPicture(of: unit)
    let wrong = try await distractors(for: unit.question, picture)
    guard wrong.count >= context.config.items.distractors else {
      (item.state, item.verdict) = (.rejected, .distractors)
      item.reason = "\(wrong.count) wrong options that differ, fewer than \(context.config.items.distractors)"
      return item
    }
    var random = context.random("options", unit.question.id)
    let options = random.shuffled([unit.question.answer] + wrong)
    item.options = String(decoding: try JSONEncoder().encode(options), as: UTF8.self)
    item.correct = options.firstIndex(of: unit.question.answer) ?? 0
    try await solve(&item, unit.question, options, picture)
    return item
  }

  package func commit(_ item: ItemRecord) throws(ZoomError) {
    try context.store.save(item)
  }

  package func hasFailed(_ item: ItemRecord) -> Bool { item.state == .failed }

  package func fail(_ unit: QuestionWork, reason: String) throws(ZoomError) {
    let item = ItemRecord(
      id: unit.question.id, options: "[]", correct: 0, solved: 0, attempts: 0, state: .failed, verdict: .error,
      reason: reason)
    try context.store.save(item)
  }

  /// Draws the box and writes the picture; several questions of a region share it.
  private func writtenPicture(of unit: QuestionWork) throws -> ChatImage {
    let config = context.config.items
    let url = context.folder.boxed(unit.region.id, config.encoding)
    if let bytes = try? ImageFile.bytes(of: url) {
      return ChatImage(bytes: bytes, mediaType: config.encoding.format.mediaType)
    }
    var image = try context.load(unit.image).image
    let box = unit.region.box.expanded(by: config.expand).clipped(to: image.size)
    image.drawOutline(of: box, color: .red, style: config.outline)
    let bytes = try ImageFile.encode(image, as: config.encoding)
    try BuildFolder.write(bytes, to: url)
    return ChatImage(bytes: bytes, mediaType: config.encoding.format.mediaType)
  }

  /// Wrong options that are neither the answer nor each other in other words.
  private func distractors(for question: QuestionRecord, _ picture: ChatImage) async throws -> [String] {
    let config = context.config.items
    let values = [
      "question": Self.boxed(question.text), "answer": question.answer, "count": String(config.distractors),
    ]
    var accepted: [String] = []
    for sample in 0..<config.distractorTries where accepted.count < config.distractors {
      let texts = try await context.teachers.read(
        .distract, values, images: [picture], sample: sample, as: .options)
      for text in texts where accepted.count < config.distractors {
        let differs = ([question.answer] + accepted).allSatisfy { other in
          // What might be the same thing in other words is no wrong option.
          [.different, .open(.wording)].contains(AnswerRelation(other, text))
        }
        if differs, !AnswerNormalization.form(of: text).isEmpty { accepted.append(text) }
      }
    }
    return accepted
  }

  /// Lets the solver try. Attempts without a reply are neither right nor wrong: where they could decide, the item is
  /// unmeasured.
  private func solve(
    _ item: inout ItemRecord, _ question: QuestionRecord, _ options: [String], _ picture: ChatImage
  ) async throws {
    let config = context.config.items
    guard config.attempts > 0 else { return }
    let text = Self.boxed(question.text)
    let key = AnswerKey(
      question: text, answer: AnswerKey.letter(item.correct), options: options, format: .choice)
    let lines = options.enumerated().map { "\(AnswerKey.letter($0.offset)). \($0.element)" }
    for sample in 0..<config.attempts {
      do {
        let isRight = try await context.teachers.read(
          .solve, ["question": text, "options": lines.joined(separator: "\n")], images: [picture], sample: sample,
          as: .choice(key))
        item.attempts += 1
        if isRight { item.solved += 1 }
      } catch let error where error == .cancelled || error.isFatal {
        throw error
      } catch {
        item.reason = error.kind
      }
    }
    let missing = config.attempts - item.attempts
    if item.solved > config.solvedAtMost {
      (item.state, item.verdict) = (.rejected, .easy)
      item.reason = "\(item.solved) of \(config.attempts) attempts were right"
    } else if item.solved + missing > config.solvedAtMost {
      item.verdict = .unmeasured
      item.state = config.unmeasured == .keep ? .done : .failed
      item.reason = "\(missing) of \(config.attempts) attempts brought no reply (\(item.reason))"
    } else {
      item.reason = ""
    }
  }

  /// A question about what a box marks.
  package static func boxed(_ question: String) -> String { "\(question) \(boxHint)" }
}
