// The second stage: the crop of a region, questions on it, and whether they hold for the full picture.
// Not here: answers (AnswerStage.swift).
import Chat
import Media

/// Writes and validates the questions of one region at a time.
package struct AskStage: WorkStage {
  package let context: BuildContext

  package init(_ context: BuildContext) { self.context = context }

  package func open(limit: Int) throws(ZoomError) -> [RegionWork] {
    try context.store.openRegions(limit: limit)
  }

  package func work(on unit: RegionWork) async throws -> (RegionRecord, [QuestionRecord]) {
    var region = unit.region
    (region.state, region.verdict, region.reason) = (.done, .none, "")
    let loaded = try context.load(unit.image)
    let crop = try writtenCrop(of: region, loaded)
    let count = context.config.questions.perRegion
    let texts = try await context.teachers.read(
      .ask, ["count": String(count)], images: [crop], as: .questions)
    guard !texts.isEmpty else {
      (region.state, region.verdict, region.reason) = (.rejected, .noQuestion, "the teacher wrote none")
      return (region, [])
    }
    var questions: [QuestionRecord] = []
    var forms: Set<String> = []
    for text in texts.prefix(count) {
      var question = QuestionRecord(
        id: ContentName.of([region.id, text]), region: region.id, text: text, dimension: "", answer: "", agreed: 0,
        votes: 0, state: .pending, verdict: .none, reason: "")
      guard !questions.contains(where: { $0.id == question.id }) else { continue }
      if !forms.insert(AnswerNormalization.form(of: text)).inserted {
        (question.state, question.verdict, question.reason) = (.rejected, .repeated, "asked before")
      } else if context.config.questions.validates {
        try await validate(&question, loaded.sent, crop)
      }
      questions.append(question)
    }
    return (region, questions)
  }

  package func commit(_ outcome: (RegionRecord, [QuestionRecord])) throws(ZoomError) {
    try context.store.save(outcome.0, outcome.1)
  }

  package func fail(_ unit: RegionWork, reason: String) throws(ZoomError) {
    var region = unit.region
    (region.state, region.verdict, region.reason) = (.failed, .error, reason)
    try context.store.save(region, [])
  }

  private func validate(_ question: inout QuestionRecord, _ full: ChatImage, _ crop: ChatImage) async throws {
    let verdict = try await context.teachers.read(
      .validate, ["question": question.text], images: [full, crop], as: .validation)
    guard !verdict.isValid else { return }
    (question.state, question.verdict, question.reason) = (.rejected, .validation, verdict.reason)
  }

  /// Cuts, enlarges and writes the crop.
  private func writtenCrop(of region: RegionRecord, _ loaded: LoadedImage) throws -> ChatImage {
    let config = context.config.crop
    guard let cut = loaded.image.cropped(to: config.part(of: region.box), rounding: .outward) else {
      throw ZoomError.empty(what: "pixel in the region", hint: "its box lies outside of the picture.")
    }
    func side(_ pixels: Int) -> Int { max(1, Int((Double(pixels) * config.scale).rounded())) }
    let crop = cut.resized(to: ImageSize(width: side(cut.width), height: side(cut.height)))
    let bytes = try ImageFile.encode(crop, as: config.encoding)
    try BuildFolder.write(bytes, to: context.folder.crop(region.id, config.encoding))
    return ChatImage(bytes: bytes, mediaType: config.encoding.format.mediaType)
  }
}
