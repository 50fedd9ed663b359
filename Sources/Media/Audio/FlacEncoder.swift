// FLAC through libsndfile, into memory.
// Not here: WAV (WaveEncoder.swift), the file on the disk (Lab's AtomicFile).

import CSndFile
import Foundation

/// Encodes FLAC in memory, so that every error of the disk is met by code that checks for it.
///
/// The bytes depend on the samples and the version of libFLAC alone.
enum FlacEncoder {
  /// The file, and how many samples were clipped.
  ///
  /// - Throws: ``MediaError/cannotEncode(path:encoding:reason:)``.
  static func encoded(
    _ buffer: AudioBuffer, _ encoding: AudioEncoding, path: String
  ) throws(MediaError) -> (bytes: [UInt8], clippedCount: Int) {
    let bits = encoding.bitDepth
    var info = SF_INFO()
    info.samplerate = Int32(clamping: buffer.sampleRate)
    info.channels = Int32(clamping: buffer.channels.count)
    info.format = Int32(SF_FORMAT_FLAC | (bits == 16 ? SF_FORMAT_PCM_16 : SF_FORMAT_PCM_24))
    guard sf_format_check(&info) != 0 else {
      throw .cannotEncode(
        path: path, encoding: encoding.rawValue,
        reason: "\(buffer.channels.count) channels at \(buffer.sampleRate) Hz are not for FLAC")
    }
    let samples = QuantizedSamples(buffer, bits: bits)
    // libsndfile wants integers at the top of their 32 bits.
    let aligned = samples.values.map { $0 << Int32(32 - bits) }
    let target = MemoryFile()
    let reason = withExtendedLifetime(target) { write(aligned, frames: buffer.frameCount, info: &info, to: target) }
    if let reason { throw .cannotEncode(path: path, encoding: encoding.rawValue, reason: reason) }
    return (target.bytes, samples.clippedCount)
  }

  /// Returns the reason of a failure.
  private static func write(_ samples: [Int32], frames: Int, info: inout SF_INFO, to target: MemoryFile) -> String? {
    var callbacks = MemoryFile.callbacks
    let user = Unmanaged.passUnretained(target).toOpaque()
    SoundFile.openingLock.lock()
    let handle = sf_open_virtual(&callbacks, Int32(SFM_WRITE), &info, user)
    let openingReason = handle == nil ? String(cString: sf_strerror(nil)) : ""
    SoundFile.openingLock.unlock()
    guard let handle else { return openingReason }
    let written = sf_writef_int(handle, samples, sf_count_t(frames))
    let writingReason = written == frames ? nil : String(cString: sf_strerror(handle))
    let status = sf_close(handle)
    return writingReason ?? (status == 0 ? nil : String(cString: sf_error_number(status)))
  }
}

/// A file in memory for libsndfile's callbacks.
private final class MemoryFile {
  var bytes: [UInt8] = []
  var position = 0

  static let callbacks = SF_VIRTUAL_IO(
    get_filelen: { user in sf_count_t(MemoryFile.from(user)?.bytes.count ?? 0) },
    seek: { offset, whence, user in
      guard let file = MemoryFile.from(user) else { return -1 }
      let base = whence == SEEK_CUR ? file.position : whence == SEEK_END ? file.bytes.count : 0
      file.position = max(0, base + Int(offset))
      return sf_count_t(file.position)
    },
    read: { _, _, _ in 0 },
    write: { source, count, user in
      guard let file = MemoryFile.from(user), let source, count > 0 else { return 0 }
      file.write(UnsafeRawBufferPointer(start: source, count: Int(count)))
      return count
    },
    tell: { user in sf_count_t(MemoryFile.from(user)?.position ?? 0) })

  private static func from(_ user: UnsafeMutableRawPointer?) -> MemoryFile? {
    user.map { Unmanaged<MemoryFile>.fromOpaque($0).takeUnretainedValue() }
  }

  private func write(_ source: UnsafeRawBufferPointer) {
    let end = position + source.count
    if position == bytes.count {
      bytes.append(contentsOf: source)
    } else {
      if end > bytes.count { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
      bytes.replaceSubrange(position..<end, with: source)
    }
    position = end
  }
}
