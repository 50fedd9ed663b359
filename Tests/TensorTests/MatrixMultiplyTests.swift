// Matrix products of both backends at every level against float64, by the 2× rule: an error of at most twice that of
// the plain float32 loop. Also what a product must leave alone, and bitwise independence of the thread count.
import Tensor
import Testing

/// A stream of reproducible numbers.
private struct Numbers {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform on [-1, 1).
  mutating func float() -> Float { Float(Int32(truncatingIfNeeded: next() >> 32)) / 2_147_483_648 }

  mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(next() % UInt64(range.count)) }
}

/// One product with operands inside larger matrices, and its results in float64 and by the plain float32 loop.
private struct Case: CustomStringConvertible {
  let m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool, alpha: Float, beta: Float, seed: UInt64
  let strideA: Int, strideB: Int, strideC: Int
  let a: [Float], b: [Float], c: [Float]
  let exact: [Double]
  /// The most that a result may differ from `exact`.
  let tolerance: Double

  init(m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool, alpha: Float, beta: Float, seed: UInt64) {
    (self.m, self.n, self.k) = (m, n, k)
    (self.transposeA, self.transposeB, self.alpha, self.beta, self.seed) = (transposeA, transposeB, alpha, beta, seed)
    var numbers = Numbers(state: seed)
    let rowsA = transposeA ? k : m, rowsB = transposeB ? n : k
    let strideA = max(1, transposeA ? m : k) + numbers.integer(0...3)
    let strideB = max(1, transposeB ? k : n) + numbers.integer(0...3)
    let strideC = n + numbers.integer(0...3)
    (self.strideA, self.strideB, self.strideC) = (strideA, strideB, strideC)
    let a = (0..<rowsA * strideA).map { _ in numbers.float() }
    let b = (0..<rowsB * strideB).map { _ in numbers.float() }
    let c = (0..<m * strideC).map { _ in numbers.float() }
    (self.a, self.b, self.c) = (a, b, c)
    var exact = [Double](repeating: 0, count: m * n), error = 0.0, largest = 0.0
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.0, plain: Float = 0
        for p in 0..<k {
          let x = a[transposeA ? p * strideA + i : i * strideA + p]
          let y = b[transposeB ? j * strideB + p : p * strideB + j]
          sum += Double(x) * Double(y)
          plain += x * y
        }
        let old = beta == 0 ? 0 : c[i * strideC + j]
        let value = Double(alpha) * sum + Double(beta) * Double(old)
        exact[i * n + j] = value
        error = max(error, abs(Double(alpha * plain + beta * old) - value))
        largest = max(largest, abs(value))
      }
    }
    self.exact = exact
    self.tolerance = max(2 * error, 8 * Double(Float(largest).ulp))
  }

  /// C after the product, with `beta == 0` over NaN.
  func run() -> [Float] {
    var result = beta == 0 ? [Float](repeating: .nan, count: c.count) : c
    let stride = strideC
    for i in 0..<m {
      for j in n..<stride { result[i * stride + j] = 77 }
    }
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        result.withUnsafeMutableBufferPointer { c in
          guard let c = c.baseAddress else { return }
          // An empty array has no base address; the product must not read behind this one.
          let left = a.baseAddress ?? UnsafePointer(c), right = b.baseAddress ?? UnsafePointer(c)
          gemm(
            m: m, n: n, k: k, alpha: alpha, MatrixOperand(left, rowStride: strideA, transposed: transposeA),
            MatrixOperand(right, rowStride: strideB, transposed: transposeB), beta: beta, into: c, stride: stride)
        }
      }
    }
    return result
  }

  /// What is wrong with `result`, or nil.
  func fault(in result: [Float]) -> String? {
    for i in 0..<m {
      for j in 0..<n {
        let difference = abs(Double(result[i * strideC + j]) - exact[i * n + j])
        if !(difference <= tolerance) {
          return "C[\(i), \(j)] = \(result[i * strideC + j]), expected \(exact[i * n + j]) ± \(tolerance)"
        }
      }
      for j in n..<strideC where result[i * strideC + j] != 77 { return "wrote outside C at row \(i), column \(j)" }
    }
    return nil
  }

  var description: String {
    "\(m)×\(n)×\(k)\(transposeA ? " Aᵀ" : "")\(transposeB ? " Bᵀ" : "") alpha \(alpha) beta \(beta) seed \(seed)"
  }

  /// Every choice of transposes and factors at one size.
  static func variants(m: Int, n: Int, k: Int, seed: UInt64) -> [Case] {
    let factors: [(Float, Float)] = [(1, 0), (1, 1), (-0.75, 0.5), (0, 2)]
    return [(false, false), (false, true), (true, false), (true, true)].flatMap { transposes in
      factors.map { alpha, beta in
        Case(
          m: m, n: n, k: k, transposeA: transposes.0, transposeB: transposes.1, alpha: alpha, beta: beta, seed: seed)
      }
    }
  }
}

