// The first stage: regions of a picture, proposed and judged.
// Not here: taking in pictures (Gathering.swift), the strategies (TeacherProposer.swift and its neighbours).
import Chat
import Media

/// Proposes regions of one picture at a time.
package struct ProposeStage: WorkStage {
  package let context: BuildContext
  /// Boxes that came with pictures or annotations, by path.
  package let given: [String: [GivenBox]]

  package init(_ context: BuildContext, given: [String: [GivenBox]] = [:]) {
    self.context = context
    self.given = given
  }

  package func open(limit: Int) throws(ZoomError) -> [ImageRecord] {
    try context.store.openImages(limit: limit)
  }

  package func work(on record: ImageRecord) async throws -> (ImageRecord, [RegionRecord]) {
    var image = record
    (image.state, image.verdict, image.reason) = (.done, .none, "")
    let loaded = try context.load(image)
    let proposed: [ProposedRegion]
    switch context.config.regions.strategy {
    case .teachers:
      let proposer = TeacherProposer(teachers: context.teachers, config: context.config.regions)
      let (names, regions) = try await proposer.regions(of: loaded.sent, size: loaded.image.size)
      guard let regions else {
        (image.state, image.verdict) = (.rejected, .fewNames)
        image.reason = "\(names.count) names, fewer than \(context.config.regions.leastNames)"
        return (image, [])
      }
      proposed = regions
    case .salient: proposed = SalientProposer().regions(of: loaded.image)
    case .given, .annotations:
      proposed = given[image.path, default: []].map { ProposedRegion(name: $0.name, box: $0.box, score: 1) }
    }
    let judged = RegionFilter(context.config.regions).judged(proposed, in: loaded.image.size)
    return (image, records(of: judged, in: image))
  }

  package func commit(_ result: (ImageRecord, [RegionRecord])) throws(ZoomError) {
    try context.store.save(result.0, result.1)
  }

  package func fail(_ record: ImageRecord, reason: String) throws(ZoomError) {
    var image = record
    (image.state, image.verdict, image.reason) = (.failed, .error, reason)
    try context.store.save(image, [])
  }

  private func records(of regions: [ProposedRegion], in image: ImageRecord) -> [RegionRecord] {
    regions.map { region in
      let box = region.box
      let edges = [box.left, box.top, box.right, box.bottom].map { String(Int(($0 * 100).rounded())) }
      return RegionRecord(
        id: ContentName.of([image.id, region.name] + edges), image: image.id, name: region.name, left: box.left,
        top: box.top, right: box.right, bottom: box.bottom, score: region.score,
        state: region.verdict == .none ? .pending : .rejected, verdict: region.verdict, reason: region.reason)
    }
  }
}
