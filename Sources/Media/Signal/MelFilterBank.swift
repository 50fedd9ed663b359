// Triangular filters on the mel scale.
// Not here: spectra (ShortTimeFourier.swift).

import Foundation

/// A map between frequency and pitch.
public enum MelScale: String, Codable, CaseIterable, Sendable {
  /// Linear below 1 kHz, logarithmic above: `3f/200`, then 27 steps for each factor 6.4.
  ///
  /// > Source: Slaney, "Auditory toolbox", 1998.
  case slaney
  /// `2595 log10(1 + f/700)`, as in HTK.
  case htk

  /// The pitch of a frequency in Hz.
  public func mel(_ frequency: Double) -> Double {
    switch self {
    case .htk: return 2595 * log10(1 + frequency / 700)
    case .slaney: return frequency < 1000 ? 3 * frequency / 200 : 15 + log(frequency / 1000) * 27 / log(6.4)
    }
  }

  /// The frequency in Hz of a pitch.
  public func frequency(_ mel: Double) -> Double {
    switch self {
    case .htk: return 700 * (pow(10, mel / 2595) - 1)
    case .slaney: return mel < 15 ? 200 * mel / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
    }
  }
}

/// What the weights of one filter add up to.
public enum MelNormalization: String, Codable, CaseIterable, Sendable {
  /// Every triangle has area 1 over frequency: `2 / (upper - lower)` at its top.
  case area
  /// Every triangle has height 1.
  case height
  /// The weights on the bins add up to 1, so that a constant stays what it is; a filter without a bin stays empty.
  case mean
}

/// A matrix `[band][bin]` that sums power spectra into mel bands; only its non-zero runs are stored.
///
/// > Source: librosa's `filters.mel`; with ``MelNormalization/area`` the weights are equal to those.
public struct MelFilterBank: Equatable, Sendable {
  /// Bands.
  public let bandCount: Int
  /// Bins of the spectra.
  public let binCount: Int
  private let firstBin: [Int]
  private let offset: [Int]
  private let weights: [Float]

  /// Creates a bank.
  ///
  /// - Parameters:
  ///   - bands: number of filters.
  ///   - transformSize: samples of the transform.
  ///   - sampleRate: in Hz.
  ///   - frequencies: lower end of the first and upper end of the last filter, in Hz; nil for 0 to half the rate.
  /// - Precondition: at least one band; frequencies inside 0 to half the rate.
  public init(
    bands: Int, transformSize: Int, sampleRate: Int, scale: MelScale, normalization: MelNormalization = .area,
    frequencies: ClosedRange<Double>? = nil
  ) {
    let range = frequencies ?? 0...Double(sampleRate) / 2
    precondition(bands >= 1, "MelFilterBank: expected at least one band, got \(bands)")
    precondition(
      range.lowerBound >= 0 && range.upperBound <= Double(sampleRate) / 2,
      "MelFilterBank: expected frequencies in 0...\(sampleRate / 2) Hz, got \(range)")
    let (low, high) = (scale.mel(range.lowerBound), scale.mel(range.upperBound))
    let corners = (0..<bands + 2).map { scale.frequency(low + (high - low) * Double($0) / Double(bands + 1)) }
    bandCount = bands
    binCount = transformSize / 2 + 1
    var (firstBin, offset, weights) = ([Int](), [0], [Float]())
    for band in 0..<bands {
      let (lower, center, upper) = (corners[band], corners[band + 1], corners[band + 2])
      let row = (0..<binCount).map { bin in
        let frequency = Double(bin) * Double(sampleRate) / Double(transformSize)
        return max(0, min((frequency - lower) / (center - lower), (upper - frequency) / (upper - center)))
      }
      let first = row.firstIndex { $0 > 0 } ?? 0
      let last = row.lastIndex { $0 > 0 } ?? -1
      let gain =
        switch normalization {
        case .area: 2 / (upper - lower)
        case .height: 1.0
        case .mean: 1 / max(row.reduce(0, +), .leastNormalMagnitude)
        }
      firstBin.append(first)
      if first <= last { weights += row[first...last].map { Float($0 * gain) } }
      offset.append(weights.count)
    }
    (self.firstBin, self.offset, self.weights) = (firstBin, offset, weights)
  }

  /// The weights of one band on all bins.
  public func row(_ band: Int) -> [Float] {
    var row = [Float](repeating: 0, count: binCount)
    for index in offset[band]..<offset[band + 1] { row[firstBin[band] + index - offset[band]] = weights[index] }
    return row
  }

  /// Sums one spectrum into bands.
  ///
  /// - Precondition: `spectrum` holds ``binCount`` numbers, `bands` ``bandCount``.
  public func apply(_ spectrum: UnsafeBufferPointer<Float>, into bands: UnsafeMutableBufferPointer<Float>) {
    precondition(
      spectrum.count == binCount && bands.count == bandCount,
      "MelFilterBank.apply: expected \(binCount) bins and \(bandCount) bands, got \(spectrum.count), \(bands.count)")
    for band in 0..<bandCount {
      var sum: Float = 0
      var bin = firstBin[band]
      for index in offset[band]..<offset[band + 1] {
        sum += weights[index] * spectrum[bin]
        bin += 1
      }
      bands[band] = sum
    }
  }

  /// Sums a plane `[frame][bin]` into `[frame][band]`.
  ///
  /// - Precondition: the plane holds whole frames of ``binCount`` bins.
  public func apply(_ plane: [Float]) -> [Float] {
    precondition(plane.count % binCount == 0, "MelFilterBank.apply: expected frames of \(binCount), got \(plane.count)")
    let frames = plane.count / binCount
    return [Float](unsafeUninitializedCapacity: frames * bandCount) { result, count in
      plane.withUnsafeBufferPointer { plane in
        for frame in 0..<frames {
          apply(
            UnsafeBufferPointer(rebasing: plane[frame * binCount..<(frame + 1) * binCount]),
            into: UnsafeMutableBufferPointer(rebasing: result[frame * bandCount..<(frame + 1) * bandCount]))
        }
      }
      count = frames * bandCount
    }
  }
}
