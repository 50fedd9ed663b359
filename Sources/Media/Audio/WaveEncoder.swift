// The bytes of WAV files, the same for the same samples on every machine.
// Not here: FLAC (FlacEncoder.swift), reading (AudioFile.swift).

/// Writes RIFF WAVE with no chunk but those that are needed: no peaks, no dates.
///
/// More than two channels, and 24 bits, use the extensible header. The channel mask of more than two channels is 0, "no
/// loudspeaker": players that know better than that would take four ambisonic channels for a quadraphonic mix.
///
/// > Source: Microsoft, "Multiple channel audio data and WAVE files", 2007: WAVEFORMATEXTENSIBLE.
enum WaveEncoder {
  /// The largest data chunk: sizes in the container are 32-bit numbers, and the header wants its share.
  static let dataLimit = Int(UInt32.max) - 128

  /// The file, and how many samples were clipped.
  ///
  /// - Precondition: the data fit ``dataLimit``; all samples are finite.
  static func encoded(_ buffer: AudioBuffer, _ encoding: AudioEncoding) -> (bytes: [UInt8], clippedCount: Int) {
    let width = encoding.bitDepth / 8
    let dataSize = buffer.frameCount * buffer.channels.count * width
    precondition(dataSize <= dataLimit, "WaveEncoder: expected at most \(dataLimit) bytes, got \(dataSize)")
    var file = ByteWriter()
    file.bytes.reserveCapacity(dataSize + 96)
    appendHeader(of: buffer, encoding, dataSize: dataSize, to: &file)
    let clippedCount = appendSamples(of: buffer, encoding, to: &file)
    if dataSize % 2 == 1 { file.append(0, width: 1) }
    return (file.bytes, clippedCount)
  }

  private static func appendHeader(
    of buffer: AudioBuffer, _ encoding: AudioEncoding, dataSize: Int, to file: inout ByteWriter
  ) {
    let (channels, width) = (buffer.channels.count, encoding.bitDepth / 8)
    let isFloat = encoding == .wavFloat
    let isExtensible = channels > 2 || encoding == .wav24
    let formatSize = isExtensible ? 40 : isFloat ? 18 : 16
    let factSize = isFloat ? 12 : 0
    file.append("RIFF")
    file.append(4 + 8 + formatSize + factSize + 8 + dataSize + dataSize % 2, width: 4)
    file.append("WAVE")
    file.append("fmt ")
    file.append(formatSize, width: 4)
    let tag = isFloat ? 3 : 1
    file.append(isExtensible ? 0xFFFE : tag, width: 2)
    file.append(channels, width: 2)
    file.append(buffer.sampleRate, width: 4)
    file.append(buffer.sampleRate * channels * width, width: 4)
    file.append(channels * width, width: 2)
    file.append(encoding.bitDepth, width: 2)
    if formatSize > 16 { file.append(isExtensible ? 22 : 0, width: 2) }
    if isExtensible {
      file.append(encoding.bitDepth, width: 2)
      file.append(channels == 1 ? 4 : channels == 2 ? 3 : 0, width: 4)
      file.append(tag, width: 2)
      // The fixed part of the identifiers of sample formats.
      file.bytes += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    }
    if isFloat {
      file.append("fact")
      file.append(4, width: 4)
      file.append(buffer.frameCount, width: 4)
    }
    file.append("data")
    file.append(dataSize, width: 4)
  }

  private static func appendSamples(
    of buffer: AudioBuffer, _ encoding: AudioEncoding, to file: inout ByteWriter
  ) -> Int {
    if encoding == .wavFloat {
      for frame in 0..<buffer.frameCount {
        for channel in buffer.channels { file.append(Int(channel[frame].bitPattern), width: 4) }
      }
      return 0
    }
    let samples = QuantizedSamples(buffer, bits: encoding.bitDepth)
    for value in samples.values { file.append(Int(value), width: encoding.bitDepth / 8) }
    return samples.clippedCount
  }
}

/// Little-endian numbers in a growing row of bytes.
private struct ByteWriter {
  var bytes: [UInt8] = []

  /// The lowest `width` bytes of a number.
  mutating func append(_ value: Int, width: Int) {
    for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
  }

  mutating func append(_ text: String) { bytes += text.utf8 }
}
