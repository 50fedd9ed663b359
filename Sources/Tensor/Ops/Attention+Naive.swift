// Attention with depth slots token by token from separate parts: what a framework without the operator would do, and
// the lowest rung of the kernel ablation. Not a path for use.

/// One token's keys and values gathered into one run, for the queries of one group.
private struct GatheredToken {
  let keys, values: Tensor
  let sequence: Range<Int>
  let slotTokens: Range<Int>

  init(_ problem: NaiveProblem, sequence index: Int, head: Int, token: Int) {
    let geometry = problem.geometry, depth = problem.depth, width = geometry.width
    let sequence = problem.mask.visibleKeys(batch: index, token: token, tokens: geometry.tokens, keys: geometry.keys)
    let slotTokens = depth.visibleTokens(token)
    let count = sequence.count + slotTokens.count * depth.range.count
    func gathered(_ rows: Tensor, _ column: (Int) -> UnsafeMutablePointer<Float>) -> Tensor {
      .filled([count, width]) { target in
        var at = target.elements
        for key in sequence {
          at.update(from: rows.base + problem.keyRow(index, key, head), count: width)
          at += width
        }
        for token in slotTokens {
          at.update(from: column(token), count: depth.range.count * width)
          at += depth.range.count * width
        }
      }
    }
    let slots = depth.slots, first = depth.range.lowerBound
    (self.sequence, self.slotTokens) = (sequence, slotTokens)
    keys = gathered(problem.key) { slots.keyColumn(batch: index, head: head, slot: first) + $0 * slots.columnStride }
    values = gathered(problem.value) {
      slots.valueColumn(batch: index, head: head, slot: first) + $0 * slots.columnStride
    }
  }
}

private struct NaiveProblem {
  let geometry: AttentionGeometry
  let query, key, value: Tensor
  let mask: AttentionMask
  let scale: Float
  let depth: DepthColumns

  func keyRow(_ sequence: Int, _ key: Int, _ head: Int) -> Int {
    sequence * geometry.keyStrides.sequence + key * geometry.keyStrides.row + head * geometry.keyStrides.head
  }

  func queryRow(_ sequence: Int, _ token: Int, _ head: Int) -> Int {
    ((sequence * geometry.tokens + token) * geometry.heads + head) * geometry.group * geometry.width
  }

  /// Rows of one group, `[G, d]`.
  func rows(of tensor: Tensor, at offset: Int) -> Tensor {
    .filled([geometry.group, geometry.width]) {
      $0.elements.update(from: tensor.base + offset, count: geometry.group * geometry.width)
    }
  }

  /// The scores of one group, `[G, keys]`: sequence keys by the query, slots by the depth query.
  func scores(_ gathered: GatheredToken, at row: Int) -> Tensor {
    var scores = Tensor.matmul(rows(of: query, at: row), gathered.keys, transposeB: true)
    let depthScores = Tensor.matmul(rows(of: depth.query, at: row), gathered.keys, transposeB: true)
    let (columns, sequence) = (scores.shape[1], gathered.sequence.count)
    scores.withMutableElements { scores in
      depthScores.withElements { depthScores in
        for index in scores.indices {
          scores[index] = scale * (index % columns < sequence ? scores[index] : depthScores[index])
        }
      }
    }
    return scores
  }

  func forEachGroup(_ body: (_ sequence: Int, _ token: Int, _ head: Int) -> Void) {
    for sequence in 0..<geometry.batch {
      for token in 0..<geometry.tokens {
        for head in 0..<geometry.heads { body(sequence, token, head) }
      }
    }
  }
}

