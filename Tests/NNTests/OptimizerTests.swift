// AdamW and Muon against PyTorch (Scripts/golden/optimizers.py), groups, decay, state.
import Foundation
import NN
import Tensor
import Testing

@Suite struct OptimizerTests {
  /// The file that `Scripts/golden/optimizers.py` writes.
  static func golden() throws -> WeightFiles {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try WeightFiles(file: folder.appendingPathComponent("Fixtures/NN/optimizers.safetensors"))
  }

  static let groups: [(String, ParameterGroup)] = [
    ("wide", .matrix), ("tall", .matrix), ("table", .embedding), ("gain", .vector),
  ]

  static func goldenStore(_ golden: WeightFiles) throws -> ParameterStore {
    let store = ParameterStore(seed: 0)
    for (name, group) in groups {
      _ = store.root.parameter(name, try #require(golden.shape(of: "initial.\(name)")), .zeros, group: group)
    }
    store.freeze()
    for (name, _) in groups {
      store.assign(try golden.tensor("initial.\(name)"), to: try #require(store[name]))
    }
    return store
  }

  /// Puts the gradients of one step into the store as backward would.
  static func setGradients(_ store: ParameterStore, _ gradients: (String) throws -> Tensor) throws {
    store.resetGradients()
    for parameter in store.parameters {
      let gradient = try gradients(parameter.name)
      let tape = Tape()
      let output = Variable(
        Tensor([0]), from: [tape.leaf(Tensor([0])), Variable(parameter)], op: "test",
        pullback: { _, gradients in gradients.add(gradient, to: Variable(parameter)) })
      tape.backward(from: output)
    }
    store.completeGradients()
  }

  @Test(arguments: ["adamw", "muon"])
  func tenStepsMatchTheReference(rule: String) throws {
    let golden = try Self.golden()
    let store = try Self.goldenStore(golden)
    let kind: OptimizerKind =
      rule == "adamw" ? .adamW(decay: 0.1, embeddingDecay: 0.05) : .muon(decay: 0.1, embeddingDecay: 0.05)
    var optimizer = kind.makeOptimizer(for: store)
    #expect(optimizer.name == rule)
    let rates = try golden.tensor("learning_rate").elements, scales = try golden.tensor("gradient_scale").elements
    var worst: Float = 0
    for step in 0..<10 {
      try Self.setGradients(store) { try golden.tensor("gradient.\($0)")[step] }
      optimizer.step(store, learningRate: rates[step], gradientScale: scales[step])
      for (name, group) in Self.groups {
        let expected = try golden.tensor("\(group == .matrix ? rule : "adamw").\(name)")[step]
        let error = try #require(store[name]).value.relativeError(to: expected)
        worst = max(worst, error)
        #expect(error < 1e-5, "\(rule), \(name), step \(step): relative error \(error)")
      }
    }
    #expect(worst > 0)
    #expect(optimizer.state.steps == 10)
  }

  @Test(arguments: [OptimizerKind.adamW(), .muon()])
  func frozenParametersStay(kind: OptimizerKind) throws {
    let golden = try Self.golden()
    let store = try Self.goldenStore(golden)
    for name in ["wide", "table"] { try #require(store[name]).isTrainable = false }
    var optimizer = kind.makeOptimizer(for: store)
    for step in 0..<3 {
      try Self.setGradients(store) { try golden.tensor("gradient.\($0)")[step] }
      optimizer.step(store, learningRate: 0.1)
    }
    for (name, _) in Self.groups {
      let initial = try golden.tensor("initial.\(name)")
      let parameter = try #require(store[name])
      #expect(parameter.value.isIdentical(to: initial) == !parameter.isTrainable, "\(name)")
    }
  }

  @Test func onlyMatricesDecayByDefault() throws {
    for kind in [OptimizerKind.adamW(decay: 0.5), .muon(decay: 0.5)] {
      let store = try Self.goldenStore(Self.golden())
      let before = store.parameters.map { ($0, $0.value.copied()) }
      try Self.setGradients(store) { Tensor(zeros: try #require(store[$0]).shape) }
      var optimizer = kind.makeOptimizer(for: store)
      optimizer.step(store, learningRate: 0.1)
      for (parameter, old) in before {
        let factor: Float = parameter.group == .matrix ? 0.95 : 1
        let expected = Tensor(old.elements.map { $0 * factor }, shape: old.shape)
        #expect(parameter.value.relativeError(to: expected) < 1e-6, "\(kind), \(parameter.name)")
      }
    }
  }

  @Test(arguments: [OptimizerKind.adamW(), .muon()])
  func stateRoundTripsAndItsViewsAreSnapshots(kind: OptimizerKind) throws {
    let golden = try Self.golden()
    let store = try Self.goldenStore(golden)
    var optimizer = kind.makeOptimizer(for: store)
    for step in 0..<3 {
      try Self.setGradients(store) { try golden.tensor("gradient.\($0)")[step] }
      optimizer.step(store, learningRate: 0.01)
    }
    let state = optimizer.state
    let kept = state.tensors.map { $0.tensor.copied() }
    let names = Set(state.tensors.map(\.name))
    #expect(names.count == state.tensors.count)
    #expect(names.contains(kind == .adamW() ? "first.wide" : "momentum.wide") && names.contains("second.gain"))
    #expect(state.tensors.allSatisfy { name, tensor in tensor.elements.contains { $0 != 0 } })

    var other = kind.makeOptimizer(for: store)
    other.restore(state)
    let values = store.values.copied()
    try Self.setGradients(store) { try golden.tensor("gradient.\($0)")[3] }
    optimizer.step(store, learningRate: 0.01)
    let expected = store.values.copied()
    // Views taken before the step do not see it.
    #expect(zip(state.tensors, kept).allSatisfy { $0.tensor.isIdentical(to: $1) })
    for parameter in store.parameters {
      let range = try #require(Self.range(of: parameter, in: store))
      store.assign(values[range].reshaped(to: parameter.shape), to: parameter)
    }
    other.step(store, learningRate: 0.01)
    #expect(store.values.isIdentical(to: expected))
    #expect(
      zip(other.state.tensors, optimizer.state.tensors).allSatisfy {
        $0.name == $1.name && $0.tensor.isIdentical(to: $1.tensor)
      })
  }

  /// Where a parameter's values lie in the flat buffer, found by content of a marked copy.
  private static func range(of parameter: Parameter, in store: ParameterStore) -> Range<Int>? {
    let offset = (parameter.value.base - store.values.base)
    return offset..<offset + parameter.shape.count
  }

  @Test func gradientNormIsExactAndIndependentOfThreads() throws {
    let store = ParameterStore(seed: 3)
    let shapes: [Shape] = [[301, 257], [1], [70_001], [64, 1000]]
    for (index, shape) in shapes.enumerated() {
      _ = store.root.parameter("p\(index)", shape, .zeros, group: index == 1 ? .vector : .matrix)
    }
    store.freeze()
    try Self.setGradients(store) {
      Tensor.normal(try #require(store[$0]).shape, mean: 0, deviation: 1e-3, from: RandomSource(seed: 9).split($0))
    }
    let exact = store.parameters.reduce(0.0) { sum, parameter in
      sum + parameter.gradient.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
    }.squareRoot()
    let norms = [1, 2, 3, 7].map { threads in Runtime.with(threads: threads) { store.gradientNorm() } }
    #expect(Set(norms).count == 1, "norms \(norms)")
    #expect(abs(norms[0] - exact) <= 1e-12 * exact)
  }

  @Test func kindsDecodeWithDefaults() throws {
    func decode(_ text: String) throws -> OptimizerKind {
      try JSONDecoder().decode(OptimizerKind.self, from: Data(text.utf8))
    }
    #expect(try decode(#"{"adamW": {}}"#) == .adamW())
    #expect(try decode(#"{"muon": {"momentum": 0.9}}"#) == .muon(momentum: 0.9))
    #expect(try decode(#"{"adamW": {"decay": 0, "beta2": 0.999}}"#) == .adamW(beta2: 0.999, decay: 0))
    for text in ["{}", #"{"adamW": {}, "muon": {}}"#, #"{"sgd": {}}"#, #"{"adamW": {"decay": "x"}}"#, "3"] {
      #expect(throws: DecodingError.self, "\(text)") { try decode(text) }
    }
    for kind in [OptimizerKind.adamW(epsilon: 1e-6), .muon(embeddingDecay: 0.2)] {
      #expect(try JSONDecoder().decode(OptimizerKind.self, from: JSONEncoder().encode(kind)) == kind)
    }
  }

  @Test func stateByteCountIsWhatTheStateHolds() throws {
    let store = try Self.goldenStore(Self.golden())
    for kind in [OptimizerKind.adamW(), .muon()] {
      let held = kind.makeOptimizer(for: store).state.tensors.reduce(0) { $0 + $1.tensor.byteCount }
      let counted = kind.stateByteCount(for: store)
      #expect(held <= counted && counted < held + 2 * 64 * Self.groups.count, "\(kind)")
    }
  }
}
