// The benchmark of signs as a bundle on disk.
// Not here: drawing the items (SignBenchmark.swift).

public import Foundation
import Chat
import Media

extension BundleWriter {
  /// What a crop shows around a sign, as a share of its side.
  private static let cropMargin = 0.05
  /// How much a crop is enlarged.
  private static let cropScale = 2.0

  /// Draws a benchmark of signs into a folder: full pictures, crops, items. Equal benchmarks give equal bytes.
  ///
  /// - Parameters:
  ///   - benchmark: the items.
  ///   - folder: where they go.
  ///   - shouldStop: looked at before each picture.
  ///   - progress: told of the pictures done, and of all.
  /// - Returns: the bundle; nil if it was stopped.
  /// - Throws: ``BenchError``.
  public static func write(
    _ benchmark: SignBenchmark, to folder: URL, shouldStop: () -> Bool = { false },
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(BenchError) -> BenchBundle? {
    let scenes = benchmark.sceneIndices
    let grouped = Dictionary(grouping: benchmark.items, by: \.sceneIndex)
    var items: [BenchItem] = []
    var lines = ""
    for (done, scene) in scenes.enumerated() {
      if shouldStop() { return nil }
      let picture = benchmark.scene(scene).image
      let image = "images/scene-\(scene).png"
      try save(try png(picture, image), to: folder.appending(path: image))
      for sign in grouped[scene] ?? [] {
        let crop = "images/\(sign.id).png"
        try save(try png(Self.crop(sign.box, of: picture), crop), to: folder.appending(path: crop))
        let item = BenchItem(
          id: sign.id, question: sign.question, answer: answer(sign), options: sign.options,
          format: sign.isMultipleChoice ? .choice : .open, category: sign.dimension.rawValue, image: image, crop: crop,
          box: sign.box, license: "CC0-1.0",
          source: "sign world, seed \(benchmark.seed)")
        items.append(item)
        lines += try line(item) + "\n"
      }
      progress(done + 1, scenes.count)
    }
    // Written last: a folder without it is unfinished.
    try save(Data(lines.utf8), to: folder.appending(path: BenchBundle.itemsFile))
    return BenchBundle(folder: BenchFolder(folder), items: items)
  }

  private static func answer(_ sign: SignItem) -> String {
    sign.options.firstIndex(of: sign.answer).map(AnswerKey.letter) ?? sign.answer
  }

  private static func crop(_ box: BoundingBox, of picture: Image) -> Image {
    let region = box.expanded(by: cropMargin).clipped(to: picture.size).pixels(in: picture.size, rounding: .outward)
    func side(_ pixels: Int) -> Int { max(1, Int(Double(pixels) * cropScale)) }
    return picture.resized(
      region: region.box, to: ImageSize(width: side(region.x.count), height: side(region.y.count)), filter: .lanczos)
  }

  private static func png(_ picture: Image, _ place: String) throws(BenchError) -> Data {
    Data(try ViewMaker.encoded(picture, place).bytes)
  }
}
