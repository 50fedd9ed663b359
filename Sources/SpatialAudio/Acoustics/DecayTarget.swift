// Walls for a wanted reverberation time: absorption is changed until the measured decay is right.
// Not here: the measure (EnergyDecay.swift).

import Foundation

/// A search for the absorption whose *measured* T20 is the wanted one.
///
/// No formula gives the decay of a shoebox with unequal walls: it is up to 2.4 times what Eyring's says. So the walls'
/// `-ln(1 - α)` are scaled, each band by its own factor, until the energy echogram between the given places has the
/// wanted T20 within a tolerance.
public struct DecayTarget: Sendable {
  /// The wanted T20 for each band in seconds.
  public let times: [Double]
  /// Largest relative difference that is accepted.
  public let tolerance: Double

  /// Creates a target.
  ///
  /// - Parameters:
  ///   - times: the wanted T20 for each band in seconds.
  ///   - tolerance: relative.
  public init(times: [Double], tolerance: Double = 0.05) {
    self.times = times
    self.tolerance = tolerance
  }

  /// A room of the wanted decay.
  public struct Solution: Sendable {
    /// The room.
    public let room: ShoeboxRoom
    /// What was measured in it, by band, in seconds.
    public let measured: [Double]
    /// Echograms that the search took.
    public let evaluations: Int
  }

  /// No wall absorbs more than this.
  public static let largestAbsorption = 0.99
  /// No wall absorbs less than this.
  public static let smallestAbsorption = 0.001

  /// Scales the absorption of a room until its decay is the wanted one.
  ///
  /// - Parameters:
  ///   - room: the walls to begin with; their proportions stay.
  ///   - settings: rate and air; the truncation is chosen by the search.
  /// - Throws: ``AcousticsError/impossibleDecay(target:band:reason:)`` with the reason.
  public func solve(
    _ room: ShoeboxRoom, source: Vector, listener: Vector, settings: ImageSourceSettings,
    renderer: ImageSourceRenderer
  ) throws(AcousticsError) -> Solution {
    precondition(times.count == room.bandCount, "DecayTarget: \(times.count) times for \(room.bandCount) bands")
    try room.check(source: source, listener: listener)
    try checkAir(room, settings)
    let exponents = room.absorption.map { wall in wall.map { -log(1 - min(Self.largestAbsorption, max($0, 1e-4))) } }
    var search = times.indices.map { band in
      BandSearch(
        target: times[band], factor: eyringFactor(room, exponents, band: band, settings), tolerance: tolerance)
    }
    var settings = settings
    // A T20 needs a fall of 25 dB; the backward integral also needs what comes some way below.
    settings.truncation = .time(seconds: 0.75 * (times.max() ?? 1) + 0.02)
    for evaluation in 1...24 {
      let walls = exponents.map { wall in
        wall.indices.map { band in
          min(Self.largestAbsorption, max(Self.smallestAbsorption, 1 - exp(-search[band].factor * wall[band])))
        }
      }
      let candidate = try ShoeboxRoom(size: room.size, absorption: walls)
      let decays = renderer.echogram(room: candidate, source: source, listener: listener, settings: settings)
      // Without a fall of 25 dB within the window the time is far too long.
      let measured = decays.indices.map { decays[$0].t20 ?? 4 * times[$0] }
      var isDone = true
      for band in search.indices where !search[band].accepts(measured[band]) {
        isDone = false
        let saturation = walls.map { $0[band] }
        try search[band].refine(measured[band], absorption: saturation, frequency: 125 * Double(1 << band))
      }
      if isDone { return Solution(room: candidate, measured: measured, evaluations: evaluation) }
    }
    let worst = search.indices.max { search[$0].error < search[$1].error } ?? 0
    throw .impossibleDecay(
      target: times[worst], band: 125 * Double(1 << worst),
      reason: "after 24 steps the nearest measured time is \(rounded(search[worst].nearest)) s")
  }

  /// Air alone lets no sound live longer than `24 ln 10 / (4 m c)`.
  private func checkAir(_ room: ShoeboxRoom, _ settings: ImageSourceSettings) throws(AcousticsError) {
    for (band, time) in times.enumerated() {
      let frequency = 125 * Double(1 << band)
      guard time > 0, time <= 20 else {
        throw .impossibleDecay(target: time, band: frequency, reason: "expected a time of 0 to 20 s")
      }
      let attenuation = room.bandCount == 1 ? 0 : settings.air.attenuation(frequency: frequency)
      let longest = ReverberationTime.constant(speedOfSound: settings.air.speedOfSound) / (4 * attenuation)
      guard time < 0.95 * longest else {
        throw .impossibleDecay(
          target: time, band: frequency, reason: "the air alone makes sound fall in \(rounded(longest)) s")
      }
    }
  }

  private func eyringFactor(
    _ room: ShoeboxRoom, _ exponents: [[Double]], band: Int, _ settings: ImageSourceSettings
  ) -> Double {
    let constant = ReverberationTime.constant(speedOfSound: settings.air.speedOfSound) * room.volume / times[band]
    let air = room.bandCount == 1 ? 0 : settings.air.attenuation(frequency: 125 * Double(1 << band))
    let present = zip(room.wallAreas, exponents).reduce(0) { $0 + $1.0 * $1.1[band] }
    return max(1e-3, (constant - 4 * air * room.volume) / present)
  }

  private func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}

/// The search in one band: a secant in logarithms, kept between the factors known to be too small and too large.
private struct BandSearch {
  let target: Double
  private(set) var factor: Double
  let tolerance: Double
  private(set) var nearest = Double.infinity
  private var earlier: (factor: Double, time: Double)?
  /// The largest factor whose time was too long, the smallest whose time was too short.
  private var low = 0.0
  private var high = Double.infinity

  init(target: Double, factor: Double, tolerance: Double) {
    (self.target, self.factor, self.tolerance) = (target, factor, tolerance)
  }

  var error: Double { abs(nearest / target - 1) }

  mutating func accepts(_ time: Double) -> Bool {
    if abs(time / target - 1) < error || nearest == .infinity { nearest = time }
    return abs(time / target - 1) <= tolerance
  }

  mutating func refine(_ time: Double, absorption: [Double], frequency: Double) throws(AcousticsError) {
    if time > target {
      guard absorption.contains(where: { $0 < DecayTarget.largestAbsorption }) else {
        throw .impossibleDecay(
          target: target, band: frequency,
          reason: "walls of absorption 0.99 still ring for \((time * 1000).rounded() / 1000) s")
      }
      low = max(low, factor)
    } else {
      guard absorption.contains(where: { $0 > DecayTarget.smallestAbsorption }) else {
        throw .impossibleDecay(
          target: target, band: frequency,
          reason: "walls of absorption 0.001 fall in \((time * 1000).rounded() / 1000) s already")
      }
      high = min(high, factor)
    }
    var exponent = 1.0
    if let earlier, earlier.factor != factor, earlier.time != time {
      let slope = log(time / earlier.time) / log(factor / earlier.factor)
      if slope < -0.05 { exponent = min(4, -1 / slope) }
    }
    earlier = (factor, time)
    var next = factor * pow(time / target, exponent)
    next = min(factor * 4, max(factor / 4, next))
    if next <= low || next >= high {
      next = high.isFinite && low > 0 ? (low * high).squareRoot() : next <= low ? low * 1.5 : high / 1.5
    }
    factor = next
  }
}
