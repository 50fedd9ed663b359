// The Newton–Schulz iteration of Muon against its definition.
import NN
import Tensor
import Testing

@Suite struct OptimizerNewtonSchulzTests {
  /// Muon with momentum 0 and a learning rate chosen so that one step subtracts the orthogonalised gradient.
  private func orthogonalized(_ gradient: Tensor) throws -> Tensor {
    let store = ParameterStore(seed: 0)
    let parameter = store.root.parameter("p", gradient.shape, .zeros, group: .matrix)
    store.freeze()
    try OptimizerTests.setGradients(store) { _ in gradient }
    var optimizer = OptimizerKind.muon(momentum: 0, decay: 0).makeOptimizer(for: store)
    let side = Float(max(gradient.shape[0], gradient.count / gradient.shape[0]))
    optimizer.step(store, learningRate: 1 / (0.2 * side.squareRoot()))
    return Tensor(parameter.value.elements.map { -$0 }, shape: gradient.shape)
  }

  @Test(arguments: [(1, 9), (9, 1), (12, 12), (8, 31), (31, 8)])
  func singularValuesComeNearOne(rows: Int, columns: Int) throws {
    let gradient = Tensor.normal(
      [rows, columns], mean: 0, deviation: 1, from: RandomSource(seed: 4).split("\(rows)x\(columns)"))
    let result = try orthogonalized(gradient)
    // The trace of the Gram matrix is the sum of squared singular values: each near 1.
    let side = Double(min(rows, columns))
    let energy = result.elements.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(energy > 0.45 * side && energy < 1.5 * side, "\(rows)×\(columns): energy \(energy) of \(side)")
    // It stays aligned with the gradient: the inner product is about the nuclear norm, never negative.
    let inner = zip(result.elements, gradient.elements).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(inner > 0)
  }

  @Test func zeroAndHugeGradientsStayFinite() throws {
    #expect(try orthogonalized(Tensor(zeros: [5, 7])).elements.allSatisfy { $0 == 0 })
    let huge = try orthogonalized(Tensor(repeating: 1e30, shape: [4, 6]))
    #expect(huge.elements.allSatisfy { $0.isFinite && $0 > 0 })
  }

  @Test func kernelsOfThreeAxesCountAsMatrices() throws {
    let flat = Tensor.normal([4, 6], mean: 0, deviation: 1, from: RandomSource(seed: 8))
    let folded = try orthogonalized(flat.reshaped(to: [4, 2, 3]))
    #expect(folded.reshaped(to: [4, 6]).isIdentical(to: try orthogonalized(flat)))
  }
}
