// Seeded random inputs and a property loop that names the seed of the case that failed.
public import Tensor
import Foundation

/// A small, fast generator for test inputs (SplitMix64). Same seed, same numbers, on every platform.
public struct TestRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator that starts at `seed`.
  public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1 }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A standard normal number.
  public mutating func normal() -> Double {
    let radius = -2 * log(Double(next() >> 11) * 0x1p-53 + 0x1p-54)
    return radius.squareRoot() * cos(2 * .pi * Double(next() >> 11) * 0x1p-53)
  }

  /// Normal numbers of the given standard deviation.
  public mutating func tensor(_ shape: Shape, deviation: Double = 1) -> Tensor {
    Tensor((0..<shape.count).map { _ in Float(deviation * normal()) }, shape: shape)
  }
}

/// Runs a property on `count` seeded cases; a failed expectation inside can name the seed it is given.
public func forAll(
  _ count: Int, seed: UInt64 = 1, _ property: (_ random: inout TestRandom, _ seed: UInt64) throws -> Void
) rethrows {
  for index in 0..<UInt64(count) {
    var random = TestRandom(seed: seed &+ index)
    try property(&random, seed &+ index)
  }
}
