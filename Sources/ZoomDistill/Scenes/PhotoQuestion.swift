// Questions about things of photographic scenes: four ways to ask each, the answer, and wrong ones that are plausible.
// Not here: what things show (PhotoSceneTruth.swift).

import Tensor

/// A question with its answer.
public struct PhotoQuestion: Codable, Hashable, Sendable {
  /// What is asked about.
  public let dimension: Dimension
  /// Ways to ask, with a question mark each.
  public let texts: [String]
  /// The answer.
  public let answer: String
  /// Three wrong answers of the same kind, for options.
  public let wrong: [String]

  /// How many ways there are to ask.
  public static let paraphrases = 4

  /// The questions about a content.
  ///
  /// - Parameters:
  ///   - labels: names of things from which wrong answers are taken.
  ///   - random: draws the wrong answers.
  static func all(
    about content: SceneContent, labels: [String], random: inout RandomSource
  ) -> [PhotoQuestion] {
    switch content {
    case .loose: return []
    case .board(let frame, let first, let second, let relation):
      return [(first, second, relation), (second, first, relation.opposite)].map { one, two, relation in
        question(
          .structure, boardTexts(frame, one, two), relation.rawValue, SceneRelation.allCases.map(\.rawValue), &random)
      }
    case .label(let color, let text):
      return [
        PhotoQuestion(
          dimension: .ocr, texts: labelTexts(color, text.kind), answer: text.text, wrong: text.others(&random))
      ]
    case .group(let object, let count):
      let near = max(1, count - 3)...count + 3
      return [question(.counting, groupTexts(object), "\(count)", near.map { "\($0)" }, &random)]
    case .tagged(let object, let color):
      return [question(.color, tagTexts(object), color.rawValue, SceneColor.allCases.map(\.rawValue), &random)]
    case .panel(let frame, let material):
      return [
        question(.material, panelTexts(frame), material.rawValue, SceneMaterial.allCases.map(\.rawValue), &random)
      ]
    case .card(let frame, let object):
      let others = labels.filter { !SceneLabel.collide($0, object) }
      return [question(.identification, cardTexts(frame), object, others, &random)]
    }
  }

  private static func question(
    _ dimension: Dimension, _ texts: [String], _ answer: String, _ candidates: [String], _ random: inout RandomSource
  ) -> PhotoQuestion {
    var seen: Set = [answer]
    let wrong = random.shuffled(candidates).filter { seen.insert($0).inserted }.prefix(3)
    return PhotoQuestion(dimension: dimension, texts: texts, answer: answer, wrong: Array(wrong))
  }

  private static func labelTexts(_ color: SceneColor, _ kind: SceneText.Kind) -> [String] {
    let what =
      switch kind {
      case .word: "word"
      case .serial: "serial number"
      case .number: "number"
      }
    let label = "\(color.rawValue) label"
    return [
      "What \(what) is written on the \(label)?", "Which \(what) is printed on the \(label)?",
      "Read the \(what) on the \(label). What does it say?", "What is the text of the \(what) on the \(label)?",
    ]
  }

  private static func groupTexts(_ object: String) -> [String] {
    [
      "How many \(object) pictures are in the group?", "What is the number of \(object) pictures in the group?",
      "How many times does the \(object) appear in its group?", "How many copies of the \(object) are side by side?",
    ]
  }

  private static func tagTexts(_ object: String) -> [String] {
    [
      "What color is the tag below the \(object)?", "Which color does the tag of the \(object) have?",
      "What is the color of the tag under the \(object)?", "The \(object) has a tag. What is its color?",
    ]
  }

  private static func panelTexts(_ frame: SceneColor) -> [String] {
    let panel = "panel with the \(frame.rawValue) frame"
    return [
      "What material does the \(panel) show?", "What is the \(panel) made of?",
      "Which material is inside the \(frame.rawValue) frame of the panel?",
      "What kind of material covers the \(panel)?",
    ]
  }

  private static func boardTexts(_ frame: SceneColor, _ first: String, _ second: String) -> [String] {
    let board = "board with the \(frame.rawValue) frame"
    return [
      "On the \(board), in which direction from the \(second) is the \(first): left, right, above or below?",
      "On the \(board), what is the position of the \(first) relative to the \(second): left, right, above or below?",
      "Seen from the \(second) on the \(board), in which direction is the \(first): left, right, above or below?",
      "How are the things on the \(board) arranged: is the \(first) left of, right of, above or below the \(second)?",
    ]
  }

  private static func cardTexts(_ frame: SceneColor) -> [String] {
    let card = "card with the \(frame.rawValue) frame"
    return [
      "What is shown on the \(card)?", "Which thing does the \(card) show?", "What does the \(card) depict?",
      "What can be seen on the \(card)?",
    ]
  }
}
