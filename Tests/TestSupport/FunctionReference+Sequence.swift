// The formulas of attention, rotation, convolution and pooling over traced scalars.
import Foundation
import NN
public import Tensor

extension FunctionReference {
  /// Attention of grouped queries, one score row at a time.
  ///
  /// - Parameters:
  ///   - query: `[B, T, Hq, d]`.
  ///   - key: `[B, S, Hk, d]`.
  ///   - value: `[B, S, Hk, d]`.
  ///   - mask: which keys a query sees.
  ///   - scale: the factor of the logits.
  public static func attention(
    query: TracedArray, key: TracedArray, value: TracedArray, mask: AttentionMask, scale: Double
  ) -> TracedArray {
    let (tokens, heads, width) = (query.shape[1], query.shape[2], query.shape[3])
    let (keys, keyHeads) = (key.shape[1], key.shape[2])
    let (queryRows, keyRows, valueRows) = (query.rows, key.rows, value.rows)
    var outputs: [TracedScalar] = []
    for (index, row) in queryRows.enumerated() {
      let (batch, token, head) = (index / (tokens * heads), index / heads % tokens, index % heads)
      let visible = mask.visibleKeys(batch: batch, token: token, tokens: tokens, keys: keys)
      let places = visible.map { (batch * keys + $0) * keyHeads + head * keyHeads / heads }
      let scores = places.map { place in sum(zip(row, keyRows[place]).map { $0 * $1 }) * scale }
      let weights = softmax(TracedArray(scores, shape: [1, visible.count])).elements
      for column in 0..<width {
        outputs.append(
          sum(
            zip(weights, places).map { weight, place in
              weight * valueRows[place][valueRows[place].startIndex + column]
            }))
      }
    }
    return TracedArray(outputs, shape: query.shape)
  }

  /// Rotation of the pairs `(i, i + d/2)` by `position · base^(−2i/d)`.
  ///
  /// - Parameter x: `[B, T, H, d]`.
  public static func rotary(_ x: TracedArray, base: Double, firstPosition: Int = 0) -> TracedArray {
    let (tokens, heads, half) = (x.shape[1], x.shape[2], x.shape[3] / 2)
    let rows = x.rows.enumerated().flatMap { index, row in
      let (position, row) = (Double(firstPosition + index / heads % tokens), Array(row))
      let turned = (0..<half).map { pair in
        let angle = position * pow(base, -Double(pair) / Double(half))
        return (
          row[pair] * cos(angle) - row[pair + half] * sin(angle),
          row[pair + half] * cos(angle) + row[pair] * sin(angle)
        )
      }
      return turned.map(\.0) + turned.map(\.1)
    }
    return TracedArray(rows, shape: x.shape)
  }

  /// Cross-correlation with zero padding.
  ///
  /// - Parameters:
  ///   - x: `[B, H, W, C]`.
  ///   - weight: `[O, kh, kw, C]`.
  ///   - bias: `[O]`.
  ///   - window: kernel size, stride, dilation and padding.
  public static func convolution2D(
    _ x: TracedArray, _ weight: TracedArray, _ bias: TracedArray?, window: ConvolutionWindow
  ) -> TracedArray {
    let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
    let (rows, columns) = (window.height.outputs(height), window.width.outputs(width))
    var outputs: [TracedScalar] = []
    for place in 0..<x.shape[0] * rows * columns {
      let (image, row, column) = (place / (rows * columns), place / columns % rows, place % columns)
      for output in 0..<weight.shape[0] {
        var terms: [TracedScalar] = []
        for tap in 0..<window.taps {
          let (tapRow, tapColumn) = (tap / window.width.kernel, tap % window.width.kernel)
          let y = row * window.height.stride - window.height.leading + tapRow * window.height.dilation
          let z = column * window.width.stride - window.width.leading + tapColumn * window.width.dilation
          guard y >= 0, y < height, z >= 0, z < width else { continue }
          for channel in 0..<channels {
            terms.append(
              x.elements[((image * height + y) * width + z) * channels + channel]
                * weight.elements[(output * window.taps + tap) * channels + channel])
          }
        }
        let total = terms.isEmpty ? weight.elements[0] * 0 : sum(terms)
        outputs.append(bias.map { total + $0.elements[output] } ?? total)
      }
    }
    return TracedArray(outputs, shape: [x.shape[0], rows, columns, weight.shape[0]])
  }

  /// The mean of each window, by channel.
  ///
  /// - Parameter x: `[B, H, W, C]`.
  public static func averagePooling(_ x: TracedArray, window: ConvolutionWindow) -> TracedArray {
    let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
    let (rows, columns) = (window.height.outputs(height), window.width.outputs(width))
    var outputs: [TracedScalar] = []
    for place in 0..<x.shape[0] * rows * columns {
      let (image, row, column) = (place / (rows * columns), place / columns % rows, place % columns)
      for channel in 0..<channels {
        let terms = (0..<window.taps).map { tap in
          let y = row * window.height.stride + tap / window.width.kernel
          let z = column * window.width.stride + tap % window.width.kernel
          return x.elements[((image * height + y) * width + z) * channels + channel]
        }
        outputs.append(sum(terms) * (1 / Double(window.taps)))
      }
    }
    return TracedArray(outputs, shape: [x.shape[0], rows, columns, channels])
  }
}
