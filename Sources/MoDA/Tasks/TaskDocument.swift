// What a task asks: documents with choices, each a continuation of a context, and a task as a list of them.
// Not here: files (RequestFile.swift), generated tasks (Tasks/Generated), scores (TaskScore.swift).

/// A text whose likelihood is asked for, given the text before it.
public struct TaskText: Sendable, Equatable, Hashable {
  /// What comes before; may be empty.
  public let context: String
  /// What is scored.
  public let continuation: String

  /// A continuation of a context.
  public init(context: String, continuation: String) {
    self.context = context
    self.continuation = continuation
  }

  /// Characters of the continuation without its leading space, as code points: what `acc_per_char` divides by.
  public var characters: Int { scored.unicodeScalars.count }

  /// UTF-8 bytes of the continuation without its leading space.
  public var bytes: Int { scored.utf8.count }

  private var scored: Substring { continuation.hasPrefix(" ") ? continuation.dropFirst() : continuation[...] }
}

/// One question: choices, of which one is right.
public struct TaskDocument: Sendable, Equatable {
  /// Its number in the task.
  public let number: Int
  /// A kind of question within the task; empty where there is one kind.
  public let group: String
  /// The index of the right choice.
  public let label: Int
  /// The choices, at least 2.
  public let choices: [TaskText]
  /// The choices behind a context that says nothing of the question; empty where the task has none.
  public let unconditional: [TaskText]

  /// A document.
  ///
  /// - Precondition: two choices or more, the label one of them, and as many unconditional texts as choices or none.
  public init(
    number: Int, group: String = "", label: Int, choices: [TaskText], unconditional: [TaskText] = []
  ) {
    precondition(
      choices.count >= 2 && choices.indices.contains(label)
        && (unconditional.isEmpty || unconditional.count == choices.count),
      "TaskDocument \(number): label \(label) of \(choices.count) choices, \(unconditional.count) unconditional")
    self.number = number
    self.group = group
    self.label = label
    self.choices = choices
    self.unconditional = unconditional
  }

  /// A document of one context.
  public init(number: Int, group: String = "", context: String, continuations: [String], label: Int) {
    self.init(
      number: number, group: group, label: label,
      choices: continuations.map { TaskText(context: context, continuation: $0) })
  }

  /// All texts, the choices first.
  public var texts: [TaskText] { choices + unconditional }
}

/// How likelihoods of choices are compared.
///
/// > Source: arXiv 2406.08446, section 3: `acc_raw`, `acc_per_char`, `acc_per_token`, `acc_uncond`.
public enum RankingMetric: String, Codable, Sendable, CaseIterable {
  /// The log-likelihood of the continuation.
  case sum = "acc_raw"
  /// The log-likelihood over the characters of the continuation.
  case perCharacter = "acc_per_char"
  /// The log-likelihood over the tokens of the continuation.
  case perToken = "acc_per_token"
  /// The log-likelihood less that of the same continuation behind the unconditional context.
  case unconditional = "acc_uncond"
}

/// A list of questions with the metric that speaks for it.
public struct DownstreamTask: Sendable {
  /// Its name, as `--tasks` takes it.
  public let name: String
  /// Goes up when the documents or their form change: results of different versions do not compare.
  public let version: Int
  /// The metric that counts for averages over tasks.
  public let primary: RankingMetric
  /// The questions.
  public let documents: [TaskDocument]

  /// A task.
  public init(name: String, version: Int, primary: RankingMetric, documents: [TaskDocument]) {
    self.name = name
    self.version = version
    self.primary = primary
    self.documents = documents
  }

  /// The first `limit` documents; all of them for 0.
  public func limited(to limit: Int) -> DownstreamTask {
    limit > 0
      ? DownstreamTask(name: name, version: version, primary: primary, documents: Array(documents.prefix(limit))) : self
  }

  /// The accuracy of guessing.
  public var chance: Double {
    documents.isEmpty ? 0 : documents.reduce(0) { $0 + 1 / Double($1.choices.count) } / Double(documents.count)
  }
}
