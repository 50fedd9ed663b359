// What grading takes and gives: the key of a question, the outcome for a reply, and the rule that decided.
// Not here: the rules (ReplyGrammar.swift and its parts).

/// How a question wants to be answered.
public enum AnswerFormat: String, CaseIterable, Codable, Hashable, Sendable {
  /// By the letter of one option.
  case choice
  /// In words or numbers.
  case open
}

/// What is needed to grade a reply.
public struct AnswerKey: Codable, Hashable, Sendable {
  /// The question; units that it names need not be repeated in an answer.
  public var question: String
  /// The truth: the letter or the text of the right option, or the open answer.
  public var answer: String
  /// The texts of the options in the order of their letters; may be empty where a question of choice carries none.
  public var options: [String]
  /// How the question wants to be answered.
  public var format: AnswerFormat

  /// The most options that letters name.
  public static let mostOptions = 26

  /// A key.
  public init(question: String, answer: String, options: [String] = [], format: AnswerFormat) {
    self.question = question
    self.answer = answer
    self.options = options
    self.format = format
  }

  /// The index of the right option: that of the letter, else of the one option with this text; nil if there is none.
  public var correctOption: Int? {
    if let letter = ReplyGrammar.bareLetter(answer, count: letterCount) { return letter }
    let form = AnswerNormalization.form(of: answer)
    let matches = options.indices.filter { AnswerNormalization.form(of: options[$0]) == form }
    return matches.count == 1 ? matches[0] : nil
  }

  /// Number of letters that may be answered; A to F where the options are unknown.
  var letterCount: Int { options.isEmpty ? 6 : min(options.count, Self.mostOptions) }

  /// The letter of an option, `A` for 0.
  ///
  /// - Precondition: 0 ≤ index < 26.
  public static func letter(_ index: Int) -> String {
    precondition((0..<mostOptions).contains(index), "AnswerKey.letter: expected 0 to 25, got \(index)")
    return String(UnicodeScalar(UInt8(65 + index)))
  }
}

/// What became of a reply.
public enum GradeOutcome: String, CaseIterable, Codable, Hashable, Sendable {
  /// It says the truth.
  case correct
  /// It says something else. A wrong letter, number, colour, yes or no is always this.
  case wrong
  /// It gives no answer that could be read.
  case unparsed
  /// An open answer in other words than the truth: only someone who understands words can tell.
  case needsJudge = "needs_judge"
}

/// The rule that decided about a reply.
public enum GradingRule: String, CaseIterable, Codable, Hashable, Sendable {
  /// The whole answer is a letter: `(B)`, `B.`, `Option B`.
  case letter
  /// A letter with the text of an option: `B. red`.
  case labelledOption = "labelled_option"
  /// A letter after `answer is` or `answer:`.
  case phrase
  /// The text of exactly one option.
  case optionText = "option_text"
  /// The only capital of an option that stands alone in the last line.
  case isolatedLetter = "isolated_letter"
  /// Equal or contrary normal forms.
  case normalForm = "normal_form"
  /// A number against a number.
  case number
  /// Nothing to read.
  case none
}

/// The grade of one reply.
public struct Grade: Codable, Hashable, Sendable {
  /// What became of it.
  public var outcome: GradeOutcome
  /// The answer as it was read: a letter, or the text that was compared; empty if there is none.
  public var answer: String
  /// The rule that decided.
  public var rule: GradingRule

  /// A grade.
  public init(outcome: GradeOutcome, answer: String, rule: GradingRule) {
    self.outcome = outcome
    self.answer = answer
    self.rule = rule
  }
}
