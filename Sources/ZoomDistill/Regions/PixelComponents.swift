// Planes of samples, sums over windows of them, and connected parts of masks.
// Not here: what is looked for with them (TextBlocks.swift, SmallObjects.swift).
import Media

/// One sample a pixel, `height × width`, row-major.
package struct PixelPlane<Sample: Sendable>: Sendable {
  package let width: Int
  package let height: Int
  package var samples: [Sample]

  package init(width: Int, height: Int, samples: [Sample]) {
    precondition(
      samples.count == width * height, "PixelPlane: \(width) x \(height) samples, got \(samples.count)")
    self.width = width
    self.height = height
    self.samples = samples
  }
}

/// Sums over rectangles in constant time.
///
/// > Source: Crow, "Summed-area tables for texture mapping", SIGGRAPH 1984.
package struct WindowSums {
  let width: Int
  let height: Int
  /// `(height + 1) × (width + 1)`: the sum of all samples above and to the left.
  private var table: [Int32]

  /// - Precondition: the sum of the absolute values of all samples is below 2^31.
  package init(width: Int, height: Int, _ sample: (Int) -> Int32) {
    self.width = width
    self.height = height
    let stride = width + 1
    table = [Int32](repeating: 0, count: stride * (height + 1))
    table.withUnsafeMutableBufferPointer { table in
      var index = 0
      for y in 0..<height {
        var row: Int32 = 0
        for x in 0..<width {
          row &+= sample(index)
          table[(y + 1) * stride + x + 1] = table[y * stride + x + 1] &+ row
          index += 1
        }
      }
    }
  }

  /// The sum over columns and rows, which are cut at the edges, and the number of pixels.
  package func sum(_ x: Range<Int>, _ y: Range<Int>) -> (sum: Int, count: Int) {
    let columns = x.clamped(to: 0..<width), rows = y.clamped(to: 0..<height)
    let top = rows.lowerBound * (width + 1), bottom = rows.upperBound * (width + 1)
    let sum =
      Int(table[bottom + columns.upperBound]) - Int(table[bottom + columns.lowerBound])
      - Int(table[top + columns.upperBound]) + Int(table[top + columns.lowerBound])
    return (sum, columns.count * rows.count)
  }

  /// The means over squares of `2 radius + 1` pixels a side around each pixel, cut at the edges.
  package func means(radius: Int) -> [Float] {
    let stride = width + 1
    return table.withUnsafeBufferPointer { table in
      [Float](unsafeUninitializedCapacity: width * height) { output, count in
        for y in 0..<height {
          let top = max(0, y - radius), bottom = min(height, y + radius + 1)
          for x in 0..<width {
            let left = max(0, x - radius), right = min(width, x + radius + 1)
            let sum =
              table[bottom * stride + right] &- table[bottom * stride + left] &- table[top * stride + right]
              &+ table[top * stride + left]
            output[y * width + x] = Float(sum) / Float((bottom - top) * (right - left))
          }
        }
        count = width * height
      }
    }
  }
}

extension PixelPlane<Float> {
  /// The maxima over squares of `2 radius + 1` pixels a side around each pixel, cut at the edges.
  ///
  /// > Source: van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal kernels",
  /// Pattern Recognition Letters 13, 1992.
  package func windowMaxima(radius: Int) -> PixelPlane<Float> {
    var result = self
    let length = Swift.max(width, height) + 2 * radius
    var forward = [Float](repeating: -.infinity, count: length), backward = forward
    for row in 0..<height {
      result.maxima(from: row * width, step: 1, count: width, radius: radius, &forward, &backward)
    }
    for column in 0..<width {
      result.maxima(from: column, step: width, count: height, radius: radius, &forward, &backward)
    }
    return result
  }

  /// The line, with `radius` places of nothing at both ends, in blocks as long as a window: a window is the rest of one
  /// block and the beginning of the next, whose running maxima are known.
  private mutating func maxima(
    from first: Int, step: Int, count: Int, radius: Int, _ forward: inout [Float], _ backward: inout [Float]
  ) {
    let block = 2 * radius + 1
    let length = count + 2 * radius
    func sample(_ place: Int) -> Float {
      place >= radius && place < radius + count ? samples[first + (place - radius) * step] : -.infinity
    }
    for place in 0..<length {
      forward[place] = place.isMultiple(of: block) ? sample(place) : Swift.max(forward[place - 1], sample(place))
    }
    for place in stride(from: length - 1, through: 0, by: -1) {
      let isEnd = place == length - 1 || (place + 1).isMultiple(of: block)
      backward[place] = isEnd ? sample(place) : Swift.max(backward[place + 1], sample(place))
    }
    for place in 0..<count {
      samples[first + place * step] = Swift.max(backward[place], forward[place + 2 * radius])
    }
  }
}

