// Lives here: cutting text into the pieces inside which byte pairs may merge.
// Not here: reading and writing the component in files (PreTokenizer+JSON.swift).

/// Cuts text into pieces (roughly: words with the space before them); merges never cross a cut.
public struct PreTokenizer: Equatable, Sendable {
  /// GPT-2's rule, also of GPT-NeoX and OLMo 1.
  public static let gpt2 = PreTokenizer(.byteLevel(ByteLevel(usesExpression: true)))
  /// GPT-4's rule (`cl100k`), also of OLMo 2 and Llama 3.
  public static let gpt4 = PreTokenizer(splitting: .gpt4)
  /// Qwen2's rule: GPT-4's with one digit at a time.
  public static let qwen2 = PreTokenizer(splitting: .qwen2)

  /// The options of the byte-level component, which also stands as decoder and post-processor in files.
  struct ByteLevel: Equatable, Sendable {
    var addsPrefixSpace = false
    /// About character offsets, which are not computed here; kept for writing.
    var trimsOffsets = true
    var usesExpression: Bool
  }

  /// A component as files nest them.
  indirect enum Component: Equatable, Sendable {
    case split(SplitPattern, SplitBehavior, isInverted: Bool)
    case byteLevel(ByteLevel)
    case sequence([Component])

    /// The components that do something, in order.
    var steps: [Component] {
      if case .sequence(let components) = self { return components.flatMap(\.steps) }
      return [self]
    }
  }

  let component: Component
  private let steps: [Component]
  /// The only pattern that cuts, if every match is a piece: nearly always so, and much faster than taking steps.
  private let onlyPattern: SplitPattern?

  init(_ component: Component) {
    self.component = component
    steps = component.steps
    onlyPattern = Self.onlyPattern(of: steps)
  }

  private static func onlyPattern(of steps: [Component]) -> SplitPattern? {
    switch steps.first {
    case .byteLevel(let options) where steps.count == 1 && options.usesExpression && !options.addsPrefixSpace:
      return .gpt2
    case .split(let pattern, let behavior, let isInverted) where steps.count == 2:
      let keepsMatches = behavior == .isolated || behavior == .removed && isInverted && pattern.coversEverything
      guard keepsMatches, case .byteLevel(let options) = steps[1], !options.usesExpression,
        !options.addsPrefixSpace
      else { return nil }
      return pattern
    default: return nil
    }
  }

  private init(splitting pattern: SplitPattern) {
    self.init(
      .sequence([
        .split(pattern, .isolated, isInverted: false), .byteLevel(ByteLevel(usesExpression: false)),
      ]))
  }

  /// The pieces of a text, in order.
  public func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    forEachPiece(of: text.utf8.span) { piece in
      pieces.append(String(decoding: piece.indices.map { piece[$0] }, as: UTF8.self))
    }
    return pieces
  }

  /// Calls `body` with the UTF-8 of each piece, in order.
  func forEachPiece(of bytes: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    guard bytes.count > 0 else { return }
    if let onlyPattern {
      onlyPattern.forEachStretch(of: bytes) { range, _ in body(bytes.extracting(range)) }
      return
    }
    run(steps[...], on: bytes, body)
  }

  private func run(_ steps: ArraySlice<Component>, on bytes: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    guard let step = steps.first else { return body(bytes) }
    let rest = steps.dropFirst()
    switch step {
    case .split(let pattern, .isolated, _):
      pattern.forEachStretch(of: bytes) { range, _ in run(rest, on: bytes.extracting(range), body) }
    case .split(let pattern, let behavior, let isInverted):
      var stretches: [(range: Range<Int>, isMatch: Bool)] = []
      pattern.forEachStretch(of: bytes) { range, isMatch in stretches.append((range, isMatch != isInverted)) }
      for range in behavior.pieces(of: stretches) { run(rest, on: bytes.extracting(range), body) }
    case .byteLevel(let options):
      if options.addsPrefixSpace, bytes[0] != UInt8(ascii: " ") {
        var prefixed = [UInt8(ascii: " ")]
        for index in bytes.indices { prefixed.append(bytes[index]) }
        cut(prefixed.span, options, body)
      } else {
        cut(bytes, options, body)
      }
    case .sequence(let components):
      run(components[...] + rest, on: bytes, body)
    }
  }

  /// The last step: everything below works on bytes.
  private func cut(_ bytes: Span<UInt8>, _ options: ByteLevel, _ body: (Span<UInt8>) -> Void) {
    guard options.usesExpression else { return body(bytes) }
    SplitPattern.gpt2.forEachStretch(of: bytes) { range, _ in body(bytes.extracting(range)) }
  }
}
