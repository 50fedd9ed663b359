// Linear convolution of long signals with finite impulse responses, block by block in the frequency domain.
// Not here: the transform (FourierTransform.swift), the filters' spectra (FilterSpectra.swift).

import Foundation

/// Uniformly partitioned overlap-save convolution with a workspace of its own.
///
/// The signal is transformed once for all filters. Filters longer than a block are cut into parts whose products with
/// earlier blocks' spectra are added up. An instance belongs to one thread at a time; filters' spectra may be shared.
///
/// ```swift
/// let convolution = PartitionedConvolution(blockSize: 4096)
/// let wet = convolution.convolve(dry, with: convolution.spectra(of: response.channels))
/// ```
///
/// > Source: Gardner, "Efficient convolution without input-output delay", 1995, with blocks of one size.
public final class PartitionedConvolution {
  /// Samples of a block; at least what was asked for.
  public let blockSize: Int
  private let transform: FourierTransform
  private let binCount: Int
  // The spectra of the last blocks, a ring of `[slot, bin]`, and the sum of products.
  private var inputReal: [Float] = []
  private var inputImaginary: [Float] = []
  private var sumReal: [Float]
  private var sumImaginary: [Float]

  /// Plans transforms of two blocks.
  ///
  /// - Precondition: `blockSize ≥ 1`.
  public init(blockSize: Int) {
    precondition(blockSize >= 1, "PartitionedConvolution: expected a block of at least 1 sample, got \(blockSize)")
    let size = FourierTransform.goodSize(2 * blockSize)
    self.blockSize = size / 2
    transform = FourierTransform(size: size)
    binCount = transform.binCount
    sumReal = [Float](repeating: 0, count: binCount)
    sumImaginary = [Float](repeating: 0, count: binCount)
  }

  /// The spectra of filters of any lengths, for this block size.
  ///
  /// - Precondition: there is a filter, and each has a tap.
  public func spectra(of filters: [[Float]]) -> FilterSpectra {
    FilterSpectra(filters, blockSize: blockSize, transform: transform)
  }

  /// The signal through each filter: `n + m - 1` samples for `n` of the signal and `m` taps; none for an empty signal.
  ///
  /// - Precondition: `filters` have this block size.
  public func convolve(_ signal: [Float], with filters: FilterSpectra) -> [[Float]] {
    var results = filters.tapCounts.map { [Float](repeating: 0, count: signal.isEmpty ? 0 : signal.count + $0 - 1) }
    add(signal, with: filters, to: &results, at: 0)
    return results
  }

  /// Adds the signal through each filter to `results`, one row for each filter, from frame `offset` on; what would lie
  /// behind the end of a row is dropped.
  ///
  /// - Precondition: `filters` have this block size, `results` as many rows as there are filters, `offset ≥ 0`.
  public func add(_ signal: [Float], with filters: FilterSpectra, to results: inout [[Float]], at offset: Int) {
    precondition(
      filters.blockSize == blockSize && filters.tapCounts.count == results.count && offset >= 0,
      "PartitionedConvolution.add: expected blocks of \(blockSize), \(filters.tapCounts.count) rows and an offset of at"
        + " least 0, got \(filters.blockSize), \(results.count), \(offset)")
    guard !signal.isEmpty else { return }
    let slots = filters.partitionCount
    inputReal = [Float](repeating: 0, count: slots * binCount)
    inputImaginary = [Float](repeating: 0, count: slots * binCount)
    let longest = signal.count + (filters.tapCounts.max() ?? 1) - 1
    // The window of a block reaches back over the block before it.
    let lastFilledBlock = (signal.count + blockSize - 1) / blockSize
    for block in 0..<(longest + blockSize - 1) / blockSize {
      if block <= lastFilledBlock { takeIn(signal, block: block, slot: block % slots) }
      // Parts whose block is before the beginning or behind the end see silence.
      let (first, last) = (max(0, block - lastFilledBlock), min(block, slots - 1))
      guard first <= last else { continue }
      for filter in results.indices {
        let length = signal.count + filters.tapCounts[filter] - 1
        let start = block * blockSize
        guard start < length else { continue }
        multiply(filters, filter: filter, block: block, parts: first...last)
        transform.inverse()
        let end = min(start + blockSize, length, results[filter].count - offset)
        guard start < end else { continue }
        for index in start..<end { results[filter][offset + index] += transform.signal[blockSize + index - start] }
      }
    }
  }

