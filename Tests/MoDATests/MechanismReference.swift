// A whole decoder with any of the mechanisms over traced scalars, written from their definitions token by token: the
// float64 truth of outputs and gradients. Not here: what is tested with it (MechanismTests.swift).
import NN
import TestSupport
import Tensor

import MoDA

/// A pre-norm decoder with rotary positions and no biases, for short sequences.
struct MechanismReference {
  let config: ModelConfig
  let parameters: [String: TracedArray]
  let trace: ScalarTrace

  private struct Slot {
    let key, value: [TracedScalar]
    let score: TracedScalar?
  }

  /// What one token carries through the blocks.
  private struct Token {
    /// X_0, X_1, … as they arise.
    var states: [TracedArray]
    /// Slots by key head, oldest first.
    var slots: [[Slot]]
  }

  /// Final hidden states `[B, T, D]`.
  func hidden(_ tokens: IndexTensor) -> TracedArray {
    let rows = (0..<tokens.shape[0]).flatMap { sequence -> [TracedScalar] in
      let ids = (0..<tokens.shape[1]).map { Int(tokens.elements[sequence * tokens.shape[1] + $0]) }
      return self.sequence(ids).flatMap(\.elements)
    }
    return TracedArray(rows, shape: [tokens.shape[0], tokens.shape[1], config.width])
  }

  private func sequence(_ ids: [Int]) -> [TracedArray] {
    let table = parameter("model.embed_tokens.weight").rows
    var tokens = ids.map { id in
      Token(
        states: [TracedArray(Array(table[id]), shape: [1, config.width])],
        slots: Array(repeating: [], count: config.keyHeads))
    }
    var written: [[Slot]] = Array(repeating: [], count: ids.count)  // of depth attention, by token, then head by head
    for block in 0..<config.blocks {
      let scope = "model.layers.\(block)"
      var inputs = tokens.indices.map { input(tokens[$0], block, scope, written: &written[$0]) }
      let normed = inputs.map { norm($0, "\(scope).input_layernorm.weight") }
      let columns = tokens.map(\.slots)
      let attended = attention(normed, scope, columns: columns)
      for token in tokens.indices {
        let branch = linear(attended.outputs[token], "\(scope).self_attn.o_proj.weight")
        inputs[token] = FunctionReference.add(inputs[token], branch)
        let x = norm(inputs[token], "\(scope).post_attention_layernorm.weight")
        let gate = FunctionReference.silu(linear(x, "\(scope).mlp.gate_proj.weight"))
        let product = FunctionReference.multiply(gate, linear(x, "\(scope).mlp.up_proj.weight"))
        tokens[token].states.append(
          FunctionReference.add(inputs[token], linear(product, "\(scope).mlp.down_proj.weight")))
        guard block < config.blocks - 1, config.depth.writers != .none else { continue }
        write(&tokens[token], normed[token], attended.keys[token], attended.values[token], "\(scope).self_attn")
        guard config.depth.slotsPerBlock == 2 else { continue }
        write(&tokens[token], x, nil, nil, "\(scope).mlp")
      }
    }
    return tokens.map { norm($0.states[config.blocks], "model.norm.weight") }
  }

  // MARK: Inputs of blocks

  private func input(_ token: Token, _ block: Int, _ scope: String, written: inout [Slot]) -> TracedArray {
    let newest = token.states[block], width = config.width
    switch config.blockInput {
    case .residual: return newest
    case .dense:
      let all = token.states.flatMap(\.elements), map = parameter("\(scope).depth_dense.weight").elements
      return TracedArray(
        (0..<width).map { column in
          newest.elements[column] + sum(all.indices.map { all[$0] * map[$0 * width + column] })
        }, shape: newest.shape)
    case .attention:
      let name = "\(scope).depth_attn"
      let keys = heads(linear(newest, "\(name).k_proj.weight"), config.keyHeads, gain: "\(name).k_norm.weight")
      let values = heads(linear(newest, "\(name).v_proj.weight"), config.keyHeads, gain: nil)
      written += zip(keys, values).map { Slot(key: $0, value: $1, score: nil) }
      let queries = heads(linear(newest, "\(name).q_proj.weight"), config.queryHeads, gain: "\(name).q_norm.weight")
      let mixed = queries.enumerated().flatMap { head, query -> [TracedScalar] in
        let own = stride(from: head / config.groups, to: written.count, by: config.keyHeads).map { written[$0] }
        return attend([], [], query: query, slotQuery: query, slots: Array(own.suffix(config.depth.window.bound)))
      }
      return TracedArray(mixed, shape: newest.shape)
    }
  }

  // MARK: Slots

  /// Appends a slot to each head: of the given keys and values, or of the projections under `scope`.
  private func write(
    _ token: inout Token, _ x: TracedArray, _ keys: [[TracedScalar]]?, _ values: [[TracedScalar]]?, _ scope: String
  ) {
    let source = config.depth.detached ? constant(x) : x
    let reuses = keys != nil && config.depth.writers != .separateAttentionAndFeedForward
    func projected(_ name: String) -> TracedArray { linear(source, "\(scope).\(name).weight") }
    let slotKeys =
      reuses
      ? (keys ?? []).map { detached($0) } : heads(projected("depth_k_proj"), config.keyHeads, gain: nil).map(unit)
    let slotValues =
      reuses ? (values ?? []).map { detached($0) } : heads(projected("depth_v_proj"), config.keyHeads, gain: nil)
    let scores =
      config.depth.window.isScored
      ? FunctionReference.addBias(projected("depth_score"), parameter("\(scope).depth_score.bias")).elements : nil
    for head in 0..<config.keyHeads {
      let score = scores?[head]
      let value = score.map { score in slotValues[head].map { $0 * score.sigmoid * 2 } } ?? slotValues[head]
      token.slots[head].append(Slot(key: slotKeys[head], value: value, score: score))
    }
  }

