// The purposes for which a teacher looks at pictures.
// Not here: purposes of text alone (SignTeacher+Text.swift).

import Chat
import Foundation
import Media
import Tensor

extension SignTeacher {
  /// The score from which on a sign is there at all; below it, noise and edges look alike.
  private static let visible = 0.2
  /// The score from which on a sign counts as a second one of its kind.
  private static let certain = 0.5
  /// The correlation from which on a view is a crop of a frame.
  private static let cropScore: Float = 0.6

  /// Every frame that it sees, each once: a lister does not count.
  func list(_ prompt: SignPrompt) throws(ChatError) -> String {
    let signs = try pictures(1, prompt)[0].signs(memory.proposer).filter { $0.score >= Self.visible }
    let names = SignFrame.allCases.filter { frame in signs.contains { $0.frame == frame } }.map(\.name)
    if names.isEmpty { return "NONE" }
    return names.enumerated().map { "\($0.offset + 1). \($0.element)" }.joined(separator: "\n")
  }

  private struct Instance: Encodable {
    var box: [Double]
    var score: Double
  }

  /// All instances of a frame.
  func ground(_ prompt: SignPrompt) throws(ChatError) -> String {
    let picture = try pictures(1, prompt)[0]
    guard let frame = SignFrame(name: try required("Object", prompt)) else { return "[]" }
    func rounded(_ value: Double, _ factor: Double) -> Double { (value * factor).rounded() / factor }
    let instances = picture.signs(memory.proposer).filter { $0.frame == frame }.map { sign in
      let box = CoordinateSpace.perMille.express(sign.box, in: picture.image.size)
      return Instance(
        box: [box.left, box.top, box.right, box.bottom].map { rounded($0, 10) }, score: rounded(sign.score, 1000))
    }
    return try json(instances)
  }

  private struct Asked: Encodable { var question: String }

  /// Three ways to ask for what it recognizes, some of them replaced by questions that nobody can answer.
  func ask(_ prompt: SignPrompt, sample: Int) throws(ChatError) -> String {
    let retina = try pictures(1, prompt)[0].retina(config.retina)
    let found = reader.locator.identify(in: retina.bounds, of: retina)
    guard found.sight.score >= Self.cropScore else { return "[]" }
    let detail = reader.recognize(found.frame, from: retina, at: found.sight)
    let question = SignQuestion(dimension: detail.dimension, frame: found.frame)
    var random = RandomSource(seed: retina.fingerprint).split("ask").split(sample)
    let questions = random.permutation(SignQuestion.paraphrases).prefix(3).map { paraphrase in
      let isUnanswerable = random.uniform() < config.unanswerable
      let choice = random.integer(below: 1 << 16)
      let text =
        isUnanswerable
        ? SignQuestion.unanswerable(found.frame, choice: choice) : question.text(paraphrase: paraphrase)
      return Asked(question: text + "?")
    }
    return try json(questions)
  }

  /// Whether a question about a crop has one answer, which the full image confirms.
  func validate(_ prompt: SignPrompt) throws(ChatError) -> String {
    let pictures = try pictures(2, prompt)
    let text = try required("Question", prompt)
    let reason = objection(to: text, full: pictures[0], crop: pictures[1])
    return "VALID: \(reason == nil ? "Yes" : "No")\nREASON: \(reason ?? "one sign is meant, and the crop shows it.")"
  }

  private func objection(to text: String, full: SignPicture, crop: SignPicture) -> String? {
    guard let question = SignQuestion(text) else { return "the crop alone does not answer this." }
    let retina = crop.retina(config.retina)
    let found = reader.locator.identify(in: retina.bounds, of: retina)
    guard found.sight.score >= Self.cropScore else { return "the crop shows no sign clearly." }
    guard found.frame == question.frame else {
      return "the crop shows a \(found.frame.name), not a \(question.frame.name)."
    }
    let detail = reader.recognize(found.frame, from: retina, at: found.sight)
    guard detail.dimension == question.dimension else {
      return "the crop shows nothing that belongs to \(question.dimension.rawValue)."
    }
    let count = full.signs(memory.proposer).count { $0.frame == question.frame && $0.score >= Self.certain }
    return count == 1 ? nil : "the full image shows \(count) signs of this kind: \(question.frame.name)."
  }

  /// What a picture shows, in answer tags; `unknown` for questions that it does not understand.
  func answer(_ prompt: SignPrompt, sample: Int?) throws(ChatError) -> String {
    let question = SignQuestion(try required("Question", prompt))
    if prompt.offersTool, let question {
      switch try turn(question, prompt, side: config.retina) {
      case .zoom(let call): return call
      case .read(let picture, let sight):
        let retina = picture.retina(config.retina)
        return "<answer>\(reader.read(question, from: retina, at: sight, sample: sample))</answer>"
      }
    }
    let picture = try pictures(1, prompt)[0]
    guard let question else { return "<answer>unknown</answer>" }
    return "<answer>\(read(question, picture, side: config.retina, region: prompt.region, sample: sample))</answer>"
  }

  /// The letter of the option that a boxed picture shows; the first for questions that it does not understand.
  func solve(_ prompt: SignPrompt, sample: Int?) throws(ChatError) -> String {
    let options = prompt.options
    let texts = options.map { SignAnswer.normal($0.text) }
    guard let first = options.first else { throw malformed("expected options as lines 'A. …', got none") }
    guard let question = SignQuestion(try required("Question", prompt)) else {
      return "<answer>\(first.letter)</answer>"
    }
    let side = config.solvingRetina
    let answer: String
    if prompt.offersTool {
      switch try turn(question, prompt, side: side) {
      case .zoom(let call): return call
      case .read(let picture, let sight):
        answer = reader.read(question, from: picture.retina(side), at: sight, options: texts, sample: sample)
      }
    } else {
      answer = read(
        question, try pictures(1, prompt)[0], side: side, region: prompt.region, sample: sample, options: texts)
    }
    let letter = options.first { SignAnswer.normal($0.text) == answer }?.letter ?? first.letter
    return "<answer>\(letter)</answer>"
  }

  /// Reads where the prompt says, in a red box, in a crop, or anywhere, in this order.
  private func read(
    _ question: SignQuestion, _ picture: SignPicture, side: Int, region: BoundingBox?, sample: Int?,
    options: [String] = []
  ) -> String {
    let retina = picture.retina(side)
    let sight: SignSight
    if let region {
      let size = ImageSize(width: side, height: side)
      let box = CoordinateSpace.perMille.pixels(region, in: size).clipped(to: size)
      sight = SignSight(box: box.area > 0 ? box : retina.bounds, score: 1)
    } else {
      let key = SignPicture.SightKey(side: side, question: question, place: .anywhere)
      sight = picture.sight(key) { look(for: question, on: retina) }
    }
    return reader.read(question, from: retina, at: sight, options: options, sample: sample)
  }

  private func look(for question: SignQuestion, on retina: Retina) -> SignSight {
    let near = reader.sight(for: question, in: retina, at: .crop)
    if near.score >= Self.cropScore { return near }
    if let box = RedBox.find(on: retina) {
      return reader.locator.locate(question.frame, in: box, of: retina, margins: [0.03, 0.06, 0.09, 0.12, 0.16])
    }
    return reader.sight(for: question, in: retina, at: .anywhere)
  }
}
