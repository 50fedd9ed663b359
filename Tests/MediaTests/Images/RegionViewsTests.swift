// The two files of a region.
// Not here: their parts, which have tests of their own.

import Foundation
import Media
import TestSupport
import Testing

@Suite("Views of a region")
struct RegionViewsTests {
  @Test("the part is enlarged, the whole has a box outside the region")
  func views() throws {
    let image = Image.sample(300, 200)
    let box = BoundingBox(left: 100.4, top: 50.2, right: 140.9, bottom: 90.6)
    let views = try #require(try RegionViews.make(of: image, box: box))
    let part = try ImageFile.decode(views.part)
    #expect(try ImageFile.inspect(views.part).format == .jpeg && part.size == ImageSize(width: 82, height: 82))
    let cut = try #require(image.cropped(to: box, rounding: .nearest))
    let mean = { (image: Image) in image.pixels.reduce(0.0) { $0 + Double($1) } / Double(image.pixels.count) }
    #expect(abs(mean(part) - mean(cut)) < 1)
    let whole = try ImageFile.decode(views.whole)
    let touched = box.pixels(in: image.size, rounding: .outward)
    #expect(try ImageFile.inspect(views.whole).format == .png && whole.size == image.size)
    #expect(whole.cropped(to: touched) == image.cropped(to: touched))
    #expect(whole.pixel(99, 60) == [255, 0, 0] && whole.pixel(141, 60) == [255, 0, 0])
    #expect(try RegionViews.make(of: image, box: box) == views)
    #expect(try RegionViews.make(of: image, box: BoundingBox(left: 400, top: 0, right: 500, bottom: 9)) == nil)
  }

  @Test("settings are plain values that can be written down")
  func settings() throws {
    let settings = RegionViewSettings(scale: 1.5, outline: .inside(width: 5), wholeEncoding: .jpeg(quality: 80))
    let copy = try JSONDecoder().decode(RegionViewSettings.self, from: try JSONEncoder().encode(settings))
    #expect(copy == settings)
    let image = Image.sample(30, 20)
    let views = try #require(
      try RegionViews.make(of: image, box: BoundingBox(left: 3, top: 3, right: 4, bottom: 4), settings: settings))
    #expect(try ImageFile.inspect(views.part).size == ImageSize(width: 2, height: 2))
    #expect(try ImageFile.inspect(views.whole).format == .jpeg)
  }
}
