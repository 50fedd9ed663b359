// A config with every kind of value, for the tests of the loader.

import Lab

enum Norm: String, Codable, CaseIterable, Sendable {
  case pre, post, sandwich
}

/// Raw values that cannot be listed.
enum Device: String, Codable, Sendable {
  case processor, accelerator
}

/// Registered: cases and associated values have defaults.
enum Schedule: ConfigChoice, Equatable, Sendable {
  case constant
  case cosine(warmup: Int, floor: Double)
  case linear(warmup: Int)

  static let defaults: [Schedule] = [.constant, .cosine(warmup: 100, floor: 0.1), .linear(warmup: 10)]
}

/// Not registered: the synthesised form alone.
enum Sampler: Codable, Equatable, Sendable {
  case greedy
  case temperature(value: Double, topK: Int)
}

struct Layer: Codable, Equatable, Sendable {
  var width: Int
  var norm: Norm
  var schedule: Schedule
}

struct Model: Codable, Equatable, Sendable {
  var width = 64
  var heads = 4
  var norm = Norm.pre
  var layers: [Layer] = [Layer(width: 8, norm: .post, schedule: .constant)]
}

struct SampleConfig: ExperimentConfig {
  var seed: UInt64 = 1
  var name = "sample"
  var steps = 100
  var rate = 3e-4
  var decay: Float = 0.1
  var small: UInt8 = 7
  var verbose = false
  var model = Model()
  var device = Device.processor
  var schedule = Schedule.cosine(warmup: 20, floor: 0.25)
  var sampler = Sampler.temperature(value: 1, topK: 50)
  var weights = ["web": 0.5, "books": 0.25]
  var domains = ["web", "books"]

  static let base = SampleConfig()
  static var smoke: SampleConfig {
    var config = SampleConfig()
    config.steps = 2
    return config
  }

  func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require(steps > 0, "steps", expected: "a positive number of steps", got: steps)
    check.require(
      model.width % model.heads == 0, "model.heads", expected: "a divisor of model.width (\(model.width))",
      got: model.heads)
    for (index, layer) in model.layers.enumerated() {
      check.require(
        layer.width > 0, "model.layers[\(index)].width", expected: "a positive width", got: layer.width,
        hint: "Remove the layer.")
    }
    try check.finish()
  }
}

/// Loads YAML over the sample's defaults.
func load(_ yaml: String?, _ overrides: String...) throws(ConfigError) -> SampleConfig {
  try ConfigLoader<SampleConfig>().load(yaml: yaml, name: "c.yaml", overrides: overrides.map { .set($0) }).value
}

/// The message of loading YAML that is wrong.
func failure(_ yaml: String?, _ overrides: String...) -> String {
  do {
    let config = try ConfigLoader<SampleConfig>()
      .load(yaml: yaml, name: "c.yaml", overrides: overrides.map { .set($0) }).value
    return "loaded: \(config)"
  } catch {
    return error.description
  }
}
