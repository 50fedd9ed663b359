// The six things that fine-grained perception questions ask about.
// Not here: questions (QuestionWriting), items of the benchmark (Bench).

/// A dimension of ZoomBench.
///
/// > Source: arXiv 2602.11858, ZoomBench's six dimensions.
public enum Dimension: String, CaseIterable, Codable, Hashable, Sendable {
  /// How many there are.
  case counting
  /// Text and symbols.
  case ocr
  /// Colours.
  case color
  /// Parts and how they are arranged.
  case structure
  /// What something is made of, its texture.
  case material
  /// What something is.
  case identification
}
