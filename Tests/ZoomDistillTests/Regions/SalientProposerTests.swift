// Proposals from pixels: how many drawn lines of text and things are found, and what is not.
// Not here: the filters of regions.

import Media
import Tensor
import TestSupport
import Testing
import ZoomDistill

@Suite("Salient proposals")
struct SalientProposerTests {
  /// A picture of soft noise with things at known places.
  private struct Drawing {
    var image: Image
    var text: [BoundingBox] = []
    var things: [BoundingBox] = []
  }

  private static func background(_ size: ImageSize, _ random: inout TestRandom) -> Image {
    let base = (0..<3).map { _ in Int.random(in: 120...200, using: &random) }
    var image = Image(size: size, color: base.map { UInt8($0) })
    for index in image.pixels.indices {
      image.pixels[index] = UInt8(Int(image.pixels[index]) + Int.random(in: -6...6, using: &random))
    }
    return image
  }

  /// A grid of cells of which some hold a line of text and some a thing.
  private static func drawing(seed: UInt64, size: ImageSize, letters: ClosedRange<Double>) throws -> Drawing {
    var random = TestRandom(seed: seed)
    let font = try Font(contentsOf: Font.find())
    var drawing = Drawing(image: background(size, &random))
    let words = ["Harbor 4721", "RX-4937", "Opening hours", "Platform", "Zoom 88 in", "quiet please"]
    let (columns, rows) = (3, 4)
    for cell in 0..<columns * rows {
      let x = Double(cell % columns) * Double(size.width) / Double(columns)
      let y = Double(cell / columns) * Double(size.height) / Double(rows)
      if cell.isMultiple(of: 2) {
        let text = try font.render(
          words[cell / 2 % words.count], pixelSize: Double.random(in: letters, using: &random))
        let color = Bool.random(using: &random) ? RGBColor.black : .white
        let (left, top) = (Int(x) + size.width / 30, Int(y) + size.height / 10)
        let box = drawing.image.draw(text, x: left, y: top, color: color)
        drawing.text.append(try #require(box))
      } else {
        let side = Double.random(in: 0.025...0.07, using: &random) * Double(size.width)
        let (left, top) = (x + Double(size.width) / 8, y + Double(size.height) / 12)
        let box = BoundingBox(left: left, top: top, right: left + side, bottom: top + side * 0.8)
        let part = box.pixels(in: size, rounding: .nearest)
        let colors = [RGBColor.red, RGBColor(red: 20, green: 60, blue: 190), .black, .white]
        drawing.image.fill(part, color: colors[Int.random(in: 0..<4, using: &random)])
        drawing.things.append(part.box)
      }
    }
    return drawing
  }

  private static func recall(_ boxes: [BoundingBox], _ regions: [ProposedRegion], overlap: Double) -> Int {
    boxes.count { box in regions.contains { $0.box.intersectionOverUnion(box) >= overlap } }
  }

  @Test("lines of text and things are found, at three sizes of pictures")
  func recall() throws {
    for (size, letters) in [
      (ImageSize(width: 640, height: 480), 14.0...30), (ImageSize(width: 1023, height: 771), 16...56),
      (ImageSize(width: 2401, height: 1800), 34...130),
    ] {
      var (text, things, textFound, thingsFound, proposed) = (0, 0, 0, 0, 0)
      for seed in UInt64(1)...3 {
        let drawing = try Self.drawing(seed: seed, size: size, letters: letters)
        let regions = SalientProposer().regions(of: drawing.image)
        text += drawing.text.count
        things += drawing.things.count
        textFound += Self.recall(drawing.text, regions.filter { $0.name.hasPrefix("text") }, overlap: 0.5)
        thingsFound += Self.recall(drawing.things, regions.filter { $0.name.hasPrefix("small") }, overlap: 0.6)
        proposed += regions.count
      }
      #expect(10 * textFound >= 9 * text, "\(size): \(textFound) of \(text) lines")
      #expect(10 * thingsFound >= 9 * things, "\(size): \(thingsFound) of \(things) things")
      #expect(2 * (text + things) >= proposed, "\(size): \(proposed) proposals for \(text + things)")
    }
  }

  @Test("names number each kind in reading order, scores are in 0...1 and fall, boxes lie in the picture")
  func form() throws {
    let drawing = try Self.drawing(seed: 5, size: ImageSize(width: 1200, height: 900), letters: 20...50)
    let regions = SalientProposer().regions(of: drawing.image)
    #expect(regions.map(\.score) == regions.map(\.score).sorted(by: >))
    for kind in ["text block", "small object"] {
      let named = regions.filter { $0.name.hasPrefix(kind) }
      let numbers = named.compactMap { Int($0.name.dropFirst(kind.count + 1)) }
      #expect(numbers.sorted() == Array(1...max(1, named.count)), "\(numbers)")
      // Cells of one row are drawn at one height: a later number is never in an earlier row.
      let rows = named.sorted {
        (Int($0.name.dropFirst(kind.count + 1)) ?? 0) < (Int($1.name.dropFirst(kind.count + 1)) ?? 0)
      }
      .map { Int($0.box.bottom / 225) }
      #expect(rows == rows.sorted(), "\(rows)")
    }
    for region in regions {
      #expect((0...1).contains(region.score) && region.box.clipped(to: drawing.image.size) == region.box)
      #expect(region.box.area > 0 && region.verdict == .none)
    }
    #expect(SalientProposer().regions(of: drawing.image) == regions)
  }

  @Test("nothing is found in flat pictures, gradients and noise; tiny pictures do no harm")
  func nothing() {
    var random = TestRandom(seed: 3)
    let flat = Image(size: ImageSize(width: 611, height: 307), color: [90, 120, 150])
    var gradient = flat
    for y in 0..<flat.height {
      for x in 0..<flat.width { gradient.pixels[(y * flat.width + x) * 3] = UInt8(x * 255 / flat.width) }
    }
    var noise = flat
    for index in noise.pixels.indices { noise.pixels[index] = UInt8.random(in: 60...190, using: &random) }
    for (name, image) in [("flat", flat), ("gradient", gradient), ("noise", noise)] {
      #expect(SalientProposer().regions(of: image).count <= (name == "noise" ? 2 : 0), "\(name)")
    }
    for (width, height) in [(1, 1), (3, 2), (1, 400), (400, 1), (17, 16), (5000, 3)] {
      for format in [PixelFormat.gray, .rgb, .rgba] {
        let size = ImageSize(width: width, height: height)
        let pixels = (0..<size.area * format.channels).map { _ in UInt8.random(in: 0...255, using: &random) }
        for region in SalientProposer().regions(of: Image(size: size, format: format, pixels: pixels)) {
          #expect(region.box.clipped(to: size) == region.box)
        }
      }
    }
  }

  @Test("full opacity changes nothing")
  func opacity() throws {
    let drawing = try Self.drawing(seed: 9, size: ImageSize(width: 1601, height: 1001), letters: 24...60)
    let image = drawing.image
    #expect(SalientProposer().regions(of: image) == SalientProposer().regions(of: image.converted(to: .rgba)))
  }
}
