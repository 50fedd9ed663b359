// What every stage works with.
// Not here: the stages themselves.
package import Chat
package import Media
package import Tensor

/// Settings, files, state and teachers of a build.
package struct BuildContext: Sendable {
  package let config: ZoomBuildConfig
  package let folder: BuildFolder
  package let store: BuildStore
  package let teachers: Teachers
  /// Where full pictures are read from.
  package let input: InputRoot

  package init(
    config: ZoomBuildConfig, folder: BuildFolder, store: BuildStore, teachers: Teachers, input: InputRoot
  ) {
    self.config = config
    self.folder = folder
    self.store = store
    self.teachers = teachers
    self.input = input
  }

  /// Reads a full picture.
  ///
  /// - Throws: ``ZoomError`` if the file left the folder, Media's `ImageError` if it cannot be decoded.
  package func load(_ image: ImageRecord) throws -> LoadedImage {
    try LoadedImage(input.file(image.path), limits: config.images.limits, longestSide: config.images.sendSide)
  }

  /// The crop of a region, as the second stage wrote it.
  ///
  /// - Throws: Media's `ImageError` if the file is gone.
  package func crop(of region: RegionRecord) throws -> ChatImage {
    let bytes = try ImageFile.bytes(of: folder.crop(region.id, config.crop.encoding), limits: config.images.limits)
    return ChatImage(bytes: bytes, mediaType: config.crop.encoding.format.mediaType)
  }

  /// A stream of random numbers for one purpose and one thing.
  package func random(_ purpose: String, _ id: String) -> RandomSource {
    RandomSource(seed: config.seed).split(purpose).split(id)
  }

  /// Pieces of work in flight.
  package var concurrency: Int {
    config.concurrency > 0 ? config.concurrency : teachers.usesServers ? 8 : Runtime.threads
  }

  /// A box as the prompts write it: 0 to 1000 of width and height, whole numbers.
  package static func regionLine(_ box: BoundingBox, in size: ImageSize) -> String {
    let box = CoordinateSpace.perMille.express(box, in: size)
    let edges = [box.left, box.top, box.right, box.bottom].map { String(Int($0.rounded())) }
    return "\nRegion: [\(edges.joined(separator: ", "))]"
  }
}

/// The stages of a build in their order; the raw values are the commands.
package enum BuildStage: String, CaseIterable, Sendable {
  /// Pictures are gathered, regions proposed and filtered.
  case propose
  /// Crops are cut, questions written and validated.
  case ask
  /// Answers are given and agreed on.
  case answer
  /// Items are made and tried.
  case filter
}

/// What a stage did.
package struct StageSummary: Equatable, Sendable {
  /// Pieces of work that were finished now.
  package var done = 0
  /// Pieces that failed; the same command tries them again.
  package var failed = 0
  /// Whether the stage was interrupted.
  package var wasInterrupted = false
}
