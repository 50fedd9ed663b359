// What is wrong with a request file, a list of tasks, a text that no model can score, or a file of results.
// Not here: errors of models and corpora.
public import Lab

/// Why tasks cannot be evaluated.
public enum TaskError: LabError, Equatable {
  /// A request file that is not there.
  case missing(task: String, path: String)
  /// A file that cannot be read or written.
  case file(path: String, reason: String)
  /// A line that is no request.
  case badLine(path: String, line: Int, expected: String, got: String)
  /// Lines of a document that contradict each other, or choices that are missing.
  case badDocument(path: String, line: Int, document: Int, expected: String, got: String)
  /// A name that is no task.
  case unknownTask(name: String, known: [String])
  /// A text that this model or tokenizer cannot score.
  case cannotScore(task: String, document: Int, expected: String, got: String)
  /// A file of results that belongs to another model.
  case foreignItems(path: String, what: String, expected: String, got: String)
  /// A corpus without enough text for a task.
  case tooLittleText(task: String, path: String, documents: Int, wanted: Int)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .missing(let task, let path):
      "no requests of task \(task), \(path): expected a file, got none. Hint: Scripts/fetch-data tasks."
    case .file(let path, let reason): "\(path): \(reason)"
    case .badLine(let path, let line, let expected, let got):
      "no request, \(path):\(line): expected \(expected), got \(got). Hint: Scripts/fetch-data tasks --verify."
    case .badDocument(let path, let line, let document, let expected, let got):
      "document \(document), \(path):\(line): expected \(expected), got \(got)."
        + " Hint: Scripts/fetch-data tasks --verify."
    case .unknownTask(let name, let known):
      "--tasks: expected all, published, generated or names, got '\(name)'. Hint: there are "
        + "\(known.joined(separator: ", "))."
    case .cannotScore(let task, let document, let expected, let got):
      "task \(task), document \(document): expected \(expected), got \(got)."
    case .foreignItems(let path, let what, let expected, let got):
      "\(path) holds results of another \(what): expected \(expected), got \(got). Hint: name a new file with --items."
    case .tooLittleText(let task, let path, let documents, let wanted):
      "task \(task), \(path): expected text for \(wanted) documents, got \(documents)."
        + " Hint: name a larger corpus with --data, or lower --limit."
    }
  }

  /// A wrong name is a wrong command line; the rest are failures.
  public var exitStatus: ExitStatus {
    if case .unknownTask = self { return .usage }
    return .failure
  }
}
