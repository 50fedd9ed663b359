// Symmetries in the domain of features: augmentation without touching audio.
// Not here: the symmetries themselves (Ambisonics/Symmetries.swift).

extension FeatureExtractor {
  /// The features of the recording that `symmetry` maps the original to, made from the original's features.
  ///
  /// Planes of the dipoles change places and, where they are linear in a dipole, signs.
  ///
  /// - Precondition: `features` come from this configuration.
  public func apply(_ symmetry: Symmetry, to features: FeaturePlanes) -> FeaturePlanes {
    precondition(
      features.names == config.planeNames && features.binCount == config.planeBins,
      "FeatureExtractor.apply: expected the planes \(config.planeNames), got \(features.names)")
    let size = features.frameCount * features.binCount
    let map = symmetry.channels
    var result = features
    var first = 0
    for kind in config.kinds {
      let count = kind.planeNames.count
      for plane in 0..<count {
        let (source, sign) = Self.origin(of: plane, kind, map)
        let (to, from) = ((first + plane) * size, (first + source) * size)
        for index in 0..<size { result.values[to + index] = sign * features.values[from + index] }
      }
      first += count
    }
    return result
  }

  /// The plane of the same kind that a plane comes from, with its sign.
  private static func origin(
    of plane: Int, _ kind: FeatureKind, _ map: [(source: Int, sign: Float)]
  ) -> (source: Int, sign: Float) {
    switch kind {
    case .logMel: (map[plane].source, 1)
    case .intensityDCASE, .intensityEnergy, .intensityBandRatio: (map[plane + 1].source - 1, map[plane + 1].sign)
    case .diffuseness: (plane, 1)
    case .complexSpectrum: (plane / 4 * 4 + map[plane % 4].source, map[plane % 4].sign)
    }
  }
}
