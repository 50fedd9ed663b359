// From recordings to directions: for the whole, and moment by moment.
// Not here: the estimators' formulas (Localizer+Intensity.swift, Localizer+Subspace.swift).

public import Media
import Foundation

/// An estimator made ready; shared freely between threads.
public struct Localizer: Sendable {
  /// The estimator.
  public let estimator: DirectionEstimator
  /// What all estimators share.
  public let config: LocalizerConfig
  /// The kernel of the histogram.
  let smoother: SphericalSmoother

  /// Prepares an estimator.
  public init(_ estimator: DirectionEstimator, config: LocalizerConfig = .base) {
    self.estimator = estimator
    self.config = config
    let concentration: Double =
      if case .histogram(let value, _, _) = estimator { value } else { 40 }
    smoother = SphericalSmoother(concentration: concentration)
  }

  /// The directions of a whole recording in ACN order with SN3D, strongest first; none for silence.
  ///
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public func estimate(_ signal: AudioBuffer, sources: SourceCount) throws(AmbisonicError) -> [DirectionEstimate] {
    estimate(try SoundField(signal, config: config), sources: sources)
  }

  /// The directions of a field that was analysed already.
  ///
  /// - Precondition: at least one source.
  public func estimate(_ field: SoundField, sources: SourceCount) -> [DirectionEstimate] {
    estimate(prepare(field), frames: 0..<field.frameCount, sources: sources)
  }

  /// The directions in each 100 ms of a recording, from a block around its middle; none where no frame is active.
  ///
  /// - Parameter step: the length of one moment, in seconds.
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public func track(
    _ signal: AudioBuffer, sources: SourceCount, step: Double = 0.1
  ) throws(AmbisonicError) -> [[DirectionEstimate]] {
    track(try SoundField(signal, config: config), duration: signal.duration, sources: sources, step: step)
  }

  /// The same for a field of `duration` seconds that was analysed already.
  public func track(
    _ field: SoundField, duration: Double, sources: SourceCount, step: Double = 0.1
  ) -> [[DirectionEstimate]] {
    let prepared = prepare(field)
    let gate = field.activityGate
    let rate = Double(field.sampleRate)
    let count = Int((duration / step).rounded(.up))
    return (0..<count).map { moment in
      func frame(_ time: Double) -> Int {
        min(field.frameCount, max(0, Int((time * rate / Double(field.hop)).rounded())))
      }
      let own = frame(Double(moment) * step)..<frame(Double(moment + 1) * step)
      let level = own.isEmpty ? 0 : own.reduce(0) { $0 + field.frameEnergy[$1] } / Double(own.count)
      guard level >= gate else { return [] }
      let middle = (Double(moment) + 0.5) * step
      let half = max(step, config.block) / 2
      return estimate(prepared, frames: frame(middle - half)..<frame(middle + half), sources: sources)
    }
  }

  /// A field with what the estimator needs by bin.
  struct Prepared {
    let field: SoundField
    let gate: Double
    /// The grid point of each bin, `[frame][bin]`; empty for estimators that work on sums.
    var cells: [UInt16] = []
    /// The unit direction of each bin.
    var directions: [SIMD3<Float>] = []
    /// The diffuseness of each bin, in 0...1 in steps of 1/1,023.
    var diffuseness: [UInt16] = []
    /// Whether a frame begins a sound; empty where that does not matter.
    var onsets: [Bool] = []
  }

  private func prepare(_ field: SoundField) -> Prepared {
    var prepared = Prepared(field: field, gate: field.activityGate)
    switch estimator {
    case .pseudoIntensity, .music: break
    case .lowDiffuseness(_, let smoothing), .histogram(_, _, let smoothing): prepareBins(&prepared, smoothing)
    case .onset(let rise):
      prepareBins(&prepared, 1)
      let factor = pow(10, rise / 10)
      prepared.onsets = field.frameEnergy.indices.map { frame in
        let before = frame > 0 ? field.frameEnergy[frame - 1] : 0
        return field.frameEnergy[frame] >= prepared.gate && field.frameEnergy[frame] >= factor * before
      }
    }
    return prepared
  }

  private func prepareBins(_ prepared: inout Prepared, _ smoothing: Int) {
    let field = prepared.field
    let (x, y, z, energy) = field.smoothed(smoothing)
    prepared.cells = [UInt16](repeating: 0, count: energy.count)
    prepared.directions = [SIMD3<Float>](repeating: .zero, count: energy.count)
    prepared.diffuseness = [UInt16](repeating: 1023, count: energy.count)
    for index in energy.indices {
      let vector = SIMD3(x[index], y[index], z[index])
      let length = (vector * vector).sum().squareRoot()
      guard length > .leastNormalMagnitude, energy[index] > .leastNormalMagnitude else { continue }
      prepared.directions[index] = vector / length
      prepared.cells[index] = UInt16(smoother.grid.nearest(vector))
      prepared.diffuseness[index] = UInt16(1023 * min(1, max(0, 1 - length / energy[index])))
    }
  }

  private func estimate(_ prepared: Prepared, frames: Range<Int>, sources: SourceCount) -> [DirectionEstimate] {
    precondition(sources.most >= 1, "Localizer: expected at least one source, got \(sources.most)")
    let field = prepared.field
    var active = frames.filter { field.frameEnergy[$0] >= prepared.gate }
    guard !active.isEmpty else { return [] }
    switch estimator {
    case .pseudoIntensity: return intensityDirection(field, active)
    case .music: return subspaceDirections(field, active, sources)
    case .lowDiffuseness(let share, _):
      if sources == .known(1) { return selectedIntensity(prepared, active, share: share) }
      return histogramDirections(prepared, active, share: share, sources)
    case .histogram(_, let share, _): return histogramDirections(prepared, active, share: share, sources)
    case .onset:
      let rising = active.filter { prepared.onsets[$0] }
      if !rising.isEmpty { active = rising }
      if sources == .known(1) { return intensityDirection(field, active) }
      return histogramDirections(prepared, active, share: 1, sources)
    }
  }
}
