// What is true of the pictures of a build, which no teacher saw: signs that the build drew, words that its list tells.
// Not here: what is counted with it (LabelStudy.swift), the rule for words (WordQuestion.swift).

import Foundation
import Media

/// What is true of pictures.
protocol LabelTruth {
  /// The true answer to a question and what it is about; nil where the truth does not decide.
  func answer(_ unit: QuestionWork) -> (text: String, dimension: Dimension)?

  /// Whether a region was rightly rejected; nil for reasons that the truth knows nothing of.
  func justifies(_ region: RegionRecord, _ image: ImageRecord) -> Bool?

  /// Whether a question was rightly rejected; nil for reasons that the truth knows nothing of.
  func justifies(_ unit: QuestionWork) -> Bool?
}

/// What is true of the scenes of the sign world, by picture.
struct SignLabelTruth: LabelTruth {
  let scenes: [String: SignSceneTruth]

  /// The true answer to a question about a region, if it has one: it must name the region's sign, no other sign may have
  /// that frame, and it must ask for what the sign shows.
  func answer(_ unit: QuestionWork) -> (text: String, dimension: Dimension)? {
    guard let scene = scenes[unit.image.path], let sign = scene.sign(at: unit.region.box),
      let question = SignQuestion(unit.question.text), question.frame == sign.frame,
      question.dimension == sign.dimension, scene.signs.filter({ $0.frame == sign.frame }).count == 1
    else { return nil }
    return (sign.answer, sign.dimension)
  }

  func justifies(_ region: RegionRecord, _ image: ImageRecord) -> Bool? {
    guard let scene = scenes[image.path] else { return nil }
    let named = SignFrame(name: region.name).map { frame in scene.signs.filter { $0.frame == frame } } ?? []
    return switch region.verdict {
    case .notFound: named.isEmpty
    case .notUnique: named.count > 1
    case .score: scene.sign(at: region.box)?.isFaint ?? true
    case .area: scene.sign(at: region.box)?.isOversized ?? true
    default: nil
    }
  }

  func justifies(_ unit: QuestionWork) -> Bool? {
    let answer = answer(unit)
    switch unit.question.verdict {
    case .validation: return answer == nil
    case .agreement, .oneTeacher:
      guard let answer else { return true }
      return AnswerRelation(unit.question.answer, answer.text) != .same
    default: return nil
    }
  }
}

/// The words of the pictures of a list, by picture.
struct WordLabelTruth: LabelTruth {
  let words: [String: [PictureWord]]
  let crop: CropConfig

  /// The true answer from the words that the crop shows, since questions are written on the crop.
  func answer(_ unit: QuestionWork) -> (text: String, dimension: Dimension)? {
    guard let question = WordQuestion(unit.question.text), let words = words[unit.image.path] else { return nil }
    return question.answer(words, in: crop.part(of: unit.region.box)).map { ($0, .ocr) }
  }

  func justifies(_ region: RegionRecord, _ image: ImageRecord) -> Bool? { nil }

  /// Whether an answer that too few agreed on is wrong. Which questions are valid the words do not tell.
  func justifies(_ unit: QuestionWork) -> Bool? {
    guard [.agreement, .oneTeacher].contains(unit.question.verdict), let answer = answer(unit) else { return nil }
    return AnswerRelation(unit.question.answer, answer.text) != .same
  }
}
