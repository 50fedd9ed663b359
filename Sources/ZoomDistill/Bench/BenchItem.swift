// One item of a dual-view benchmark.
// Not here: files of items (BundleReader.swift, BundleWriter.swift), how an item is shown (BenchView.swift).

public import Media

/// A question about a small part of a picture, with the truth and the evidence.
public struct BenchItem: Codable, Hashable, Sendable {
  /// A name that is unique in its bundle.
  public var id: String
  /// The question, without options and picture placeholders.
  public var question: String
  /// The truth: the letter or the text of an option, or the open answer.
  public var answer: String
  /// The options in their order; empty for open questions.
  public var options: [String]
  /// How the question wants to be answered.
  public var format: AnswerFormat
  /// What the question asks about, as its source names it; see ``dimension``.
  public var category: String
  /// The full picture, relative to the bundle's folder.
  public var image: String
  /// The cropped evidence, relative to the bundle's folder; empty for none.
  public var crop: String
  /// The evidence in pixels of the full picture; nil where the source does not tell.
  public var box: BoundingBox?
  /// The licence of the picture; empty where the source does not tell.
  public var license: String
  /// Where the picture and the question come from; empty where the source does not tell.
  public var source: String
  /// `<image>` placeholders that stood in the query.
  public var placeholders: Int

  /// An item.
  public init(
    id: String, question: String, answer: String, options: [String] = [], format: AnswerFormat, category: String = "",
    image: String, crop: String = "", box: BoundingBox? = nil, license: String = "", source: String = "",
    placeholders: Int = 0
  ) {
    self.id = id
    self.question = question
    self.answer = answer
    self.options = options
    self.format = format
    self.category = category
    self.image = image
    self.crop = crop
    self.box = box
    self.license = license
    self.source = source
    self.placeholders = placeholders
  }

  /// The dimension that ``category`` names; nil for others.
  public var dimension: Dimension? { Dimension(named: category) }

  /// The key against which replies are graded, with the options in their own order.
  public var key: AnswerKey { AnswerKey(question: question, answer: answer, options: options, format: format) }

  /// The truth as its text: the option's where there is one.
  public var answerText: String {
    guard format == .choice, let index = key.correctOption, options.indices.contains(index) else { return answer }
    return options[index]
  }
}

extension Dimension {
  /// The dimension that a text names, in the wording of the paper, of released files, or in one word.
  public init?(named text: String) {
    let words = text.lowercased()
    let names: [(Dimension, [String])] = [
      (.counting, ["count"]), (.ocr, ["ocr", "text"]), (.color, ["color", "colour"]), (.structure, ["struct"]),
      (.material, ["material"]), (.identification, ["identif", "recogni"]),
    ]
    let found = names.filter { $0.1.contains { words.contains($0) } }
    guard found.count == 1 else { return nil }
    self = found[0].0
  }
}
