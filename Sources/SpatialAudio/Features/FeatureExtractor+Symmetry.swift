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
    var result = features
    for (plane, origin) in origins(under: symmetry).enumerated() {
      let (to, from) = (plane * size, origin.source * size)
      for index in 0..<size { result.values[to + index] = origin.sign * features.values[from + index] }
    }
    return result
  }

  /// For each plane after a symmetry: the plane that it comes from, and its sign.
  func origins(under symmetry: Symmetry) -> [(source: Int, sign: Float)] {
    let map = symmetry.channels
    var first = 0
    return config.kinds.flatMap { kind in
      let count = kind.planeNames.count
      defer { first += count }
      return (0..<count).map { plane in
        let (source, sign) = Self.origin(of: plane, kind, map)
        return (source: first + source, sign: sign)
      }
    }
  }

  /// The plane of the same kind that a plane comes from, with its sign.
  private static func origin(
    of plane: Int, _ kind: FeatureKind, _ map: [(source: Int, sign: Float)]
  ) -> (source: Int, sign: Float) {
    switch kind {
    case .logMel: (map[plane].source, 1)
    case .intensityDCASE, .intensityEnergy, .intensityBandEnergy, .intensityBandRatio:
      (map[plane + 1].source - 1, map[plane + 1].sign)
    case .logMelOmni, .diffuseness: (plane, 1)
    case .complexSpectrum: (plane / 4 * 4 + map[plane % 4].source, map[plane % 4].sign)
    }
  }
}
