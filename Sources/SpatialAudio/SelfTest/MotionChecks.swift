// Check 11: moving sources against their own path.
// Not here: sources at rest (RoomChecks.swift).

import Foundation
import Media
import Tensor

enum MotionChecks {
  /// An anechoic render of a moving source.
  static func render(
    _ samples: [Float], path: SourcePath, motion: MotionConfig, sampleRate: Int = 16_000
  ) throws -> (audio: [[Float]], listener: Listener) {
    let room = try ShoeboxRoom(size: Vector(20, 20, 20), absorption: 1)
    let listener = Listener(position: Vector(10, 10, 10), yaw: 30)
    var settings = ImageSourceSettings()
    settings.sampleRate = sampleRate
    let plan = ScenePlan(
      index: 0, id: "motion", split: .test, room: room, targetT20: 0, echogramT20: [], listener: listener, sources: [],
      signalToNoise: 0)
    let responder = SourceResponder(
      plan: plan, tail: .diffuse, settings: settings, renderer: ImageSourceRenderer(),
      filters: BandFilterBank(sampleRate: sampleRate), tailRandom: RandomSource(seed: 1), jitterKey: 0)
    let lead = FractionalDelay.latency
    var mix = Array(repeating: [Float](repeating: 0, count: samples.count + lead), count: 4)
    let renderer = MotionRenderer(
      responder: responder, motion: motion, sampleRate: sampleRate,
      convolution: PartitionedConvolution(blockSize: 2048))
    try renderer.add(samples, path: path, start: 0, to: &mix, lead: lead)
    return (mix.map { Array($0[lead...]) }, listener)
  }

  /// The direction of the active intensity of some frames.
  static func intensity(_ audio: [[Float]], _ frames: Range<Int>) -> Direction? {
    var sum = Vector()
    for frame in frames {
      let w = Double(audio[0][frame])
      sum += w * Vector(Double(audio[3][frame]), Double(audio[1][frame]), Double(audio[2][frame]))
    }
    return Direction(sum)
  }

  @Sendable static func motion() throws -> [SelfTestResult.Figure] {
    let rate = 16_000, seconds = 4.0
    let paths: [SourcePath] = [
      .arc(center: Vector(10, 10, 10.5), radius: 2, from: 170, to: 350, duration: seconds),
      .polyline([Vector(8, 8, 9), Vector(13, 9, 11), Vector(12, 13, 11)], duration: seconds),
    ]
    let noise = RandomSource(seed: 11).normals(Int(seconds) * rate)
    let tone = (0..<Int(seconds) * rate).map { Float(sin(2 * .pi * 500 * Double($0) / Double(rate))) }
    var figures: [SelfTestResult.Figure] = []
    for motion in MotionConfig.allCases {
      var worst = 0.0, click = -Double.infinity
      for path in paths {
        let (audio, listener) = try render(noise, path: path, motion: motion)
        for frame in 2..<Int(seconds * 10) - 1 {
          let center = (0.1 * Double(frame) + 0.05)
          let middle = Int(center * Double(rate))
          guard let heard = intensity(audio, middle - 320..<middle + 320),
            let label = Direction(
              listener.local(path.apparentPosition(at: center, listener: listener.position, speedOfSound: 343)))
          else { continue }
          worst = max(worst, heard.angle(to: label))
        }
        click = max(click, clicks(try render(tone, path: path, motion: motion).audio[0], rate: rate))
      }
      figures.append(.atMost(1, "\(motion.rawValue): label against anechoic direction (°)", worst))
      figures.append(.atMost(-60, "\(motion.rawValue): clicks of a tone (dB)", click))
    }
    return figures
  }

  /// What a tone of 500 Hz whose level and phase change slowly has above 2 kHz: the largest sample after a high-pass, in
  /// dB relative to its level.
  static func clicks(_ signal: [Float], rate: Int) -> Double {
    let taps = 511, cut = 2000.0 / Double(rate)
    let filter = (0..<taps).map { tap -> Float in
      let t = Double(tap - taps / 2), x = 2 * Double.pi * Double(tap) / Double(taps - 1)
      let window = 0.42 - 0.5 * cos(x) + 0.08 * cos(2 * x)
      let low = t == 0 ? 2 * cut : sin(2 * .pi * cut * t) / (.pi * t)
      return Float((t == 0 ? 1 - low : -low) * window)
    }
    let margin = rate / 5
    let rest = PartitionedConvolution.convolve(signal, with: [filter])[0][margin..<signal.count - margin]
    let part = signal[margin..<signal.count - margin]
    let level = (part.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(part.count)).squareRoot()
    return 20 * log10(Double(rest.reduce(0) { max($0, abs($1)) }) / level)
  }
}
