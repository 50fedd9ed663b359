// Antialiased resizing in two passes, and exact shrinking by whole factors.
// Not here: the weights (ResamplingFilter.swift), turning (ImagePlacement.swift).

import Tensor

extension Image {
  /// The picture in another size.
  ///
  /// Rows are filtered first, then columns; each pass is rounded to whole levels and clamped, as in Pillow. Opacity
  /// weights the colours, so that invisible pixels do not bleed into visible ones.
  ///
  /// - Precondition: the sides are positive.
  public func resized(to target: ImageSize, filter: ResamplingFilter = .lanczos) -> Image {
    resized(region: bounds.box, to: target, filter: filter)
  }

  /// A part of the picture in another size; edges may lie between pixels, and pixels around the part count as far as
  /// the filter reaches.
  ///
  /// - Precondition: the sides are positive, the region has an area and lies within the picture.
  public func resized(region: BoundingBox, to target: ImageSize, filter: ResamplingFilter = .lanczos) -> Image {
    precondition(
      target.width > 0 && target.height > 0,
      "Image.resized: sides must be positive, got \(target.width) x \(target.height)")
    precondition(
      region.left >= 0 && region.top >= 0 && region.left < region.right && region.top < region.bottom
        && region.right <= Double(width) && region.bottom <= Double(height),
      "Image.resized: region \(region) of a picture of \(width) x \(height)")
    if target == size, region == bounds.box { return self }
    let pass = ResamplingPass(
      source: self, target: target,
      horizontal: ResamplingWeights(
        filter, count: width, lower: region.left, upper: region.right, outputs: target.width),
      vertical: ResamplingWeights(
        filter, count: height, lower: region.top, upper: region.bottom, outputs: target.height))
    return Image(size: target, format: format, pixels: pass.run())
  }

  /// The picture shrunk by a whole factor: each output pixel is the rounded mean of `factor × factor` input pixels, or
  /// of what is left of them at the right and lower edges. Opacity weights the colours.
  ///
  /// - Precondition: the factor is positive.
  public func shrunk(by factor: Int) -> Image {
    precondition(factor > 0, "Image.shrunk: a positive factor, got \(factor)")
    guard factor > 1 else { return self }
    let target = ImageSize(width: (width + factor - 1) / factor, height: (height + factor - 1) / factor)
    let channels = format.channels
    let result = Self.bytes(target.area * channels) { output in
      pixels.withUnsafeBufferPointer { input in
        let output = UnsafeShared(output)
        let input = UnsafeShared(input)
        parallelFor(target.height, grain: max(1, 16_384 / target.width)) { rows in
          for y in rows {
            for x in 0..<target.width {
              let cell = PixelRectangle(
                x: x * factor..<min((x + 1) * factor, width), y: y * factor..<min((y + 1) * factor, height))
              mean(cell, of: input.pointer, into: output.pointer, at: (y * target.width + x) * channels)
            }
          }
        }
      }
    }
    return Image(size: target, format: format, pixels: result)
  }

  /// Writes the mean over a rectangle to the pixel at sample `index`.
  private func mean(
    _ cell: PixelRectangle, of input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>,
    at index: Int
  ) {
    let channels = format.channels
    var sums = SIMD4<Int>.zero
    for y in cell.y {
      var from = (y * width + cell.x.lowerBound) * channels
      for _ in cell.x {
        if format == .rgba {
          let opacity = Int(input[from + 3])
          for channel in 0..<3 { sums[channel] += Int(input[from + channel]) * opacity }
          sums[3] += opacity
        } else {
          for channel in 0..<channels { sums[channel] += Int(input[from + channel]) }
        }
        from += channels
      }
    }
    let count = cell.size.area
    for channel in 0..<channels {
      let isColor = format == .rgba && channel < 3
      let divisor = isColor ? max(1, sums[3]) : count
      output[index + channel] = UInt8(truncatingIfNeeded: (sums[channel] + divisor / 2) / divisor)
    }
  }
}

/// One resize: for each worker, a ring of filtered rows from which the columns are made.
private struct ResamplingPass {
  let source: Image
  let target: ImageSize
  let horizontal: ResamplingWeights
  let vertical: ResamplingWeights

  private var channels: Int { source.format.channels }
  private var hasOpacity: Bool { source.format == .rgba }
  /// Floats of a row in the ring: whole vectors, and room for the last pixel's fourth lane.
  private var rowStride: Int { (target.width * channels + 4 + 15) & ~15 }
  /// Floats of an unfiltered row: four a pixel with colours, so that a pixel is one vector.
  private var lanes: Int { channels == 1 ? 1 : 4 }

  /// The samples of the result.
  func run() -> [UInt8] {
    Image.bytes(target.area * channels) { output in
      source.pixels.withUnsafeBufferPointer { input in
        let output = UnsafeShared(output)
        let input = UnsafeShared(input)
        // A worker filters the rows around its part again, so parts are kept tall.
        parallelFor(target.height, grain: max(16, vertical.taps)) { rows in
          resample(rows, from: input.pointer, into: output.pointer)
        }
      }
    }
  }

