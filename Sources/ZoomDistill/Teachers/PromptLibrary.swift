// The wording of what teachers are asked, and filling in the blanks.
// Not here: what each purpose must say and how replies look (TeacherPurpose.swift).
import Foundation
import Lab

/// The prompts of all purposes. Blanks are written `{name}`.
public struct PromptLibrary: Equatable, Sendable {
  /// The text by purpose.
  public private(set) var texts: [TeacherPurpose: String]

  /// The built-in prompts.
  public static let standard = PromptLibrary(
    texts: Dictionary(
      uniqueKeysWithValues: TeacherPurpose.allCases.map {
        ($0, $0.standardPrompt)
      }))

  /// The built-in prompts, replaced by the files `<purpose>.txt` of a folder where there are any.
  ///
  /// - Throws: ``ZoomError/prompt(path:reason:)`` for a file that lacks a blank it needs or has an unknown one.
  public static func reading(_ folder: String) throws(ZoomError) -> PromptLibrary {
    var library = standard
    guard !folder.isEmpty else { return library }
    for purpose in TeacherPurpose.allCases {
      let url = URL(fileURLWithPath: folder).appending(path: "\(purpose.rawValue).txt")
      guard FileManager.default.fileExists(atPath: url.path) else { continue }
      guard let data = FileManager.default.contents(atPath: url.path), let text = String(data: data, encoding: .utf8)
      else { throw .prompt(path: url.path, reason: "not UTF-8 text") }
      let (wanted, found) = (blanks(in: purpose.standardPrompt), blanks(in: text))
      let missing = wanted.subtracting(found), unknown = found.subtracting(wanted)
      guard missing.isEmpty, unknown.isEmpty else {
        let names = (missing.map { "lacks {\($0)}" } + unknown.map { "has an unknown {\($0)}" }).sorted()
        throw .prompt(path: url.path, reason: names.joined(separator: ", "))
      }
      library.texts[purpose] = text
    }
    return library
  }

  /// A prompt with its blanks filled in, one pass over the text: what a value holds is never a blank itself.
  ///
  /// - Precondition: `values` has every blank of the prompt.
  public func text(_ purpose: TeacherPurpose, _ values: [String: String] = [:]) -> String {
    var result = ""
    var rest = Substring(texts[purpose, default: ""])
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      guard let close = rest.firstIndex(of: "}"),
        rest[rest.index(after: open)..<close].allSatisfy({ $0.isASCII && $0.isLetter }), close > rest.index(after: open)
      else {
        result.append(rest.removeFirst())
        continue
      }
      let name = String(rest[rest.index(after: open)..<close])
      guard let value = values[name] else { preconditionFailure("PromptLibrary: no value for {\(name)}") }
      result += value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// The digest of all texts: whether two builds asked in the same words.
  public var digest: String {
    let all = TeacherPurpose.allCases.map { "\($0.rawValue)\n\(texts[$0, default: ""])" }.joined(separator: "\u{0}")
    return ContentDigest.hex(Data(all.utf8))
  }

  /// The digest of one text.
  public func digest(of purpose: TeacherPurpose) -> String {
    ContentDigest.hex(Data(texts[purpose, default: ""].utf8))
  }

  private static func blanks(in text: String) -> Set<String> {
    var names: Set<String> = []
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(of: "}") else { break }
      let name = rest[..<close]
      if !name.isEmpty, name.allSatisfy({ $0.isASCII && $0.isLetter }) { names.insert(String(name)) }
    }
    return names
  }
}

extension TeacherPurpose {
  /// The built-in prompt.
  var standardPrompt: String {
    switch self {
    case .list:
      """
      List objects in this picture that someone could point at by name. Take only objects of which there is exactly \
      one, whose name leaves no doubt which is meant, and that are clearly visible. Prefer small ones. Name each in two \
      to six words with what sets it apart, such as its colour or what is written on it.
      Reply with a numbered list and nothing else, one object a line, or with NONE if there is no such object:
      1. red kettle
      """
    case .ground:
      """
      Find every instance of the object named below in this picture.
      Object: {object}
      Reply with a JSON list and nothing else, one entry for each instance: \
      [{"box": [x1, y1, x2, y2], "score": 0.9}]. Coordinates run from 0 to 1000 over the width and the height of the \
      picture; score says how sure you are, from 0 to 1. Reply [] if there is none.
      """
    case .ask:
      """
      Write {count} questions about this picture. Each must be answerable from the picture alone, by looking and \
      without knowing facts from elsewhere, and must have one short answer: a number, a name or a few written \
      characters. Say in each question which thing is meant, so that it could be asked about a larger picture as well. \
      Vary what is asked: how many, what is written, which colour, which part or arrangement, which material or \
      pattern, what it is.
      Reply with a JSON list and nothing else: [{"question": "…"}]. Reply [] if the picture is too poor.
      """
    case .validate:
      """
      The first picture is the whole, the second an enlarged part of it. Judge the question below. It is valid only if \
      all of this holds: the part is enough to answer it; in the whole picture it has exactly one correct answer; the \
      part and the whole give the same answer; it is clear which thing it is about.
      Question: {question}
      Reply with two lines:
      VALID: Yes or No
      REASON: one sentence
      """
    case .answer:
      """
      Look at the picture and answer the question. Think briefly, then give the answer alone, as short as possible, in \
      answer tags: <answer>…</answer>. Leave the tags empty if the picture does not answer it.
      Question: {question}{region}
      """
    case .cluster:
      """
      Several people answered the same question. Group the answers that mean the same: other wording, other spelling \
      or another way to write a number are the same; another thing, number or reading is not.
      Question: {question}
      {answers}
      Reply with one line for each group and the numbers of its answers, each number once:
      CLUSTER: 1, 3, 4
      """
    case .distract:
      """
      The question below is about what lies in the red box. Its correct answer is given. Write at least {count} wrong \
      answers of the same kind and form, plausible for someone who does not look closely, all different from each \
      other and none of them correct.
      Question: {question}
      Answer: {answer}
      Reply with a JSON list of texts and nothing else: ["…", "…"]. Reply [] if there are none.
      """
    case .solve:
      """
      Look at the picture and choose the correct option. Think briefly, then give the letter alone in answer tags: \
      <answer>A</answer>
      Question: {question}
      {options}
      """
    case .classify:
      """
      Which of these is the question about? counting: how many. ocr: text or symbols. color: a colour. structure: parts \
      and how they are arranged. material: what something is made of, or its texture. identification: what something is.
      Question: {question}
      Answer: {answer}
      Reply with one of the six names in answer tags: <answer>counting</answer>
      """
    case .judge:
      """
      Does the reply give the same answer to the question as the correct answer does? Other wording is fine; another \
      thing, number or reading is not.
      Question: {question}
      Answer: {answer}
      Reply: {reply}
      Reply with Yes or No in answer tags: <answer>Yes</answer>
      """
    }
  }
}
