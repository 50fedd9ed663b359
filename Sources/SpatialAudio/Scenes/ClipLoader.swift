// Dry sounds in memory: one channel at the scene's rate, trimmed and brought to one level.
// Not here: which clips there are (ClipLibrary.swift).

import Foundation
import Lab
import Media

/// A dry sound that is ready to be placed.
public struct DryClip: Sendable {
  /// One channel; its active samples have the level that was asked for.
  public let samples: [Float]
  /// The gain that was applied to reach the level, in dB.
  public let levelGain: Double
  /// SHA-256 of the file.
  public let digest: String
}

/// Reads and prepares clips; remembers the latest ones. Each worker has its own.
public final class ClipLoader {
  private let folder: URL
  private let sampleRate: Int
  private let level: Double
  private let longest: Double
  private var cache: [String: DryClip] = [:]
  private var recent: [String] = []

  /// Clips that are remembered.
  private static let capacity = 48
  /// Quieter than this below the peak counts as silence at the ends, in dB.
  private static let silence = -60.0
  /// Frames quieter than this below the loudest are left out of the level, in dB.
  private static let inactivity = -40.0

  /// Creates a loader for a folder of clips.
  public init(_ config: ClipsConfig, sampleRate: Int) {
    folder = URL(fileURLWithPath: config.folder, isDirectory: true)
    self.sampleRate = sampleRate
    level = config.level
    longest = config.longest
  }

  /// A clip: its mean removed, at the scene's rate, without silence at its ends, at most the longest stretch, at the
  /// common level.
  ///
  /// - Throws: ``SceneError/clip(file:problem:)`` for a file that cannot be read, has not exactly one channel, holds NaN,
  ///   or is silent or empty.
  public func load(_ clip: Clip) throws(SceneError) -> DryClip {
    if let known = cache[clip.file] { return known }
    let url = folder.appending(path: clip.file)
    let samples: [Float]
    let digest: String
    do {
      samples = try AudioFile.read(url, channelCount: 1).resampled(to: sampleRate).channels[0]
      digest = try ContentDigest.hex(contentsOf: url)
    } catch let error as MediaError {
      throw .clip(file: clip.file, problem: "\(error)")
    } catch {
      throw .clip(file: clip.file, problem: "\(error)")
    }
    guard var dry = Self.trimmed(samples, sampleRate: sampleRate) else {
      throw .clip(file: clip.file, problem: "expected sound, got \(samples.count) samples of silence")
    }
    let limit = Int(longest * Double(sampleRate))
    if dry.count > limit {
      dry = Array(dry[..<limit])
      Self.fadeOut(&dry, count: min(limit, sampleRate / 50))
    }
    let gain = level - Self.activeLevel(dry, sampleRate: sampleRate)
    let factor = Float(pow(10, gain / 20))
    let ready = DryClip(samples: dry.map { $0 * factor }, levelGain: gain, digest: digest)
    remember(ready, as: clip.file)
    return ready
  }

  private func remember(_ clip: DryClip, as file: String) {
    cache[file] = clip
    recent.append(file)
    if recent.count > Self.capacity { cache[recent.removeFirst()] = nil }
  }

  /// The part between the first and the last sample above the silence level, without its mean; nil for silence.
  package static func trimmed(_ samples: [Float], sampleRate: Int) -> [Float]? {
    guard !samples.isEmpty else { return nil }
    let mean = Float(samples.reduce(0.0) { $0 + Double($1) } / Double(samples.count))
    let centered = samples.map { $0 - mean }
    let peak = centered.reduce(Float(0)) { max($0, abs($1)) }
    guard peak > 1e-5 else { return nil }
    let threshold = peak * Float(pow(10, silence / 20))
    guard let first = centered.firstIndex(where: { abs($0) > threshold }),
      let last = centered.lastIndex(where: { abs($0) > threshold }), last > first
    else { return nil }
    return Array(centered[first...last])
  }

  private static func fadeOut(_ samples: inout [Float], count: Int) {
    for index in 0..<count { samples[samples.count - 1 - index] *= Float(index) / Float(count) }
  }

  /// The RMS level of the active frames of 20 ms, in dB re full scale.
  package static func activeLevel(_ samples: [Float], sampleRate: Int) -> Double {
    let length = max(1, sampleRate / 50)
    let energies = stride(from: 0, to: samples.count, by: length).map { start in
      let frame = samples[start..<min(samples.count, start + length)]
      return frame.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(frame.count)
    }
    let threshold = (energies.max() ?? 0) * pow(10, inactivity / 10)
    let active = energies.filter { $0 >= threshold && $0 > 0 }
    guard !active.isEmpty else { return -200 }
    return 10 * log10(active.reduce(0, +) / Double(active.count))
  }
}
