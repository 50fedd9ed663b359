// Octaves of evidence size.
// Not here: sizes of items (EncoderInput), accuracy in them (BenchSummary.swift).

import Foundation

/// The scale on which evidence sizes are put together: each step is twice the tokens.
enum EvidenceScale {
  /// The octave of a number of tokens: 0 for 1 up to 2, -1 for ½ up to 1.
  static func octave(_ tokens: Double) -> Double { log2(tokens).rounded(.down) }

  /// The least tokens of an octave.
  static func tokens(_ octave: Int) -> Double { exp2(Double(octave)) }
}
