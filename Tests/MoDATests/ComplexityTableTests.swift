// The paper's table of complexities against the models that are built, and the cost model for every mechanism.
import Lab
import NN
import Tensor
import Testing

import MoDA

@Suite struct ComplexityTableTests {
  /// The paper's symbols know no norms and no biases; every block has its projections.
  private var plain: ModelConfig {
    var config = ModelConfig()
    (config.vocabulary, config.width, config.blocks, config.queryHeads, config.keyHeads) = (50, 24, 5, 6, 2)
    (config.headWidth, config.hidden, config.context, config.queryKeyNorm) = (4, 20, 16, .none)
    config.depth.projectsLastBlock = true
    return config
  }

  @Test func publishedParametersAreThoseOfBuiltModels() {
    var moda = plain
    moda.depth.writers = .attentionAndFeedForward
    let table = ComplexityTable(moda, tokens: 16)
    let built = table.models.map { LanguageModel($0.config, seed: 1).parameters.count }
    #expect(table.models.map(\.mechanism) == [.residual, .dense, .attention, .moda])
    #expect(table.rows[0].values == built.dropFirst().map { Double($0 - built[0]) })
    // By hand: D = 24, L = 5, G = 3.
    let byHand: [Double] = [8640, 4800, 1920]  // 15·576, 5·(576 + 384), 5·384
    #expect(table.rows[0].values == byHand)
  }

  /// The formulas as the paper prints them, in its symbols.
  @Test func valuesAreThoseOfTheSymbols() {
    let table = ComplexityTable(plain, tokens: 16), (g, l, h, t) = (3.0, 5.0, 8.0, 16.0)
    let values = table.rows.map(\.values)
    let dense: Double = g * g * l * h * h + g * g * l * l * h * h
    let retrieval: Double = 2 * g * l * l * h + 2 * g * l * h
    let attention: Double = g * g * l * h * h + 2 * g * l * h * h
    let moda: Double = 2 * g * l * h * h, cache: Double = 2 * l * h
    #expect(values[0] == [dense / 2, attention, moda])
    #expect(values[1] == [g * l * h, cache, cache])
    #expect(values[2] == values[1].map { t * $0 })
    #expect(values[3] == [dense, retrieval, retrieval])
    #expect(values[4] == values[3].map { t * $0 })
    #expect(table.rows.allSatisfy { $0.formulas.count == 3 && $0.orders.count == 3 && $0.values.count == 3 })
  }

  /// ½L(L+1)·D² multiply-adds of depth dense, and two for each feature of the ½L(L+1) slots that depth attention reads:
  /// in operations, the terms of the table.
  @Test func exactOperationsAgreeWithTheDominantTerms() {
    let table = ComplexityTable(plain, tokens: 16)
    func depth(_ mechanism: DepthMechanism) -> Double {
      table.models.filter { $0.mechanism == mechanism }.map { CostModel($0.config).depthOperations(tokens: 16) }[0]
    }
    #expect(depth(.dense) == table.rows[4].values[0])
    #expect(depth(.attention) == table.rows[4].values[1])
    // MoDA with two slots a block reads twice L(L−1)/2 of them, the paper's L² + L with one slot being the same order.
    #expect(depth(.moda) == 4 * 16 * 24 * 20)
  }

  @Test func cachesAreThoseOfTheTable() {
    let table = ComplexityTable(plain, tokens: 16)
    let columns = table.models.map { CostModel($0.config).columnBytesPerToken / 4 }
    let cache = table.rows[1].values.map { Int($0) }
    #expect(columns == [0, cache[0], cache[1], 128])  // eight slots of two times eight numbers
    let caches = Set(table.models.map { CostModel($0.config).cacheBytesPerToken })
    #expect(caches == [5 * 2 * 8 * 4])
  }

  @Test(arguments: MechanismCase.allCases, [QueryKeyNorm.none, .perHead, .fullWidth])
  func parametersEqualThoseOfABuiltModel(mechanism: MechanismCase, norm: QueryKeyNorm) {
    for biases in [BiasPlacement.none, .queryKeyValue, .all] {
      var config = mechanism.tiny()
      (config.queryKeyNorm, config.biases) = (norm, biases)
      #expect(
        CostModel(config).parameters == LanguageModel(config, seed: 1).parameters.count, "\(config.label), \(biases)")
    }
  }

  @Test func boundedWindowsBoundReadsAndColumns() {
    func costs(_ window: DepthWindow) -> CostModel {
      var config = MechanismCase.moda.tiny(blocks: 5)
      config.depth.window = window
      return CostModel(config)
    }
    #expect(costs(.all).slotReads == 0 + 2 + 4 + 6 + 8)
    #expect(costs(.top(slots: 3)).slotReads == 0 + 2 + 3 + 3 + 3)
    #expect(costs(.lastAndTop(last: 1, top: 4)).slotReads == 0 + 2 + 4 + 5 + 5)
    #expect(costs(.top(slots: 3)).columnBytesPerToken == 3 * 2 * 8 * 4)
    #expect(costs(.all).columnBytesPerToken == 8 * 2 * 8 * 4)
    #expect(costs(.top(slots: 3)).depthOperations(tokens: 10) < costs(.all).depthOperations(tokens: 10))
  }

  @Test func theCommandPrintsBothTables() throws {
    let result = try modaLM(["costs", "--config", "\(repository)/Configs/moda/quickstart.yaml"])
    #expect(result.status == 0, "\(result.errors)")
    for part in ["½G²L²Hk²d²", "O(LD²/G)", "depth dense", "depth attention", "MoDA", "parameters"] {
      #expect(result.output.contains(part), "\(part) is missing:\n\(result.output)")
    }
    let wrong = try modaLM(["costs", "--set", "model.headWidth=16"])
    #expect(wrong.status != 0 && wrong.errors.contains("model.width"), "\(wrong.errors)")
  }

  private var repository: String { String(fixtures.dropLast("/Tests/Fixtures".count)) }
}
