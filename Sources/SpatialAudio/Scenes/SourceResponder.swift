// Responses of the sources of a scene: early images, late field, and what is measured in them.
// Not here: their convolution with sound (SceneRenderer.swift, MotionRenderer.swift).

import Foundation
import Tensor

/// Makes the responses of one scene.
struct SourceResponder {
  let plan: ScenePlan
  let tail: TailConfig
  let settings: ImageSourceSettings
  let renderer: ImageSourceRenderer
  let filters: BandFilterBank
  let tailRandom: RandomSource
  let jitterKey: UInt64

  /// Decay times by band; nil in a free field.
  private var decayTimes: [Double]? { plan.echogramT20.isEmpty ? nil : plan.echogramT20 }

  /// Length of a whole response in seconds: until the slowest band has fallen by 60 dB.
  var duration: Double { min(4, decayTimes?.max() ?? 0) }

  /// Time after which a source's response is diffuse noise, in seconds; 0 if it never is.
  func mixingTime(_ source: Vector) -> Double {
    guard tail == .diffuse, decayTimes != nil else { return 0 }
    return DiffuseTail.mixingTime(
      plan.room, distance: (source - plan.listener.position).length, speedOfSound: settings.air.speedOfSound)
  }

  /// Time until which images are exact, in seconds.
  func imageTime(_ source: Vector) -> Double {
    let mixing = mixingTime(source)
    if mixing > 0 { return mixing + DiffuseTail.crossfade + 0.001 }
    let direct = (source - plan.listener.position).length / settings.air.speedOfSound
    return max(duration, direct + 0.005)
  }

  /// Images as far as they are exact.
  func images(_ source: Vector, until time: Double) throws(AcousticsError) -> BandedResponse {
    var settings = settings
    settings.truncation = .time(seconds: time)
    return try renderer.response(
      room: plan.room, source: source, listener: plan.listener, settings: settings, key: jitterKey)
  }

  /// The direct path alone.
  func direct(_ source: Vector) throws(AcousticsError) -> BandedResponse {
    var settings = settings
    settings.truncation = .order(reflections: 0)
    return try renderer.response(room: plan.room, source: source, listener: plan.listener, settings: settings)
  }

  /// The whole response, and its early part alone, before the band filters.
  func banded(_ source: Vector) throws(AcousticsError) -> (whole: BandedResponse, early: BandedResponse) {
    let images = try images(source, until: imageTime(source))
    let mixing = mixingTime(source)
    guard mixing > 0 else { return (images, images) }
    let early = DiffuseTail.early(images, mixingTime: mixing, sampleRate: settings.sampleRate)
    return (early.adding(late(images, mixingTime: mixing)), early)
  }

  /// The noise that follows `images`.
  func late(_ images: BandedResponse, mixingTime: Double) -> BandedResponse {
    DiffuseTail.late(
      images, mixingTime: mixingTime, decayTimes: decayTimes ?? [], duration: max(duration, mixingTime + 0.02),
      sampleRate: settings.sampleRate, random: tailRandom)
  }

  /// Filters and adds up the bands.
  func finish(_ banded: BandedResponse) -> RoomResponse { filters.response(banded, highPass: settings.highPass) }

  /// What is measured in a response.
  func measure(_ banded: BandedResponse, _ response: RoomResponse, source: Vector) -> ResponseMeasures {
    let delay = (source - plan.listener.position).length / settings.air.speedOfSound
    let onset = response.latency + Int(delay * Double(settings.sampleRate))
    let broadband = EnergyDecay(response.channels[0], sampleRate: settings.sampleRate, onset: onset)
    let byBand: [Double]
    if decayTimes == nil {
      byBand = [0]
    } else if banded.bandCount == 1 {
      byBand = [broadband.t20 ?? 0]
    } else {
      byBand = filters.bandSignals(banded).map {
        EnergyDecay($0, sampleRate: settings.sampleRate, onset: onset).t20 ?? 0
      }
    }
    return ResponseMeasures(
      t20ByBand: byBand, earlyDecayTime: decayTimes == nil ? 0 : broadband.earlyDecayTime ?? 0,
      clarity50: broadband.clarity50, directToReverberant: broadband.directToReverberant)
  }
}

/// Measured properties of a response; times in seconds, ratios in dB.
public struct ResponseMeasures: Equatable, Sendable {
  /// T20 by band; 0 where there is no decay.
  public let t20ByBand: [Double]
  /// The early decay time, broadband.
  public let earlyDecayTime: Double
  /// Clarity.
  public let clarity50: Double
  /// Direct to reverberant.
  public let directToReverberant: Double

  /// The mean T20 of 500 Hz and 1 kHz, or of what there is.
  public var t20: Double {
    t20ByBand.count >= 4 ? (t20ByBand[2] + t20ByBand[3]) / 2 : t20ByBand.reduce(0, +) / Double(t20ByBand.count)
  }
}
