// Arrays of files into parameters: strict both ways, and everything wrong is reported at once.
import Tensor

/// Which array of a file becomes which named array of the model.
struct LoadingPlan {
  /// Ours, theirs.
  var pairs: [(name: String, source: String)] = []
  /// What does not fit.
  var problems: [TensorProblem] = []

  /// Compares what is needed with what `weights` has.
  ///
  /// - Parameters:
  ///   - needed: names and shapes of the model.
  ///   - weights: the arrays of the file.
  ///   - names: the renaming between the two.
  ///   - missing: names of the model that the file need not have.
  ///   - unexpected: names of the file that are skipped.
  init(
    _ needed: [(name: String, shape: Shape)], from weights: WeightFiles, names: HuggingFaceNames = .identity,
    allowingMissing missing: Set<NamePattern> = [], unexpected: Set<NamePattern> = []
  ) {
    var sources: [String: [String]] = [:]
    for theirs in weights.names { sources[names.ours(of: theirs), default: []].append(theirs) }
    for (name, shape) in needed {
      guard let found = sources.removeValue(forKey: name) else {
        if !missing.contains(where: { $0.matches(name) }) { problems.append(.missing(name: name, expected: shape)) }
        continue
      }
      guard found.count == 1, let source = found.first else {
        problems.append(.ambiguous(name: name, candidates: found))
        continue
      }
      if let actual = weights.shape(of: source), actual != shape {
        problems.append(.shape(name: name, expected: shape, found: actual))
      } else {
        pairs.append((name, source))
      }
    }
    for source in sources.values.joined().sorted() where !unexpected.contains(where: { $0.matches(source) }) {
      problems.append(.unexpected(name: source))
    }
  }
}

extension ParameterStore {
  /// Names and shapes of all parameters, in flat-buffer order.
  var layout: [(name: String, shape: Shape)] { parameters.map { ($0.name, $0.shape) } }

  /// Replaces the values of all parameters by those of `weights`.
  ///
  /// Nothing changes unless everything fits.
  ///
  /// - Parameters:
  ///   - weights: the arrays of a file or folder.
  ///   - names: the renaming between the parameters here and the arrays there.
  ///   - missing: parameters that `weights` need not have; they keep their values.
  ///   - unexpected: arrays of `weights` that are skipped.
  /// - Throws: `CheckpointError.mismatch` with every missing, unexpected and misshapen array at once.
  public func load(
    from weights: WeightFiles, names: HuggingFaceNames = .identity, allowingMissing missing: Set<NamePattern> = [],
    unexpected: Set<NamePattern> = []
  ) throws(CheckpointError) {
    let plan = LoadingPlan(layout, from: weights, names: names, allowingMissing: missing, unexpected: unexpected)
    guard plan.problems.isEmpty else { throw .mismatch(files: [weights.path: plan.problems]) }
    // All arrays are opened before the first is copied: an array of another element type changes nothing either.
    var arrays: [(Parameter, Tensor)] = []
    for (name, source) in plan.pairs {
      if let parameter = self[name] { arrays.append((parameter, try weights.tensor(source))) }
    }
    for (parameter, array) in arrays { assign(array, to: parameter) }
  }
}
