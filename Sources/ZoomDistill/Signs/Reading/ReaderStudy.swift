// How well the embedded readers read: directly, from crops, and after consensus, against the truth of scenes.
// Not here: reading (SignReader.swift), the command that prints this (zoom-scenes).

public import Lab
import Media
import Synchronization
import Tensor

/// The label table of the embedded teachers: accuracy from full images, from crops, and after consensus.
public struct ReaderStudy: Sendable {
  /// What happened to one sign.
  struct Outcome: Sendable {
    var dimension: Dimension
    /// Whether each of the eight answers is right: four of each reader, from the full image with the region given.
    var direct: [Bool] = []
    /// The same from the crop.
    var crop: [Bool] = []
    var directMajority = false
    var cropMajority = false
    var isAgreed = false
  }

  /// Signs in all.
  public let count: Int
  let outcomes: [Outcome]

  /// Reads every plain sign of the first scenes.
  ///
  /// - Parameters:
  ///   - world: how scenes are drawn.
  ///   - seed: the seed of the scenes.
  ///   - scenes: how many scenes.
  ///   - retina: pixels along each side of the readers' retina.
  ///   - margin: what a crop adds to each side of a sign, as a share of its side.
  public init(
    world: SignWorldConfig = SignWorldConfig(), seed: UInt64, scenes: Int, retina: Int = 32, margin: Double = 0,
    noise: Double = 0.04
  ) {
    let templates = SignTemplates()
    let readers = SignReader.Kind.allCases.map { SignReader($0, templates: templates, noise: noise) }
    let results = Mutex<[(Int, [Outcome])]>([])
    parallelForEach(scenes) { index, _ in
      let scene = SignScene(world, seed: seed, index: index)
      let found = Self.outcomes(scene, readers, retina: retina, margin: margin)
      results.withLock { $0.append((index, found)) }
    }
    outcomes = results.withLock { $0 }.sorted { $0.0 < $1.0 }.flatMap(\.1)
    count = outcomes.count
  }

  private static func outcomes(
    _ scene: SignScene, _ readers: [SignReader], retina: Int, margin: Double
  ) -> [Outcome] {
    let full = Retina(scene.image, side: retina)
    return scene.truth.signs.filter(\.isPlain).map { sign in
      let question = SignQuestion(dimension: sign.dimension, frame: sign.frame)
      let box = sign.box.expanded(by: margin).clipped(to: scene.truth.size)
      let columns = Int(box.left.rounded())..<Int(box.right.rounded())
      let rows = Int(box.top.rounded())..<Int(box.bottom.rounded())
      let crop = Retina(scene.image, columns: columns, rows: rows, side: retina)
      let region = sign.box.scaled(x: full.scale.x, y: full.scale.y)
      var outcome = Outcome(dimension: sign.dimension)
      var direct: [String] = [], near: [String] = []
      for reader in readers {
        for sample in 0..<4 {
          direct.append(reader.read(question, from: full, at: .box(region), sample: sample))
          near.append(reader.read(question, from: crop, at: .crop, sample: sample))
        }
      }
      outcome.direct = direct.map { $0 == sign.answer }
      outcome.crop = near.map { $0 == sign.answer }
      outcome.directMajority = majority(direct).answer == sign.answer
      let agreed = majority(near)
      outcome.cropMajority = agreed.answer == sign.answer
      outcome.isAgreed = agreed.count >= 6
      return outcome
    }
  }

  /// The most frequent answer, the first given among equals.
  private static func majority(_ answers: [String]) -> (answer: String, count: Int) {
    var best = (answer: "", count: 0)
    for answer in answers {
      let count = answers.count { $0 == answer }
      if count > best.count { best = (answer, count) }
    }
    return best
  }

  /// The shares of one dimension, or of all signs where it is nil.
  public func shares(of dimension: Dimension? = nil) -> Shares {
    Shares(outcomes.filter { dimension == nil || $0.dimension == dimension })
  }

  /// Shares of right answers, each in 0...1; NaN where there is nothing to count.
  public struct Shares: Sendable {
    /// Signs.
    public let count: Int
    /// Reader A from full images, single answers.
    public let templatesDirect: Double
    /// Reader B from full images, single answers.
    public let gradientsDirect: Double
    /// Majority of both from full images.
    public let direct: Double
    /// Reader A from crops, single answers.
    public let templatesCrop: Double
    /// Reader B from crops, single answers.
    public let gradientsCrop: Double
    /// Single answers of both from crops.
    public let crop: Double
    /// Majority of both from crops.
    public let cropMajority: Double
    /// Answers that six of eight agree on, among those that are agreed on.
    public let consensus: Double
    /// Signs whose answer is agreed on.
    public let yield: Double

    init(_ outcomes: [Outcome]) {
      func share(_ flags: [Bool]) -> Double {
        flags.isEmpty ? .nan : Double(flags.count { $0 }) / Double(flags.count)
      }
      count = outcomes.count
      templatesDirect = share(outcomes.flatMap { $0.direct.prefix(4) })
      gradientsDirect = share(outcomes.flatMap { $0.direct.suffix(4) })
      direct = share(outcomes.map(\.directMajority))
      templatesCrop = share(outcomes.flatMap { $0.crop.prefix(4) })
      gradientsCrop = share(outcomes.flatMap { $0.crop.suffix(4) })
      crop = share(outcomes.flatMap(\.crop))
      cropMajority = share(outcomes.map(\.cropMajority))
      consensus = share(outcomes.filter(\.isAgreed).map(\.cropMajority))
      yield = share(outcomes.map(\.isAgreed))
    }
  }

  /// One row for each dimension and one for all.
  public var table: Table {
    let rows: [(String, Shares)] =
      Dimension.allCases.map { ($0.rawValue, shares(of: $0)) } + [("all", shares())]
    return Table(
      columns: [
        .text("dimension"), .number("signs"), .number("A direct"), .number("B direct"), .number("direct"),
        .number("A crop"), .number("B crop"), .number("crop"), .number("crop majority"), .number("consensus"),
        .number("yield"),
      ],
      rows: rows.map { name, shares in
        [Table.Cell(RichText(name)), .integer(shares.count)]
          + [
            shares.templatesDirect, shares.gradientsDirect, shares.direct, shares.templatesCrop, shares.gradientsCrop,
            shares.crop, shares.cropMajority, shares.consensus, shares.yield,
          ].map { .number($0, decimals: 3) }
      })
  }
}
