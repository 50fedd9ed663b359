// The discrete Fourier transform of real signals, through FFTW in single precision.
// Not here: frames (ShortTimeFourier.swift), filtering (PartitionedConvolution.swift).

import CFFTW
import Foundation

/// A planned transform of one size with its own aligned buffers.
///
/// Fill ``signal``, call ``forward()``, read ``spectrum``; or the other way round with ``inverse()``. An instance belongs
/// to one thread at a time; make one for each worker. Plans come from FFTW's estimates and never from timing, so that
/// the same machine gives the same bits in every run.
///
/// FFTW is under the GPL. It is reached through this file alone.
public final class FourierTransform {
  /// Samples of the signal.
  public let size: Int
  /// The real signal, ``size`` samples.
  public let signal: UnsafeMutableBufferPointer<Float>
  /// The spectrum as pairs (real, imaginary) of the bins `0...size/2`: `2 · binCount` numbers.
  public let spectrum: UnsafeMutableBufferPointer<Float>
  private let forwardPlan: fftwf_plan
  private let inversePlan: fftwf_plan

  /// FFTW's planner is not reentrant; execution is.
  private static let planner = NSLock()

  /// Bins of the spectrum, `size/2 + 1`.
  public var binCount: Int { size / 2 + 1 }

  /// Plans a transform; both buffers are zero.
  ///
  /// - Precondition: `size ≥ 1`.
  public init(size: Int) {
    precondition(size >= 1 && size <= 1 << 28, "FourierTransform: expected a size of 1 to 2^28, got \(size)")
    self.size = size
    let bins = size / 2 + 1
    let real: UnsafeMutablePointer<Float> = fftwf_alloc_real(size)
    let pairs: UnsafeMutablePointer<fftwf_complex> = fftwf_alloc_complex(bins)
    let flat = UnsafeMutableRawPointer(pairs).assumingMemoryBound(to: Float.self)
    Self.planner.lock()
    forwardPlan = fftwf_plan_dft_r2c_1d(Int32(size), real, pairs, FFTW_ESTIMATE)
    inversePlan = fftwf_plan_dft_c2r_1d(Int32(size), pairs, real, FFTW_ESTIMATE)
    Self.planner.unlock()
    signal = UnsafeMutableBufferPointer(start: real, count: size)
    spectrum = UnsafeMutableBufferPointer(start: flat, count: 2 * bins)
    signal.update(repeating: 0)
    spectrum.update(repeating: 0)
  }

  deinit {
    Self.planner.lock()
    fftwf_destroy_plan(forwardPlan)
    fftwf_destroy_plan(inversePlan)
    Self.planner.unlock()
    fftwf_free(signal.baseAddress)
    fftwf_free(spectrum.baseAddress)
  }

  /// Transforms ``signal`` into ``spectrum``: `X[k] = Σ x[n] exp(-2πi kn/size)`.
  public func forward() { fftwf_execute(forwardPlan) }

  /// Transforms ``spectrum`` back into ``signal``, scaled so that it undoes ``forward()``; the spectrum is destroyed.
  public func inverse() {
    fftwf_execute(inversePlan)
    let scale = 1 / Float(size)
    for index in signal.indices { signal[index] *= scale }
  }

  /// The smallest size ≥ `count` whose only prime factors are 2, 3 and 5: fast for every transform.
  ///
  /// - Precondition: `count ≥ 1`.
  public static func goodSize(_ count: Int) -> Int {
    precondition(count >= 1, "FourierTransform.goodSize: expected at least 1, got \(count)")
    var size = count + count % 2
    while true {
      var rest = size
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      if rest == 1 { return size }
      size += 2
    }
  }
}
