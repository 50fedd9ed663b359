// What a layer is, and layers one after another. Not here: any particular layer.

/// A differentiable function of one activation with parameters of its own.
///
/// A layer is a struct that holds parameters and applies functions to them; it has no state besides, so one value may
/// be applied many times and on many tapes. Layers that need more than an activation (tokens, positions, a cache) offer
/// further methods of their own.
public protocol Layer {
  /// The layer's output for `x`, recorded if `x` is on a tape.
  func callAsFunction(_ x: Variable) -> Variable
}

/// Layers applied one after another.
public struct Sequential: Layer {
  /// The layers, first applied first.
  public let layers: [any Layer]

  /// The composition of `layers`; the identity if there are none.
  public init(_ layers: [any Layer]) { self.layers = layers }

  /// The composition of `layers`, first applied first.
  public init(_ layers: any Layer...) { self.layers = layers }

  /// Applies each layer to the output of the one before.
  public func callAsFunction(_ x: Variable) -> Variable { layers.reduce(x) { $1($0) } }
}
