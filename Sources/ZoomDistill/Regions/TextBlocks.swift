// Lines of text by what their rows look like: many edges that go up and down in turn, close together, with quiet around.
// Not here: things without text (SmallObjects.swift), reading.
import Media

/// Finds what looks like lines of text, at three sizes.
///
/// Each level of a pyramid finds letters of 4 to 40 pixels. Edges between neighbours of a row that are strong for their
/// surroundings are joined along the row; what hangs together is a word or a part of one, and words side by side are a
/// line.
enum TextBlocks {
  /// Regions in pixels of the picture.
  static func found(in image: Image) -> [SalientRegion] {
    var regions: [SalientRegion] = []
    for factor in [1, 2, 4] where min(image.width, image.height) / factor >= 16 {
      let level = TextLevel(image.shrunk(by: factor).converted(to: .gray))
      regions += level.lines().map { region in
        var region = region
        region.box = region.box.scaled(x: Double(factor), y: Double(factor)).clipped(to: image.size)
        return region
      }
    }
    return regions
  }
}

/// One level of the pyramid.
private struct TextLevel {
  /// Heights of lines in pixels of the level.
  static let heights = 4...40
  /// Gaps between edges of a word in pixels.
  static let wordGap = 9
  /// The least difference between neighbours that is an edge, in levels of 255.
  static let leastEdge: Float = 20
  /// How much stronger an edge is than the differences around it on average.
  static let contrast: Float = 1.4
  /// Pixels that count as around on each side.
  static let surroundings = 24
  /// What a candidate needs.
  static let leastScore = 0.3

  let width: Int
  let height: Int
  /// Differences to the right neighbour that are edges; 0 elsewhere.
  private let edges: [Int16]
  private let sums: WindowSums

  init(_ gray: Image) {
    let (width, height) = (gray.width, gray.height)
    let differences = [Int16](unsafeUninitializedCapacity: width * height) { output, count in
      gray.pixels.withUnsafeBufferPointer { input in
        for y in 0..<height {
          let row = y * width
          for x in 0..<width - 1 { output[row + x] = Int16(input[row + x + 1]) - Int16(input[row + x]) }
          output[row + width - 1] = 0
        }
      }
      count = width * height
    }
    let around = differences.withUnsafeBufferPointer { differences in
      WindowSums(width: width, height: height) { Int32(abs(differences[$0])) }.means(radius: Self.surroundings)
    }
    let edges = [Int16](unsafeUninitializedCapacity: width * height) { output, count in
      for index in 0..<width * height {
        let strength = Float(abs(differences[index]))
        output[index] = strength > max(Self.leastEdge, Self.contrast * around[index]) ? differences[index] : 0
      }
      count = width * height
    }
    sums = edges.withUnsafeBufferPointer { edges in
      WindowSums(width: width, height: height) { edges[$0] == 0 ? 0 : 1 }
    }
    (self.width, self.height, self.edges) = (width, height, edges)
  }

  func lines() -> [SalientRegion] {
    var mask = PixelPlane(width: width, height: height, samples: edges.map { $0 == 0 ? UInt8(0) : 1 })
    mask.smearRows(gap: Self.wordGap)
    let parts = PixelComponents(mask)
    var words: [Word] = parts.components.map { Word($0) }
    for (run, owner) in zip(parts.runs, parts.owners) { words[owner].add(run, edges, width: width) }
    let candidates = words.filter {
      Self.heights.contains($0.part.height) && $0.part.width >= 4 && $0.alternations >= 4
        && 3 * $0.part.count >= $0.part.width * $0.part.height
    }
    return joined(candidates).compactMap { line in
      let score = score(line)
      guard score >= Self.leastScore else { return nil }
      // The first edge lies before the first pixel of ink, the last one before the first pixel behind it.
      var box = line.part.box
      box.left += 1
      box.right = max(box.right, box.left + 1)
      return SalientRegion(box: box, score: score)
    }
  }

  /// Words of about one height, side by side with a gap of not much more than that height, become one.
  private func joined(_ words: [Word]) -> [Word] {
    var lines: [Word] = []
    for word in words.sorted(by: { ($0.part.left, $0.part.top) < ($1.part.left, $1.part.top) }) {
      if let index = lines.indices.last(where: { lines[$0].continues(with: word) }) {
        lines[index].join(word)
      } else {
        lines.append(word)
      }
    }
    return lines
  }

  /// How much a line looks like text, in 0...1: the geometric mean of how full its box is, how often its rows turn from
  /// dark to light, how strong its edges are, and how few of them there are around it.
  private func score(_ line: Word) -> Double {
    let part = line.part
    let area = Double(part.width * part.height)
    // A row through a plain thing meets two edges, which is one turn; one through two strokes meets four.
    guard Double(part.width) >= 1.2 * Double(part.height), line.alternations >= 2 * part.height else { return 0 }
    let fill = Double(part.count) / area
    let turns = Double(line.alternations) / Double(part.height) / (Double(part.width) / Double(part.height))
    let strength = line.strength / Double(max(1, line.edges))
    let margin = max(2, part.height / 2)
    let inside = sums.sum(part.left..<part.right, part.top..<part.bottom)
    let whole = sums.sum(part.left - margin..<part.right + margin, part.top - margin..<part.bottom + margin)
    let ring = Double(whole.sum - inside.sum) / Double(max(1, whole.count - inside.count))
    let quiet = max(0, 1 - ring / max(1e-9, Double(inside.sum) / Double(max(1, inside.count))))
    let factors = [min(1, fill / 0.7), min(1, turns / 1.2), min(1, strength / 60), quiet]
    return factors.reduce(1, *).squareRoot().squareRoot()
  }
}

/// A part of the joined edges, with what its rows look like.
private struct Word {
  var part: PixelComponent
  /// Edges, and the sum of their strengths.
  var edges = 0
  var strength = 0.0
  /// How often an edge follows one of the other direction in its row.
  var alternations = 0

  init(_ part: PixelComponent) { self.part = part }

  mutating func add(_ run: PixelRun, _ differences: [Int16], width: Int) {
    var last: Int16 = 0
    for index in run.row * width + run.start..<run.row * width + run.end where differences[index] != 0 {
      let edge = differences[index]
      edges += 1
      strength += Double(abs(edge))
      if last != 0, (last < 0) != (edge < 0) { alternations += 1 }
      last = edge
    }
  }

  func continues(with other: Word) -> Bool {
    let (one, two) = (part, other.part)
    let (low, high) = (min(one.height, two.height), max(one.height, two.height))
    let overlap = min(one.bottom, two.bottom) - max(one.top, two.top)
    return 2 * overlap >= low && 2 * low >= high && Double(two.left - one.right) <= 1.2 * Double(high)
  }

  mutating func join(_ other: Word) {
    part.left = min(part.left, other.part.left)
    part.top = min(part.top, other.part.top)
    part.right = max(part.right, other.part.right)
    part.bottom = max(part.bottom, other.part.bottom)
    part.count += other.part.count
    edges += other.edges
    strength += other.strength
    alternations += other.alternations
  }
}
