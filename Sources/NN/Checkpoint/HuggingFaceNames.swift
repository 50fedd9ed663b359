// Names of parameters here and in Hugging Face checkpoints. Most are equal; rules cover the others, both ways.

/// A bidirectional renaming of parameters by pattern rules; the first rule that matches counts, other names stay.
public struct HuggingFaceNames: Sendable, Equatable {
  /// One rule.
  public struct Rule: Sendable, Equatable {
    /// The names here.
    public let ours: NamePattern
    /// The names in the checkpoint.
    public let theirs: NamePattern

    /// A rule between two patterns.
    ///
    /// - Precondition: both have the same gaps, each once.
    public init(ours: NamePattern, theirs: NamePattern) {
      precondition(
        ours.gaps.sorted() == theirs.gaps.sorted() && Set(ours.gaps).count == ours.gaps.count,
        "HuggingFaceNames: the gaps of \(ours) and \(theirs) differ or repeat")
      self.ours = ours
      self.theirs = theirs
    }
  }

  /// The rules in order.
  public let rules: [Rule]

  /// A renaming by `rules`.
  public init(_ rules: [Rule]) { self.rules = rules }

  /// A renaming by pairs: ours, then theirs.
  public init(_ pairs: KeyValuePairs<NamePattern, NamePattern>) {
    self.init(pairs.map { Rule(ours: $0.key, theirs: $0.value) })
  }

  /// No renaming.
  public static let identity = HuggingFaceNames([Rule]())

  /// The checkpoint's name of the parameter that is called `name` here.
  public func theirs(of name: String) -> String {
    for rule in rules {
      if let gaps = rule.ours.match(name) { return rule.theirs.filled(with: gaps) }
    }
    return name
  }

  /// The name here of the array that the checkpoint calls `name`.
  public func ours(of name: String) -> String {
    for rule in rules {
      if let gaps = rule.theirs.match(name) { return rule.ours.filled(with: gaps) }
    }
    return name
  }
}
