// Finding signs that nobody pointed at: by the retina's pixels alone, and the better the larger they are.
// Not here: reading them (SignReaderTests.swift), zooming at them (SignToolTests.swift).
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Search for signs")
struct SignSearchTests {
  private static let reader = SignReader(.templates, templates: SignTemplates())

  /// The share of signs whose likeliest place overlaps them, and whether places come in order and apart.
  private func found(_ side: Double, retina: Int, scenes: Int) -> Double {
    var world = SignWorldConfig()
    (world.smallest, world.largest, world.signs) = (side, side, 6)
    (world.duplicates, world.oversized, world.faint, world.faded) = (0, 0, 0, 0)
    var (hits, all) = (0, 0)
    for index in 0..<scenes {
      let scene = SignScene(world, seed: 77, index: index)
      let view = Retina(scene.image, side: retina)
      for sign in scene.truth.signs.prefix(3) {
        let places = Self.reader.places(
          for: SignQuestion(dimension: sign.dimension, frame: sign.frame), in: view)
        let box = sign.box.scaled(x: view.scale.x, y: view.scale.y)
        all += 1
        hits += (places.first?.box.intersectionOverUnion(box) ?? 0) > 0.5 ? 1 : 0
        #expect(zip(places, places.dropFirst()).allSatisfy { $0.score >= $1.score })
        for (number, place) in places.enumerated() {
          #expect(places[..<number].allSatisfy { $0.box.intersectionOverUnion(place.box) <= 0.2 })
        }
      }
    }
    return Double(hits) / Double(all)
  }

  @Test("large signs are found, small ones are not, on the same retina")
  func sizes() {
    let large = found(40, retina: 80, scenes: 4), small = found(10, retina: 48, scenes: 2)
    #expect(large >= 0.75, "\(large)")
    #expect(small < large, "\(small)")
  }

  @Test("two pictures that are equal on the retina are searched alike, and any picture is")
  func honest() {
    let scene = SignScene(SignWorldConfig(), seed: 5, index: 1)
    let view = Retina(scene.image, side: 32)
    let again = Retina(scene.image.resized(to: scene.image.size), side: 32)
    let question = SignQuestion(dimension: .color, frame: .circle)
    #expect(Self.reader.places(for: question, in: view) == Self.reader.places(for: question, in: again))
    for image in [
      Image(size: ImageSize(width: 1, height: 1), color: [0, 0, 0]),
      Image(size: ImageSize(width: 301, height: 7), color: [255, 255, 255]), BuildFixture.picture(3),
    ] {
      let view = Retina(image, side: 16)
      let places = Self.reader.places(for: SignQuestion(dimension: .ocr, frame: .arrow), in: view)
      #expect(places.allSatisfy { $0.box.width > 0 && $0.box.left.isFinite && $0.score.isFinite })
    }
  }
}
