// The paper's table of the mechanisms' costs: its formulas, their values for one model, and what the models here cost.
// Not here: the exact costs themselves (CostModel.swift).
public import Lab
import Tensor

/// The costs of the mechanisms for the sizes of one model.
///
/// > Source: arXiv 2603.15619, Table 1: the cost beside that of the depth-residual model, dominant terms, with the
/// > constants that the authors kept. D = G·Hk·d, a multiply-add is two operations.
public struct ComplexityTable: Sendable {
  /// The sizes; the vocabulary must be resolved.
  public let config: ModelConfig
  /// Tokens of a prefill, T.
  public let tokens: Int

  /// The table of `config` for a prefill of `tokens` tokens.
  ///
  /// - Precondition: Hq·d = D, as the paper's symbols have it.
  public init(_ config: ModelConfig, tokens: Int) {
    precondition(
      config.queryHeads * config.headWidth == config.width,
      "ComplexityTable: \(config.queryHeads) heads of \(config.headWidth) for a width of \(config.width)")
    self.config = config
    self.tokens = tokens
  }

  /// A line of the paper's table.
  public struct Row: Sendable {
    /// What is counted.
    public let quantity: String
    /// The formulas of depth dense, depth attention and MoDA.
    public let formulas: [String]
    /// Their orders.
    public let orders: [String]
    /// Their values.
    public let values: [Double]
  }

  /// The lines of the paper's table.
  public var rows: [Row] {
    let (group, blocks, heads, width) = (config.groups, config.blocks, config.keyHeads, config.headWidth)
    let (g, l, h, t) = (Double(group), Double(blocks), Double(heads * width), Double(tokens))
    let dense = g * g * l * h * h + g * g * l * l * h * h
    let retrieval = 2 * g * l * l * h + 2 * g * l * h
    return [
      Row(
        quantity: "parameters",
        formulas: ["½G²L²Hk²d² + ½G²LHk²d²", "G²LHk²d² + 2GLHk²d²", "2GLHk²d²"],
        orders: ["O(L²D²)", "O(LD²)", "O(LD²/G)"],
        values: [dense / 2, g * g * l * h * h + 2 * g * l * h * h, 2 * g * l * h * h]),
      Row(
        quantity: "decode cache (values)", formulas: ["GLHk·d", "2LHk·d", "2LHk·d"],
        orders: ["O(LD)", "O(LD/G)", "O(LD/G)"], values: [g * l * h, 2 * l * h, 2 * l * h]),
      Row(
        quantity: "prefill cache (values)", formulas: ["GTLHk·d", "2TLHk·d", "2TLHk·d"],
        orders: ["O(TLD)", "O(TLD/G)", "O(TLD/G)"], values: [g * t * l * h, 2 * t * l * h, 2 * t * l * h]),
      Row(
        quantity: "decode operations",
        formulas: ["G²LHk²d² + G²L²Hk²d²", "2GL²Hk·d + 2GLHk·d", "2GL²Hk·d + 2GLHk·d"],
        orders: ["O(L²D²)", "O(L²D)", "O(L²D)"], values: [dense, retrieval, retrieval]),
      Row(
        quantity: "prefill operations",
        formulas: ["G²TLHk²d² + G²TL²Hk²d²", "2GTL²Hk·d + 2GTLHk·d", "2GTL²Hk·d + 2GTLHk·d"],
        orders: ["O(TL²D²)", "O(TL²D)", "O(TL²D)"], values: [t * dense, t * retrieval, t * retrieval]),
    ]
  }

  /// The model's sizes with each of the paper's mechanisms; MoDA with its default writers unless the model has others.
  public var models: [(mechanism: DepthMechanism, config: ModelConfig)] {
    DepthMechanism.allCases.map { mechanism in
      var model = config
      if mechanism != .moda {
        let last = model.depth.projectsLastBlock
        model.depth = DepthConfig()
        model.depth.projectsLastBlock = last
      } else if model.depth.writers == .none {
        model.depth.writers = .attentionAndFeedForward
      }
      model.blockInput =
        switch mechanism {
        case .residual, .moda: .residual
        case .dense: .dense
        case .attention: .attention
        }
      return (mechanism, model)
    }
  }

  /// The paper's table with the values of this model.
  public var published: Table {
    let names = [DepthMechanism.dense, .attention, .moda].map(\.rawValue)
    return Table(
      columns: [.text("beside depth residual")] + names.flatMap { [.text($0), .text("order"), .number("value")] },
      rows: [
        [
          "data dependent / one softmax", "no / no", "", "", "yes / no", "", "", "yes / yes", "", "",
        ]
      ]
        + rows.map { row in
          [Table.Cell(stringLiteral: row.quantity)]
            + row.formulas.indices.flatMap { index -> [Table.Cell] in
              [
                Table.Cell(stringLiteral: row.formulas[index]), Table.Cell(stringLiteral: row.orders[index]),
                .integer(Int(row.values[index])),
              ]
            }
        },
      caption: "Dominant terms as in Table 1 of arXiv 2603.15619; L = \(config.blocks), G = \(config.groups), "
        + "Hk = \(config.keyHeads), d = \(config.headWidth), T = \(tokens).")
  }

  /// What whole models with these sizes cost here.
  public var whole: Table {
    Table(
      columns: [
        .text("model"), .number("parameters"), .number("beside residual"), .number("slots read"),
        .number("forward (MFLOP/token)"), .number("training (MFLOP/token)"), .number("depth phase (MFLOP/token)"),
        .number("cache (bytes/token)"), .number("column in flight (bytes/token)"),
      ],
      rows: models.map { _, model in
        let costs = CostModel(model), base = CostModel(models[0].config)
        let perToken = { (operations: Double) in operations / Double(tokens) / 1e6 }
        return [
          Table.Cell(stringLiteral: model.label), .integer(costs.parameters),
          .integer(costs.parameters - base.parameters), .integer(costs.slotReads),
          .number(perToken(costs.forwardOperations(tokens: tokens)), decimals: 3),
          .number(costs.trainingOperationsPerToken(tokens: tokens) / 1e6, decimals: 3),
          .number(perToken(costs.depthOperations(tokens: tokens)), decimals: 3), .integer(costs.cacheBytesPerToken),
          .integer(costs.columnBytesPerToken),
        ]
      },
      caption: "Exact counts of the models that this program builds; a multiply-add is two operations, keys behind the "
        + "mask are not counted. A column in flight is what one token's blocks read of earlier ones.")
  }

  /// Both tables as a document.
  public var report: Report {
    Report(
      title: "Costs of the mechanisms", subtitle: "\(config.blocks) blocks of width \(config.width)",
      blocks: [.table(published), .heading("Whole models"), .table(whole)])
  }
}
