// The late field as diffuse noise after a mixing time.
// Not here: image sources (ImageSourceRenderer.swift), noise that is added to scenes (Scenes/DiffuseNoise.swift).

import Foundation
public import Tensor

/// What follows the exact early part of a response.
///
/// From the mixing time on, each band continues as noise with the covariance of a diffuse field (in SN3D the dipoles have
/// a third of the energy of W) under an exponential of that band's decay time, at the level that the images had in the
/// 20 ms before. One noise serves all bands, as their filters add up to 1.
public enum DiffuseTail {
  /// Length of the crossfade in seconds.
  public static let crossfade = 0.010
  /// Length of the window that sets the level, in seconds.
  public static let levelWindow = 0.020
  /// The dipoles' amplitude relative to W in a diffuse field, SN3D.
  public static let dipoleGain = 1 / 3.0.squareRoot()

  /// The default mixing time: four mean free paths, at least 30 ms, and 25 ms after the direct sound.
  public static func mixingTime(_ room: ShoeboxRoom, distance: Double, speedOfSound: Double) -> Double {
    let freePath = 4 * room.volume / room.surface
    return max(0.030, 4 * freePath / speedOfSound, distance / speedOfSound + 0.025)
  }

  /// The part of a response that stays: exact to the mixing time, then faded out.
  ///
  /// - Precondition: the response reaches past the crossfade.
  public static func early(_ response: BandedResponse, mixingTime: Double, sampleRate: Int) -> BandedResponse {
    let (start, fade) = limits(response, mixingTime, sampleRate)
    let frameCount = start + fade
    var early = BandedResponse(
      bandCount: response.bandCount, channels: response.channels, frameCount: frameCount, latency: response.latency,
      imageCount: response.imageCount)
    let gains = (0..<fade).map { Float(cos(0.5 * .pi * Double($0) / Double(fade))) }
    for plane in 0..<response.bandCount * response.channels.rawValue {
      let (source, target) = (plane * response.frameCount, plane * frameCount)
      for frame in 0..<start { early.planes[target + frame] = response.planes[source + frame] }
      for frame in 0..<fade {
        early.planes[target + start + frame] = response.planes[source + start + frame] * gains[frame]
      }
    }
    return early
  }

  /// The noise that follows.
  ///
  /// - Parameters:
  ///   - response: exact at least until `mixingTime` plus the crossfade.
  ///   - mixingTime: in seconds.
  ///   - decayTimes: the decay time of each band in seconds.
  ///   - duration: the whole length in seconds.
  ///   - random: the noise.
  /// - Precondition: one decay time for each band; the response reaches past the crossfade.
  public static func late(
    _ response: BandedResponse, mixingTime: Double, decayTimes: [Double], duration: Double, sampleRate: Int,
    random: RandomSource
  ) -> BandedResponse {
    precondition(decayTimes.count == response.bandCount, "DiffuseTail: one decay time for each band")
    let rate = Double(sampleRate)
    let (start, fade) = limits(response, mixingTime, sampleRate)
    let frameCount = max(start + fade, response.latency + Int(duration * rate))
    var late = BandedResponse(
      bandCount: response.bandCount, channels: response.channels, frameCount: frameCount, latency: response.latency,
      imageCount: 0)
    let noise = (0..<response.channels.rawValue).map { random.split($0).normals(frameCount - start) }
    for band in 0..<response.bandCount {
      let envelope = Envelope(
        amplitude: level(response, band: band, before: start, count: Int(levelWindow * rate), decayTimes[band], rate),
        decayPerSample: exp(-3 * log(10) / (decayTimes[band] * rate)), fade: fade)
      for (channel, samples) in noise.enumerated() {
        envelope.add(
          samples, gain: Float(channel == 0 ? 1 : dipoleGain), to: &late.planes,
          at: late.start(band: band, channel: channel) + start)
      }
    }
    return late
  }

  private static func limits(_ response: BandedResponse, _ mixingTime: Double, _ sampleRate: Int) -> (Int, Int) {
    let start = response.latency + Int(mixingTime * Double(sampleRate)), fade = Int(crossfade * Double(sampleRate))
    precondition(start + fade <= response.frameCount, "DiffuseTail: the response ends before the mixing time")
    return (start, fade)
  }

  /// The amplitude of W's noise at the mixing time: the mean of the window before it, carried on to its end.
  private static func level(
    _ response: BandedResponse, band: Int, before end: Int, count: Int, _ decayTime: Double, _ rate: Double
  ) -> Double {
    let start = response.start(band: band, channel: 0), first = max(0, end - count)
    var energy = 0.0
    for frame in first..<end {
      energy += Double(response.planes[start + frame]) * Double(response.planes[start + frame])
    }
    let mean = energy / Double(max(1, end - first))
    return (mean * exp(-6 * log(10) / decayTime * Double(end - first) / rate / 2)).squareRoot()
  }
}

/// A decaying envelope that begins with an equal-power fade.
private struct Envelope {
  let amplitude: Double
  let decayPerSample: Double
  let fade: Int

  func add(_ noise: [Float], gain: Float, to planes: inout [Float], at start: Int) {
    var value = amplitude
    planes.withUnsafeMutableBufferPointer { planes in
      for (frame, sample) in noise.enumerated() {
        let fadeIn = frame < fade ? sin(0.5 * .pi * Double(frame) / Double(fade)) : 1
        planes[start + frame] += sample * gain * Float(value * fadeIn)
        value *= decayPerSample
      }
    }
  }
}
