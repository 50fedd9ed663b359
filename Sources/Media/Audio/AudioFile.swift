// Reading and writing sound files.
// Not here: how a file is decoded (SoundFile.swift) and encoded (WaveEncoder.swift, FlacEncoder.swift).

import CSndFile
public import Foundation
import Lab

/// What the header of a sound file says.
public struct AudioFileInfo: Equatable, Sendable {
  /// Samples per second and channel, in Hz.
  public let sampleRate: Int
  /// Channels.
  public let channelCount: Int
  /// Samples of each channel; nil for a stream that does not say.
  public let frameCount: Int?
  /// The container, such as `WAV (Microsoft)`.
  public let container: String
  /// The coding of the samples, such as `Signed 16 bit PCM`.
  public let coding: String

  /// The length in seconds, where it is known.
  public var duration: Double? { frameCount.map { Double($0) / Double(sampleRate) } }

  init(_ raw: SF_INFO) {
    sampleRate = Int(raw.samplerate)
    channelCount = Int(raw.channels)
    frameCount = raw.frames == sf_count_t.max ? nil : Int(raw.frames)
    container = Self.name(of: Int(raw.format) & SF_FORMAT_TYPEMASK)
    coding = Self.name(of: Int(raw.format) & SF_FORMAT_SUBMASK)
  }

  private static func name(of format: Int) -> String {
    var request = SF_FORMAT_INFO()
    request.format = Int32(format)
    let status = sf_command(nil, Int32(SFC_GET_FORMAT_INFO), &request, Int32(MemoryLayout<SF_FORMAT_INFO>.size))
    guard status == 0, let name = request.name else { return "format \(String(format, radix: 16))" }
    return String(cString: name)
  }

  /// What no sound file of this package may have.
  func check(path: String) throws(MediaError) {
    guard (1...AudioFile.channelLimit).contains(channelCount) else {
      throw .channelCount(path: path, expected: "1 to \(AudioFile.channelLimit)", actual: channelCount)
    }
    let rates = AudioFile.sampleRates
    guard rates.contains(sampleRate) else {
      throw .sampleRate(
        place: "'\(path)'", expected: "\(rates.lowerBound) to \(rates.upperBound)", actual: sampleRate)
    }
    if let frameCount, frameCount < 1 { throw .empty(path: path) }
  }
}

/// Sound files as buffers, and back.
///
/// ```swift
/// let scene = try AudioFile.read(file, channelCount: 4)
/// let report = try AudioFile.write(scene, to: copy, encoding: .flac24)
/// ```
public enum AudioFile {
  /// The most samples (frames × channels) that are read unless asked otherwise: 1 GiB in memory.
  public static let sampleLimit = 1 << 28
  /// The most channels of a file.
  public static let channelLimit = 64
  /// The sample rates that are accepted, in Hz.
  public static let sampleRates = 1_000...768_000

  /// What the header says; samples are not read.
  ///
  /// - Throws: ``MediaError``.
  public static func info(_ url: URL) throws(MediaError) -> AudioFileInfo { try SoundFile(url).info }

  /// Reads a file that libsndfile knows: WAV, FLAC, Ogg, AIFF and others. Integers become `value / 2^(bits-1)`.
  ///
  /// - Throws: ``MediaError``: unreadable, not sound, cut, empty, too large, or with samples that are not numbers.
  public static func read(_ url: URL) throws(MediaError) -> AudioBuffer { try read(url, limit: sampleLimit) }

  /// Reads a file that has to have a number of channels; see ``read(_:)``.
  ///
  /// - Throws: ``MediaError``, with ``MediaError/channelCount(path:expected:actual:)`` before samples are read.
  public static func read(_ url: URL, channelCount: Int) throws(MediaError) -> AudioBuffer {
    let file = try SoundFile(url)
    guard file.info.channelCount == channelCount else {
      throw .channelCount(path: file.path, expected: "\(channelCount)", actual: file.info.channelCount)
    }
    return AudioBuffer(sampleRate: file.info.sampleRate, channels: try file.samples(limit: sampleLimit))
  }

  /// Reads a file of at most `limit` samples in all channels together; see ``read(_:)``.
  ///
  /// - Throws: ``MediaError``.
  public static func read(_ url: URL, limit: Int) throws(MediaError) -> AudioBuffer {
    let file = try SoundFile(url)
    return AudioBuffer(sampleRate: file.info.sampleRate, channels: try file.samples(limit: limit))
  }

  /// Writes a file as a whole: after an error, such as a full disk, the file at `url` is what it was before.
  ///
  /// Integers are `x · 2^(bits-1)`, rounded with halves away from zero, clipped at full scale; no dither. Equal buffers
  /// give equal bytes.
  ///
  /// - Throws: ``MediaError``: no frames or channels, samples that are not numbers, too much for the container, or a
  ///   disk that refuses.
  @discardableResult
  public static func write(
    _ buffer: AudioBuffer, to url: URL, encoding: AudioEncoding
  ) throws(MediaError) -> AudioWriteReport {
    let (bytes, clippedCount) = try encoded(buffer, encoding, path: url.path)
    do {
      try AtomicFile.write(Data(bytes), to: url)
    } catch {
      throw .cannotWrite(path: url.path, reason: SystemReason.text(error))
    }
    return AudioWriteReport(byteCount: bytes.count, clippedSampleCount: clippedCount)
  }

  /// The bytes of a file; `path` is for messages.
  package static func encoded(
    _ buffer: AudioBuffer, _ encoding: AudioEncoding, path: String
  ) throws(MediaError) -> (bytes: [UInt8], clippedCount: Int) {
    guard (1...channelLimit).contains(buffer.channels.count) else {
      throw .channelCount(path: path, expected: "1 to \(channelLimit)", actual: buffer.channels.count)
    }
    guard buffer.frameCount > 0 else { throw .empty(path: path) }
    guard sampleRates.contains(buffer.sampleRate) else {
      throw .sampleRate(
        place: "'\(path)'", expected: "\(sampleRates.lowerBound) to \(sampleRates.upperBound)",
        actual: buffer.sampleRate)
    }
    let samples = buffer.frameCount * buffer.channels.count
    let limit = WaveEncoder.dataLimit / (encoding.bitDepth / 8)
    guard samples <= limit else { throw .tooLarge(path: path, samples: samples, limit: limit) }
    try buffer.checkFinite(place: "'\(path)'")
    switch encoding {
    case .wav16, .wav24, .wavFloat: return WaveEncoder.encoded(buffer, encoding)
    case .flac16, .flac24: return try FlacEncoder.encoded(buffer, encoding, path: path)
    }
  }
}

extension AudioBuffer {
  /// Looks for samples that are not numbers; `place` is for the message.
  ///
  /// - Throws: ``MediaError/notFinite(place:channel:frame:value:)`` for the first of them.
  func checkFinite(place: String) throws(MediaError) {
    for (channel, samples) in channels.enumerated() {
      if let frame = samples.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(place: place, channel: channel, frame: frame, value: "\(samples[frame])")
      }
    }
  }
}
