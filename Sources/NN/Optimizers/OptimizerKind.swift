// Optimisers as configuration values. Not here: the rules (AdamW.swift, Muon.swift).
import Tensor

/// An optimiser as a configuration value.
public enum OptimizerKind: Codable, Sendable, Equatable {
  /// `AdamW` for every group.
  ///
  /// `decay` applies to matrices, `embeddingDecay` to embedding tables; gains and biases never decay.
  case adamW(
    beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, decay: Double = 0.1,
    embeddingDecay: Double = 0)
  /// `Muon` for matrices, AdamW for the rest.
  case muon(
    momentum: Double = 0.95, decay: Double = 0.1, beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8,
    embeddingDecay: Double = 0)

  /// An optimiser of this kind for `store`, at step 0.
  ///
  /// - Precondition: the store is frozen.
  public func makeOptimizer(for store: ParameterStore) -> any Optimizer {
    switch self {
    case .adamW(let beta1, let beta2, let epsilon, let decay, let embeddingDecay):
      AdamW(
        store,
        AdamWSettings(
          beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, embeddingDecay: embeddingDecay))
    case .muon(let momentum, let decay, let beta1, let beta2, let epsilon, let embeddingDecay):
      Muon(
        store, momentum: momentum, decay: decay,
        others: AdamWSettings(
          beta1: beta1, beta2: beta2, epsilon: epsilon, decay: decay, embeddingDecay: embeddingDecay))
    }
  }

  /// Bytes of state that the optimiser keeps for `store`.
  public func stateByteCount(for store: ParameterStore) -> Int {
    let all = store.values.byteCount
    switch self {
    case .adamW: return 2 * all
    case .muon: return 2 * all - store.range(of: [.matrix]).count * MemoryLayout<Float>.stride
    }
  }
}

extension OptimizerKind {
  private enum Kind: String, CodingKey, CaseIterable { case adamW, muon }
  private enum Number: String, CodingKey { case momentum, decay, beta1, beta2, epsilon, embeddingDecay }

  /// Decodes `{"muon": {"momentum": 0.9}}`; omitted numbers take their defaults.
  public init(from decoder: any Decoder) throws {
    let (kind, numbers): (Kind, KeyedDecodingContainer<Number>) = try decoder.onlyCase()
    func number(_ key: Number, _ base: Double) throws -> Double {
      try numbers.decodeIfPresent(Double.self, forKey: key) ?? base
    }
    let base: OptimizerKind = kind == .adamW ? .adamW() : .muon()
    switch base {
    case .adamW(let beta1, let beta2, let epsilon, let decay, let embeddingDecay):
      self = .adamW(
        beta1: try number(.beta1, beta1), beta2: try number(.beta2, beta2), epsilon: try number(.epsilon, epsilon),
        decay: try number(.decay, decay), embeddingDecay: try number(.embeddingDecay, embeddingDecay))
    case .muon(let momentum, let decay, let beta1, let beta2, let epsilon, let embeddingDecay):
      self = .muon(
        momentum: try number(.momentum, momentum), decay: try number(.decay, decay), beta1: try number(.beta1, beta1),
        beta2: try number(.beta2, beta2), epsilon: try number(.epsilon, epsilon),
        embeddingDecay: try number(.embeddingDecay, embeddingDecay))
    }
  }
}

extension Decoder {
  /// The only case of an enum and the container of its values, as synthesised encoding writes them.
  func onlyCase<Case: CodingKey & CaseIterable, Key: CodingKey>() throws -> (Case, KeyedDecodingContainer<Key>) {
    let container = try container(keyedBy: Case.self)
    guard container.allKeys.count == 1, let found = container.allKeys.first else {
      let names = Case.allCases.map(\.stringValue).joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        .init(codingPath: codingPath, debugDescription: "expected exactly one of \(names)"))
    }
    return (found, try container.nestedContainer(keyedBy: Key.self, forKey: found))
  }
}
