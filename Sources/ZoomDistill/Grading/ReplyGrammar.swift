// Grading a reply against the truth by rules alone: nothing in a reply is ever evaluated, and no model is asked.
// Not here: the judge for what rules leave open (Bench), groups of answers (AnswerCluster.swift).

import Foundation

/// The grammar of replies: where an answer stands, what it says, and whether it is right.
///
/// A reply ends as one of four outcomes. Questions of choice are correct, wrong or unparsed and never need a judge: a
/// wrong letter stays wrong. Open answers are compared by normal form, numbers exactly and with their units; only an
/// open answer in other words is left to a judge.
public enum ReplyGrammar {
  /// Most characters of an open answer; longer texts explain instead of answering.
  public static let answerLimit = 300

  /// Grades a reply.
  public static func grade(_ reply: String, against key: AnswerKey) -> Grade {
    switch key.format {
    case .choice: gradeChoice(reply, key)
    case .open: gradeOpen(reply, key)
    }
  }

  private static func gradeChoice(_ reply: String, _ key: AnswerKey) -> Grade {
    let reading = option(in: reply, options: key.options, count: key.letterCount)
    guard reading.option >= 0 else {
      return Grade(outcome: .unparsed, answer: String(extract(from: reply).text.prefix(answerLimit)), rule: .none)
    }
    return Grade(
      outcome: reading.option == key.correctOption ? .correct : .wrong, answer: AnswerKey.letter(reading.option),
      rule: reading.rule)
  }

  private static func gradeOpen(_ reply: String, _ key: AnswerKey) -> Grade {
    let candidates = openCandidates(reply)
    let truth = AnalyzedAnswer(key.answer)
    let grades = candidates.filter { $0.count <= answerLimit }.map { grade($0, truth, key) }
    // The first candidate that rules decide; else what the first one is.
    return grades.first { $0.outcome == .correct || $0.outcome == .wrong } ?? grades.first
      ?? Grade(outcome: .unparsed, answer: String((candidates.first ?? "").prefix(answerLimit)), rule: .none)
  }

  /// What may be the answer, the likeliest first.
  private static func openCandidates(_ reply: String) -> [String] {
    let body = withoutReasoning(reply)
    let extracted = extract(from: reply)
    var candidates = [extracted.text]
    switch extracted.source {
    case .none: return []
    case .tag, .boxed:
      if let tail = answerPhrases(in: extracted.text, words: ["answer"]).last {
        candidates.insert(unwrapped(tail), at: 0)
      }
      if let line = lines(extracted.text).last, line != extracted.text { candidates.append(unwrapped(line)) }
    case .phrase: candidates.append(unwrapped(firstSentence(extracted.text)))
    case .line:
      if let first = lines(body).first, first.count <= 40 { candidates.append(unwrapped(first)) }
    }
    return candidates.filter { !AnswerNormalization.form(of: $0).isEmpty }
  }

  private static func grade(_ answer: String, _ truth: AnalyzedAnswer, _ key: AnswerKey) -> Grade {
    let said = AnalyzedAnswer(answer)
    if let outcome = yesOrNo(said, truth) { return Grade(outcome: outcome, answer: answer, rule: .normalForm) }
    if said.form != truth.form, let quantity = truth.quantity {
      return Grade(outcome: number(said, quantity, key.question), answer: answer, rule: .number)
    }
    switch AnswerRelation(said, truth) {
    case .same: return Grade(outcome: .correct, answer: answer, rule: .normalForm)
    case .different: return Grade(outcome: .wrong, answer: answer, rule: .normalForm)
    case .open: return Grade(outcome: .needsJudge, answer: answer, rule: .normalForm)
    }
  }

  /// `Yes, it is.` against a truth of yes or no.
  private static func yesOrNo(_ said: AnalyzedAnswer, _ truth: AnalyzedAnswer) -> GradeOutcome? {
    let words = ["yes", "no"]
    guard words.contains(truth.form), let first = said.words.first, words.contains(first),
      !said.words.contains(first == "yes" ? "no" : "yes")
    else { return nil }
    return first == truth.form ? .correct : .wrong
  }
}

// MARK: Numbers

extension ReplyGrammar {
  /// Words that make a number something else than itself.
  private static let hedges: Set<String> = [
    "or", "more", "less", "fewer", "least", "most", "over", "under", "than", "not", "isnt", "arent", "never", "between",
    "nearly", "almost", "no", "maybe", "minus", "plus", "times", "half",
  ]

  private static func number(_ said: AnalyzedAnswer, _ truth: AnswerQuantity, _ question: String) -> GradeOutcome {
    if let quantity = said.quantity, hedges.isDisjoint(with: said.words) {
      switch quantity.comparison(truth) {
      case .same: return .correct
      case .different: return .wrong
      case .open: return units(quantity.unit, truth.unit, question)
      }
    }
    if truth.number == "0", isNothing(said.words) { return .correct }
    guard !said.numbers.isEmpty else {
      // Words without a number may still be one (`a pair`); digits that are no number are not the number.
      return said.digits.isEmpty || said.words.contains { isDecorated($0, truth.number) } ? .needsJudge : .wrong
    }
    guard said.numbers.contains(truth.number) else { return .wrong }
    guard Set(said.numbers).count == 1, hedges.isDisjoint(with: said.words),
      let place = said.words.firstIndex(where: { AnswerNumbers.canonical($0) == truth.number })
    else { return .needsJudge }
    let next = place + 1 < said.words.count ? said.words[place + 1] : ""
    // In a sentence one letter and `in` are words, not units.
    let unit =
      (next.count > 1 || AnswerUnits.currencies.contains(next) || next == "%") && next != "in"
      ? AnswerUnits.unit([next]) ?? "" : ""
    if unit.isEmpty || truth.unit.isEmpty || !AnswerUnits.isUnit(truth.unit) {
      return units(unit, truth.unit, question)
    }
    return unit == truth.unit ? .correct : .wrong
  }

  /// `3rd` or `x3` for 3: the digits of a number among letters, with no sign or operator between them.
  private static func isDecorated(_ word: String, _ number: String) -> Bool {
    word.allSatisfy { $0.isLetter || $0.isNumber } && word.filter(\.isNumber) == number
  }

  /// Equal numbers whose units differ, at least one of them no unit of measurement: what the question names may be
  /// left out; a counted noun may be left out; a unit of measurement may not.
  private static func units(_ said: String, _ truth: String, _ question: String) -> GradeOutcome {
    func isFree(_ unit: String) -> Bool { unit.isEmpty || !AnswerUnits.isUnit(unit) || isNamed(unit, in: question) }
    if said.isEmpty || truth.isEmpty { return isFree(said) && isFree(truth) ? .correct : .needsJudge }
    return said == truth ? .correct : .needsJudge
  }

  private static func isNamed(_ unit: String, in question: String) -> Bool {
    AnswerText.tokens(question).contains { token in
      token.text.count > 1 && token.text != "in" && AnswerUnits.unit([token.text]) == unit || token.text == unit
    }
  }

  private static func isNothing(_ words: [String]) -> Bool {
    words == ["none"] || words == ["nothing"] || words.first == "none" || words.count > 1 && words[0] == "no"
  }
}