  private func resample(
    _ rows: Range<Int>, from input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) {
    let ringCount = vertical.taps * rowStride
    withUnsafeTemporaryAllocation(of: Float.self, capacity: ringCount + rowStride + source.width * lanes + 16) {
      memory in
      memory.initialize(repeating: 0)
      guard let ring = memory.baseAddress, let output = output.baseAddress else { return }
      let sum = ring + ringCount
      let unfiltered = sum + rowStride
      var next = vertical.starts[rows.lowerBound]
      for y in rows {
        let first = vertical.starts[y]
        next = max(next, first)
        while next < first + vertical.taps {
          load(row: next, from: input, into: unfiltered)
          filterRow(unfiltered, into: ring + next % vertical.taps * rowStride)
          next += 1
        }
        filterColumns(of: ring, first: first, weights: y * vertical.taps, into: sum)
        store(sum, into: output + y * target.width * channels)
      }
    }
  }

  /// A row as floats; colours weighted by opacity.
  private func load(row: Int, from input: UnsafeBufferPointer<UInt8>, into line: UnsafeMutablePointer<Float>) {
    guard let start = input.baseAddress else { return }
    let from = start + row * source.width * channels
    switch source.format {
    case .gray:
      for x in 0..<source.width { line[x] = Float(from[x]) }
    case .rgb:
      for x in 0..<source.width {
        line[4 * x] = Float(from[3 * x])
        line[4 * x + 1] = Float(from[3 * x + 1])
        line[4 * x + 2] = Float(from[3 * x + 2])
      }
    case .rgba:
      for x in 0..<source.width {
        let opacity = Float(from[4 * x + 3])
        for channel in 0..<3 { line[4 * x + channel] = Float(from[4 * x + channel]) * (opacity / 255) }
        line[4 * x + 3] = opacity
      }
    }
  }

  /// One filtered row; whole levels, except under opacity, where colours may be small and keep their fractions.
  private func filterRow(_ line: UnsafeMutablePointer<Float>, into row: UnsafeMutablePointer<Float>) {
    horizontal.weights.withUnsafeBufferPointer { weights in
      guard let weights = weights.baseAddress else { return }
      let taps = horizontal.taps
      if channels == 1 {
        for x in 0..<target.width {
          let from = line + horizontal.starts[x]
          let weight = weights + x * taps
          var sum: Float = 0
          for tap in 0..<taps { sum += weight[tap] * from[tap] }
          row[x] = sum
        }
      } else {
        for x in 0..<target.width {
          let from = UnsafeRawPointer(line + 4 * horizontal.starts[x])
          let weight = weights + x * taps
          var sum = SIMD4<Float>.zero
          for tap in 0..<taps {
            sum += weight[tap] * from.loadUnaligned(fromByteOffset: 16 * tap, as: SIMD4<Float>.self)
          }
          // The fourth lane of three is overwritten by the next pixel.
          UnsafeMutableRawPointer(row + x * channels).storeBytes(of: sum, as: SIMD4<Float>.self)
        }
      }
    }
    let count = target.width * channels
    if hasOpacity {
      for index in 0..<count { row[index] = min(max(row[index], 0), 255) }
    } else {
      for index in 0..<count { row[index] = Self.rounded(row[index]) - 0x1p23 }
    }
  }

  /// The weighted sum of the ring's rows.
  private func filterColumns(
    of ring: UnsafeMutablePointer<Float>, first: Int, weights offset: Int, into sum: UnsafeMutablePointer<Float>
  ) {
    vertical.weights.withUnsafeBufferPointer { weights in
      let taps = vertical.taps
      let ring = UnsafeRawPointer(ring)
      let sum = UnsafeMutableRawPointer(sum)
      for x in stride(from: 0, to: rowStride * 4, by: 64) {
        var low = SIMD8<Float>.zero
        var high = SIMD8<Float>.zero
        var slot = first % taps
        for tap in 0..<taps {
          let weight = weights[offset + tap]
          let from = ring + slot * rowStride * 4 + x
          low += weight * from.loadUnaligned(as: SIMD8<Float>.self)
          high += weight * from.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self)
          slot = slot + 1 == taps ? 0 : slot + 1
        }
        (sum + x).storeBytes(of: low, as: SIMD8<Float>.self)
        (sum + x).storeBytes(of: high, toByteOffset: 32, as: SIMD8<Float>.self)
      }
    }
  }

  /// 2^23 more than the nearest level, whose bits then end in the level; halves go up, also those that weights rounded to
  /// float have put slightly below.
  @inline(__always)
  private static func rounded(_ value: Float) -> Float { min(max(value + 0x1p-12, 0), 255) + 0x1p23 }

  /// Rounded, clamped samples, without the weight of their opacity.
  private func store(_ sum: UnsafeMutablePointer<Float>, into row: UnsafeMutablePointer<UInt8>) {
    if hasOpacity {
      for x in 0..<target.width {
        let opacity = min(max(sum[4 * x + 3], 0), 255)
        let scale = opacity > 0 ? 255 / opacity : 0
        for channel in 0..<3 { sum[4 * x + channel] *= scale }
      }
    }
    for index in 0..<target.width * channels {
      row[index] = UInt8(truncatingIfNeeded: Self.rounded(sum[index]).bitPattern)
    }
  }
}
