// Model configurations as files: those of earlier versions keep their meaning, impossible ones are refused by key, and
// each mechanism has a name of its own.
import Foundation
import Lab
import Tensor
import Testing

import MoDA

@Suite struct ModelConfigTests {
  /// A `model.json` from before block inputs, separate softmaxes and detached slots.
  private static let earlier = """
    {"biases": "none", "blocks": 8, "context": 256, "depth": {"chunk": 1, "keyMode": "positionFree",
     "projectsLastBlock": false, "storage": "bf16", "window": {"last": {"slots": 5}},
     "writers": "attentionAndFeedForward"}, "headWidth": 32, "hidden": 512, "initialDeviation": 0.02,
     "isCausal": true, "keyHeads": 1, "normEpsilon": 1e-06, "normalization": "pre",
     "position": {"rotary": {"base": 10000}}, "queryHeads": 5, "queryKeyNorm": "perHead", "recompute": false,
     "tiedEmbeddings": true, "vocabulary": 4096, "width": 160}
    """

  @Test func filesOfEarlierVersionsKeepTheirMeaning() throws {
    let config = try JSONDecoder().decode(ModelConfig.self, from: Data(Self.earlier.utf8))
    var expected = ModelConfig()
    (expected.vocabulary, expected.width, expected.blocks, expected.queryHeads) = (4096, 160, 8, 5)
    (expected.keyHeads, expected.headWidth, expected.hidden, expected.context) = (1, 32, 512, 256)
    expected.depth.writers = .attentionAndFeedForward
    (expected.depth.window, expected.depth.storage) = (.last(slots: 5), .bfloat16)
    #expect(config == expected)
    #expect(config.blockInput == .residual && config.depth.softmax == .joint && !config.depth.detached)
    let again = try JSONDecoder().decode(ModelConfig.self, from: JSONEncoder().encode(config))
    #expect(again == config)
    let whole = Self.earlier.replacingOccurrences(of: "\"width\": 160", with: "\"breadth\": 160")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ModelConfig.self, from: Data(whole.utf8)) }
  }

  /// The stored configuration of a run that lacks the new keys is that of a run that has them at their defaults.
  @Test func storedConfigurationsResumeWithoutAChange() throws {
    var config = LanguageModelConfig.smoke
    config.model.depth.writers = .attentionAndFeedForward
    let resolved = try ResolvedConfig(config)
    let new = ["blockInput:", "softmax:", "detached:"]
    let lines = resolved.text.split(separator: "\n", omittingEmptySubsequences: false)
    let old = lines.filter { line in !new.contains { line.contains($0) } }
    #expect(old.count == lines.count - new.count)
    let loaded = try ConfigLoader<LanguageModelConfig>().load(yaml: old.joined(separator: "\n"), name: "config.yaml")
    #expect(loaded == resolved && loaded.changes(to: resolved).isEmpty && loaded.hash == resolved.hash)
  }

  @Test(arguments: MechanismCase.allCases) func everyMechanismSurvivesItsFile(mechanism: MechanismCase) throws {
    let config = mechanism.tiny()
    #expect(try JSONDecoder().decode(ModelConfig.self, from: JSONEncoder().encode(config)) == config)
    var run = LanguageModelConfig.smoke
    run.model = config
    run.training.tokens = 16
    let text = try ResolvedConfig(run).text
    #expect(try ConfigLoader<LanguageModelConfig>().load(yaml: text, name: "config.yaml").value == run)
  }

  @Test func windowsAreWrittenByName() throws {
    func window(_ yaml: String) throws -> DepthWindow {
      try ConfigLoader<LanguageModelConfig>().load(yaml: "model: {depth: {window: \(yaml)}}", name: "x").value
        .model.depth.window
    }
    #expect(try window("top") == .top(slots: 8) && window("{top: {slots: 3}}") == .top(slots: 3))
    #expect(try window("{lastAndTop: {last: 2}}") == .lastAndTop(last: 2, top: 4))
    #expect(throws: ConfigError.self) { try window("{best: {slots: 3}}") }
  }

  @Test func impossibleCombinationsAreNamedByKey() {
    func problems(_ change: (inout ModelConfig) -> Void) -> [String] {
      var config = ModelConfig()
      change(&config)
      return config.problems
    }
    let cases: [(String, [String])] = [
      ("depth.window.top", problems { $0.depth.window = .top(slots: 0) }),
      ("depth.window.lastAndTop.last", problems { $0.depth.window = .lastAndTop(last: 0, top: 2) }),
      ("depth.window.lastAndTop.top", problems { $0.depth.window = .lastAndTop(last: 2, top: -1) }),
      ("depth.chunk", problems { ($0.depth.window, $0.depth.chunk) = (.top(slots: 2), 4) }),
      ("depth.writers", problems { ($0.blockInput, $0.depth.writers) = (.dense, .attention) }),
      ("depth.writers", problems { ($0.blockInput, $0.depth.writers) = (.attention, .attention) }),
      ("depth.chunk", problems { ($0.blockInput, $0.depth.chunk) = (.attention, 2) }),
      ("depth.detached", problems { ($0.blockInput, $0.depth.detached) = (.attention, true) }),
      ("depth.softmax", problems { ($0.blockInput, $0.depth.softmax) = (.dense, .separate) }),
      ("depth.window", problems { ($0.blockInput, $0.depth.window) = (.dense, .last(slots: 2)) }),
      ("depth.window", problems { ($0.blockInput, $0.depth.window) = (.attention, .top(slots: 2)) }),
      ("width", problems { ($0.blockInput, $0.width) = (.attention, 96) }),
    ]
    for (key, found) in cases {
      #expect(found.count == 1 && found[0].hasPrefix("\(key): expected ") && found[0].contains(", got "), "\(found)")
    }
    for mechanism in MechanismCase.allCases { #expect(mechanism.tiny().problems.isEmpty, "\(mechanism)") }
  }

  @Test func labelsTellMechanismsApart() {
    let labels = MechanismCase.allCases.filter { $0 != .detachedProjections }.map { $0.tiny().label }
    #expect(Set(labels).count == labels.count, "\(labels)")
    for (mechanism, label) in [
      (MechanismCase.dense, "depth dense"), (.stateAttention, "depth attention"),
      (.stateAttentionWindow, "depth attention, last 2"), (.moda, "MoDA"), (.detached, "MoDA, detached"),
      (.separateSoftmax, "MoDA, separate softmax"), (.lastAndTop, "MoDA, last 1 and top 2"), (.top, "MoDA, top 2"),
      (.separateInChunks, "MoDA, separate softmax, chunks of 2"),
    ] {
      #expect(mechanism.tiny().label == label)
    }
    #expect(DepthMechanism.allCases.map(\.rawValue) == ["depth residual", "depth dense", "depth attention", "MoDA"])
  }
}