/// Every way in which a product can run here.
private struct Way: CustomStringConvertible {
  let backend: MatrixBackend, level: InstructionSet, threads: Int

  static let all: [Way] = [1, 2].flatMap { threads in
    [Way(backend: .openBLAS, level: .best, threads: threads)]
      + InstructionSet.available.map { Way(backend: .packed, level: $0, threads: threads) }
  }

  func run(_ test: Case) -> [Float] {
    Runtime.with(instructionSet: level, threads: threads, matrixBackend: backend) { test.run() }
  }

  var description: String { "\(backend) \(level) on \(threads) threads" }
}

private func expectAll(_ test: Case, _ ways: [Way] = Way.all) {
  for way in ways {
    if let fault = test.fault(in: way.run(test)) { Issue.record("\(test), \(way): \(fault)") }
  }
}

@Suite struct MatrixMultiplyTests {
  @Test func everySmallSizeInEachDirection() {
    var numbers = Numbers(state: 1)
    for size in 1...67 {
      for axis in 0..<3 {
        var sizes = (0..<3).map { _ in numbers.integer(1...67) }
        sizes[axis] = size
        let seed = numbers.next()
        let transposes = numbers.integer(0...3)
        let factors: [(Float, Float)] = [(1, 0), (1, 1), (-0.75, 0.5)]
        let (alpha, beta) = factors[numbers.integer(0...2)]
        expectAll(
          Case(
            m: sizes[0], n: sizes[1], k: sizes[2], transposeA: transposes & 1 == 1, transposeB: transposes & 2 == 2,
            alpha: alpha, beta: beta, seed: seed))
      }
    }
  }

  @Test(arguments: [
    (1, 1, 1), (1, 67, 31), (2, 16, 129), (5, 3, 2), (7, 65, 64), (8, 48, 17), (13, 1, 40), (29, 6, 7), (31, 33, 16),
    (64, 64, 64), (66, 128, 8), (10, 35, 81), (32, 37, 257), (70, 19, 160), (33, 34, 300),
  ])
  func everyTransposeAndFactor(m: Int, n: Int, k: Int) {
    for test in Case.variants(m: m, n: n, k: k, seed: UInt64(m * n + k)) { expectAll(test) }
  }

  /// Sums longer than one block of k, operands of more than one panel and task.
  @Test(arguments: [(13, 67, 397), (3, 131, 1153), (131, 5, 769), (97, 129, 385), (103, 211, 787), (257, 65, 131)])
  func blocksOfEveryDirection(m: Int, n: Int, k: Int) {
    for (index, transposes) in [(false, false), (false, true), (true, false), (true, true)].enumerated() {
      expectAll(
        Case(
          m: m, n: n, k: k, transposeA: transposes.0, transposeB: transposes.1, alpha: 1, beta: index % 2 == 0 ? 0 : 1,
          seed: UInt64(m + n + k)))
    }
  }

  @Test func anEmptySumScales() {
    for n in [1, 9, 40] {
      for test in Case.variants(m: 3, n: n, k: 0, seed: 5) { expectAll(test) }
    }
  }

  @Test func emptyResultsAreLeftAlone() {
    for way in Way.all {
      let test = Case(m: 0, n: 4, k: 3, transposeA: false, transposeB: true, alpha: 1, beta: 0, seed: 2)
      #expect(way.run(test).isEmpty)
    }
  }

