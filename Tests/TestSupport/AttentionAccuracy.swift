// The errors of the library's attention over a set of awkward sizes, measured as Docs/Numerics.md shows them.
public import Tensor

/// Measured errors of one quantity, the worst over a set of problems.
public struct AttentionErrors: Sendable {
  /// The largest absolute error, its ratio to the naive float32 version's (or the floor), and the relative norm error.
  public var largest = 0.0, ratio = 0.0, relativeNorm = 0.0
}

/// Errors of output and gradients against float64, by quantity.
public func attentionErrors(
  _ results: AttentionResults<Float>, naive: AttentionResults<Float>, truth: AttentionResults<Double>
) -> [(name: String, error: ErrorRatio)] {
  zip(results.named, zip(naive.named, truth.named)).map { result, references in
    (result.name, ErrorRatio(kernel: result.values, naive: references.0.values, truth: references.1.values))
  }
}

extension AttentionCase {
  /// Every T × d and every G with every T and every d; causal and full, with 0 to 66 slots; windows and documents.
  public static let awkward: [AttentionCase] = {
    var cases: [AttentionCase] = []
    let groups = [1, 2, 3, 8], slots = [0, 3, 0, 1, 8, 0, 66]
    for (i, tokens) in [1, 2, 31, 97, 128, 129].enumerated() {
      for (j, width) in [16, 32, 40, 64, 80, 111, 128].enumerated() {
        var problem = AttentionCase(tokens: tokens, group: groups[(i + j) % 4], width: width)
        problem.mask = (i / 2 + j) % 2 == 0 ? .causal : .full
        problem.slots = slots[(3 * i + j) % 7]
        problem.batch = tokens < 97 ? 2 : 1
        problem.heads = problem.group < 3 ? 2 : 1
        cases.append(problem)
      }
    }
    for (width, group, slots) in [(16, 8, 0), (32, 2, 5), (40, 1, 3), (16, 3, 66), (64, 1, 0)] {
      var problem = AttentionCase(tokens: 1025, group: group, width: width)
      problem.slots = slots
      problem.mask = width == 40 ? .full : .causal
      cases.append(problem)
    }
    return cases + masked
  }()

  /// Sliding windows and documents whose ends fall inside, on and across tiles and key blocks.
  private static let masked: [AttentionCase] = {
    func documents(_ lengths: [[Int]], within mask: AttentionMask = .causal) -> AttentionMask {
      .documents(DocumentBoundaries(lengths: lengths), within: mask)
    }
    let masks: [(tokens: Int, mask: AttentionMask)] = [
      (129, .window(1)), (300, .window(48)), (97, .window(200)), (413, .window(130)),
      (97, documents([[1, 1, 30, 64, 1]])), (300, documents([[150, 150], [7, 293]])),
      (129, documents([[128, 1]], within: .full)), (257, documents([[100, 157]], within: .window(17))),
    ]
    return masks.enumerated().map { index, entry in
      var problem = AttentionCase(
        tokens: entry.tokens, group: [1, 2, 3, 8][index % 4], width: [64, 16, 40, 32][index % 4])
      problem.mask = entry.mask
      if case .documents(let boundaries, _) = entry.mask { problem.batch = boundaries.shape[0] }
      problem.slots = index % 3 == 0 ? 3 : 0
      return problem
    }
  }()

  /// The worst errors over the awkward sizes at one instruction-set level, by quantity.
  ///
  /// - Parameters:
  ///   - level: the instruction set, which must have the precision.
  ///   - precision: in which products over the sequence multiply; the naive version rounds their operands alike.
  ///   - storage: how slots are kept, for the naive version as well; the truth has them as they were before.
  public static func worstErrors(
    _ level: InstructionSet, precision: Precision = .float32, storage: Precision = .float32
  ) -> [(name: String, errors: AttentionErrors)] {
    var names: [String] = []
    var worst: [String: AttentionErrors] = [:]
    for (seed, problem) in awkward.enumerated() {
      var problem = problem
      (problem.precision, problem.storage) = (precision, storage)
      let inputs = AttentionInputs(problem, seed: UInt64(seed))
      let results = Runtime.with(instructionSet: level) { inputs.kernelResults() }
      var stored = inputs
      if storage == .bfloat16 {
        for slot in 0..<problem.slots {
          stored.slotKeys[slot] = Tensor(BFloat16Tensor(rounding: inputs.slotKeys[slot]))
          stored.slotValues[slot] = Tensor(BFloat16Tensor(rounding: inputs.slotValues[slot]))
        }
      }
      let errors = attentionErrors(results, naive: naiveAttention(stored), truth: exactAttention(inputs))
      let isHalf = precision == .bfloat16 || storage == .bfloat16
      names = errors.map { $0.name }
      for (name, error) in errors {
        var entry = worst[name] ?? AttentionErrors()
        entry.largest = max(entry.largest, error.kernel)
        entry.ratio = max(entry.ratio, isHalf ? error.ratio(atLeast: 1) : error.ratio)
        entry.relativeNorm = max(entry.relativeNorm, error.relativeNorm)
        worst[name] = entry
      }
    }
    return names.map { ($0, worst[$0] ?? AttentionErrors()) }
  }
}
