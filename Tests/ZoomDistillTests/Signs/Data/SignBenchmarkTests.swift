// The benchmark of signs: 845 items, balanced, true, and none from scenes that are built from.
import Foundation
import Lab
import Media
import Testing
import ZoomDistill

@Suite("Sign benchmark")
struct SignBenchmarkTests {
  private static let benchmark = SignBenchmark(seed: 9)

  @Test("845 items, as many of each dimension and form as can be")
  func balanced() {
    let items = Self.benchmark.items
    #expect(items.count == 845 && Set(items.map(\.id)).count == 845)
    for dimension in Dimension.allCases {
      #expect((140...141).contains(items.count { $0.dimension == dimension }), "\(dimension)")
    }
    #expect(items.count(where: \.isMultipleChoice) == 423)
    #expect(SignBenchmark(seed: 9, count: 40).items == SignBenchmark(seed: 9, count: 40).items)
    #expect(SignBenchmark(seed: 10, count: 40).items != SignBenchmark(seed: 9, count: 40).items)
  }

  @Test("items agree with the truth of their scenes")
  func isTrue() {
    for item in Self.benchmark.items {
      let question = SignQuestion(item.question)
      #expect(question?.dimension == item.dimension && question?.candidates.contains(item.answer) == true)
      if item.isMultipleChoice {
        #expect(item.options.count == 4 && Set(item.options).count == 4 && item.options.contains(item.answer))
      }
    }
    for index in Self.benchmark.sceneIndices.prefix(3) {
      let truth = Self.benchmark.scene(index).truth
      for item in Self.benchmark.items where item.sceneIndex == index {
        let sign = truth.signs[item.signIndex]
        #expect(sign.answer == item.answer && sign.box == item.box && sign.isPlain && !sign.isFaded)
        #expect(SignQuestion(item.question)?.frame == sign.frame)
      }
    }
  }

  @Test("right options stand in every place, and evidence has every size")
  func spread() {
    let choices = Self.benchmark.items.filter(\.isMultipleChoice)
    for place in 0..<4 {
      let count = choices.count { $0.options[place] == $0.answer }
      #expect((70...145).contains(count), "place \(place): \(count)")
    }
    for side in SignBenchmark.defaultSides {
      let count = Self.benchmark.items.count { abs($0.box.width / side - 1) <= 0.0501 }
      #expect(count >= 60, "\(side) px: \(count)")
    }
  }

  @Test("its scenes are none of those that are built from")
  func disjoint() {
    func digest(_ scene: SignScene) -> String { ContentDigest.hex(Data(scene.image.pixels)) }
    let bench = Self.benchmark.sceneIndices.prefix(4).map { digest(Self.benchmark.scene($0)) }
    let build = (0..<4).map { digest(SignScene(SignWorldConfig(), seed: 9, index: $0)) }
    #expect(Set(bench + build).count == 8)
  }
}
