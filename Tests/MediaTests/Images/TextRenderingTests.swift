// Text as ink: place, kerning, turning, and fonts that are none.
// Not here: how fonts are found on other systems.

import Foundation
import Media
import TestSupport
import Testing

@Suite("Text")
struct TextRenderingTests {
  private static let size = ImageSize(width: 200, height: 120)

  private static func font() throws -> Font { try Font(contentsOf: Font.find()) }

  @Test("the box is the tight box of the ink, also at the edges")
  func inkBoxes() throws {
    let font = try Self.font()
    for (text, x, y, size) in [("Ag7", 20, 60, 30.0), ("jp", -5, 10, 24), ("Wide", 150, 118, 50), ("ii", 400, 60, 20)] {
      let rendered = try font.render(text, pixelSize: size)
      var image = Image(size: Self.size, format: .gray, color: [0])
      let box = image.draw(rendered, x: x, y: y, color: .white)
      let ink = (0..<Self.size.height).flatMap { y in (0..<Self.size.width).map { ($0, y) } }
        .filter { image.pixel($0.0, $0.1)[0] > 0 }
      guard let box else {
        #expect(ink.isEmpty, "\(text)")
        continue
      }
      #expect(box.left == Double(ink.map(\.0).min() ?? -1) && box.right == Double((ink.map(\.0).max() ?? -1) + 1))
      #expect(box.top == Double(ink.map(\.1).min() ?? -1) && box.bottom == Double((ink.map(\.1).max() ?? -1) + 1))
    }
  }

  @Test("letters stand on the baseline and have the size that was asked for")
  func proportions() throws {
    let font = try Self.font()
    for size in [12.0, 40, 41.5, 100] {
      let letter = try font.render("H", pixelSize: size)
      // The baseline is an edge between pixels: what stands on it ends at row 0.
      #expect(letter.ink.y.upperBound == 0, "\(size)")
      #expect(abs(Double(letter.ink.size.height) - 0.729 * size) <= 1, "\(size): \(letter.ink.size.height)")
      #expect(letter.coverage.count == letter.ink.size.area)
      #expect(size < 40 || letter.coverage.contains(255), "\(size)")
      let twice = try font.render("HH", pixelSize: size)
      #expect(abs(twice.advance - 2 * letter.advance) < 1e-6)
    }
    let deep = try font.render("p", pixelSize: 40)
    #expect(deep.ink.y.upperBound > 5 && deep.ink.y.lowerBound < -15)
  }

  @Test("edges are smooth, and shifts by fractions of a pixel move the ink")
  func antialiasing() throws {
    let font = try Self.font()
    let letter = try font.render("O", pixelSize: 30)
    #expect(Set(letter.coverage).count > 20)
    func center(_ text: RenderedText) -> Double {
      var sum = 0.0, weighted = 0.0
      for (index, value) in text.coverage.enumerated() {
        sum += Double(value)
        weighted += Double(value) * Double(text.ink.x.lowerBound + index % text.ink.x.count)
      }
      return weighted / sum
    }
    let moved = try font.render("O", pixelSize: 30, transform: .translation(x: 0.5, y: 0))
    #expect(abs(center(moved) - center(letter) - 0.5) < 0.05)
    let far = try font.render("O", pixelSize: 30, transform: .translation(x: 40_000, y: -7))
    #expect(far.ink.x.lowerBound == letter.ink.x.lowerBound + 40_000 && far.coverage == letter.coverage)
  }

  @Test("pairs are kerned")
  func kerning() throws {
    let font = try Self.font()
    let pair = try font.render("AV", pixelSize: 60).advance
    let apart = try font.render("A", pixelSize: 60).advance + font.render("V", pixelSize: 60).advance
    #expect(pair < apart - 1, "\(pair) and \(apart)")
  }

  @Test("turned text is the text, turned")
  func turning() throws {
    let font = try Self.font()
    let plain = try font.render("Lap", pixelSize: 32)
    for quarters in 1...3 {
      let turned = try font.render("Lap", pixelSize: 32, transform: .rotation(radians: Double(quarters) * .pi / 2))
      let sides = [plain.ink.size.width, plain.ink.size.height]
      let expected = quarters == 2 ? sides : sides.reversed()
      #expect(abs(turned.ink.size.width - expected[0]) <= 1 && abs(turned.ink.size.height - expected[1]) <= 1)
      let sum = { (text: RenderedText) in text.coverage.reduce(0.0) { $0 + Double($1) } }
      #expect(abs(sum(turned) - sum(plain)) < 0.02 * sum(plain))
    }
    // A quarter clockwise: the line runs down, so its ink lies below the origin.
    let down = try font.render("Lap", pixelSize: 32, transform: .rotation(radians: .pi / 2))
    #expect(down.ink.y.lowerBound >= 0 && down.ink.y.upperBound > 30)
    let mirrored = try font.render("L", pixelSize: 32, transform: .scale(x: -1, y: 1))
    #expect(mirrored.ink.x.upperBound <= 0)
  }

  @Test("blanks have a length and no ink; nothing has neither")
  func blanks() throws {
    let font = try Self.font()
    let blank = try font.render("  ", pixelSize: 20)
    #expect(blank.ink.isEmpty && blank.coverage.isEmpty && blank.advance > 5)
    #expect(try font.render("", pixelSize: 20).advance == 0)
    var image = Image.sample(10, 10)
    let before = image
    #expect(image.draw(blank, x: 3, y: 3, color: .red) == nil && image == before)
  }

  @Test("characters that the font does not have are named")
  func missingCharacters() throws {
    let error = #expect(throws: ImageError.self) { try Self.font().render("a\u{13000}", pixelSize: 20) }
    #expect(error?.description.contains("U+13000") == true)
  }

  @Test("files that are no fonts are refused, and missing ones name a package")
  func badFonts() throws {
    let folder = try TestFolder()
    let none = #expect(throws: ImageError.self) { try Font.find("NoSuchFont.ttf", in: [folder.url]) }
    #expect(none?.description.contains("fonts-dejavu-core") == true)
    #expect(none?.description.contains(folder.url.path) == true)
    let text = try folder.write(Array("this is no font".utf8), "a.ttf")
    #expect(try Font.find("a.ttf", in: [folder.file("none"), folder.url]).lastPathComponent == "a.ttf")
    let error = #expect(throws: ImageError.self) { try Font(contentsOf: text) }
    #expect(error?.description.contains("a.ttf") == true)
    #expect(throws: ImageError.self) { try Font(contentsOf: folder.file("none.ttf")) }
    #expect(throws: ImageError.empty(place: folder.file("e.ttf").path)) {
      try Font(contentsOf: try folder.write([], "e.ttf"))
    }
    let whole = [UInt8](try Data(contentsOf: try Font.find()))
    forAll(25) { random, seed in
      var bytes = Array(whole.prefix(Int.random(in: 0...whole.count, using: &random)))
      for _ in 0..<20 where !bytes.isEmpty {
        bytes[Int.random(in: 0..<min(2000, bytes.count), using: &random)] = UInt8(truncatingIfNeeded: random.next())
      }
      guard let file = try? folder.write(bytes, "x.ttf"), let font = try? Font(contentsOf: file) else { return }
      _ = try? font.render("Hello 123", pixelSize: 20)
    }
  }
}
