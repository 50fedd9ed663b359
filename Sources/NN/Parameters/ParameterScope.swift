// Dotted parameter names, given at construction: the path of a scope is the key in a checkpoint.
public import Tensor

/// A place in the tree of parameter names.
public struct ParameterScope {
  let store: ParameterStore
  /// The dotted path, empty at the root.
  public let path: String

  /// The scope `name` within this one.
  public static func / (scope: ParameterScope, name: String) -> ParameterScope {
    ParameterScope(store: scope.store, path: scope.path.isEmpty ? name : scope.path + "." + name)
  }

  /// The `index`-th scope of a list.
  public static func / (scope: ParameterScope, index: Int) -> ParameterScope { scope / String(index) }

  /// Registers a parameter named by the scope's path and `name`.
  ///
  /// - Precondition: the name is new and the store is not frozen.
  public func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, group: ParameterGroup
  ) -> Parameter {
    store.register(name: (self / name).path, shape: shape, group: group, initializer: initializer)
  }
}
