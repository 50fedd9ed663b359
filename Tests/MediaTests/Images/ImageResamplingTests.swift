// Resizing beside Pillow and beside the definition, and what must hold for any picture.
// Not here: turning (ImagePlacementTests.swift).

import Foundation
import Media
import TestSupport
import Tensor
import Testing

@Suite("Resizing")
struct ImageResamplingTests {
  private struct Golden: Decodable {
    let sources: [ImageFixture.Source]
    let cases: [ImageFixture.Resize]
  }

  /// Colours as they look on black: what opacity 0 hides does not count.
  private static func onBlack(_ image: Image) -> Image {
    image.format == .rgba ? image.flattened(on: .black) : image
  }

  @Test("every filter agrees with Pillow to one level", arguments: ResamplingFilter.allCases)
  func golden(filter: ResamplingFilter) throws {
    let golden = try ImageFixture.load("resize-\(filter.rawValue)", as: Golden.self)
    #expect(golden.cases.count == 21)
    for (index, sample) in golden.cases.enumerated() {
      let source = try #require(golden.sources[sample.source].image)
      let region = BoundingBox(
        left: sample.region[0], top: sample.region[1], right: sample.region[2], bottom: sample.region[3])
      let size = ImageSize(width: sample.width, height: sample.height)
      let result = source.resized(region: region, to: size, filter: filter)
      let expected = Image(size: size, format: source.format, pixels: [UInt8](sample.pixels))
      // Pillow rounds colours times opacity to whole levels three times, which we do not: visible colours agree to three
      // levels there, opacity to one.
      let distance = Self.onBlack(result).distance(to: Self.onBlack(expected))
      #expect(distance <= (source.format == .rgba ? 3 : 1), "case \(index): \(distance)")
      if source.format == .rgba {
        let opacity = zip(result.pixels, expected.pixels).enumerated().filter { $0.offset % 4 == 3 }
        #expect(opacity.allSatisfy { abs(Int($0.element.0) - Int($0.element.1)) <= 1 }, "case \(index)")
      }
    }
  }

  /// The definition, without rounding between the passes.
  private static func reference(_ image: Image, to size: ImageSize, filter: ResamplingFilter) -> [Double] {
    func weights(_ count: Int, _ outputs: Int) -> [[Double]] {
      let scale = Double(count) / Double(outputs), stretch = max(1, scale)
      return (0..<outputs).map { output in
        let center = (Double(output) + 0.5) * scale
        let row = (0..<count).map { kernel(filter, (Double($0) + 0.5 - center) / stretch) }
        return row.map { $0 / row.reduce(0, +) }
      }
    }
    let (columns, rows) = (weights(image.width, size.width), weights(image.height, size.height))
    let channels = image.format.channels
    var result: [Double] = []
    for y in 0..<size.height {
      for x in 0..<size.width {
        for channel in 0..<channels {
          var sum = 0.0
          for v in 0..<image.height {
            for u in 0..<image.width where columns[x][u] != 0 {
              sum += rows[y][v] * columns[x][u] * Double(image.pixels[(v * image.width + u) * channels + channel])
            }
          }
          result.append(min(max(sum, 0), 255))
        }
      }
    }
    return result
  }

  private static func kernel(_ filter: ResamplingFilter, _ x: Double) -> Double {
    let t = abs(x)
    func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
    switch filter {
    case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear: return max(0, 1 - t)
    case .bicubic:
      return t < 1 ? 1 - 2.5 * t * t + 1.5 * t * t * t : t < 2 ? 2 - 4 * t + 2.5 * t * t - 0.5 * t * t * t : 0
    case .lanczos: return t < 3 ? sinc(t) * sinc(t / 3) : 0
    }
  }

  private static func smooth(_ x: Int, _ y: Int) -> UInt8 {
    let (wave, slope) = (sin(Double(x) / 4), cos(Double(y) / 3))
    return UInt8(128 + 50 * wave + 40 * slope)
  }

  @Test("awkward sizes agree with the definition", arguments: ResamplingFilter.allCases)
  func definition(filter: ResamplingFilter) {
    // Smooth, so that nothing is clamped between the passes.
    let smooth = Image(
      size: ImageSize(width: 19, height: 13), format: .rgb,
      pixels: (0..<19 * 13 * 3).map { Self.smooth($0 / 3 % 19, $0 / 57) })
    for (width, height) in [(19, 13), (1, 13), (19, 1), (38, 26), (37, 5), (3, 41), (18, 14), (64, 64)] {
      let size = ImageSize(width: width, height: height)
      let result = smooth.resized(to: size, filter: filter)
      let expected = Self.reference(smooth, to: size, filter: filter)
      let worst = zip(result.pixels, expected).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(worst < 1.3, "\(width) x \(height): \(worst)")
    }
  }

