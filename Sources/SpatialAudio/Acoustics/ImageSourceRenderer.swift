// Room responses by the image-source method: the sum over all images, one plane for each band and channel.
// Not here: filtering the bands and adding them up (RoomResponse.swift), the late field (DiffuseTail.swift).

import CKernels
import Foundation
import Tensor

/// The channels of a response.
public enum ResponseChannels: Int, Codable, Sendable {
  /// One omnidirectional channel.
  case mono = 1
  /// W, Y, Z, X in SN3D.
  case firstOrder = 4
}

/// Responses of each octave band before the band filters: what each band would be if it had all frequencies.
public struct BandedResponse {
  /// Bands; 1 for a broadband room.
  public let bandCount: Int
  /// Channels of each band.
  public let channels: ResponseChannels
  /// Samples of each plane.
  public let frameCount: Int
  /// Sample of an arrival at time 0.
  public let latency: Int
  /// Images that were summed.
  public let imageCount: Int
  /// Planes `[band][channel][frame]`.
  public var planes: [Float]

  /// Silence, or the given planes.
  package init(
    bandCount: Int, channels: ResponseChannels, frameCount: Int, latency: Int, imageCount: Int, planes: [Float]? = nil
  ) {
    self.bandCount = bandCount
    self.channels = channels
    self.frameCount = frameCount
    self.latency = latency
    self.imageCount = imageCount
    self.planes = planes ?? [Float](repeating: 0, count: bandCount * channels.rawValue * frameCount)
  }

  /// The index of a plane's first sample.
  public func start(band: Int, channel: Int) -> Int { (band * channels.rawValue + channel) * frameCount }

  /// Adds another response of the same bands, channels and latency; the longer one gives the length.
  ///
  /// - Parameter sign: -1 subtracts.
  public func adding(_ other: BandedResponse, sign: Float = 1) -> BandedResponse {
    precondition(
      bandCount == other.bandCount && channels == other.channels && latency == other.latency,
      "BandedResponse.adding: responses of different form")
    var sum = BandedResponse(
      bandCount: bandCount, channels: channels, frameCount: max(frameCount, other.frameCount), latency: latency,
      imageCount: imageCount + other.imageCount)
    for (part, factor) in [(self, Float(1)), (other, sign)] {
      for plane in 0..<bandCount * channels.rawValue {
        let (source, target) = (plane * part.frameCount, plane * sum.frameCount)
        for frame in 0..<part.frameCount { sum.planes[target + frame] += factor * part.planes[source + frame] }
      }
    }
    return sum
  }
}

/// Sums images into responses; keeps its scratch between calls, so that each worker has one of its own.
///
/// Images are visited shell by shell outwards: the moments of a shell (ck_images.h) stay in the cache until they are
/// written out as samples, so that memory does not grow with the number of images.
public final class ImageSourceRenderer {
  private var rows: [Float] = []
  private var tables: [TapTable] = []

  private struct TapTable {
    let decays: [Double]
    let taps: [Float]
  }

  /// Creates a renderer.
  public init() {}

  /// The response from a source to a listener.
  ///
  /// - Parameters:
  ///   - source: in metres.
  ///   - key: chooses the displacements if `settings.jitter` is above 0.
  /// - Throws: ``AcousticsError`` if a place is impossible.
  public func response(
    room: ShoeboxRoom, source: Vector, listener: Listener, channels: ResponseChannels = .firstOrder,
    settings: ImageSourceSettings, key: UInt64 = 0
  ) throws(AcousticsError) -> BandedResponse {
    try room.check(source: source, listener: listener.position)
    let speed = settings.air.speedOfSound
    let lattice = ImageLattice(
      room: room, source: source, listener: listener.position, truncation: settings.truncation,
      sign: settings.reflectionSign, speedOfSound: speed)
    let samplesPerMeter = Double(settings.sampleRate) / speed
    let layout = Self.layout(bands: room.bandCount, channels: channels)
    let attenuation = (0..<room.bandCount).map { band in
      room.bandCount == 1 ? 0 : 0.5 * settings.air.attenuation(frequency: 125 * Double(1 << band)) / samplesPerMeter
    }
    let plan = ShellPlan(
      layout: layout, bands: room.bandCount, attenuation: attenuation, taps: taps(decays: attenuation),
      samplesPerMeter: samplesPerMeter, jitter: settings.jitter, last: Int(lattice.extent * samplesPerMeter) + 1)
    let frameCount = plan.last + FractionalDelay.taps
    // The vector stores of the last row reach past its taps.
    let stride = frameCount + 16
    var planes = [Float](repeating: 0, count: room.bandCount * channels.rawValue * stride)
    var imageCount = 0
    lattice.withShell { shell in
      (shell.yaw_cosine, shell.yaw_sine) = listener.rotation
      (shell.jitter, shell.jitter_key) = (settings.jitter, key)
      imageCount = accumulate(&shell, plan, reach: lattice.reach, into: &planes, stride: stride)
    }
    let gain = Float(settings.amplitude.gain)
    var packed = [Float](unsafeUninitializedCapacity: planes.count / stride * frameCount) { buffer, count in
      for plane in 0..<planes.count / stride {
        for frame in 0..<frameCount { buffer[plane * frameCount + frame] = planes[plane * stride + frame] }
      }
      count = planes.count / stride * frameCount
    }
    if gain != 1 { for index in packed.indices { packed[index] *= gain } }
    return BandedResponse(
      bandCount: room.bandCount, channels: channels, frameCount: frameCount, latency: FractionalDelay.latency,
      imageCount: imageCount, planes: packed)
  }

