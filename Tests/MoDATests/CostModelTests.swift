// The cost model against the paper's columns, and against models that are built.
import NN
import Tensor
import Testing

import MoDA

@Suite struct CostModelTests {
  /// The 700 M model of Table 3; the rest of its sizes follow from the printed totals.
  static func large(blocks: Int, writers: DepthWriters) -> ModelConfig {
    var config = ModelConfig()
    config.vocabulary = 100_278
    config.width = 1024
    config.blocks = blocks
    config.queryHeads = 16
    config.keyHeads = 8
    config.headWidth = 64
    config.hidden = 4096
    config.context = 4096
    config.normalization = .reordered
    config.queryKeyNorm = .fullWidth
    config.depth.writers = writers
    return config
  }

  /// The layer-number study of Table 6.
  static func narrow(blocks: Int, writers: DepthWriters) -> ModelConfig {
    var config = ModelConfig()
    config.vocabulary = 50_304
    config.width = 384
    config.blocks = blocks
    config.queryHeads = 6
    config.keyHeads = 2
    config.headWidth = 64
    config.hidden = 1536
    config.context = 512
    config.biases = .all
    config.depth.writers = writers
    config.depth.projectsLastBlock = true
    return config
  }

  private func millions(_ config: ModelConfig, digits: Double) -> Double {
    (Double(CostModel(config).tabulatedParameters) / 1e6 * digits).rounded() / digits
  }

  @Test func parametersOfTable3() {
    #expect(millions(Self.large(blocks: 36, writers: .none), digits: 10) == 669.0)
    #expect(millions(Self.large(blocks: 38, writers: .none), digits: 10) == 700.5)
    #expect(millions(Self.large(blocks: 36, writers: .attention), digits: 10) == 669.0)
    #expect(millions(Self.large(blocks: 36, writers: .attentionAndFeedForward), digits: 10) == 705.7)
    #expect(millions(Self.large(blocks: 36, writers: .separateAttentionAndFeedForward), digits: 10) == 742.4)
  }

  @Test func parametersOfTable6() {
    #expect(millions(Self.narrow(blocks: 24, writers: .none), digits: 100) == 71.35)
    #expect(millions(Self.narrow(blocks: 48, writers: .none), digits: 100) == 123.38)
    #expect(millions(Self.narrow(blocks: 24, writers: .attentionAndFeedForward), digits: 100) == 73.72)
    #expect(millions(Self.narrow(blocks: 48, writers: .attentionAndFeedForward), digits: 100) == 128.11)
  }

  @Test func extraOperationsOfTable3() {
    func operations(_ writers: DepthWriters) -> Double {
      CostModel(Self.large(blocks: 36, writers: writers)).forwardOperations(tokens: 4096, attention: .full)
    }
    let depth = operations(.attention) - operations(.none)
    #expect((depth / 1e8).rounded() == 106)  // 0.0106 T
    let projections = operations(.attentionAndFeedForward) - operations(.attention)
    #expect((projections / 1e9).rounded() == 311)  // 0.311 T
    #expect(abs(operations(.none) / 1e12 - 7.954) < 5e-4)
  }

  @Test func operationsOfTable6() {
    // 136.61 G are printed; the matrix and causal attention work alone is 135.7 G.
    let operations = CostModel(Self.narrow(blocks: 48, writers: .none)).forwardOperations(tokens: 512)
    #expect(abs(operations / 1e9 - 135.8) < 0.2, "\(operations / 1e9)")
  }

  @Test(arguments: DepthWriters.allCases, NormPlacement.allCases)
  func parametersEqualThoseOfABuiltModel(writers: DepthWriters, placement: NormPlacement) {
    for (norm, biases, tied, last) in [
      (QueryKeyNorm.none, BiasPlacement.none, true, false), (.perHead, .all, false, true),
      (.fullWidth, .queryKeyValue, true, true), (.perHead, .all, true, false),
    ] {
      var config = ModelConfig()
      config.vocabulary = 50
      config.width = 24
      config.blocks = 3
      config.queryHeads = 6
      config.keyHeads = 2
      config.headWidth = 4
      config.hidden = 20
      config.context = 8
      config.normalization = placement
      config.queryKeyNorm = norm
      config.biases = biases
      config.tiedEmbeddings = tied
      config.depth.writers = writers
      config.depth.projectsLastBlock = last
      #expect(CostModel(config).parameters == LanguageModel(config, seed: 1).parameters.count, "\(config)")
    }
  }

  /// Token by token, as the definition says which slots a token sees.
  @Test(arguments: [1, 3, 4, 10, 64]) func depthOperationsCountTheTokensOfAChunk(chunk: Int) {
    var config = tinyConfig()
    config.depth.chunk = chunk
    let costs = CostModel(config), tokens = 10
    let seen = (0..<tokens).reduce(0) { $0 + ($1 - $1 / chunk * chunk + 1) }
    let products = 4 * seen * config.queryHeads * config.headWidth * costs.slotReads
    #expect(costs.depthOperations(tokens: tokens) == Double(products))
  }

  @Test func depthOperationsCountTheReadSlots() {
    var config = Self.narrow(blocks: 4, writers: .attentionAndFeedForward)
    #expect(CostModel(config).slotReads == 0 + 2 + 4 + 6)
    config.depth.window = .last(slots: 3)
    #expect(CostModel(config).slotReads == 0 + 2 + 3 + 3)
    config.depth.writers = .attention
    config.depth.window = .all
    #expect(CostModel(config).slotReads == 0 + 1 + 2 + 3)
  }
}
