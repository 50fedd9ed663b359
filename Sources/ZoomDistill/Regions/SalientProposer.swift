// Regions from the pixels alone: blocks of text and small things that stand out.
// Not here: the filters (RegionFilter.swift).
package import Media

/// Proposals without a teacher.
package struct SalientProposer: Sendable {
  package init() {}

  /// Blocks and components, the most salient first.
  package func regions(of image: Image) -> [ProposedRegion] { [] }
}
