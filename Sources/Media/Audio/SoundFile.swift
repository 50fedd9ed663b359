// One sound file that libsndfile reads: opening with all checks, and reading block by block.
// Not here: the interface for everyone (AudioFile.swift).

import CSndFile
import Foundation

/// An open sound file; closed at the end of its life.
///
/// The file is opened here and passed on as a descriptor: names do not count, so that no extension turns arbitrary bytes
/// into raw samples.
final class SoundFile {
  /// libsndfile keeps the reason of a failed opening in one place for the whole process.
  static let openingLock = NSLock()

  let path: String
  let info: AudioFileInfo
  private let handle: OpaquePointer

  /// Opens a file and checks what its header says.
  ///
  /// - Throws: ``MediaError``.
  init(_ url: URL) throws(MediaError) {
    path = url.path
    (handle, info) = try Self.parsed(try Self.opened(path), path: path)
  }

  deinit { sf_close(handle) }

  private static func opened(_ path: String) throws(MediaError) -> Int32 {
    // Without O_NONBLOCK a pipe without a writer would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: SystemReason.text(errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .cannotRead(path: path, reason: "expected a regular file, got a directory or a device")
    }
    guard status.st_size > 0 else {
      close(descriptor)
      throw .empty(path: path)
    }
    return descriptor
  }

  /// Takes the descriptor over.
  private static func parsed(
    _ descriptor: Int32, path: String
  ) throws(MediaError) -> (OpaquePointer, AudioFileInfo) {
    do {
      try WaveChunks.checkLength(of: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    var raw = SF_INFO()
    openingLock.lock()
    // The descriptor goes to libsndfile, which closes it when it refuses a file even where it was told not to.
    let opened = sf_open_fd(descriptor, Int32(SFM_READ), &raw, Int32(SF_TRUE))
    let reason = opened == nil ? String(cString: sf_strerror(nil)) : ""
    openingLock.unlock()
    guard let handle = opened else { throw .notAudio(path: path, reason: reason) }
    let info = AudioFileInfo(raw)
    do {
      try info.check(path: path)
    } catch {
      sf_close(handle)
      throw error
    }
    return (handle, info)
  }

  /// Reads everything.
  ///
  /// - Throws: ``MediaError/tooLarge(path:samples:limit:)`` before the samples are, and the errors of damaged content.
  func samples(limit: Int) throws(MediaError) -> [[Float]] {
    let count = info.channelCount
    let announced = info.frameCount
    if let announced { try check(frames: announced, limit: limit) }
    let blockFrames = max(1, 65_536 / count)
    var block = [Float](repeating: 0, count: blockFrames * count)
    var plane = [Float](repeating: 0, count: blockFrames)
    var channels = [[Float]](repeating: [], count: count)
    for channel in 0..<count { channels[channel].reserveCapacity(announced ?? 0) }
    while true {
      let frames = Int(sf_readf_float(handle, &block, sf_count_t(blockFrames)))
      guard frames > 0 else { break }
      let start = channels[0].count
      try check(frames: start + frames, limit: limit)
      for channel in 0..<count {
        for frame in 0..<frames { plane[frame] = block[frame * count + channel] }
        if let bad = plane[..<frames].firstIndex(where: { !$0.isFinite }) {
          throw .notFinite(place: "'\(path)'", channel: channel, frame: start + bad, value: "\(plane[bad])")
        }
        channels[channel].append(contentsOf: plane[..<frames])
      }
    }
    let total = channels[0].count
    if let announced, total != announced {
      throw .truncated(path: path, unit: "frames", expected: announced, actual: total)
    }
    let status = sf_error(handle)
    guard status == 0 else { throw .notAudio(path: path, reason: String(cString: sf_error_number(status))) }
    guard total > 0 else { throw .empty(path: path) }
    return channels
  }

  private func check(frames: Int, limit: Int) throws(MediaError) {
    let (samples, overflows) = frames.multipliedReportingOverflow(by: info.channelCount)
    guard !overflows, samples <= limit else {
      throw .tooLarge(path: path, samples: overflows ? .max : samples, limit: limit)
    }
  }
}

/// A look at the chunks of a RIFF file: libsndfile quietly shortens the data of a file that was cut.
private enum WaveChunks {
  /// Compares the size of the data chunk with what is there.
  ///
  /// - Throws: ``MediaError/truncated(path:unit:expected:actual:)``.
  static func checkLength(of descriptor: Int32, path: String) throws(MediaError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return }
    let fileSize = Int(status.st_size)
    let header = bytes(of: descriptor, at: 0, count: 12)
    guard header.count == 12, header[..<4].elementsEqual("RIFF".utf8), header[8...].elementsEqual("WAVE".utf8) else {
      return
    }
    var offset = 12
    // A file of ten thousand chunks before its data is no sound file; libsndfile may say what it is.
    for _ in 0..<10_000 {
      let chunk = bytes(of: descriptor, at: offset, count: 8)
      guard chunk.count == 8 else { return }
      let size = (0..<4).reduce(0) { $0 | Int(chunk[4 + $1]) << (8 * $1) }
      if chunk[..<4].elementsEqual("data".utf8) {
        // Writers into a pipe cannot know the size and leave 0 or the largest number.
        let isUnknown = size == 0 || size >= Int(UInt32.max) - 4096
        if !isUnknown, size > fileSize - offset - 8 {
          throw .truncated(path: path, unit: "bytes of samples", expected: size, actual: fileSize - offset - 8)
        }
        return
      }
      offset += 8 + size + size % 2
    }
  }

  private static func bytes(of descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: count)
    let read = pread(descriptor, &buffer, count, off_t(offset))
    return Array(buffer.prefix(max(0, read)))
  }
}