/// Pixels of a mask in one row that lie side by side.
struct PixelRun {
  let row: Int
  let start: Int
  /// The column after the last one.
  let end: Int
}

/// A part of a mask whose pixels touch each other at edges or corners.
package struct PixelComponent {
  package var left = Int.max
  package var top = Int.max
  package var right = 0
  package var bottom = 0
  /// Pixels.
  package var count = 0

  var width: Int { right - left }
  var height: Int { bottom - top }
  var box: BoundingBox {
    BoundingBox(left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom))
  }

  mutating func add(_ run: PixelRun) {
    left = min(left, run.start)
    top = min(top, run.row)
    right = max(right, run.end)
    bottom = max(bottom, run.row + 1)
    count += run.end - run.start
  }
}

/// The connected parts of a mask.
///
/// > Source: He, Chao, Suzuki, "A run-based two-scan labeling algorithm", IEEE Trans. Image Processing 17, 2008.
package struct PixelComponents {
  let runs: [PixelRun]
  /// The component of each run.
  let owners: [Int]
  /// In order of their first pixels.
  package let components: [PixelComponent]

  /// The parts of the pixels that are not 0.
  package init(_ mask: PixelPlane<UInt8>) {
    let runs = Self.runs(mask)
    var parents = Array(runs.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while parents[index] != index {
        parents[index] = parents[parents[index]]
        index = parents[index]
      }
      return index
    }
    // `above` walks over the row before; rows without runs have no neighbours.
    var above = 0
    for index in runs.indices {
      let run = runs[index]
      while above < index,
        runs[above].row < run.row - 1 || (runs[above].row == run.row - 1 && runs[above].end < run.start)
      {
        above += 1
      }
      var other = above
      while other < index, runs[other].row == run.row - 1, runs[other].start <= run.end {
        let (one, two) = (root(other), root(index))
        parents[max(one, two)] = min(one, two)
        other += 1
      }
    }
    var numbers = [Int](repeating: -1, count: runs.count)
    var owners = [Int](repeating: 0, count: runs.count)
    var components: [PixelComponent] = []
    for index in runs.indices {
      let root = root(index)
      if numbers[root] < 0 {
        numbers[root] = components.count
        components.append(PixelComponent())
      }
      owners[index] = numbers[root]
      components[numbers[root]].add(runs[index])
    }
    (self.runs, self.owners, self.components) = (runs, owners, components)
  }

  private static func runs(_ mask: PixelPlane<UInt8>) -> [PixelRun] {
    var runs: [PixelRun] = []
    mask.samples.withUnsafeBufferPointer { samples in
      for row in 0..<mask.height {
        let base = row * mask.width
        var column = 0
        while column < mask.width {
          guard samples[base + column] != 0 else {
            column += 1
            continue
          }
          let start = column
          while column < mask.width, samples[base + column] != 0 { column += 1 }
          runs.append(PixelRun(row: row, start: start, end: column))
        }
      }
    }
    return runs
  }
}

extension PixelPlane<UInt8> {
  /// Fills gaps of at most `gap` zeros between other samples of a row.
  ///
  /// > Source: Wong, Casey, Wahl, "Document analysis system", IBM J. Res. Dev. 26, 1982 (run-length smoothing).
  package mutating func smearRows(gap: Int) {
    for row in 0..<height { smear(from: row * width, step: 1, count: width, gap: gap) }
  }

  /// The same within columns.
  package mutating func smearColumns(gap: Int) {
    for column in 0..<width { smear(from: column, step: width, count: height, gap: gap) }
  }

  private mutating func smear(from first: Int, step: Int, count: Int, gap: Int) {
    samples.withUnsafeMutableBufferPointer { samples in
      var last = -1
      for place in 0..<count where samples[first + place * step] != 0 {
        if last >= 0, place - last - 1 <= gap {
          for filled in last + 1..<max(last + 1, place) { samples[first + filled * step] = 1 }
        }
        last = place
      }
    }
  }
}
