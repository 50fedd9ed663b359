// The encodings in which sound is written, and the rounding of samples to integers.
// Not here: the bytes of the containers (WaveEncoder.swift, FlacEncoder.swift).

/// How samples are stored in a file.
public enum AudioEncoding: String, Codable, CaseIterable, Sendable {
  /// WAV with 16-bit integers.
  case wav16
  /// WAV with 24-bit integers.
  case wav24
  /// WAV with 32-bit floating-point numbers: what was in memory, bit by bit.
  case wavFloat
  /// FLAC with 16-bit integers.
  case flac16
  /// FLAC with 24-bit integers.
  case flac24

  /// The extension of file names, without a dot.
  public var fileExtension: String {
    switch self {
    case .wav16, .wav24, .wavFloat: "wav"
    case .flac16, .flac24: "flac"
    }
  }

  /// Bits of each sample.
  public var bitDepth: Int {
    switch self {
    case .wav16, .flac16: 16
    case .wav24, .flac24: 24
    case .wavFloat: 32
    }
  }
}

/// What happened while a file was written.
public struct AudioWriteReport: Equatable, Sendable {
  /// Bytes of the file.
  public let byteCount: Int
  /// Samples that were beyond the range of the encoding and were set to its nearest end; always 0 for `wavFloat`.
  ///
  /// The largest integer is one step below full scale: a sample of exactly +1 is counted, -1 is not.
  public let clippedSampleCount: Int
}

/// Samples as interleaved signed integers.
struct QuantizedSamples {
  /// Frame by frame, in units of the last bit.
  var values: [Int32]
  /// How many samples were out of range.
  var clippedCount = 0

  /// Rounds `x · 2^(bits-1)`, halves away from zero, and clips to `-2^(bits-1) ... 2^(bits-1) - 1`; no dither.
  ///
  /// - Precondition: `bits` is 16 or 24, all samples are finite. The product is then exact in float32, and equal samples
  ///   give equal integers on every machine.
  init(_ buffer: AudioBuffer, bits: Int) {
    let scale = Float(1 << (bits - 1))
    let count = buffer.channels.count
    values = [Int32](repeating: 0, count: buffer.frameCount * count)
    for (channel, samples) in buffer.channels.enumerated() {
      for (frame, sample) in samples.enumerated() {
        let rounded = (sample * scale).rounded(.toNearestOrAwayFromZero)
        let limited = min(max(rounded, -scale), scale - 1)
        if limited != rounded { clippedCount += 1 }
        values[frame * count + channel] = Int32(limited)
      }
    }
  }
}
