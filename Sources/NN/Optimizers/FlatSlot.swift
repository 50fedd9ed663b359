// The place of one parameter within a piece of optimiser state that mirrors a range of the flat buffers.
// Not here: what the state means (AdamW.swift, Muon.swift).
import Tensor

/// A parameter's name, shape and elements, counted from the start of the mirrored range.
struct FlatSlot: Equatable {
  let name: String
  let shape: Shape
  let range: Range<Int>

  /// The slots of the parameters of `store` that lie in `range` of its flat buffers.
  static func all(of store: ParameterStore, in range: Range<Int>) -> [FlatSlot] {
    store.parameters.filter { range.contains($0.offset) && $0.shape.count > 0 }.map { parameter in
      let start = parameter.offset - range.lowerBound
      return FlatSlot(name: parameter.name, shape: parameter.shape, range: start..<start + parameter.shape.count)
    }
  }

  /// This slot of a flat array, without a copy.
  func view(of flat: Tensor) -> Tensor { flat[range].reshaped(to: shape) }

  /// Copies `value` to `position` of `buffer`.
  ///
  /// - Precondition: `value` has the slot's shape.
  func copy(_ value: Tensor, into buffer: inout Tensor, at position: Int) {
    precondition(value.shape == shape, "Optimizer.restore: \(name) has shape \(shape), the state \(value.shape)")
    buffer.withMutableElements { buffer in
      value.withElements { source in
        guard let target = buffer.baseAddress, let base = source.baseAddress else { return }
        (target + position).update(from: base, count: source.count)
      }
    }
  }
}

/// Hands each named array to `assign`.
///
/// - Precondition: every name is known and all `expected` arrays are there; traps with the name otherwise.
func restoreByName(
  _ tensors: [(name: String, tensor: Tensor)], expected: Int, _ assign: (String, Tensor) -> Bool
) {
  precondition(
    tensors.count == expected && Set(tensors.map(\.name)).count == expected,
    "Optimizer.restore: \(tensors.count) arrays, expected \(expected) of different names")
  for (name, tensor) in tensors {
    let isKnown = assign(name, tensor)
    precondition(isKnown, "Optimizer.restore: no state is called \(name)")
  }
}
