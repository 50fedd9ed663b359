// The purposes for which a teacher needs no picture, or only the answers that are possible.
// Not here: looking at pictures (SignTeacher+Looking.swift).

import Chat
import Foundation
import Tensor

extension SignTeacher {
  /// Numbers of answers with the same normal form, one line for each form.
  func cluster(_ prompt: SignPrompt) -> String {
    var order: [String] = []
    var members: [String: [Int]] = [:]
    for answer in prompt.numbered {
      let normal = SignAnswer.normal(answer.text)
      if members[normal] == nil { order.append(normal) }
      members[normal, default: []].append(answer.number)
    }
    return order.map { "CLUSTER: \((members[$0] ?? []).map(String.init).joined(separator: ", "))" }
      .joined(separator: "\n")
  }

  /// Three other answers of the question's dimension.
  func distract(_ prompt: SignPrompt, sample: Int) throws(ChatError) -> String {
    let text = try required("Question", prompt), answer = SignAnswer.normal(try required("Answer", prompt))
    guard let dimension = dimension(of: text, answer: answer) else { return "[]" }
    var random = RandomSource(seed: 0).split("distract").split(text).split(answer).split(sample)
    return try json(Array(random.shuffled(dimension.signAnswers).filter { $0 != answer }.prefix(3)))
  }

  /// The dimension of a question; by its answer where the question is not of the grammar.
  func classify(_ prompt: SignPrompt) throws(ChatError) -> String {
    let text = try required("Question", prompt)
    let dimension = dimension(of: text, answer: SignAnswer.normal(prompt.line("Answer") ?? ""))
    return "<answer>\((dimension ?? .identification).rawValue)</answer>"
  }

  private func dimension(of text: String, answer: String) -> Dimension? {
    SignQuestion(text)?.dimension ?? Dimension.allCases.first { $0.signAnswers.contains(answer) }
  }

  /// Whether a reply and the true answer have the same normal form.
  func judge(_ prompt: SignPrompt) throws(ChatError) -> String {
    let isEqual =
      SignAnswer.normal(try required("Answer", prompt)) == SignAnswer.normal(try required("Reply", prompt))
    return "<answer>\(isEqual ? "Yes" : "No")</answer>"
  }
}
