// A benchmark of signs with exact truth: six dimensions, evidence of many sizes, open and multiple-choice questions.
// Not here: the benchmark's item type and grading (Bench), pictures on disk (SignFolder.swift).

public import Media
import Tensor

/// One question of the benchmark of signs.
public struct SignItem: Codable, Hashable, Sendable {
  /// A name that is unique in the benchmark, such as `sign-000012`.
  public let id: String
  /// The scene's number; see ``SignBenchmark/scene(_:)``.
  public let sceneIndex: Int
  /// The sign's number in the scene's truth.
  public let signIndex: Int
  /// What the question asks about.
  public let dimension: Dimension
  /// The question, without options.
  public let question: String
  /// The true answer, one word.
  public let answer: String
  /// Four options in the order in which they are shown, the answer among them; empty for an open question.
  public let options: [String]
  /// The sign's square in pixels of the scene.
  public let box: BoundingBox

  /// Whether there are options to choose from.
  public var isMultipleChoice: Bool { !options.isEmpty }
}

/// The benchmark of signs: as many items as ZoomBench has, equally many in each dimension.
///
/// Scenes are those of ``SignUse/bench``, so that none is used for building. Each scene has signs of one size; sizes take
/// turns. Nothing is planted: every sign is unique, of full contrast, and below a tenth of the scene.
public struct SignBenchmark: Sendable {
  /// The items, in the order of their scenes.
  public let items: [SignItem]
  /// Seed of the scenes.
  public let seed: UInt64
  private let sides: [Double]

  /// Sides of signs in pixels, evidence from hopeless to easy.
  public static let defaultSides = [10.0, 12, 16, 20, 24, 32, 40, 56]

  /// Draws the items; pictures are drawn when they are asked for.
  ///
  /// - Precondition: `count ≥ 1`; `sides` are within 6 to 64 px.
  public init(seed: UInt64, count: Int = 845, sides: [Double] = Self.defaultSides) {
    precondition(count >= 1, "SignBenchmark: expected an item or more, got \(count)")
    precondition(
      !sides.isEmpty && sides.allSatisfy { (6...64).contains($0) }, "SignBenchmark: sides of 6 to 64 px, got \(sides)")
    self.seed = seed
    self.sides = sides
    var items: [SignItem] = []
    var open = Dictionary(
      uniqueKeysWithValues: Dimension.allCases.enumerated().map { index, dimension in
        (dimension, (count + Dimension.allCases.count - 1 - index) / Dimension.allCases.count)
      })
    var scene = 0
    while items.count < count {
      let world = Self.world(side: sides[scene % sides.count])
      let truth = SignScene.truth(world, seed: seed, use: .bench, index: scene)
      var asked: Set<Dimension> = []
      for (number, sign) in truth.signs.enumerated() where asked.count < Self.itemsPerScene {
        guard let left = open[sign.dimension], left > 0, asked.insert(sign.dimension).inserted else { continue }
        open[sign.dimension] = left - 1
        items.append(Self.item(items.count, scene: scene, sign: number, truth: sign, seed: seed))
      }
      scene += 1
    }
    self.items = items
  }

  private static let itemsPerScene = 3

  /// The scene of a number.
  public func scene(_ index: Int) -> SignScene {
    SignScene(Self.world(side: sides[index % sides.count]), seed: seed, use: .bench, index: index)
  }

  /// The numbers of the scenes that items use, each once, in order.
  public var sceneIndices: [Int] {
    items.map(\.sceneIndex).reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  private static func world(side: Double) -> SignWorldConfig {
    var world = SignWorldConfig()
    (world.smallest, world.largest) = (0.95 * side, 1.05 * side)
    (world.duplicates, world.oversized, world.faint, world.faded) = (0, 0, 0, 0)
    // Large signs need room: at most a third of the scene is covered.
    let area = Double(world.size * world.size), room = (side + SignLayout.gap) * (side + SignLayout.gap)
    world.signs = min(world.signs, max(1, Int(0.33 * area / room)))
    return world
  }

  private static func item(_ number: Int, scene: Int, sign: Int, truth: SignTruth, seed: UInt64) -> SignItem {
    var random = RandomSource(seed: seed).split("sign item").split(number)
    let question = SignQuestion(dimension: truth.dimension, frame: truth.frame)
    let text = question.text(paraphrase: random.integer(below: SignQuestion.paraphrases))
    let wrong = random.shuffled(question.candidates.filter { $0 != truth.answer }).prefix(3)
    let options = random.shuffled([truth.answer] + wrong)
    let digits = String(number)
    return SignItem(
      id: "sign-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits, sceneIndex: scene,
      signIndex: sign, dimension: truth.dimension, question: text + "?", answer: truth.answer,
      options: number.isMultiple(of: 2) ? options : [], box: truth.box)
  }
}
