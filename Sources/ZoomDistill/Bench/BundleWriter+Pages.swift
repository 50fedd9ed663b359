// Pages and photographic scenes as dual-view benchmarks: questions with exact answers, crops, evidence.
// Not here: which words are asked about (WordPair.swift), the scenes (PhotoSceneFolder.swift), signs
// (BundleWriter+Signs.swift).

package import Foundation
import Chat
import Lab
import Media
import Tensor

/// A picture with its questions, before its file is read.
private struct PictureItems {
  let path: String
  let licence: String
  let origin: String
  /// Makes the items for the picture's size; ids, pictures and crops are filled in.
  let items: (ImageSize) -> [(item: BenchItem, part: BoundingBox)]
}

extension BundleWriter {
  /// How much crops are enlarged.
  private static let enlargement = 2.0
  /// What a crop of a thing shows around it, as a share of its sides.
  private static let thingMargin = 0.15

  /// Writes a benchmark of pages: for words that occur once on their page, the word right after them.
  ///
  /// The crop shows both words with a margin of the higher one's height, enlarged twice; the evidence is the box of
  /// both. The same list, seed and count give the same bytes.
  ///
  /// - Parameters:
  ///   - list: a list whose lines carry `words`, such as that of `Scripts/fetch-data pages`.
  ///   - count: items of a page at most, of different heights in different places.
  ///   - seed: the draws.
  ///   - folder: where the bundle goes.
  ///   - shouldStop: looked at before each page.
  ///   - progress: told of the pages done, and of all.
  /// - Returns: the bundle; nil if it was stopped.
  /// - Throws: ``BenchError``, ``ZoomError`` for the list.
  package static func writePages(
    _ list: URL, count: Int, seed: UInt64, to folder: URL, shouldStop: () -> Bool = { false },
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> BenchBundle? {
    let pages = try WordedPicture.list(list).map { page in
      PictureItems(path: page.path, licence: page.licence, origin: page.origin) { size in
        var random = RandomSource(seed: seed).split("page item").split(page.path)
        return WordPair.drawn(WordPair.all(page.words, in: size), count: count, random: &random).map { pair in
          let item = BenchItem(
            id: "", question: WordQuestion.text(after: pair.quoted.bare), answer: pair.answer.bare, format: .open,
            category: Dimension.ocr.rawValue, image: "", box: pair.box)
          return (item, pair.box.grown(pair.height, pair.height))
        }
      }
    }
    return try write(
      pages, of: list, name: "page", to: folder, shouldStop: shouldStop, progress: progress)
  }

  /// Writes a benchmark of photographic scenes: one question about each thing whose name is unique, over all six
  /// dimensions, with options where the truth has wrong answers.
  ///
  /// - Parameters:
  ///   - scenes: the scenes with their truth.
  ///   - seed: draws the wording and the order of options.
  ///   - folder: where the bundle goes.
  ///   - shouldStop: looked at before each scene.
  ///   - progress: told of the scenes done, and of all.
  /// - Returns: the bundle; nil if it was stopped.
  /// - Throws: ``BenchError``, ``SignFolderError`` for scenes without truth.
  package static func writePhotos(
    _ scenes: PhotoSceneFolder, seed: UInt64, to folder: URL, shouldStop: () -> Bool = { false },
    progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> BenchBundle? {
    let pictures = try scenes.truths().map { truth in
      PictureItems(
        path: "images/\(scenes.picture(truth.id).lastPathComponent)", licence: truth.licence, origin: truth.origin
      ) { _ in
        truth.things.enumerated().compactMap { number, thing in
          guard !thing.isDuplicate else { return nil }
          var random = RandomSource(seed: seed).split("photo item").split(truth.id).split(number)
          return photoItem(thing, random: &random)
        }
      }
    }
    return try write(
      pictures, of: scenes.listFile, name: "photo", to: folder, shouldStop: shouldStop, progress: progress)
  }

  private static func photoItem(
    _ thing: PhotoThing, random: inout RandomSource
  ) -> (item: BenchItem, part: BoundingBox)? {
    guard !thing.questions.isEmpty else { return nil }
    let question = thing.questions[random.integer(below: thing.questions.count)]
    let options = question.wrong.isEmpty ? [] : random.shuffled([question.answer] + question.wrong)
    let item = BenchItem(
      id: "", question: question.texts[random.integer(below: question.texts.count)],
      answer: options.firstIndex(of: question.answer).map(AnswerKey.letter) ?? question.answer, options: options,
      format: options.isEmpty ? .open : .choice, category: question.dimension.rawValue, image: "", box: thing.box)
    return (item, thing.box.grown(thingMargin * thing.box.width, thingMargin * thing.box.height))
  }

  private static func write(
    _ pictures: [PictureItems], of list: URL, name: String, to folder: URL, shouldStop: () -> Bool,
    progress: (_ done: Int, _ all: Int) -> Void
  ) throws(BenchError) -> BenchBundle? {
    guard !pictures.isEmpty else { throw .empty(path: list.relativePath) }
    let source = BenchFolder(list.deletingLastPathComponent())
    var items: [BenchItem] = []
    var lines = ""
    for (done, picture) in pictures.enumerated() {
      if shouldStop() { return nil }
      let bytes = try source.bytes(picture.path)
      let (image, format) = try decoded(bytes, picture.path)
      let made = picture.items(image.size)
      // The digest names the file, so that a picture is kept once.
      let file = "images/\(ContentDigest.hex(Data(bytes))).\(format.fileExtension)"
      if !made.isEmpty { try save(Data(bytes), to: folder.appending(path: file)) }
      for entry in made {
        var item = entry.item
        let digits = String(items.count)
        item.id = "\(name)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        item.image = file
        item.crop = "images/\(item.id).png"
        (item.license, item.source) = (picture.licence, picture.origin)
        try save(try crop(entry.part, of: image, item.crop), to: folder.appending(path: item.crop))
        items.append(item)
        lines += try line(item) + "\n"
      }
      progress(done + 1, pictures.count)
    }
    guard !items.isEmpty else { throw .empty(path: list.relativePath) }
    // Written last: a folder without it is unfinished.
    try save(Data(lines.utf8), to: folder.appending(path: BenchBundle.itemsFile))
    return BenchBundle(folder: BenchFolder(folder), items: items)
  }

  private static func decoded(_ bytes: [UInt8], _ path: String) throws(BenchError) -> (Image, ImageFileFormat) {
    do {
      return (
        try ImageFile.decode(bytes, place: path, limits: BenchFolder.imageLimits, opacity: .flatten(.white)),
        try ImageFileFormat.detected(in: bytes, place: path)
      )
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }

  private static func crop(_ part: BoundingBox, of picture: Image, _ place: String) throws(BenchError) -> Data {
    let region = part.clipped(to: picture.size).pixels(in: picture.size, rounding: .outward)
    func side(_ pixels: Int) -> Int { max(1, Int((Double(pixels) * enlargement).rounded())) }
    let crop = picture.resized(
      region: region.box, to: ImageSize(width: side(region.x.count), height: side(region.y.count)), filter: .lanczos)
    return Data(try ViewMaker.encoded(crop, place).bytes)
  }
}

extension BoundingBox {
  /// The box with something added on each side.
  fileprivate func grown(_ x: Double, _ y: Double) -> BoundingBox {
    BoundingBox(left: left - x, top: top - y, right: right + x, bottom: bottom + y)
  }
}
