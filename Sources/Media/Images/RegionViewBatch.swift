// Views of many regions, from files to files, on all threads.
// Not here: one region (RegionViews.swift), which commands call this.

import Foundation
import Lab
import Synchronization
import Tensor

/// Regions of photographs on the disk, and the folder that their views go to.
public struct RegionViewBatch: Codable, Hashable, Sendable {
  /// One region.
  public struct Item: Codable, Hashable, Sendable {
    /// The file of the photograph.
    public var photo: String
    /// The region in its pixels.
    public var box: BoundingBox
    /// The name of the two files, without folder and extension.
    public var name: String

    /// A region of a photograph.
    public init(photo: String, box: BoundingBox, name: String) {
      self.photo = photo
      self.box = box
      self.name = name
    }
  }

  /// What a batch wrote.
  public struct Outcome: Codable, Hashable, Sendable {
    /// Bytes of all enlarged parts.
    public var partBytes: Int
    /// Bytes of all whole pictures.
    public var wholeBytes: Int
  }

  /// The regions.
  public var items: [Item]
  /// The folder of the results, which exists.
  public var folder: String
  /// How views are made.
  public var settings: RegionViewSettings

  /// A batch.
  public init(items: [Item], folder: String, settings: RegionViewSettings = RegionViewSettings()) {
    self.items = items
    self.folder = folder
    self.settings = settings
  }

  /// Reads each photograph, makes its views and writes `<name>.part.*` and `<name>.whole.*`, a photograph a thread.
  ///
  /// - Throws: ``ImageError``, the one of the first item that failed; the others are written. A box without pixels is
  ///   an error of its photograph.
  public func run() throws(ImageError) -> Outcome {
    let results = Mutex([Int: Result<Outcome, ImageError>]())
    parallelForEach(items.count) { index, _ in
      let result = Result { () throws(ImageError) in try write(items[index]) }
      results.withLock { $0[index] = result }
    }
    var sum = Outcome(partBytes: 0, wholeBytes: 0)
    for (_, result) in results.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      let outcome = try result.get()
      sum.partBytes += outcome.partBytes
      sum.wholeBytes += outcome.wholeBytes
    }
    return sum
  }

  private func write(_ item: Item) throws(ImageError) -> Outcome {
    let photo = try ImageFile.read(URL(fileURLWithPath: item.photo), opacity: .flatten(.white))
    guard let views = try RegionViews.make(of: photo, box: item.box, settings: settings) else {
      throw .noRegion(place: item.photo, box: item.box, size: photo.size)
    }
    let folder = URL(fileURLWithPath: folder)
    func file(_ kind: String, _ encoding: ImageEncoding) -> URL {
      folder.appending(path: "\(item.name).\(kind).\(encoding.format.fileExtension)")
    }
    try ImageFile.write(views.part, to: file("part", settings.partEncoding))
    try ImageFile.write(views.whole, to: file("whole", settings.wholeEncoding))
    return Outcome(partBytes: views.part.count, wholeBytes: views.whole.count)
  }
}
