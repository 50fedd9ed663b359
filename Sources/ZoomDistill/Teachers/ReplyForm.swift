// The form that a reply must have for its purpose, and asking until one has it.
// Not here: reading the pieces of a reply (ReplyLists.swift, Grading), who is asked (Teachers.swift).
package import Chat
package import Media

/// What a reply must look like. A reply without the form is an error and decides nothing; a form that says "nothing
/// found" is a decision.
package struct ReplyForm<Value: Sendable>: Sendable {
  /// The form in words, for messages.
  package let name: String
  /// What a reply says; nil without the form.
  package let read: @Sendable (String) -> Value?

  package init(_ name: String, read: @escaping @Sendable (String) -> Value?) {
    self.name = name
    self.read = read
  }

  /// The distance between the sample numbers of one draw that is asked for again; draws are fewer.
  package static var stride: Int { 1000 }

  /// Most replies to one draw, over all runs.
  private static var mostReplies: Int { 1000 }

  /// Asks until a reply has the form.
  ///
  /// Each try is a sample of its own. Replies that were paid for earlier are read again first and are no tries, so a
  /// later run goes on where the last one gave up, and what is found does not depend on how often it was stopped.
  ///
  /// - Parameters:
  ///   - tries: replies to ask for now, at most.
  ///   - place: whom a failure names.
  /// - Throws: ``ChatError/malformed(server:reason:)`` if none has the form, and what the model throws.
  package func asked(
    of model: any ChatModel, _ request: ChatRequest, tries: Int, at place: String
  ) async throws(ChatError) -> (value: Value, reply: ChatReply) {
    var request = request
    var asked = 0
    var last = ""
    for _ in 0..<Self.mostReplies where asked < tries {
      let reply = try await model.reply(to: request)
      if let value = read(reply.text) { return (value, reply) }
      if ![.cache, .recording].contains(reply.source) { asked += 1 }
      request.sample += Self.stride
      last = reply.text
    }
    let start = ReplyLists.oneLine(String(last.unicodeScalars.prefix(200))) ?? ""
    throw .malformed(
      server: place, reason: "expected \(name), got '\(start.prefix(60))' as the last of \(asked) replies")
  }
}

extension ReplyForm<[String]> {
  /// The names of a numbered list; none for `NONE`.
  package static var names: Self { Self("a numbered list, or NONE") { ReplyLists.names($0) } }

  /// Questions; none for `[]`.
  package static var questions: Self { Self("a JSON list of questions") { ReplyLists.questions($0) } }

  /// Wrong options; none for `[]`.
  package static var options: Self { Self("a JSON list of texts") { ReplyLists.texts($0) } }
}

extension ReplyForm<[GroundedBox]> {
  /// Boxes in pixels of a picture; none for `[]`.
  package static func boxes(in size: ImageSize) -> Self {
    Self("a JSON list of boxes") { ReplyLists.boxes($0, in: size) }
  }
}

extension ReplyForm<ValidationVerdict> {
  /// A verdict on a question.
  package static var validation: Self { Self("a line VALID: Yes or No") { ReplyLists.validation($0) } }
}

extension ReplyForm<[[Int]]> {
  /// Groups of answers, each of `count` in one of them.
  package static func groups(of count: Int) -> Self {
    Self("lines CLUSTER: with each of \(count) numbers once") { reply in
      let groups = ReplyLists.clusters(reply, count: count)
      return groups.reduce(0) { $0 + $1.count } == count ? groups : nil
    }
  }
}

extension ReplyForm<String> {
  /// An answer in tags, in a box, or after `answer is`; empty for tags with nothing in them, or with what is too long
  /// for an answer.
  package static var answer: Self {
    Self("<answer>…</answer>") { reply in
      let found = ReplyGrammar.extract(from: reply)
      switch found.source {
      case .tag, .boxed, .phrase:
        return found.text.count <= ReplyGrammar.answerLimit ? ReplyLists.oneLine(found.text) ?? "" : ""
      case .none: return ReplyGrammar.hasAnswerTags(reply) ? "" : nil
      case .line: return nil
      }
    }
  }
}

extension ReplyForm<Bool> {
  /// Whether the choice is right. Tags without a letter are a wrong choice; no choice at all has no form.
  package static func choice(_ key: AnswerKey) -> Self {
    Self("the letter of an option in <answer>…</answer>") { reply in
      switch ReplyGrammar.grade(reply, against: key).outcome {
      case .correct: true
      case .wrong: false
      case .unparsed, .needsJudge: ReplyGrammar.hasAnswerTags(reply) ? false : nil
      }
    }
  }

  /// Yes or no.
  package static var yesOrNo: Self {
    Self("Yes or No in <answer>…</answer>") { reply in
      switch AnswerNormalization.form(of: ReplyGrammar.extract(from: reply).text) {
      case "yes": true
      case "no": false
      default: nil
      }
    }
  }
}

extension ReplyForm<Dimension> {
  /// The name of a dimension.
  package static var dimension: Self {
    Self("one of \(Dimension.allCases.map(\.rawValue).joined(separator: ", ")) in <answer>…</answer>") { reply in
      Dimension(rawValue: ReplyGrammar.extract(from: reply).text.lowercased().filter { $0.isLetter })
    }
  }
}
