// Scenes: the same from the same numbers, apart from each other, with as much planted as was asked for.
import Foundation
import Lab
import Media
import Testing
import ZoomDistill

@Suite("Sign scenes")
struct SignSceneTests {
  private static let truths = (0..<300).map { SignScene.truth(SignWorldConfig(), seed: 11, index: $0) }
  private static let signs = truths.flatMap(\.signs)

  @Test("a scene is a function of seed, use and number, to the bit")
  func deterministic() {
    var config = SignWorldConfig()
    config.size = 96
    config.signs = 3
    (config.smallest, config.largest) = (17, 21)
    func digest(_ seed: UInt64, _ use: SignUse, _ index: Int) -> String {
      let scene = SignScene(config, seed: seed, use: use, index: index)
      #expect(scene.truth == SignScene.truth(config, seed: seed, use: use, index: index))
      return ContentDigest.hex(Data(scene.image.pixels))
    }
    let first = digest(3, .build, 7)
    #expect(first == digest(3, .build, 7))
    #expect(Set([first, digest(4, .build, 7), digest(3, .bench, 7), digest(3, .build, 8)]).count == 4)
  }

  @Test("what is planted has its share, and the kinds exclude each other")
  func planted() {
    let count = Double(Self.signs.count)
    func share(_ isCounted: (SignTruth) -> Bool) -> Double { Double(Self.signs.count(where: isCounted)) / count }
    #expect(abs(share(\.isDuplicate) - 0.15) < 0.02)
    #expect(abs(share(\.isOversized) - 0.10) < 0.01)
    #expect(abs(share(\.isFaint) - 0.10) < 0.01)
    #expect(abs(share(\.isFaded) - 0.08) < 0.01)
    #expect(
      Self.signs.allSatisfy { sign in
        [sign.isDuplicate, sign.isOversized, sign.isFaint, sign.isFaded].count { $0 } <= 1
      })
  }

  @Test("signs keep apart, stay inside, and have the sides that were asked for")
  func places() {
    for truth in Self.truths {
      #expect(truth.signs.count >= 9, "scene \(truth.index) found places for \(truth.signs.count) signs")
      for (number, sign) in truth.signs.enumerated() {
        #expect(sign.box.clipped(to: truth.size) == sign.box, "scene \(truth.index), sign \(number)")
        #expect(abs(sign.box.width - sign.box.height) < 1e-9)
        let share = sign.box.area / Double(truth.size.area)
        #expect(sign.isOversized ? share >= 0.1 : (32...40).contains(sign.box.width))
        for other in truth.signs[(number + 1)...] {
          #expect(sign.box.intersection(other.box).area == 0, "scene \(truth.index), sign \(number)")
        }
      }
      let frames = truth.signs.map(\.frame)
      for sign in truth.signs {
        #expect(sign.isDuplicate == (frames.count { $0 == sign.frame } > 1), "scene \(truth.index)")
      }
    }
  }

  @Test("every answer of every dimension occurs")
  func answers() {
    for dimension in Dimension.allCases {
      let seen = Set(Self.signs.filter { $0.dimension == dimension }.map(\.answer))
      #expect(seen == Set(dimension.signAnswers), "\(dimension)")
    }
  }

  @Test("signs that find no place are left out")
  func crowded() {
    var config = SignWorldConfig()
    config.size = 64
    (config.smallest, config.largest) = (25, 25)
    let truth = SignScene.truth(config, seed: 1, index: 0)
    #expect((1..<10).contains(truth.signs.count))
  }

  @Test("a box finds the sign that it covers by a half and more")
  func signAtBox() throws {
    let truth = Self.truths[0]
    let sign = try #require(truth.signs.first)
    #expect(truth.sign(at: sign.box.expanded(by: 0.05)) == sign)
    #expect(truth.sign(at: BoundingBox(left: 0, top: 0, right: 256, bottom: 256)) == nil)
  }

  @Test("the truth survives JSON")
  func coding() throws {
    let data = try JSONEncoder().encode(Self.truths[1])
    #expect(try JSONDecoder().decode(SignSceneTruth.self, from: data) == Self.truths[1])
  }
}