func naiveAttention(
  _ geometry: AttentionGeometry, query: Tensor, key: Tensor, value: Tensor, mask: AttentionMask, scale: Float,
  depth: DepthColumns
) -> (output: Tensor, logSumExp: Tensor) {
  let problem = NaiveProblem(
    geometry: geometry, query: query, key: key, value: value, mask: mask, scale: scale, depth: depth)
  let (group, width, tokens) = (geometry.group, geometry.width, geometry.tokens)
  var sums = Tensor(repeating: 0, shape: geometry.logSumExpShape)
  let output = Tensor.filled(query.shape) { output in
    problem.forEachGroup { sequence, token, head in
      let row = problem.queryRow(sequence, token, head)
      let gathered = GatheredToken(problem, sequence: sequence, head: head, token: token)
      let scores = problem.scores(gathered, at: row)
      let attended = Tensor.matmul(scores.softmax(), gathered.values)
      (output.elements + row).update(from: attended.base, count: group * width)
      withExtendedLifetime(attended) {}
      let groupSums = scores.logSumExp().elements
      sums.withMutableElements { sums in
        for member in 0..<group {
          sums[(sequence * geometry.queryHeads + head * group + member) * tokens + token] = groupSums[member]
        }
      }
    }
  }
  return (output, sums)
}

func naiveAttentionBackward(
  _ geometry: AttentionGeometry, outputGradient: Tensor, output: Tensor, logSumExp: Tensor, query: Tensor,
  key: Tensor, value: Tensor, mask: AttentionMask, scale: Float, depth: DepthColumns,
  into gradients: AttentionGradients
) {
  let problem = NaiveProblem(
    geometry: geometry, query: query, key: key, value: value, mask: mask, scale: scale, depth: depth)
  let (width, slots) = (geometry.width, depth.slots)
  // Everything is added to below; shared destinations of both queries are cleared once.
  for target in [gradients.depthQuery, gradients.query, gradients.key, gradients.value] {
    if let target, !target.adds { target.elements.update(repeating: 0, count: target.shape.count) }
  }
  if !gradients.slotsAdd { gradients.slots?.zero(slots: depth.range) }
  func add(_ source: UnsafePointer<Float>, _ factor: Float, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
    for index in 0..<count { target[index] += factor * source[index] }
  }
  problem.forEachGroup { sequence, token, head in
    let row = problem.queryRow(sequence, token, head)
    let gathered = GatheredToken(problem, sequence: sequence, head: head, token: token)
    let weights = problem.scores(gathered, at: row).softmax()
    let gradient = problem.rows(of: outputGradient, at: row)
    let slopes = Tensor.filled(weights.shape) { target in
      let weightGradient = Tensor.matmul(gradient, gathered.values, transposeB: true)
      Tensor.softmaxBackward(outputGradient: weightGradient, output: weights, into: target)
    }
    let (count, columns) = (gathered.sequence.count, weights.shape[1])
    /// The slopes of the sequence's keys alone, or of the slots'.
    func part(slots: Bool) -> Tensor {
      var part = slopes
      part.withMutableElements { for index in $0.indices where (index % columns >= count) != slots { $0[index] = 0 } }
      return part
    }
    let sequenceSlopes = part(slots: false), slotSlopes = part(slots: true)
    let size = geometry.group * width
    let queries = Tensor.matmul(sequenceSlopes, gathered.keys), depthQueries = Tensor.matmul(slotSlopes, gathered.keys)
    add(queries.base, scale, gradients.query.elements + row, size)
    if let target = gradients.depthQuery { add(depthQueries.base, scale, target.elements + row, size) }
    let sequenceKeys = Tensor.matmul(sequenceSlopes, problem.rows(of: query, at: row), transposeA: true)
    let slotKeys = Tensor.matmul(slotSlopes, problem.rows(of: depth.query, at: row), transposeA: true)
    let values = Tensor.matmul(weights, gradient, transposeA: true)
    for (index, key) in gathered.sequence.enumerated() {
      let target = problem.keyRow(sequence, key, head)
      add(sequenceKeys.base + index * width, scale, gradients.key.elements + target, width)
      add(values.base + index * width, 1, gradients.value.elements + target, width)
    }
    if let target = gradients.slots {
      let first = depth.range.lowerBound, run = depth.range.count * width
      for (index, token) in gathered.slotTokens.enumerated() {
        let from = (count + index * depth.range.count) * width, to = token * slots.columnStride
        add(slotKeys.base + from, scale, target.keyColumn(batch: sequence, head: head, slot: first) + to, run)
        add(values.base + from, 1, target.valueColumn(batch: sequence, head: head, slot: first) + to, run)
      }
    }
    withExtendedLifetime((queries, depthQueries, sequenceKeys, slotKeys, values)) {}
  }
  withExtendedLifetime((query, key, value, depth, outputGradient)) {}
}