  private struct ShellPlan {
    let layout: ck_image_layout
    let bands: Int
    let attenuation: [Double]
    let taps: [Float]
    let samplesPerMeter: Double
    let jitter: Double
    /// The last sample in which an image can arrive.
    let last: Int

    /// Samples of a shell: its moments stay in a core's second-level cache.
    var samples: Int { max(64, (384 << 10) / (4 * rowWidth)) }
    var rowWidth: Int { Int(layout.rawValue) * Int(CK_IMAGE_MOMENTS) }
    /// Rows on either side of a shell for what rounding and displacement move out of it.
    var margin: Int { 2 + Int(jitter * 1.7321 * samplesPerMeter) }
  }

  private func accumulate(
    _ shell: inout ck_image_shell, _ plan: ShellPlan, reach: Double, into planes: inout [Float], stride: Int
  ) -> Int {
    let kernels = Runtime.kernels.images
    let (size, margin, width) = (plan.samples, plan.margin, plan.rowWidth)
    let needed = (size + 2 * margin) * width
    if rows.count < needed { rows = [Float](repeating: 0, count: needed) }
    var scales = [Float](repeating: 1, count: 8 * (size + 2 * margin))
    let attenuates = plan.attenuation.contains { $0 > 0 }
    shell.samples_per_meter = plan.samplesPerMeter
    var images = 0
    var start = 0
    rows.withUnsafeMutableBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      base.update(repeating: 0, count: needed)
      while start <= plan.last {
        let first = start - margin
        let (inner, outer) = (Double(start) / plan.samplesPerMeter, Double(start + size) / plan.samplesPerMeter)
        shell.inner_squared = inner * inner
        shell.outer_squared = outer < reach ? outer * outer : (reach * reach).nextUp
        shell.first_sample = Int64(first)
        images += Int(kernels.accumulate(&shell, plan.layout, base))
        let isLast = start + size > plan.last
        // Rows that no later image can change; at the end all of them, but none past the response.
        let from = max(0, -first), to = isLast ? min(size + 2 * margin, plan.last + 1 - first) : size
        if attenuates { fill(&scales, plan.attenuation, first: first + from, count: to - from) }
        planes.withUnsafeMutableBufferPointer { planes in
          guard let output = planes.baseAddress, to > from else { return }
          // Tap 1 of the first row; tap 0 is zero.
          kernels.flush(
            plan.layout, Int64(plan.bands), Int64(to - from), base + from * width, plan.taps,
            attenuates ? scales : nil, output + first + from + 1, Int64(stride))
        }
        base.update(from: base + size * width, count: 2 * margin * width)
        (base + 2 * margin * width).update(repeating: 0, count: size * width)
        start += size
      }
    }
    return images
  }

  /// What the air leaves at the middle of each sample, 8 bands a row.
  private func fill(_ scales: inout [Float], _ attenuation: [Double], first: Int, count: Int) {
    for (band, decay) in attenuation.enumerated() {
      // One exponential for each band; the rest is a product.
      var value = exp(-decay * (Double(first) + 0.5))
      let step = exp(-decay)
      for row in 0..<count {
        scales[8 * row + band] = Float(value)
        value *= step
      }
    }
  }

  private func taps(decays: [Double]) -> [Float] {
    if decays == [0] { return FractionalDelay.plain }
    if let table = tables.first(where: { $0.decays == decays }) { return table.taps }
    let taps = FractionalDelay.polynomials(decays: decays)
    if tables.count >= 8 { tables.removeFirst() }
    tables.append(TapTable(decays: decays, taps: taps))
    return taps
  }

  private static func layout(bands: Int, channels: ResponseChannels) -> ck_image_layout {
    switch (bands, channels) {
    case (1, .mono): CK_IMAGES_MONO
    case (1, .firstOrder): CK_IMAGES_FOA
    case (_, .mono): CK_IMAGES_MONO_BANDS
    case (_, .firstOrder): CK_IMAGES_FOA_BANDS
    }
  }
}
