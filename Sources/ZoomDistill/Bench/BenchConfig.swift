// The configuration of a benchmark run.
// Not here: making the models that it names (BenchModels.swift).

public import Chat
public import Lab

/// The model under test.
public enum BenchModel: ConfigChoice, Equatable, Sendable {
  /// A reader of signs in this process.
  case embedded(reader: SignTeacherConfig)
  /// A server that speaks the chat completions protocol.
  case endpoint(server: ChatEndpoint)

  /// Each case with its defaults.
  public static let defaults: [BenchModel] = [.embedded(reader: .bench), .endpoint(server: ChatEndpoint())]
}

/// Who decides about open answers that rules leave open. Questions of choice never come before a judge.
public enum BenchJudge: ConfigChoice, Equatable, Sendable {
  /// Nobody: such answers count as undecided, and not as right.
  case nobody
  /// A model behind a server.
  case endpoint(server: ChatEndpoint)

  /// Each case with its defaults.
  public static let defaults: [BenchJudge] = [.nobody, .endpoint(server: ChatEndpoint())]
}

/// Everything that a run depends on.
public struct BenchConfig: ExperimentConfig {
  /// The items: a folder with `items.jsonl`, a `.jsonl` or a `.tsv` file.
  public var bundle: String
  /// The model under test.
  public var model: BenchModel
  /// The views, each on the same items.
  public var views: [BenchView]
  /// Whether questions of choice are asked once for each rotation of their options.
  public var circular: Bool
  /// Draws of each question.
  public var samples: Int
  /// Most items, drawn by ``seed``; 0 for all.
  public var limit: Int
  /// The seed of the draw of items, and the first seed that is sent with questions.
  public var seed: UInt64
  /// Most questions at once; latency is that of batch 1 only with 1.
  public var concurrency: Int
  /// The run stops after so many failed questions in a row.
  public var mostFailures: Int
  /// How replies are drawn.
  public var sampling: ChatSampling
  /// How views are made.
  public var view: ViewConfig
  /// Who decides what rules leave open.
  public var judge: BenchJudge
  /// Whether replies of servers are kept beside the results, so that nothing is paid twice.
  public var cache: Bool

  /// The defaults.
  public static let base = BenchConfig(
    bundle: "Runs/zoom/bench", model: .embedded(reader: .bench), views: [.global, .regional, .overlay],
    circular: false, samples: 1, limit: 0, seed: 0, concurrency: 1, mostFailures: 25,
    sampling: ChatSampling(temperature: 0, topP: -1, maxTokens: 2048), view: ViewConfig(), judge: .nobody, cache: true)

  /// Twelve items.
  public static let smoke: BenchConfig = {
    var config = base
    config.limit = 12
    return config
  }()

  /// Checks what types cannot express.
  ///
  /// - Throws: ``ConfigError``.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require(!bundle.isEmpty, "bundle", expected: "a path", got: "nothing")
    check.require(
      !views.isEmpty && Set(views).count == views.count, "views", expected: "one view or more, each once", got: views)
    check.require((1...1000).contains(samples), "samples", expected: "1 to 1000", got: samples)
    check.require(limit >= 0, "limit", expected: "0 for all, or a number of items", got: limit)
    check.require((1...1024).contains(concurrency), "concurrency", expected: "1 to 1024", got: concurrency)
    check.require(mostFailures >= 1, "mostFailures", expected: "1 or more", got: mostFailures)
    check.require(
      view.encoder.maxPixels >= 0, "view.encoder.maxPixels", expected: "0 or more", got: view.encoder.maxPixels)
    check.require(
      (1...4096).contains(view.encoder.patch), "view.encoder.patch", expected: "1 to 4096", got: view.encoder.patch)
    check.require(
      view.cropScale > 0 && view.cropScale <= 16, "view.cropScale", expected: "more than 0 and at most 16",
      got: view.cropScale)
    check.require(
      (0...1).contains(view.overlayMargin), "view.overlayMargin", expected: "0 to 1", got: view.overlayMargin)
    let crop = view.tool.crop
    check.require((0...100).contains(view.tool.hops), "view.tool.hops", expected: "0 to 100", got: view.tool.hops)
    check.require(crop.minSide >= 1, "view.tool.crop.minSide", expected: "1 or more", got: crop.minSide)
    check.require(crop.maxAspect >= 1, "view.tool.crop.maxAspect", expected: "1 or more", got: crop.maxAspect)
    check.require(
      (1...512).contains(crop.multiple), "view.tool.crop.multiple", expected: "1 to 512", got: crop.multiple)
    check.require(
      crop.minArea >= 1 && crop.minArea <= crop.maxArea && crop.maxArea <= 1 << 26, "view.tool.crop.maxArea",
      expected: "an area from minArea (\(crop.minArea)) to \(1 << 26)", got: crop.maxArea)
    switch model {
    case .embedded(let reader):
      for (name, side) in [("retina", reader.retina), ("solvingRetina", reader.solvingRetina)] {
        check.require((8...1024).contains(side), "model.embedded.reader.\(name)", expected: "8 to 1024 px", got: side)
      }
      check.require(
        (0...1).contains(reader.noise), "model.embedded.reader.noise", expected: "0 to 1", got: reader.noise)
    case .endpoint(let server): server.validate(into: &check, at: "model.endpoint.server")
    }
    if case .endpoint(let server) = judge { server.validate(into: &check, at: "judge.endpoint.server") }
    try check.finish()
  }
}

extension SignTeacherConfig {
  /// A reader under test: one retina for open questions and for options, so that formats can be put together.
  public static let bench: SignTeacherConfig = {
    var config = SignTeacherConfig()
    config.solvingRetina = config.retina
    return config
  }()

  /// A name that tells readers apart.
  var benchName: String {
    "reader of \(reader.rawValue), \(retina) px"
      + (solvingRetina == retina ? "" : ", \(solvingRetina) px for options") + ", noise \(noise)"
  }
}
