// The finished response: bands filtered and added up, the high-pass applied.
// Not here: the sum over images (ImageSourceRenderer.swift).

import Foundation
import Media

/// An impulse response of one or four channels.
public struct RoomResponse: Equatable, Sendable {
  /// Samples per second in Hz.
  public var sampleRate: Int
  /// Sample of an arrival at time 0: 40 for a broadband response, 296 where band filters ring before it.
  public var latency: Int
  /// Channels W, Y, Z, X in SN3D, or one; all of the same length.
  public var channels: [[Float]]

  /// Samples of each channel.
  public var frameCount: Int { channels[0].count }
}

/// Filters banded responses; keeps its transforms between calls, so that each worker has one of its own.
public final class BandFilterBank {
  /// The bands.
  public let bands: OctaveBands
  private let impulseResponses: [[Double]]
  private var transform: FourierTransform?
  private var filters: [[Float]] = []

  /// Creates the filters of a sample rate.
  public init(sampleRate: Int, shape: BandShape = .wide) {
    let bands = OctaveBands(sampleRate: sampleRate, shape: shape)
    self.bands = bands
    impulseResponses = bands.centers.indices.map { bands.impulseResponse(band: $0) }
  }

  /// Filters each band of a response with its octave filter, adds the bands, and applies the high-pass.
  ///
  /// - Precondition: the response has one band, or as many as ``bands``.
  public func response(_ banded: BandedResponse, highPass: HighPass = .none) -> RoomResponse {
    if banded.bandCount == 1 && highPass == .none {
      let channels = (0..<banded.channels.rawValue).map { channel in
        Array(banded.planes[banded.start(band: 0, channel: channel)...].prefix(banded.frameCount))
      }
      return RoomResponse(sampleRate: bands.sampleRate, latency: banded.latency, channels: channels)
    }
    let filtersBands = banded.bandCount > 1
    let lead = filtersBands ? OctaveBands.filterLead : 0
    let frameCount = banded.frameCount + (filtersBands ? OctaveBands.filterTaps : 0)
    let transform = prepare(frameCount)
    let gains = highPassGains(highPass, size: transform.size)
    let channels = (0..<banded.channels.rawValue).map { channel in
      var sum = [Float](repeating: 0, count: transform.spectrum.count)
      for band in 0..<banded.bandCount {
        spectrum(of: banded, band: band, channel: channel, transform)
        filtersBands ? multiplyAdd(&sum, transform.spectrum, filters[band]) : copy(&sum, transform.spectrum)
      }
      if let gains { for bin in gains.indices { scale(&sum, bin, gains[bin]) } }
      for index in sum.indices { transform.spectrum[index] = sum[index] }
      transform.inverse()
      return Array(transform.signal.prefix(frameCount))
    }
    return RoomResponse(sampleRate: bands.sampleRate, latency: banded.latency + lead, channels: channels)
  }

  /// One channel of each band, filtered: what is heard of the response in that band.
  ///
  /// - Precondition: the response has as many bands as ``bands``.
  public func bandSignals(_ banded: BandedResponse, channel: Int = 0) -> [[Float]] {
    precondition(banded.bandCount == bands.count, "BandFilterBank: \(banded.bandCount) bands, not \(bands.count)")
    let frameCount = banded.frameCount + OctaveBands.filterTaps
    let transform = prepare(frameCount)
    return (0..<bands.count).map { band in
      spectrum(of: banded, band: band, channel: channel, transform)
      var product = [Float](repeating: 0, count: transform.spectrum.count)
      multiplyAdd(&product, transform.spectrum, filters[band])
      for index in product.indices { transform.spectrum[index] = product[index] }
      transform.inverse()
      return Array(transform.signal.prefix(frameCount))
    }
  }

  private func prepare(_ frameCount: Int) -> FourierTransform {
    // Sizes in coarse steps, so that responses of about the same length share the filters' spectra. The size depends on
    // the length alone and not on what was filtered before: other sizes round otherwise.
    let step = max(1024, 1 << (Int.bitWidth - frameCount.leadingZeroBitCount - 3))
    let size = FourierTransform.goodSize((frameCount + step - 1) / step * step)
    if let transform, transform.size == size { return transform }
    let next = FourierTransform(size: size)
    transform = next
    filters = impulseResponses.map { response in
      next.signal.update(repeating: 0)
      for (tap, value) in response.enumerated() { next.signal[tap] = Float(value) }
      next.forward()
      return Array(next.spectrum)
    }
    return next
  }

  private func spectrum(of banded: BandedResponse, band: Int, channel: Int, _ transform: FourierTransform) {
    let start = banded.start(band: band, channel: channel)
    transform.signal.update(repeating: 0)
    banded.planes.withUnsafeBufferPointer { planes in
      for frame in 0..<banded.frameCount { transform.signal[frame] = planes[start + frame] }
    }
    transform.forward()
  }

  private func copy(_ sum: inout [Float], _ spectrum: UnsafeMutableBufferPointer<Float>) {
    for index in sum.indices { sum[index] = spectrum[index] }
  }

  private func scale(_ sum: inout [Float], _ bin: Int, _ gain: Float) {
    sum[2 * bin] *= gain
    sum[2 * bin + 1] *= gain
  }

  private func multiplyAdd(_ sum: inout [Float], _ a: UnsafeMutableBufferPointer<Float>, _ b: [Float]) {
    sum.withUnsafeMutableBufferPointer { sum in
      b.withUnsafeBufferPointer { b in
        for bin in 0..<sum.count / 2 {
          let (ar, ai, br, bi) = (a[2 * bin], a[2 * bin + 1], b[2 * bin], b[2 * bin + 1])
          sum[2 * bin] += ar * br - ai * bi
          sum[2 * bin + 1] += ar * bi + ai * br
        }
      }
    }
  }

  /// The squared magnitude of a Butterworth filter of second order at each bin: forwards and backwards.
  private func highPassGains(_ highPass: HighPass, size: Int) -> [Float]? {
    guard case .butterworth(let hertz) = highPass else { return nil }
    return (0...size / 2).map { bin in
      let frequency = Double(bin) * Double(bands.sampleRate) / Double(size)
      return frequency == 0 ? 0 : Float(1 / (1 + pow(hertz / frequency, 4)))
    }
  }
}
