// Finite impulse responses cut into equal parts, as spectra.
// Not here: applying them (PartitionedConvolution.swift).

/// The spectra of one or several filters, ready for ``PartitionedConvolution`` of the same block size.
///
/// A value without buffers of its own to write into: many threads may use one.
public struct FilterSpectra: Sendable {
  /// Taps of a part, and samples of a block of the signal.
  public let blockSize: Int
  /// Taps of each filter.
  public let tapCounts: [Int]
  /// Parts of the longest filter.
  public let partitionCount: Int
  /// Bins of each spectrum.
  let binCount: Int
  /// Real parts of the bins, `[filter, part, bin]`.
  let real: [Float]
  /// Imaginary parts of the bins, `[filter, part, bin]`.
  let imaginary: [Float]

  /// The spectra of `filters`, all of them with at least one tap.
  init(_ filters: [[Float]], blockSize: Int, transform: FourierTransform) {
    precondition(
      !filters.isEmpty && filters.allSatisfy { !$0.isEmpty },
      "FilterSpectra: expected filters of at least one tap, got \(filters.map(\.count))")
    self.blockSize = blockSize
    tapCounts = filters.map(\.count)
    binCount = transform.binCount
    let longest = tapCounts.max() ?? 1
    partitionCount = (longest + blockSize - 1) / blockSize
    var (real, imaginary): ([Float], [Float]) = ([], [])
    real.reserveCapacity(filters.count * partitionCount * binCount)
    imaginary.reserveCapacity(filters.count * partitionCount * binCount)
    for filter in filters {
      for partition in 0..<partitionCount {
        let start = min(partition * blockSize, filter.count)
        let end = min(start + blockSize, filter.count)
        transform.signal.update(repeating: 0)
        for index in start..<end { transform.signal[index - start] = filter[index] }
        transform.forward()
        for bin in 0..<binCount {
          real.append(transform.spectrum[2 * bin])
          imaginary.append(transform.spectrum[2 * bin + 1])
        }
      }
    }
    self.real = real
    self.imaginary = imaginary
  }
}
