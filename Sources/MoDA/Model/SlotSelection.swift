// Which slots each token keeps when only so many may be read: a running choice by score, and a score's way into values.
// Not here: the slots themselves (DepthStream.swift) and what computes scores (SlotWriter.swift).
import Foundation
package import NN
package import Tensor

/// The slots that each token and key head keeps, as scores arrive: the most recent `last`, and of those before them the
/// `top` of highest score, the newer of equals.
///
/// The choice is made slot by slot with no look at what was dropped: the best of all so far are the best of those kept
/// and the new one.
package struct SlotSelection {
  let batch, tokens, heads: Int
  let last, top: Int
  /// Scores of the slots within the most recent ones, the oldest first, `[B, T, Hk]` each.
  private var waiting: [Tensor] = []
  /// Slots that have entered the contest.
  private var offered = 0
  /// `[B, Hk, T, top]`, each column's slots from oldest to newest; `min(offered, top)` are valid.
  private var kept: [Int32]
  private var scores: [Float]

  /// A choice for the given window.
  ///
  /// - Precondition: the window is one that chooses by score.
  package init(_ window: DepthWindow, batch: Int, tokens: Int, heads: Int) {
    switch window {
    case .top(let slots): (last, top) = (0, slots)
    case .lastAndTop(let last, let top): (self.last, self.top) = (last, top)
    case .all, .last: preconditionFailure("SlotSelection: \(window) knows no score")
    }
    (self.batch, self.tokens, self.heads) = (batch, tokens, heads)
    kept = Array(repeating: 0, count: batch * heads * tokens * top)
    scores = Array(repeating: 0, count: kept.count)
  }

  /// Takes the next slot in.
  ///
  /// - Parameter score: `[B, T, Hk]`.
  package mutating func append(_ score: Tensor) {
    precondition(score.count == batch * tokens * heads, "SlotSelection: scores \(score.shape)")
    waiting.append(score)
    if waiting.count > last { offer(waiting.removeFirst()) }
  }

  /// The chosen slots of every token, `[B, Hk, T, S]`, oldest first; nil if all that were written fit.
  package var indices: IndexTensor? {
    guard offered > top else { return nil }
    let recent = (0..<waiting.count).map { Int32(offered + $0) }
    var all: [Int32] = []
    all.reserveCapacity(batch * heads * tokens * (top + recent.count))
    for column in 0..<batch * heads * tokens {
      all += kept[column * top..<(column + 1) * top]
      all += recent
    }
    return IndexTensor(all, shape: [batch, heads, tokens, top + recent.count])
  }

  private mutating func offer(_ score: Tensor) {
    let slot = Int32(offered), filled = min(offered, top)
    offered += 1
    score.withElements { new in
      for column in 0..<batch * heads * tokens {
        let (sequence, rest) = column.quotientAndRemainder(dividingBy: heads * tokens)
        let (head, token) = rest.quotientAndRemainder(dividingBy: tokens)
        let value = new[(sequence * tokens + token) * heads + head], first = column * top
        if filled < top {
          (kept[first + filled], scores[first + filled]) = (slot, value)
          continue
        }
        // The first of the lowest is the oldest of them.
        var lowest = first
        for place in first + 1..<first + top where scores[place] < scores[lowest] { lowest = place }
        guard value >= scores[lowest] else { continue }
        for place in lowest..<first + top - 1 {
          (kept[place], scores[place]) = (kept[place + 1], scores[place + 1])
        }
        (kept[first + top - 1], scores[first + top - 1]) = (slot, value)
      }
    }
  }
}

/// `2σ(score) · values`: how a slot's score enters what readers get, so that it learns from them.
///
/// - Parameters:
///   - values: `[B, T, Hk, d]`.
///   - score: `[B, T, Hk]`.
/// - Returns: `[B, T, Hk, d]`; `values` where the score is 0.
package func gated(_ values: Variable, by score: Variable) -> Variable {
  let (rows, width) = (score.shape.count, values.shape[-1])
  precondition(rows * width == values.shape.count, "gated: values \(values.shape), scores \(score.shape)")
  let gates = score.value.elements.map { 2 / (1 + exp(-$0)) }
  let input = values.value
  @Sendable func scale(_ source: Tensor, into target: Accumulator) {
    parallelFor(rows, grain: max(1, 1 << 14 / max(1, width))) { range in
      for row in range {
        for at in row * width..<(row + 1) * width {
          let share = gates[row] * source.base[at]
          target.elements[at] = target.adds ? target.elements[at] + share : share
        }
      }
    }
  }
  let output = Tensor.filled(values.shape) { scale(input, into: $0) }
  return Variable(output, from: [values, score], op: "gateSlot") { gradient, gradients in
    gradients.add(to: values.target) { scale(gradient, into: $0) }
    gradients.add(to: score.target) { target in
      parallelFor(rows, grain: max(1, 1 << 14 / max(1, width))) { range in
        for row in range {
          let dot = (row * width..<(row + 1) * width).reduce(Float(0)) { $0 + gradient.base[$1] * input.base[$1] }
          // The slope of 2σ is g·(2 − g)/2 at its value g.
          let slope = dot * gates[row] * (2 - gates[row]) / 2
          target.elements[row] = target.adds ? target.elements[row] + slope : slope
        }
      }
    }
  }
}
