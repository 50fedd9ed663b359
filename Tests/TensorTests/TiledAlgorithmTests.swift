// The tiled algorithm itself in float64, apart from any kernel: online softmax over key blocks, then the exact rows of
// the depth phase, and backward from the log-sum-exp. It must equal the definition to 1e-12.
import Foundation
import Tensor
import TestSupport
import Testing

/// Attention of one query row (a head at a token) by blocks of keys, in float64.
private struct TiledRow {
  let inputs: AttentionInputs
  let batch, token, head, block: Int
  private var problem: AttentionCase { inputs.problem }
  private var keyHead: Int { head / problem.group }

  private func row(_ array: Tensor, _ token: Int, _ head: Int) -> [Double] {
    let (tokens, heads, width) = (array.shape[1], array.shape[2], array.shape[3])
    let start = ((batch * tokens + token) * heads + head) * width
    return array.withElements { elements in (start..<start + width).map { Double(elements[$0]) } }
  }

  /// Keys and values in blocks: the visible sequence, then the token's own slots as one more block.
  private func blocks() -> [[(query: [Double], key: [Double], value: [Double])]] {
    let (query, depthQuery) = (row(inputs.query, token, head), row(inputs.depthQuery, token, head))
    let visible = problem.visible(batch, token)
    var result = stride(from: 0, to: visible.count, by: block).map { first in
      visible[first..<min(visible.count, first + block)].map {
        (query, row(inputs.key, $0, keyHead), row(inputs.value, $0, keyHead))
      }
    }
    if problem.slots > 0 {
      result.append(
        (0..<problem.slots).map {
          (depthQuery, row(inputs.slotKeys[$0], token, keyHead), row(inputs.slotValues[$0], token, keyHead))
        })
    }
    return result
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  /// Output and log-sum-exp: running maximum, sum and rescaled output.
  func forward() -> (output: [Double], logSumExp: Double) {
    var maximum = -Double.infinity, sum = 0.0
    var output = [Double](repeating: 0, count: problem.width)
    for block in blocks() {
      let scores = block.map { Double(problem.scale) * dot($0.query, $0.key) }
      let next = max(maximum, scores.max() ?? maximum)
      let rescale = maximum == -.infinity ? 0 : exp(maximum - next)
      sum *= rescale
      for column in output.indices { output[column] *= rescale }
      for (score, entry) in zip(scores, block) {
        let weight = exp(score - next)
        sum += weight
        for column in output.indices { output[column] += weight * entry.value[column] }
      }
      maximum = next
    }
    return (output.map { $0 / sum }, maximum + log(sum))
  }

  /// Gradients of both queries, from the log-sum-exp and Σ o·do alone.
  func queryGradients() -> (sequence: [Double], depth: [Double]) {
    let (output, logSumExp) = forward()
    let outputGradient = row(inputs.outputGradient, token, head)
    let delta = dot(output, outputGradient), scale = Double(problem.scale)
    var gradients = [[Double](repeating: 0, count: problem.width), [Double](repeating: 0, count: problem.width)]
    let all = blocks()
    for (index, block) in all.enumerated() {
      let isDepth = problem.slots > 0 && index == all.count - 1
      for entry in block {
        let weight = exp(scale * dot(entry.query, entry.key) - logSumExp)
        let factor = scale * weight * (dot(outputGradient, entry.value) - delta)
        for column in 0..<problem.width { gradients[isDepth ? 1 : 0][column] += factor * entry.key[column] }
      }
    }
    return (gradients[0], gradients[1])
  }
}

@Suite struct TiledAlgorithmTests {
  @Test(arguments: [1, 3, 8, 64], [AttentionMask.causal, .full])
  func equalsTheDefinitionInDoublePrecision(block: Int, mask: AttentionMask) {
    for (seed, (tokens, group, width, slots)) in [(1, 1, 16, 0), (7, 3, 5, 4), (19, 8, 8, 1), (33, 2, 48, 9)]
      .enumerated()
    {
      var problem = AttentionCase(tokens: tokens, group: group, width: width)
      problem.batch = 2
      problem.heads = 2
      problem.slots = slots
      problem.mask = mask
      let inputs = AttentionInputs(problem, seed: UInt64(seed))
      let truth = exactAttention(inputs)
      let heads = problem.heads * group
      var worst = 0.0
      for batch in 0..<2 {
        for token in 0..<tokens {
          for head in 0..<heads {
            let row = TiledRow(inputs: inputs, batch: batch, token: token, head: head, block: block)
            let (output, logSumExp) = row.forward(), (query, depthQuery) = row.queryGradients()
            let start = ((batch * tokens + token) * heads + head) * width
            worst = max(worst, abs(logSumExp - truth.logSumExp[(batch * heads + head) * tokens + token]))
            for column in 0..<width {
              worst = max(worst, abs(output[column] - truth.output[start + column]))
              worst = max(worst, abs(query[column] - truth.query[start + column]))
              worst = max(worst, abs(depthQuery[column] - truth.depthQuery[start + column]))
            }
          }
        }
      }
      #expect(worst < 1e-12, "\(problem), blocks of \(block), seed \(seed): \(worst)")
    }
  }
}
