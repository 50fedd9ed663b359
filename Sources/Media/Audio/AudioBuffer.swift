// Sound in memory: planar samples with their rate.
// Not here: files (AudioFile.swift), changing the rate (Resampling.swift).

/// Channels of equal length with one sample rate.
///
/// Samples are float32, full scale is ±1.
public struct AudioBuffer: Equatable, Sendable {
  /// Samples per second and channel, in Hz.
  public let sampleRate: Int
  /// One array of samples for each channel, all of the same length.
  public var channels: [[Float]]

  /// Creates a buffer of channels.
  ///
  /// - Precondition: `sampleRate > 0`; all channels have the same length.
  public init(sampleRate: Int, channels: [[Float]]) {
    precondition(sampleRate > 0, "AudioBuffer: expected a positive sample rate, got \(sampleRate)")
    precondition(
      channels.allSatisfy { $0.count == channels[0].count },
      "AudioBuffer: expected channels of one length, got \(channels.map(\.count))")
    self.sampleRate = sampleRate
    self.channels = channels
  }

  /// Creates silence.
  public init(sampleRate: Int, channelCount: Int, frameCount: Int) {
    self.init(
      sampleRate: sampleRate,
      channels: Array(repeating: [Float](repeating: 0, count: frameCount), count: channelCount))
  }

  /// Samples of each channel.
  public var frameCount: Int { channels.first?.count ?? 0 }

  /// The length in seconds.
  public var duration: Double { Double(frameCount) / Double(sampleRate) }

  /// The largest magnitude of any sample, 0 for an empty buffer.
  public var peak: Float { channels.lazy.flatMap { $0 }.reduce(0) { max($0, abs($1)) } }
}
