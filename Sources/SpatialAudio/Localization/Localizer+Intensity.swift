// Estimates from active intensity: sums, the least diffuse bins, histograms of directions.
// Not here: which frames count (Localizer.swift), covariances (Localizer+Subspace.swift).

import Foundation

extension Localizer {
  /// The direction of the summed intensity.
  func intensityDirection(_ field: SoundField, _ frames: [Int]) -> [DirectionEstimate] {
    let sum = frames.reduce(Vector()) { $0 + field.frameIntensity[$1] }
    return Direction(sum).map { [DirectionEstimate(direction: $0, weight: 1)] } ?? []
  }

  /// The direction of the summed intensity of the least diffuse bins.
  func selectedIntensity(_ prepared: Prepared, _ frames: [Int], share: Double) -> [DirectionEstimate] {
    let field = prepared.field
    let limit = diffusenessLimit(prepared, frames, share: share)
    var sum = SIMD3<Float>()
    for frame in frames {
      for index in frame * field.bins..<(frame + 1) * field.bins where prepared.diffuseness[index] <= limit {
        sum += SIMD3(field.intensity[0][index], field.intensity[1][index], field.intensity[2][index])
      }
    }
    return Direction(Vector(sum)).map { [DirectionEstimate(direction: $0, weight: 1)] } ?? []
  }

  /// The peaks of the smoothed histogram of bins' directions.
  func histogramDirections(
    _ prepared: Prepared, _ frames: [Int], share: Double, _ sources: SourceCount
  ) -> [DirectionEstimate] {
    let field = prepared.field
    let limit = diffusenessLimit(prepared, frames, share: share)
    var counts = [Float](repeating: 0, count: smoother.grid.points.count)
    var sums = [SIMD3<Float>](repeating: .zero, count: counts.count)
    for frame in frames {
      for index in frame * field.bins..<(frame + 1) * field.bins
      where prepared.diffuseness[index] <= limit && prepared.directions[index] != .zero {
        counts[Int(prepared.cells[index])] += 1
        sums[Int(prepared.cells[index])] += prepared.directions[index]
      }
    }
    let smooth = smoother.smooth(counts)
    let peaks = SphericalPeaks.greedy(
      smooth, grid: smoother.grid, most: sources.most, suppression: config.suppression)
    let mean = smooth.reduce(0, +) / Float(smooth.count)
    let top = (peaks.first?.value ?? 0) - mean
    return peaks.compactMap { peak in
      let weight = top > 0 ? Double(max(0, peak.value - mean) / top) : 1
      if case .estimated = sources, weight < config.countThreshold { return nil }
      return DirectionEstimate(direction: refined(peak.index, sums), weight: weight)
    }
  }

  /// The mean direction of the bins within 12° of a peak, taken twice.
  private func refined(_ index: Int, _ sums: [SIMD3<Float>]) -> Direction {
    let near = Float(cos(12 * Double.pi / 180))
    var center = smoother.grid.points[index]
    for _ in 0..<2 {
      var sum = SIMD3<Float>()
      for (point, bins) in zip(smoother.grid.points, sums) where (point * center).sum() > near { sum += bins }
      let length = (sum * sum).sum().squareRoot()
      guard length > 0 else { break }
      center = sum / length
    }
    return Direction(Vector(center)) ?? Direction(azimuth: 0)
  }

  /// The diffuseness that `share` of the bins of some frames do not exceed.
  private func diffusenessLimit(_ prepared: Prepared, _ frames: [Int], share: Double) -> UInt16 {
    guard share < 1 else { return 1023 }
    let bins = prepared.field.bins
    var counts = [Int](repeating: 0, count: 1024)
    for frame in frames {
      for index in frame * bins..<(frame + 1) * bins { counts[Int(prepared.diffuseness[index])] += 1 }
    }
    let wanted = Int(share * Double(frames.count * bins))
    var sum = 0
    for (value, count) in counts.enumerated() {
      sum += count
      if sum >= wanted { return UInt16(value) }
    }
    return 1023
  }
}