  @Test("one colour stays that colour; the same size stays the same picture")
  func invariants() {
    forAll(60) { random, seed in
      let format = [PixelFormat.gray, .rgb, .rgba][Int.random(in: 0..<3, using: &random)]
      let filter = ResamplingFilter.allCases[Int.random(in: 0..<4, using: &random)]
      func side() -> Int { Int.random(in: 1...70, using: &random) }
      let color = (0..<format.channels).map { _ in UInt8.random(in: 1...255, using: &random) }
      let flat = Image(size: ImageSize(width: side(), height: side()), format: format, color: color)
      let target = ImageSize(width: side(), height: side())
      let result = flat.resized(to: target, filter: filter)
      let expected = Image(size: target, format: format, color: color)
      #expect(result.distance(to: expected) <= (format == .rgba ? 1 : 0), "seed \(seed)")
      let picture = Image.noise(side(), side(), format == .rgba ? .rgb : format, &random)
      #expect(picture.resized(to: picture.size, filter: filter) == picture, "seed \(seed)")
      // Identity through the filter itself, in one direction.
      let stretched = picture.resized(to: ImageSize(width: picture.width, height: picture.height * 3), filter: .box)
      #expect(stretched.resized(to: picture.size, filter: .box) == picture, "seed \(seed)")
    }
  }

  @Test("mirrored and transposed pictures give mirrored and transposed results", arguments: ResamplingFilter.allCases)
  func symmetry(filter: ResamplingFilter) {
    let image = Image.sample(23, 31)
    let size = ImageSize(width: 40, height: 11)
    let plain = image.resized(to: size, filter: filter)
    // The box filter decides ties between two samples to one side.
    if filter != .box {
      #expect(
        image.oriented(.upMirrored).resized(to: size, filter: filter).distance(to: plain.oriented(.upMirrored)) <= 1)
    }
    let swapped = ImageSize(width: 11, height: 40)
    #expect(
      image.oriented(.leftMirrored).resized(to: swapped, filter: filter).distance(to: plain.oriented(.leftMirrored))
        <= 2)
  }

  @Test("any number of threads gives the same bits")
  func threads() {
    let image = Image.sample(150, 333, .rgba)
    let before = Runtime.threads
    defer { Runtime.configure(threads: before) }
    Runtime.configure(threads: 1)
    let one = image.resized(to: ImageSize(width: 301, height: 500))
    let small = image.shrunk(by: 2)
    Runtime.configure(threads: 3)
    #expect(image.resized(to: ImageSize(width: 301, height: 500)) == one)
    #expect(image.shrunk(by: 2) == small)
  }

  @Test("invisible colours do not bleed")
  func opacity() {
    var image = Image(size: ImageSize(width: 8, height: 8), format: .rgba, color: [0, 255, 0, 0])
    image.fill(PixelRectangle(x: 0..<4, y: 0..<8), color: .red)
    for filter in ResamplingFilter.allCases {
      let small = image.resized(to: ImageSize(width: 5, height: 5), filter: filter)
      for x in 0..<5 where small.pixel(x, 2)[3] > 0 { #expect(small.pixel(x, 2)[1] == 0, "\(filter), column \(x)") }
    }
    #expect(image.shrunk(by: 8).pixels == [255, 0, 0, 128])
  }

  @Test("shrinking takes means, also of what is left at the edges")
  func shrinking() {
    forAll(30) { random, seed in
      let image = Image.noise(
        Int.random(in: 1...30, using: &random), Int.random(in: 1...30, using: &random), .rgb, &random)
      let factor = Int.random(in: 1...7, using: &random)
      let small = image.shrunk(by: factor)
      for y in 0..<small.height {
        for x in 0..<small.width {
          let cell = image.cropped(
            to: PixelRectangle(
              x: x * factor..<min(image.width, (x + 1) * factor), y: y * factor..<min(image.height, (y + 1) * factor)))
          for channel in 0..<3 {
            let values = stride(from: channel, to: cell.pixels.count, by: 3).map { Int(cell.pixels[$0]) }
            let mean = (values.reduce(0, +) + values.count / 2) / values.count
            #expect(Int(small.pixel(x, y)[channel]) == mean, "seed \(seed), factor \(factor), (\(x), \(y))")
          }
        }
      }
      #expect(
        image.width % factor != 0 || image.height % factor != 0
          || small.distance(to: image.resized(to: small.size, filter: .box)) <= 1, "seed \(seed)")
    }
  }
}