  @Test(arguments: [(160, 200, 500), (7, 2000, 300), (300, 64, 64), (1500, 2, 100), (90, 1, 9000), (900, 70, 400)])
  func packedBitsDoNotDependOnThreads(m: Int, n: Int, k: Int) {
    for transposes in [(false, false), (false, true), (true, false), (true, true)] {
      let test = Case(
        m: m, n: n, k: k, transposeA: transposes.0, transposeB: transposes.1, alpha: 1.5, beta: 1, seed: 11)
      for level in InstructionSet.available {
        let results = [1, 2, 3, 5].map { Way(backend: .packed, level: level, threads: $0).run(test) }
        for (index, result) in results.enumerated() {
          #expect(result == results[0], "\(test) at \(level): run \(index) differs from one thread")
        }
      }
    }
  }

  /// A part of a product has the bits that the same elements have in the whole, so that tiles at the edge sum as full
  /// ones do.
  @Test func packedBitsDoNotDependOnTheTile() {
    let test = Case(m: 40, n: 100, k: 400, transposeA: false, transposeB: false, alpha: 1, beta: 0, seed: 3)
    for level in InstructionSet.available {
      let whole = Way(backend: .packed, level: level, threads: 1).run(test)
      Runtime.with(instructionSet: level, threads: 1, matrixBackend: .packed) {
        for (rows, columns) in [(1, 100), (9, 37), (40, 5), (23, 64)] {
          var part = [Float](repeating: .nan, count: rows * columns)
          test.a.withUnsafeBufferPointer { a in
            test.b.withUnsafeBufferPointer { b in
              gemm(
                m: rows, n: columns, k: 400, MatrixOperand(a.baseAddress!, rowStride: test.strideA),
                MatrixOperand(b.baseAddress!, rowStride: test.strideB), into: &part, stride: columns)
            }
          }
          for row in 0..<rows {
            #expect(
              Array(part[row * columns..<(row + 1) * columns])
                == Array(whole[row * test.strideC..<row * test.strideC + columns]), "\(level) \(rows)×\(columns)")
          }
        }
      }
    }
  }

  @Test func valuesThatAreNotFiniteReachTheResult() {
    for way in Way.all {
      Runtime.with(instructionSet: way.level, threads: way.threads, matrixBackend: way.backend) {
        var a = [Float](repeating: 1, count: 20 * 30), c = [Float](repeating: 0, count: 20 * 40)
        let b = [Float](repeating: 1, count: 30 * 40)
        a[7 * 30 + 3] = .nan
        a[9 * 30 + 4] = .infinity
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            gemm(
              m: 20, n: 40, k: 30, MatrixOperand(a.baseAddress!, rowStride: 30),
              MatrixOperand(b.baseAddress!, rowStride: 40), into: &c, stride: 40)
          }
        }
        for j in 0..<40 {
          #expect(c[7 * 40 + j].isNaN && c[9 * 40 + j] == .infinity && c[8 * 40 + j] == 30, "\(way) column \(j)")
        }
      }
    }
  }

  @Test func backendFollowsTheCoreThatOpenBLASChose() {
    #expect(MatrixBackend.suited(core: "Prescott", best: .avx512) == .packed)
    #expect(MatrixBackend.suited(core: "Haswell", best: .avx512) == .packed)
    #expect(MatrixBackend.suited(core: "SkylakeX", best: .avx512) == .openBLAS)
    #expect(MatrixBackend.suited(core: "Cooperlake", best: .avx512) == .openBLAS)
    #expect(MatrixBackend.suited(core: "Zen", best: .avx2) == .openBLAS)
    #expect(MatrixBackend.suited(core: "Sandybridge", best: .avx2) == .packed)
    #expect(MatrixBackend.suited(core: "Prescott", best: .portable) == .openBLAS)
    #expect(MatrixBackend.suited(core: "neoversen1", best: .portable) == .openBLAS)
  }

  @Test func backendCanBeOverriddenForAThread() {
    for backend in MatrixBackend.allCases {
      Runtime.with(matrixBackend: backend) { #expect(Runtime.matrixBackend == backend) }
    }
  }
}