  private func detached(_ x: [TracedScalar]) -> [TracedScalar] {
    config.depth.detached ? x.map { trace.variable($0.value) } : x
  }

  private func constant(_ x: TracedArray) -> TracedArray { x.map { trace.variable($0.value) } }

  /// The slots of a column that the window shows.
  private func visible(_ slots: [Slot]) -> [Slot] {
    func best(_ slots: [Slot], _ count: Int) -> [Slot] {
      let order = slots.indices.sorted { a, b in
        let (x, y) = (slots[a].score?.value ?? 0, slots[b].score?.value ?? 0)
        return x == y ? a > b : x > y
      }
      return order.prefix(count).sorted().map { slots[$0] }
    }
    switch config.depth.window {
    case .all: return slots
    case .last(let count): return Array(slots.suffix(count))
    case .top(let count): return best(slots, count)
    case .lastAndTop(let last, let top): return best(Array(slots.dropLast(last)), top) + slots.suffix(last)
    }
  }

  // MARK: Attention

  private func attention(
    _ x: [TracedArray], _ scope: String, columns: [[[Slot]]]
  ) -> (outputs: [TracedArray], keys: [[[TracedScalar]]], values: [[[TracedScalar]]]) {
    let name = "\(scope).self_attn"
    let gain = parameter("\(name).k_norm.weight").elements
    let queries = x.map { heads(linear($0, "\(name).q_proj.weight"), config.queryHeads, gain: "\(name).q_norm.weight") }
    let units = x.map { heads(linear($0, "\(name).k_proj.weight"), config.keyHeads, gain: nil).map(unit) }
    let values = x.map { heads(linear($0, "\(name).v_proj.weight"), config.keyHeads, gain: nil) }
    let keys = units.enumerated().map { token, heads in
      heads.map { key in rotated(zip(key, gain).map { $0 * $1 }, token) }
    }
    let outputs = x.indices.map { token -> TracedArray in
      let mixed = (0..<config.queryHeads).flatMap { head -> [TracedScalar] in
        let own = head / config.groups, query = queries[token][head]
        let first = token / config.depth.chunk * config.depth.chunk
        let slots = (first...token).flatMap { visible(columns[$0][own]) }
        return attend(
          (0...token).map { keys[$0][own] }, (0...token).map { values[$0][own] }, query: rotated(query, token),
          slotQuery: zip(query, gain).map { $0 * $1 }, slots: slots,
          gate: parameters["\(name).depth_gate"].map {
            Array($0.elements[head * config.headWidth..<(head + 1) * config.headWidth])
          })
      }
      return TracedArray(mixed, shape: [1, mixed.count])
    }
    return (outputs, units, values)
  }

  /// One softmax over sequence keys and slots, or one over each and the mean of both, or a share of the step to one
  /// softmax from plain attention.
  private func attend(
    _ keys: [[TracedScalar]], _ values: [[TracedScalar]], query: [TracedScalar], slotQuery: [TracedScalar],
    slots: [Slot], gate: [TracedScalar]? = nil
  ) -> [TracedScalar] {
    let scale = 1 / Double(config.headWidth).squareRoot()
    func score(_ query: [TracedScalar], _ key: [TracedScalar]) -> TracedScalar {
      sum(zip(query, key).map { $0 * $1 }) * scale
    }
    func mean(_ scores: [TracedScalar], _ values: [[TracedScalar]]) -> [TracedScalar] {
      let weights = FunctionReference.softmax(TracedArray(scores, shape: [1, scores.count])).elements
      return (0..<config.headWidth).map { column in sum(zip(weights, values).map { $0 * $1[column] }) }
    }
    let sequence = keys.map { score(query, $0) }, depth = slots.map { score(slotQuery, $0.key) }
    let joint = { mean(sequence + depth, values + slots.map(\.value)) }
    guard config.depth.softmax != .joint, !slots.isEmpty else { return joint() }
    let plain = mean(sequence, values)
    guard let gate else { return zip(plain, mean(depth, slots.map(\.value))).map { ($0 + $1) * 0.5 } }
    return zip(zip(plain, joint()), gate).map { $0.0 + $1 * ($0.1 - $0.0) }
  }

  // MARK: Parts

  private func parameter(_ name: String) -> TracedArray {
    guard let array = parameters[name] else { preconditionFailure("MechanismReference: no parameter \(name)") }
    return array
  }

  private func linear(_ x: TracedArray, _ name: String) -> TracedArray { FunctionReference.linear(x, parameter(name)) }

  private func norm(_ x: TracedArray, _ name: String) -> TracedArray {
    FunctionReference.rmsNorm(x, parameter(name), epsilon: Double(config.normEpsilon))
  }

  private func unit(_ x: [TracedScalar]) -> [TracedScalar] {
    FunctionReference.rmsNorm(TracedArray(x, shape: [1, x.count]), nil, epsilon: Double(config.normEpsilon)).elements
  }

  /// The heads of a projection, with a norm if there is a gain.
  private func heads(_ x: TracedArray, _ count: Int, gain: String?) -> [[TracedScalar]] {
    let rows = x.reshaped(to: [count, config.headWidth])
    return (gain.map { norm(rows, $0) } ?? rows).rows.map(Array.init)
  }

  private func rotated(_ x: [TracedScalar], _ position: Int) -> [TracedScalar] {
    guard case .rotary(let base) = config.position else { return x }
    return FunctionReference.rotary(
      TracedArray(x, shape: [1, 1, 1, x.count]), base: base, firstPosition: position
    ).elements
  }
}
