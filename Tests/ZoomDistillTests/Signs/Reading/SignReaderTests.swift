// Readers: good from near, worse from far, and honest: nothing but the retina's pixels decides.
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Sign readers")
struct SignReaderTests {
  private static let templates = SignTemplates()
  private static let readers = SignReader.Kind.allCases.map { SignReader($0, templates: templates) }

  @Test("crops are read well, whole scenes worse, and agreement cleans up")
  func accuracy() {
    let study = ReaderStudy(seed: 21, scenes: 12, margin: 0.05)
    let all = study.shares()
    #expect(study.count > 60)
    #expect((0.65...0.90).contains(all.direct), "direct \(all.direct)")
    #expect(all.cropMajority > 0.95, "crop \(all.cropMajority)")
    #expect(all.crop > 0.92 && all.crop > all.direct + 0.08)
    #expect(all.consensus >= all.cropMajority && all.consensus > 0.97, "consensus \(all.consensus)")
    #expect(all.yield > 0.8, "yield \(all.yield)")
    // Fine detail is what a small retina loses: colours and halves survive.
    let coarse = [Dimension.color, .structure].map { study.shares(of: $0).direct }
    let fine = [Dimension.counting, .ocr].map { study.shares(of: $0).direct }
    #expect((coarse.min() ?? 0) > (fine.max() ?? 1), "\(coarse) \(fine)")
  }

  @Test("a wider retina reads whole scenes better")
  func width() {
    let narrow = ReaderStudy(seed: 22, scenes: 4), wide = ReaderStudy(seed: 22, scenes: 4, retina: 96)
    #expect(wide.shares().direct > narrow.shares().direct)
  }

  @Test("two views that are equal on the retina get equal answers")
  func honest() {
    forAll(6) { random, seed in
      let scene = SignScene(SignWorldConfig(), seed: seed, index: 0)
      // Permuting pixels within a block of the retina changes the view and nothing that the retina sees.
      var pixels = scene.image.pixels
      for block in 0..<32 * 32 {
        let (row, column) = block.quotientAndRemainder(dividingBy: 32)
        let places = (0..<64).map { ((row * 8 + $0 / 8) * 256 + column * 8 + $0 % 8) * 3 }
        let shuffled = places.shuffled(using: &random)
        for (from, to) in zip(places, shuffled) {
          for channel in 0..<3 { pixels[to + channel] = scene.image.pixels[from + channel] }
        }
      }
      let other = Image(size: scene.image.size, format: .rgb, pixels: pixels)
      #expect(other != scene.image)
      let (first, second) = (Retina(scene.image, side: 32), Retina(other, side: 32))
      for sign in scene.truth.signs.prefix(3) {
        let question = SignQuestion(dimension: sign.dimension, frame: sign.frame)
        for reader in Self.readers {
          for place in [SignReader.Place.box(sign.box.scaled(x: 0.125, y: 0.125)), .crop] {
            let answers = [first, second].map { reader.read(question, from: $0, at: place, sample: 1) }
            #expect(answers[0] == answers[1] && first.fingerprint == second.fingerprint, "seed \(seed)")
          }
        }
      }
    }
  }

  @Test("samples differ, and each comes out the same again")
  func samples() {
    let scene = SignScene(SignWorldConfig(), seed: 31, index: 2)
    let retina = Retina(scene.image, side: 32)
    var varied = 0
    for sign in scene.truth.signs {
      let question = SignQuestion(dimension: sign.dimension, frame: sign.frame)
      let place = SignReader.Place.box(sign.box.scaled(x: 0.125, y: 0.125))
      for reader in Self.readers {
        let first = (0..<6).map { reader.read(question, from: retina, at: place, sample: $0) }
        let again = (0..<6).map { reader.read(question, from: retina, at: place, sample: $0) }
        #expect(first == again)
        #expect(first.allSatisfy { question.candidates.contains($0) })
        varied += Set(first).count > 1 ? 1 : 0
      }
    }
    #expect(varied > 0)
  }

  @Test("options limit what is considered")
  func options() {
    let scene = SignScene(SignWorldConfig(), seed: 32, index: 0)
    let retina = Retina(scene.image, side: 32)
    let question = SignQuestion(dimension: .ocr, frame: .circle)
    for reader in Self.readers {
      for sample in 0..<5 {
        let answer = reader.read(question, from: retina, at: .crop, options: ["3", "8"], sample: sample)
        #expect(["3", "8"].contains(answer))
      }
    }
  }
}
