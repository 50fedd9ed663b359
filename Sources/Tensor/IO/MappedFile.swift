// Read-only access to a whole file through the page cache. Not here: what the bytes mean.
internal import Foundation

// Safety: the bytes are never written through this object, and unmapped only when nobody holds it any more.
/// A regular file mapped into memory for reading.
///
/// The mapping lives as long as the object. Whoever shortens the file meanwhile makes reads beyond its new end fail with
/// a signal; files are to be replaced (`AtomicFile`), never rewritten in place.
public final class MappedFile: @unchecked Sendable {
  /// The number of bytes.
  public let byteCount: Int
  private let mapping: UnsafeMutableRawPointer?

  /// Maps the file at `path`.
  package init(path: String) throws(SystemError) {
    // Non-blocking, so that a named pipe is refused below instead of waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .last("open") }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else { throw .last("fstat") }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw SystemError(call: "open", code: information.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
    }
    byteCount = Int(information.st_size)
    guard byteCount > 0 else {
      mapping = nil
      return
    }
    guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
      throw .last("mmap")
    }
    mapping = address
  }

  /// Bytes `range` of the file.
  ///
  /// - Precondition: the range lies within the file.
  package func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "MappedFile: bytes \(range) of \(byteCount)")
    return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(start: mapping, count: byteCount)[range])
  }

  deinit {
    if let mapping { munmap(mapping, byteCount) }
  }
}
