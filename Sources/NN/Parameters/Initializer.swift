// Initial distributions as values.
import Tensor

/// The distribution that a parameter's initial values are drawn from.
public enum Initializer: Sendable, Equatable {
  /// Every element the same.
  case constant(Float)
  /// Normal with mean 0.
  case normal(deviation: Float)
  /// Uniform on `-bound ... bound`.
  case uniform(bound: Float)

  /// All zeros.
  public static let zeros = Initializer.constant(0)
  /// All ones.
  public static let ones = Initializer.constant(1)

  /// Initial values of `shape`; the same for the same source.
  func values(_ shape: Shape, from source: RandomSource) -> Tensor {
    switch self {
    case .constant(let value): Tensor(repeating: value, shape: shape)
    case .normal(let deviation): Tensor.normal(shape, mean: 0, deviation: deviation, from: source)
    case .uniform(let bound): Tensor.uniform(shape, in: -bound...bound, from: source)
    }
  }
}
