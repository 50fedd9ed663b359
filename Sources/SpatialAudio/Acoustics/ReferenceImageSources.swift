// The image-source method in float64, image by image and tap by tap: what the renderer is measured against.
// Not here: anything fast (ImageSourceRenderer.swift).

import Foundation

/// Image sources without tables, shells or polynomials.
public enum ReferenceImageSources {
  /// One image.
  public struct Image: Equatable, Sendable {
    /// Reflections at `x-, x+, y-, y+, z-, z+`.
    public var reflections: [Int]
    /// The image's place relative to the listener in metres, before the listener's turn.
    public var offset: Vector
  }

  /// All images with at most `order` reflections and within `reach` metres, found by mirroring.
  ///
  /// Per axis, the images are those of the eight-permutation form `(1 - 2p) s + 2 m L`; a reflection at the low wall
  /// happens |m - p| times, at the high wall |m| times.
  ///
  /// > Source: Allen and Berkley, 1979, equation 9.
  public static func images(
    size: Vector, source: Vector, listener: Vector, order: Int, reach: Double
  ) -> [Image] {
    let axes = (0..<3).map { axis in
      self.axis(length: size[axis], source: source[axis], listener: listener[axis], order: order, reach: reach)
    }
    var images: [Image] = []
    for x in axes[0] {
      for y in axes[1] {
        for z in axes[2] {
          let reflections = [x.low, x.high, y.low, y.high, z.low, z.high]
          let offset = Vector(x.offset, y.offset, z.offset)
          guard reflections.reduce(0, +) <= order, offset.length <= reach else { continue }
          images.append(Image(reflections: reflections, offset: offset))
        }
      }
    }
    return images
  }

  private typealias AxisImage = (offset: Double, low: Int, high: Int)

  private static func axis(length: Double, source: Double, listener: Double, order: Int, reach: Double) -> [AxisImage] {
    var images: [AxisImage] = []
    for m in -order...order {
      for p in [0, 1] {
        let offset = Double(1 - 2 * p) * source + 2 * Double(m) * length - listener
        let (low, high) = (abs(m - p), abs(m))
        if low + high <= order && abs(offset) <= reach { images.append((offset, low, high)) }
      }
    }
    return images
  }

  /// The response as planes `[band][channel][frame]` in float64, `frameCount` samples each, with the latency of
  /// ``FractionalDelay``; no displacement, no high-pass.
  public static func response(
    room: ShoeboxRoom, source: Vector, listener: Listener, channels: ResponseChannels, settings: ImageSourceSettings,
    frameCount: Int
  ) -> [[Double]] {
    let speed = settings.air.speedOfSound, rate = Double(settings.sampleRate)
    let (order, reach): (Int, Double) =
      switch settings.truncation {
      case .order(let reflections): (reflections, .infinity)
      case .time(let seconds):
        (3 * (Int(speed * seconds / room.size.min()) + 2), speed * seconds)
      }
    let found = images(
      size: room.size, source: source, listener: listener.position, order: order, reach: reach)
    var planes = Array(
      repeating: [Double](repeating: 0, count: frameCount), count: room.bandCount * channels.rawValue)
    for image in found {
      let distance = image.offset.length, time = distance / speed * rate
      let whole = time.rounded(.down)
      let local = listener.local(listener.position + image.offset) / distance
      let encoding = channels == .mono ? [1] : [1, local.y, local.z, local.x]
      let taps = (0..<FractionalDelay.taps).map { FractionalDelay.tap($0, fraction: time - whole) }
      for band in 0..<room.bandCount {
        var gain = settings.amplitude.gain / distance
        for (wall, count) in image.reflections.enumerated() {
          gain *= pow(settings.reflectionSign.factor * (1 - room.absorption[wall][band]).squareRoot(), Double(count))
        }
        if room.bandCount > 1 {
          gain *= exp(-0.5 * settings.air.attenuation(frequency: 125 * Double(1 << band)) * distance)
        }
        for (channel, part) in encoding.enumerated() {
          for (k, tap) in taps.enumerated() where Int(whole) + k < frameCount {
            planes[band * channels.rawValue + channel][Int(whole) + k] += gain * part * tap
          }
        }
      }
    }
    return planes
  }
}
