// What teachers are asked for, and the form of question and reply in each case: the contract between the stages of the
// builder and any model behind them, a server's or an embedded one.
// Not here: the wording (PromptLibrary.swift), reading the replies (the stages).

/// Why a teacher is called; the raw value is the `purpose` of the chat request.
///
/// Every prompt that carries one of these pieces writes it on lines of its own, so that a model and a test can find it:
/// `Question: …`, `Answer: …`, `Object: …`, `Region: [x1, y1, x2, y2]` (0-1000 of width and height), and options as
/// `A. …`.
///
/// A reply without its form is an error, asked for again and never a decision; each form has its own way to say that
/// there is nothing (``ReplyForm``).
public enum TeacherPurpose: String, CaseIterable, Codable, Sendable {
  /// Full image → a numbered list of nameable objects that appear once: lines `1. red kettle`; `NONE` when there is none.
  case list
  /// Full image and `Object:` → all its instances as a JSON list `[{"box": [x1, y1, x2, y2], "score": 0.9}]` in 0-1000
  /// of width and height; `score` may be missing; `[]` when there is none. Every entry is a box.
  case ground
  /// Crop → a JSON list of questions, `[{"question": "…"}]`; `[]` when the crop is too poor.
  case ask
  /// Full image, then crop, and `Question:` → a line `VALID: Yes` or `VALID: No`, then a line `REASON: …`.
  case validate
  /// One picture and `Question:` → the answer in `<answer>…</answer>`; nothing between the tags where the picture does
  /// not answer it. On the crop in the builder; on the full image with a `Region:` line where answers from the full
  /// image are measured.
  case answer
  /// `Question:` and the answers, one a line as `1. …` → lines `CLUSTER: 1, 3, 4` that put each number in one cluster.
  case cluster
  /// Boxed full image, `Question:` and `Answer:` → a JSON list of at least three wrong options of similar form; `[]`
  /// when there are none.
  case distract
  /// Boxed full image, `Question:` and options → the letter in `<answer>…</answer>`; anything else between the
  /// tags is a wrong choice.
  case solve
  /// `Question:` and `Answer:` → one name of ``Dimension`` in `<answer>…</answer>`.
  case classify
  /// `Question:`, `Answer:` (the truth) and `Reply:` → `<answer>Yes</answer>` or `<answer>No</answer>`.
  case judge
}
