// The question grammar of signs: four ways to ask for each dimension, questions that nobody can answer, and the way back.
// Not here: options and benchmark items (SignBenchmark.swift), prompts around questions.

/// A question about the detail of one sign, which is named by its frame.
public struct SignQuestion: Hashable, Sendable {
  /// What is asked.
  public let dimension: Dimension
  /// The sign that is meant.
  public let frame: SignFrame

  /// A question about a sign.
  public init(dimension: Dimension, frame: SignFrame) {
    self.dimension = dimension
    self.frame = frame
  }

  /// How many ways there are to ask.
  public static let paraphrases = 4

  /// The question in words, without a final mark.
  ///
  /// - Precondition: `paraphrase` is in `0..<`` ``paraphrases``.
  public func text(paraphrase: Int) -> String {
    let template = Self.templates(dimension)[paraphrase]
    return (template.before + [frame.name] + template.after).joined(separator: " ")
  }

  /// The answers that are possible.
  public var candidates: [String] { dimension.signAnswers }

  /// The question that a text asks, or nil when it is none of the grammar. Capitals and punctuation do not matter, nor
  /// do words before and after it, such as a sentence about a red box.
  public init?(_ text: String) {
    let words = SignWords.words(of: text)
    for start in words.indices {
      for dimension in Dimension.allCases {
        for template in Self.templates(dimension) {
          if let frame = Self.match(template, words[start...]) {
            self.init(dimension: dimension, frame: frame)
            return
          }
        }
      }
    }
    return nil
  }

  /// A question that a crop of a sign cannot answer, or that means no sign in particular.
  ///
  /// - Parameters:
  ///   - frame: the sign that the questioner looks at.
  ///   - choice: any number; equal numbers give equal questions.
  public static func unanswerable(_ frame: SignFrame, choice: Int) -> String {
    let texts = [
      "what is left of the \(frame.name)", "what is above the \(frame.name)",
      "how many \(frame.name)s are in the picture", "what is behind the \(frame.name)",
      "which sign is the largest", "what is shown on the sign",
    ]
    return texts[((choice % texts.count) + texts.count) % texts.count]
  }

  private struct Template {
    let before: [String]
    let after: [String]

    /// A template in which braces stand for the name.
    init(_ text: String) {
      let words = text.split(separator: " ").map(String.init)
      let place = words.firstIndex(of: "{}") ?? words.endIndex
      before = Array(words[..<place])
      after = Array(words[place...].dropFirst())
    }
  }

  private static func match(_ template: Template, _ words: ArraySlice<String>) -> SignFrame? {
    guard words.starts(with: template.before),
      let (frame, length) = SignFrame.parse(words.dropFirst(template.before.count)),
      words.dropFirst(template.before.count + length).starts(with: template.after)
    else { return nil }
    return frame
  }

  private static func templates(_ dimension: Dimension) -> [Template] { all[dimension] ?? [] }

  private static let all: [Dimension: [Template]] = [
    .counting: [
      "how many dots are on the {}", "count the dots on the {}", "how many dots does the {} show",
      "what is the number of dots on the {}",
    ],
    .ocr: [
      "what digit is on the {}", "which digit does the {} show", "read the digit on the {}",
      "what digit is printed on the {}",
    ],
    .color: [
      "what color is the patch on the {}", "which color does the patch on the {} have",
      "what is the color of the patch on the {}", "name the color of the patch on the {}",
    ],
    .structure: [
      "which half of the {} is filled", "which side of the {} is filled", "what half is filled on the {}",
      "on which side is the {} filled",
    ],
    .material: [
      "what texture is on the {}", "which texture does the {} have", "name the texture of the {}",
      "what texture covers the {}",
    ],
    .identification: [
      "what emblem is on the {}", "which emblem does the {} show", "name the emblem on the {}",
      "what emblem is drawn on the {}",
    ],
  ].mapValues { $0.map { Template($0) } }
}
