// Measures of decay, from the energy of a response over time.
// Not here: formulas that predict it (ReverberationTime.swift), walls for a wanted decay (DecayTarget.swift).

import CKernels
import Foundation
import Tensor

/// Energy over time in equal steps, with the measures that room acoustics takes from it.
public struct EnergyDecay: Sendable {
  /// Energy of each step.
  public let energies: [Double]
  /// Length of a step in seconds.
  public let step: Double
  /// The step in which the direct sound arrives.
  public let onset: Int
  private let levels: [Double]

  /// Creates a decay.
  ///
  /// - Parameters:
  ///   - energies: energy of each step.
  ///   - step: in seconds.
  ///   - onset: the step of the direct sound.
  public init(energies: [Double], step: Double, onset: Int = 0) {
    self.energies = energies
    self.step = step
    self.onset = onset
    var remaining = [Double](repeating: 0, count: energies.count)
    var sum = 0.0
    for index in energies.indices.reversed() {
      sum += energies[index]
      remaining[index] = sum
    }
    levels = remaining.map { sum > 0 && $0 > 0 ? 10 * log10($0 / sum) : -.infinity }
  }

  /// The decay of a signal, sample by sample.
  public init(_ signal: [Float], sampleRate: Int, onset: Int = 0) {
    self.init(energies: signal.map { Double($0) * Double($0) }, step: 1 / Double(sampleRate), onset: onset)
  }

  /// Schroeder's backward integral in dB relative to the whole energy, one value for each step.
  public var schroeder: [Double] { levels }

  /// The time for a decay of 60 dB, extrapolated from a least-squares line through the integral between two levels, in
  /// seconds; nil if the response does not fall that far.
  ///
  /// - Parameters:
  ///   - start: where the line begins, in dB; -5 for T20 and T30.
  ///   - range: how far it falls, in dB.
  /// > Source: ISO 3382-1, with Schroeder's integral.
  public func time(from start: Double = -5, range: Double) -> Double? {
    guard let first = levels.firstIndex(where: { $0 < start }),
      let last = levels.firstIndex(where: { $0 < start - range }), last > first + 1, levels[last - 1].isFinite
    else { return nil }
    var (n, sx, sy, sxx, sxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for index in first..<last {
      let (x, y) = (Double(index) * step, levels[index])
      n += 1
      sx += x
      sy += y
      sxx += x * x
      sxy += x * y
    }
    let slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return slope < 0 ? -60 / slope : nil
  }

  /// T20: from -5 to -25 dB.
  public var t20: Double? { time(range: 20) }
  /// T30: from -5 to -35 dB.
  public var t30: Double? { time(range: 30) }
  /// The early decay time: from 0 to -10 dB.
  public var earlyDecayTime: Double? { time(from: -1e-9, range: 10) }

  /// Energy of the first 50 ms after the direct sound over the rest, in dB.
  public var clarity50: Double {
    let split = min(energies.count, onset + Int((0.05 / step).rounded()))
    return Self.decibels(energies[..<split].reduce(0, +), energies[split...].reduce(0, +))
  }

  /// Energy within 2.5 ms of the direct sound over the rest, in dB.
  public var directToReverberant: Double {
    let width = Int((0.0025 / step).rounded())
    let window = max(0, onset - width)..<min(energies.count, onset + width + 1)
    let direct = energies[window].reduce(0, +)
    return Self.decibels(direct, energies.reduce(0, +) - direct)
  }

  private static func decibels(_ a: Double, _ b: Double) -> Double {
    // A response without a late part has no finite ratio; 99 dB stands for that.
    b > 0 && a > 0 ? min(99, max(-99, 10 * log10(a / b))) : a > 0 ? 99 : -99
  }
}

extension ImageSourceRenderer {
  /// The energy echogram of a source: for each band the summed energy of the images in steps of 1 ms.
  ///
  /// Many times cheaper than a response, as there is no interpolation; interference between images is left out.
  ///
  /// - Returns: a decay for each band.
  public func echogram(
    room: ShoeboxRoom, source: Vector, listener: Vector, settings: ImageSourceSettings
  ) -> [EnergyDecay] {
    let speed = settings.air.speedOfSound, step = 0.001
    let lattice = ImageLattice(
      room: room, source: source, listener: listener, truncation: settings.truncation, sign: .positive,
      speedOfSound: speed)
    let count = Int(lattice.extent / speed / step) + 2
    var rows = [Float](repeating: 0, count: 8 * count)
    lattice.withShell { shell in
      shell.samples_per_meter = 1 / (speed * step)
      shell.outer_squared = (lattice.reach * lattice.reach).nextUp
      _ = rows.withUnsafeMutableBufferPointer { rows in
        rows.baseAddress.map { Runtime.kernels.images.energy(&shell, $0) }
      }
    }
    let onset = Int((source - listener).length / speed / step)
    return (0..<room.bandCount).map { band in
      let decay = room.bandCount == 1 ? 0 : settings.air.attenuation(frequency: 125 * Double(1 << band)) * speed * step
      let energies = (0..<count).map { Double(rows[8 * $0 + band]) * exp(-decay * (Double($0) + 0.5)) }
      return EnergyDecay(energies: energies, step: step, onset: onset)
    }
  }
}