  /// Transforms the block with the one before it into a slot of the ring.
  private func takeIn(_ signal: [Float], block: Int, slot: Int) {
    let start = (block - 1) * blockSize
    transform.signal.update(repeating: 0)
    for index in max(0, start)..<min(signal.count, start + 2 * blockSize) {
      transform.signal[index - start] = signal[index]
    }
    transform.forward()
    for bin in 0..<binCount {
      inputReal[slot * binCount + bin] = transform.spectrum[2 * bin]
      inputImaginary[slot * binCount + bin] = transform.spectrum[2 * bin + 1]
    }
  }

  /// Adds up the products of a filter's parts with the blocks that they belong to, into the transform's spectrum.
  private func multiply(_ filters: FilterSpectra, filter: Int, block: Int, parts: ClosedRange<Int>) {
    let (bins, slots) = (binCount, filters.partitionCount)
    sumReal.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    sumImaginary.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    for part in parts {
      let input = (block - part) % slots * bins
      let response = (filter * slots + part) * bins
      inputReal[input..<input + bins].withUnsafeBufferPointer { aReal in
        inputImaginary[input..<input + bins].withUnsafeBufferPointer { aImaginary in
          filters.real[response..<response + bins].withUnsafeBufferPointer { bReal in
            filters.imaginary[response..<response + bins].withUnsafeBufferPointer { bImaginary in
              addProduct(aReal, aImaginary, bReal, bImaginary)
            }
          }
        }
      }
    }
    for bin in 0..<bins {
      transform.spectrum[2 * bin] = sumReal[bin]
      transform.spectrum[2 * bin + 1] = sumImaginary[bin]
    }
  }

  private func addProduct(
    _ aReal: UnsafeBufferPointer<Float>, _ aImaginary: UnsafeBufferPointer<Float>,
    _ bReal: UnsafeBufferPointer<Float>, _ bImaginary: UnsafeBufferPointer<Float>
  ) {
    sumReal.withUnsafeMutableBufferPointer { real in
      sumImaginary.withUnsafeMutableBufferPointer { imaginary in
        for bin in 0..<min(real.count, imaginary.count) {
          real[bin] += aReal[bin] * bReal[bin] - aImaginary[bin] * bImaginary[bin]
          imaginary[bin] += aReal[bin] * bImaginary[bin] + aImaginary[bin] * bReal[bin]
        }
      }
    }
  }

  // MARK: Block size

  /// A good block size: the power of two with the least arithmetic.
  ///
  /// - Precondition: all numbers are positive.
  public static func goodBlockSize(signalLength: Int, tapCount: Int, filterCount: Int) -> Int {
    precondition(
      signalLength > 0 && tapCount > 0 && filterCount > 0,
      "PartitionedConvolution: expected positive sizes, got \(signalLength), \(tapCount), \(filterCount)")
    func cost(_ block: Int) -> Double {
      let size = Double(2 * block)
      let blocks = Double((signalLength + tapCount - 2) / block + 1)
      let parts = Double((tapCount - 1) / block + 1)
      let filters = Double(filterCount)
      // A real transform, and a complex product with its sum for each pair of bins.
      let transform = 2.5 * size * log2(size)
      return blocks * ((1 + filters) * transform + filters * parts * 4 * size) + filters * parts * transform
    }
    let candidates = (5...17).map { 1 << $0 }
    return candidates.min { cost($0) < cost($1) } ?? 4096
  }

  /// The signal through each filter, with a workspace for this call alone; see ``convolve(_:with:)``.
  ///
  /// - Precondition: there is a filter, and each has a tap.
  public static func convolve(_ signal: [Float], with filters: [[Float]]) -> [[Float]] {
    let taps = max(1, filters.map(\.count).max() ?? 1)
    let block = goodBlockSize(signalLength: max(1, signal.count), tapCount: taps, filterCount: max(1, filters.count))
    let workspace = PartitionedConvolution(blockSize: block)
    return workspace.convolve(signal, with: workspace.spectra(of: filters))
  }
}
