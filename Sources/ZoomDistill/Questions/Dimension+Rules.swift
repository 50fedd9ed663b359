// The dimension of a question by its words, for builds without a teacher that classifies.
// Not here: the dimensions (Dimension.swift).

extension Dimension {
  /// The first dimension one of whose phrases stands in the question; identification if none does.
  public init(question: String) {
    let words = question.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber) }).map(String.init)
    let text = " " + words.joined(separator: " ") + " "
    let rules: [(Dimension, [String])] = [
      (.counting, ["how many", "number of", "count of"]),
      (
        .ocr,
        [
          "written", "text", "word", "letter", "letters", "digit", "read", "reads", "say", "says", "printed", "symbol",
          "what number", "which number", "title", "price", "year on",
        ]
      ),
      (.color, ["color", "colour", "colors", "colours", "shade of"]),
      (.material, ["material", "made of", "texture", "pattern", "fabric", "surface", "striped", "checkered"]),
      (
        .structure,
        [
          "which side", "which half", "which part", "position", "arranged", "arrangement", "shape", "direction",
          "facing",
          "pointing", "attached", "half",
        ]
      ),
    ]
    self = rules.first { $0.1.contains { text.contains(" \($0) ") } }?.0 ?? .identification
  }
}
