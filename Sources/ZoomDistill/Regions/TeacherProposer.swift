// Regions as the paper finds them: one teacher names things that appear once, another gives all boxes of each name.
// Not here: the filters (RegionFilter.swift).
package import Chat
package import Media

/// Proposals by teachers.
package struct TeacherProposer: Sendable {
  package let teachers: Teachers
  package let config: RegionsConfig

  package init(teachers: Teachers, config: RegionsConfig) {
    self.teachers = teachers
    self.config = config
  }

  /// The regions of a picture, those that are not unique or not found included, with their verdicts.
  ///
  /// - Returns: nil with the names if there are fewer than wanted.
  /// - Throws: ``ChatError`` if a teacher gave no reply of the form that was asked for.
  package func regions(of image: ChatImage, size: ImageSize) async throws(ChatError) -> (
    names: [String], [ProposedRegion]?
  ) {
    let names = try await teachers.read(.list, images: [image], as: .names)
    guard names.count >= config.leastNames else { return (names, nil) }
    var regions: [ProposedRegion] = []
    for name in names { regions.append(try await region(name, image, size)) }
    return (names, regions)
  }

  /// A name is unique if every sample gives exactly one box and the boxes agree. Their least overlap is part of the
  /// confidence where there are several samples.
  private func region(_ name: String, _ image: ChatImage, _ size: ImageSize) async throws(ChatError) -> ProposedRegion {
    var boxes: [BoundingBox] = []
    var score = 1.0
    let nowhere = BoundingBox(left: 0, top: 0, right: 0, bottom: 0)
    for sample in 0..<config.groundingSamples {
      let found = try await teachers.read(
        .ground, ["object": name], images: [image], sample: sample, as: .boxes(in: size))
      guard let first = found.first else {
        return ProposedRegion(name: name, box: nowhere, score: 0, verdict: .notFound, reason: "no box")
      }
      guard found.count == 1 else {
        return ProposedRegion(
          name: name, box: first.box, score: first.score, verdict: .notUnique, reason: "\(found.count) boxes")
      }
      boxes.append(first.box)
      score = min(score, first.score)
    }
    var agreement = 1.0
    for (index, box) in boxes.enumerated() {
      for other in boxes[(index + 1)...] { agreement = min(agreement, box.intersectionOverUnion(other)) }
    }
    guard agreement >= config.groundingAgreement else {
      return ProposedRegion(
        name: name, box: boxes[0], score: score, verdict: .unstable,
        reason: "boxes of two samples overlap by \(agreement)")
    }
    return ProposedRegion(name: name, box: boxes[0], score: min(score, agreement))
  }
}
