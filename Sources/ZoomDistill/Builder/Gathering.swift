// Taking in pictures: listing, limits, copies, near-duplicates, benchmarks.
// Not here: making scenes (SignSource.swift), proposing regions (ProposeStage.swift).
import Foundation
package import Lab
package import Media
import Synchronization
import Tensor

/// One picture of a source, before it is looked at.
package struct SourcePicture: Codable, Equatable, Sendable {
  /// From the folder of the source.
  package var path: String
  package var licence: String
  package var origin: String
  /// Boxes that came with it.
  package var boxes: [GivenBox]
}

/// A box that came with a picture, in pixels.
package struct GivenBox: Codable, Equatable, Sendable {
  package var name: String
  package var box: BoundingBox
}

/// Takes in the pictures of a source that the state does not know yet.
package struct Gathering {
  package let context: BuildContext

  package init(_ context: BuildContext) { self.context = context }

  /// Takes them in, in order of their paths: of two that are alike the first one stays.
  ///
  /// - Parameter progress: told of pictures looked at and pictures in all.
  /// - Throws: ``ZoomError``.
  package func run(interrupt: Interrupt, progress: @Sendable (Int, Int) -> Void) throws(ZoomError) {
    let images = context.config.images
    let known = Set(try context.store.images().map(\.path))
    let pictures = try ImageListing(config: images, seed: context.config.seed, input: context.input).pictures()
    guard !pictures.isEmpty else {
      throw .empty(what: "PNG or JPEG pictures in '\(context.input.folder.path)'", hint: "name another folder.")
    }
    let open = pictures.filter { !known.contains($0.path) }
    var seen = try SeenPictures(context: context)
    let chunk = 64
    var start = 0
    while start < open.count, !interrupt.isRequested {
      let part = Array(open[start..<min(open.count, start + chunk)])
      let records = looked(at: part)
      let judged = records.map { seen.judge($0) }
      try context.store.add(judged)
      start += part.count
      progress(start, open.count)
    }
  }

  /// Sizes and hashes, several pictures at once.
  private func looked(at pictures: [SourcePicture]) -> [ImageRecord] {
    let results = Mutex([Int: ImageRecord]())
    parallelForEach(pictures.count) { index, _ in
      let record = look(at: pictures[index])
      results.withLock { $0[index] = record }
    }
    return pictures.indices.compactMap { index in results.withLock { $0[index] } }
  }

  private func look(at picture: SourcePicture) -> ImageRecord {
    let images = context.config.images
    var record = ImageRecord(
      id: ContentName.of(["unreadable", picture.path]), path: picture.path, width: 0, height: 0, hash: "",
      licence: picture.licence, origin: picture.origin, state: .rejected, verdict: .unreadable, reason: "")
    do {
      let bytes = try ImageFile.bytes(of: context.input.file(picture.path), limits: images.limits)
      let info = try ImageFile.inspect(bytes, place: picture.path, limits: images.limits)
      record.id = ContentName.of(bytes: bytes)
      (record.width, record.height) = (info.size.width, info.size.height)
      guard min(record.width, record.height) > images.longerThan else {
        record.verdict = .small
        record.reason = "\(record.width) x \(record.height), not more than \(images.longerThan) on both sides"
        return record
      }
      let image = try ImageFile.decode(bytes, place: picture.path, limits: images.limits)
      if images.duplicateDistance >= 0 || !images.benchmarks.isEmpty { record.hash = PerceptualHash(image).description }
      (record.state, record.verdict) = (.pending, .none)
    } catch {
      record.reason = "\(error)"
    }
    return record
  }
}

/// The pictures that were taken in so far, and those of benchmarks.
private struct SeenPictures {
  private let distance: Int
  private var ids: Set<String>
  private var hashes: [(hash: PerceptualHash, path: String)] = []
  private var benchmarks: [(hash: PerceptualHash, path: String)] = []

  init(context: BuildContext) throws(ZoomError) {
    let images = context.config.images
    distance = images.duplicateDistance
    let records = try context.store.images()
    ids = Set(records.map(\.id))
    for record in records where record.state != .rejected {
      if let bits = UInt64(record.hash, radix: 16) { hashes.append((PerceptualHash(bits: bits), record.path)) }
    }
    for path in images.benchmarks {
      let root = try InputRoot(URL(fileURLWithPath: path))
      for name in root.pictures() {
        let url = try root.file(name)
        do {
          benchmarks.append((PerceptualHash(try ImageFile.read(url, limits: images.limits)), name))
        } catch {
          // A picture that is left out would be a hole in the check.
          throw .source(path: path, reason: error.description)
        }
      }
    }
  }

  mutating func judge(_ record: ImageRecord) -> ImageRecord {
    var record = record
    guard record.state != .rejected else {
      // A row of its own for every file, or it would be looked at in each run.
      if !ids.insert(record.id).inserted { record.id = ContentName.of(["copy", record.path]) }
      return record
    }
    func reject(_ verdict: Verdict, _ reason: String) {
      (record.state, record.verdict, record.reason) = (.rejected, verdict, reason)
    }
    if !ids.insert(record.id).inserted {
      // A row of its own, so that the file is not read again.
      record.id = ContentName.of(["copy", record.path])
      reject(.copy, "the same bytes as another picture")
    } else if let bits = UInt64(record.hash, radix: 16) {
      let hash = PerceptualHash(bits: bits)
      let reach = max(0, distance)
      if let other = benchmarks.first(where: { $0.hash.distance(to: hash) <= reach }) {
        reject(.benchmark, "like '\(other.path)' of a benchmark")
      } else if distance >= 0, let other = hashes.first(where: { $0.hash.distance(to: hash) <= distance }) {
        reject(.nearDuplicate, "like '\(other.path)'")
      } else {
        hashes.append((hash, record.path))
      }
    }
    return record
  }
}
