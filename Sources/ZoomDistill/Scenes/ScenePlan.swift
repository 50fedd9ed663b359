// Which things a scene has, before they have sizes and places.
// Not here: their pixels (ScenePainter.swift), their places (SceneLayout.swift).

import Media
import Tensor

/// A thing before it has a place.
struct ScenePlan {
  var content: SceneContent
  /// The pictures that it shows, in the order of the content.
  var assets: [SceneAsset]
  var isDuplicate = false
  /// Draws what the content leaves open: shades, places of copies, grain.
  var source: RandomSource
}

/// Draws the things of a scene so that no two that questions could confuse are in it.
struct ScenePlanner {
  private let config: PhotoSceneConfig
  private var pool: [SceneAsset]
  private var used: [String]
  private var colors: [Dimension: [SceneColor]] = [:]

  /// - Parameter background: what the photograph behind shows, so that nothing is called the same.
  init(_ config: PhotoSceneConfig, objects: [SceneAsset], background: String) {
    self.config = config
    pool = objects
    used = [background]
  }

  /// Things of all dimensions in turn, then their twins, then things that nobody asks about.
  mutating func plans(_ source: RandomSource) -> [ScenePlan] {
    var random = source
    pool = random.shuffled(pool)
    var dimensions: [Dimension] = []
    while dimensions.count < config.things { dimensions += random.shuffled(Dimension.allCases) }
    var plans: [ScenePlan] = []
    for (number, dimension) in dimensions.prefix(config.things).enumerated() {
      if let plan = plan(dimension, source.split("thing").split(number)) { plans.append(plan) }
    }
    let twins = Int((config.duplicates * Double(plans.count) + random.uniform()).rounded(.down))
    for index in random.permutation(plans.count).prefix(twins) {
      guard let twin = twin(of: plans[index], source.split("twin").split(index)) else { continue }
      plans[index].isDuplicate = true
      plans.append(twin)
    }
    for number in 0..<config.clutter {
      guard let asset = take() else { break }
      plans.append(
        ScenePlan(
          content: .loose(object: SceneLabel.spoken(asset.label)), assets: [asset],
          source: source.split("clutter").split(number)))
    }
    return plans
  }

  /// The next picture whose label has no word in common with one that is taken.
  private mutating func take() -> SceneAsset? {
    guard let index = pool.firstIndex(where: { asset in !used.contains { SceneLabel.collide($0, asset.label) } }) else {
      return nil
    }
    used.append(pool[index].label)
    return pool.remove(at: index)
  }

  /// The next colour of a kind of things: none is taken twice.
  private mutating func color(_ dimension: Dimension, _ random: inout RandomSource) -> SceneColor? {
    if colors[dimension] == nil { colors[dimension] = random.shuffled(SceneColor.frames) }
    return colors[dimension]?.popLast()
  }

  private mutating func plan(_ dimension: Dimension, _ source: RandomSource) -> ScenePlan? {
    var random = source.split("content")
    let rest = source.split("drawing")
    switch dimension {
    case .ocr:
      guard let color = color(.ocr, &random) else { return nil }
      return ScenePlan(content: .label(color: color, text: .drawn(&random)), assets: [], source: rest)
    case .counting:
      guard let asset = take() else { return nil }
      let count = 2 + random.integer(below: 8)
      return ScenePlan(
        content: .group(object: SceneLabel.spoken(asset.label), count: count), assets: [asset], source: rest)
    case .color:
      guard let asset = take() else { return nil }
      let color = SceneColor.allCases[random.integer(below: SceneColor.allCases.count)]
      return ScenePlan(
        content: .tagged(object: SceneLabel.spoken(asset.label), color: color), assets: [asset], source: rest)
    case .material:
      guard let color = color(.material, &random) else { return nil }
      let material = SceneMaterial.allCases[random.integer(below: SceneMaterial.allCases.count)]
      return ScenePlan(content: .panel(frame: color, material: material), assets: [], source: rest)
    case .structure:
      guard let color = color(.structure, &random), let first = take(), let second = take() else { return nil }
      let relation = SceneRelation.allCases[random.integer(below: SceneRelation.allCases.count)]
      let (one, two) = (SceneLabel.spoken(first.label), SceneLabel.spoken(second.label))
      return ScenePlan(
        content: .board(frame: color, first: one, second: two, relation: relation), assets: [first, second],
        source: rest)
    case .identification:
      guard let color = color(.identification, &random), let asset = take() else { return nil }
      return ScenePlan(
        content: .card(frame: color, object: SceneLabel.spoken(asset.label)), assets: [asset], source: rest)
    }
  }

  /// A thing of the same name with another answer.
  private mutating func twin(of plan: ScenePlan, _ source: RandomSource) -> ScenePlan? {
    var random = source.split("content")
    var twin = ScenePlan(content: plan.content, assets: plan.assets, isDuplicate: true, source: source.split("drawing"))
    switch plan.content {
    case .loose: return nil
    case .label(let color, let text):
      twin.content = .label(color: color, text: SceneText(kind: text.kind, text: text.others(&random)[0]))
    case .group(let object, let count):
      let other = 2 + random.integer(below: 7)
      twin.content = .group(object: object, count: other < count ? other : other + 1)
    case .tagged(let object, let color):
      let others = SceneColor.allCases.filter { $0 != color }
      twin.content = .tagged(object: object, color: others[random.integer(below: others.count)])
    case .panel(let frame, let material):
      let others = SceneMaterial.allCases.filter { $0 != material }
      twin.content = .panel(frame: frame, material: others[random.integer(below: others.count)])
    case .board(let frame, let first, let second, let relation):
      twin.content = .board(frame: frame, first: first, second: second, relation: relation.opposite)
    case .card(let frame, _):
      guard let asset = take() else { return nil }
      twin.content = .card(frame: frame, object: SceneLabel.spoken(asset.label))
      twin.assets = [asset]
    }
    return twin
  }
}
