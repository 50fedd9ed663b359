// Changing the sample rate through libsamplerate.
// Not here: files (AudioFile.swift).

import CSampleRate

extension AudioBuffer {
  /// The same sound at another sample rate, band-limited, through libsamplerate's best sinc converter.
  ///
  /// Time is kept: frame `k` of the result is the sound at `k / rate` seconds, without delay. The result has exactly
  /// `⌈frameCount · rate / sampleRate⌉` frames: all that begin before the sound's end. Silence is assumed on both sides.
  /// The pass band reaches to 97 % of the lower of the two Nyquist frequencies. With equal rates the buffer is returned
  /// unchanged.
  ///
  /// - Throws: ``MediaError``: a rate outside ``AudioFile/sampleRates``, a ratio beyond 1:256, samples that are not
  ///   numbers, or a result of more than ``AudioFile/sampleLimit`` samples.
  public func resampled(to rate: Int) throws(MediaError) -> AudioBuffer {
    if rate == sampleRate { return self }
    let rates = AudioFile.sampleRates
    for candidate in [sampleRate, rate] where !rates.contains(candidate) {
      throw .sampleRate(
        place: "resampling", expected: "\(rates.lowerBound) to \(rates.upperBound)", actual: candidate)
    }
    try checkFinite(place: "resampling")
    let count = AudioBuffer.resampledFrameCount(frameCount, from: sampleRate, to: rate)
    let samples = count * channels.count
    guard samples <= AudioFile.sampleLimit else {
      throw .tooLarge(path: "resampled sound", samples: samples, limit: AudioFile.sampleLimit)
    }
    var results: [[Float]] = []
    for channel in channels { results.append(try Self.converted(channel, from: sampleRate, to: rate, count: count)) }
    return AudioBuffer(sampleRate: rate, channels: results)
  }

  /// Frames of a sound of `frameCount` frames after resampling: `⌈frameCount · to / from⌉`.
  ///
  /// - Precondition: all numbers are positive, or `frameCount` is 0.
  public static func resampledFrameCount(_ frameCount: Int, from: Int, to: Int) -> Int {
    // In whole seconds and the rest, so that nothing overflows.
    let (seconds, rest) = frameCount.quotientAndRemainder(dividingBy: from)
    return seconds * to + (rest * to + from - 1) / from
  }

  /// Input samples on one side that the converter's filter sees, where it does not lower the rate; with reserve.
  private static let filterReach = 160

  private static func converted(
    _ input: [Float], from: Int, to: Int, count: Int
  ) throws(MediaError) -> [Float] {
    guard count > 0 else { return [] }
    let ratio = Double(to) / Double(from)
    // Silence behind the end lets the last frames out of the filter.
    let reach = Int(Double(filterReach) / min(1, ratio)) + 2
    let padded = input + [Float](repeating: 0, count: reach)
    var generated = 0
    var status: Int32 = 0
    let output = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      padded.withUnsafeBufferPointer { source in
        var data = SRC_DATA()
        data.data_in = source.baseAddress
        data.data_out = buffer.baseAddress
        data.input_frames = source.count
        data.output_frames = count
        data.src_ratio = ratio
        data.end_of_input = 1
        status = src_simple(&data, Int32(SRC_SINC_BEST_QUALITY), 1)
        generated = data.output_frames_gen
      }
      initialized = status == 0 ? min(generated, count) : 0
    }
    guard status == 0, generated == count else {
      let reason = status == 0 ? "expected \(count) frames, got \(generated)" : String(cString: src_strerror(status))
      throw .cannotResample(from: from, to: to, reason: reason)
    }
    return output
  }
}
