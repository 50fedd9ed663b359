// Convolution in blocks against the double loop in float64.
// Not here: the transform itself (FourierTransformTests.swift).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Partitioned convolution")
struct PartitionedConvolutionTests {
  private static func reference(_ signal: [Float], _ filter: [Float]) -> [Double] {
    guard !signal.isEmpty else { return [] }
    var result = [Double](repeating: 0, count: signal.count + filter.count - 1)
    for (i, x) in signal.enumerated() {
      for (j, h) in filter.enumerated() { result[i + j] += Double(x) * Double(h) }
    }
    return result
  }

  private static func noise(_ count: Int, _ random: inout TestRandom) -> [Float] {
    (0..<count).map { _ in Float(random.normal()) }
  }

  /// The largest error in units of the size of a typical output.
  private static func error(_ actual: [Float], _ expected: [Double]) -> Double {
    guard actual.count == expected.count else { return .infinity }
    let size = (expected.reduce(0) { $0 + $1 * $1 } / Double(max(1, expected.count))).squareRoot()
    return zip(actual, expected).map { abs(Double($0) - $1) }.max().map { $0 / max(size, 1e-30) } ?? 0
  }

  @Test(
    "equals the double loop at awkward sizes",
    arguments: [(1, 1), (1, 5), (5, 1), (7, 3), (64, 64), (65, 63), (100, 257), (301, 17), (500, 130), (3, 400)])
  func sizes(signalLength: Int, tapCount: Int) {
    var random = TestRandom(seed: UInt64(1000 * signalLength + tapCount))
    let signal = Self.noise(signalLength, &random)
    let filter = Self.noise(tapCount, &random)
    let expected = Self.reference(signal, filter)
    for block in [1, 2, 7, 16, 64, 300] {
      let convolution = PartitionedConvolution(blockSize: block)
      let actual = convolution.convolve(signal, with: convolution.spectra(of: [filter]))[0]
      let error = Self.error(actual, expected)
      #expect(error < 1e-5, "block \(block) of \(convolution.blockSize): \(error)")
    }
    #expect(Self.error(PartitionedConvolution.convolve(signal, with: [filter])[0], expected) < 1e-5)
  }

  @Test("several filters of different lengths share a signal, and a workspace is used again")
  func severalFilters() {
    let convolution = PartitionedConvolution(blockSize: 32)
    forAll(5) { random, seed in
      let signal = Self.noise(Int.random(in: 1...300, using: &random), &random)
      let filters = (0..<4).map { _ in Self.noise(Int.random(in: 1...200, using: &random), &random) }
      let results = convolution.convolve(signal, with: convolution.spectra(of: filters))
      for (filter, result) in zip(filters, results) {
        #expect(Self.error(result, Self.reference(signal, filter)) < 1e-5, "seed \(seed)")
      }
    }
  }

  @Test("sums at an offset, cut at the end of the row")
  func adding() {
    var random = TestRandom(seed: 9)
    let (signal, filter) = (Self.noise(77, &random), Self.noise(45, &random))
    let convolution = PartitionedConvolution(blockSize: 16)
    let spectra = convolution.spectra(of: [filter])
    let whole = convolution.convolve(signal, with: spectra)[0]
    for (offset, length) in [(0, 121), (13, 200), (100, 110), (150, 140)] {
      let before = Self.noise(length, &random)
      var rows = [before]
      convolution.add(signal, with: spectra, to: &rows, at: offset)
      for index in 0..<length {
        let added = index >= offset && index - offset < whole.count ? whole[index - offset] : 0
        #expect(rows[0][index] == before[index] + added, "offset \(offset), index \(index)")
      }
    }
  }

  @Test("a unit pulse gives the filter back; silence and nothing stay so")
  func trivial() {
    let filter: [Float] = [0.5, -1, 0.25, 2]
    let result = PartitionedConvolution.convolve([0, 0, 1], with: [filter])[0]
    #expect(Self.error(result, [0, 0, 0.5, -1, 0.25, 2]) < 1e-6)
    #expect(PartitionedConvolution.convolve([], with: [filter]) == [[]])
    #expect(PartitionedConvolution.convolve([0, 0], with: [filter])[0].allSatisfy { $0 == 0 })
  }

  @Test("the block size stays within reason")
  func blockSizes() {
    for (signal, taps, filters) in [(1, 1, 1), (240_000, 12_000, 4), (1_000_000, 64, 2), (10, 100_000, 4)] {
      let block = PartitionedConvolution.goodBlockSize(signalLength: signal, tapCount: taps, filterCount: filters)
      #expect((32...131_072).contains(block), "\(signal), \(taps): \(block)")
    }
  }
}
