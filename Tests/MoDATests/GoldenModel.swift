// Reads the golden files of Scripts/golden/model.py: a whole model with its logits, loss, gradients and trajectory.
import Foundation
import NN
import Tensor

import MoDA

/// Where fixtures lie.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures").path

/// One golden case.
struct GoldenModel {
  /// The names of the cases, as Scripts/golden/model.py lists them.
  static let names = [
    "baseline-pre", "baseline-reordered-olmo", "moda-pre", "moda-post-released", "moda-reordered-separate",
    "moda-depth-only", "moda-vision-raw",
  ]

  let file: SafeTensorsFile
  let model: LanguageModel
  let tokens: IndexTensor
  let targets: IndexTensor

  private struct Settings: Decodable {
    let vocabulary, width, blocks, queryHeads, keyHeads, headWidth, hidden, context: Int
    let normalization: NormPlacement
    let queryKeyNorm: QueryKeyNorm
    let biases: BiasPlacement
    let rotaryBase: Double
    let tiedEmbeddings, isCausal: Bool
    let writers: DepthWriters
    let keyMode: DepthKeyMode
  }

  init(_ name: String, recompute: Bool = false) throws {
    file = try SafeTensorsFile(path: "\(fixtures)/Golden/model-\(name).safetensors")
    let json = file.metadata["config"] ?? ""
    let settings = try JSONDecoder().decode(Settings.self, from: Data(json.utf8))
    var config = ModelConfig()
    config.vocabulary = settings.vocabulary
    config.width = settings.width
    config.blocks = settings.blocks
    config.queryHeads = settings.queryHeads
    config.keyHeads = settings.keyHeads
    config.headWidth = settings.headWidth
    config.hidden = settings.hidden
    config.context = settings.context
    config.normalization = settings.normalization
    config.queryKeyNorm = settings.queryKeyNorm
    config.biases = settings.biases
    config.position = settings.rotaryBase == 0 ? .none : .rotary(base: settings.rotaryBase)
    config.tiedEmbeddings = settings.tiedEmbeddings
    config.isCausal = settings.isCausal
    config.depth.writers = settings.writers
    config.depth.keyMode = settings.keyMode
    config.recompute = recompute
    model = LanguageModel(config, seed: 0)
    for parameter in model.parameters.parameters {
      model.parameters.assign(try file.tensor("parameter.\(parameter.name)"), to: parameter)
    }
    tokens = try file.indices("tokens")
    targets = try file.indices("targets")
  }
}

/// `‖a − b‖ / ‖b‖`.
func relativeError(_ a: Tensor, _ b: Tensor) -> Double {
  var difference = 0.0, norm = 0.0
  for (x, y) in zip(a.elements, b.elements) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
}
