// Photographic scenes: the same from the same seed, boxes tight, areas in range, answers as drawn.
// Not here: folders of them (PhotoSceneFolderTests.swift).

import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Photographic scenes")
struct PhotoSceneTests {
  /// Small and fast: sides of a few hundred pixels, for which the least size of things is no share of the picture.
  static var config: PhotoSceneConfig {
    var config = PhotoSceneConfig.base
    config.assets = PhotoSceneTests.sample
    (config.shortest, config.longest) = (601, 1201)
    (config.things, config.clutter, config.duplicates) = (6, 2, 0.3)
    return config
  }

  /// The pictures of the checkout, found from this file.
  static let sample =
    String(#filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/"))
    + "/Data/sample/images"

  static let assets = Result { try SceneAssets(config) }

  /// Scenes that several tests look at; drawn once.
  static let scenes = Result { try (0..<4).map { try PhotoScene(config, assets: try assets.get(), index: $0) } }

  @Test("a scene depends on seed and number alone")
  func determinism() throws {
    let assets = try Self.assets.get()
    let scenes = try Self.scenes.get()
    let again = try PhotoScene(Self.config, assets: assets, index: 2)
    #expect(again.truth == scenes[2].truth && again.image == scenes[2].image)
    #expect(Set(scenes.map(\.image)).count == scenes.count)
    var other = Self.config
    other.seed = 2
    #expect(try PhotoScene(other, assets: assets, index: 2).truth != scenes[2].truth)
  }

  @Test("boxes are tight: every edge touches a changed pixel, and no pixel outside of all boxes has changed")
  func boxes() throws {
    for scene in try Self.scenes.get() {
      let size = scene.truth.size
      #expect(scene.image.size == size && scene.background.size == size)
      var isOutside = [Bool](repeating: true, count: size.area)
      func hasChanged(_ x: Int, _ y: Int) -> Bool {
        let index = (y * size.width + x) * 3
        return scene.image.pixels[index..<index + 3] != scene.background.pixels[index..<index + 3]
      }
      for thing in scene.truth.things {
        let part = thing.box.pixels(in: size, rounding: .outward)
        #expect(part.box == thing.box, "\(thing.name): whole pixels within the picture")
        var changed = 0
        for y in part.y {
          for x in part.x {
            isOutside[y * size.width + x] = false
            changed += hasChanged(x, y) ? 1 : 0
          }
        }
        #expect(5 * changed > part.size.area, "\(thing.name): \(changed) of \(part.size.area)")
        // A pixel or two of a smooth edge may have the colour behind it.
        func touches(_ x: Range<Int>, _ y: Range<Int>) -> Bool { y.contains { y in x.contains { hasChanged($0, y) } } }
        #expect(touches(part.x.lowerBound..<part.x.lowerBound + 2, part.y), "\(scene.truth.id) \(thing.name)")
        #expect(touches(part.x.upperBound - 2..<part.x.upperBound, part.y), "\(scene.truth.id) \(thing.name)")
        #expect(touches(part.x, part.y.lowerBound..<part.y.lowerBound + 2), "\(scene.truth.id) \(thing.name)")
        #expect(touches(part.x, part.y.upperBound - 2..<part.y.upperBound), "\(scene.truth.id) \(thing.name)")
      }
      let stray = isOutside.indices.filter { isOutside[$0] && hasChanged($0 % size.width, $0 / size.width) }
      #expect(stray.isEmpty, "\(scene.truth.id): \(stray.count) pixels")
    }
  }

  @Test("things keep apart, and their areas are in range")
  func places() throws {
    for scene in try Self.scenes.get() {
      let things = scene.truth.things
      #expect(things.count >= Self.config.things)
      for (index, thing) in things.enumerated() {
        let share = thing.box.area / Double(scene.truth.size.area)
        #expect((Self.config.smallestArea...Self.config.largestArea).contains(share), "\(thing.name): \(share)")
        for other in things[(index + 1)...] {
          #expect(thing.box.expanded(by: 0).intersection(other.box).area == 0, "\(thing.name), \(other.name)")
        }
      }
    }
  }

  @Test("each dimension has its turn, answers are what was drawn, wrong ones are others")
  func answers() throws {
    for scene in try Self.scenes.get() {
      let dimensions = scene.truth.things.compactMap(\.content.dimension)
      #expect(Set(dimensions) == Set(Dimension.allCases), "\(scene.truth.id)")
      for thing in scene.truth.things {
        #expect(thing.name == thing.content.name)
        for question in thing.questions {
          #expect(question.dimension == thing.content.dimension)
          #expect(
            question.texts.count == PhotoQuestion.paraphrases && Set(question.texts).count == question.texts.count)
          #expect(Set(question.wrong).count == 3 && !question.wrong.contains(question.answer), "\(question)")
          for text in question.texts {
            #expect(Dimension(question: text) == question.dimension, "\(text)")
            #expect(text.hasSuffix("?"), "\(text)")
          }
        }
        #expect(expected(thing.content) == thing.questions.map(\.answer))
      }
    }
  }

  private func expected(_ content: SceneContent) -> [String] {
    switch content {
    case .label(_, let text): [text.text]
    case .group(_, let count): [String(count)]
    case .tagged(_, let color): [color.rawValue]
    case .panel(_, let material): [material.rawValue]
    case .board(_, _, _, let relation): [relation.rawValue, relation.opposite.rawValue]
    case .card(_, let object): [object]
    case .loose: []
    }
  }

  @Test("names are unique but for planted twins, which differ in their answers")
  func names() throws {
    var twins = 0
    for scene in try Self.scenes.get() {
      for (name, things) in Dictionary(grouping: scene.truth.things, by: \.name) {
        #expect(things.count == 1 || things.count == 2, "\(name)")
        #expect(things.allSatisfy { $0.isDuplicate == (things.count == 2) }, "\(name)")
        #expect(Set(things.map(\.content)).count == things.count, "\(name)")
        twins += things.count - 1
      }
    }
    #expect(twins > 0)
  }

  @Test("copies of a group are as many as the answer says")
  func counting() throws {
    for scene in try Self.scenes.get() {
      for thing in scene.truth.things {
        guard case .group(_, let count) = thing.content else { continue }
        let part = thing.box.pixels(in: scene.truth.size, rounding: .outward)
        let changed = part.y.map { y in
          part.x.map { x in
            let index = (y * scene.truth.size.width + x) * 3
            return scene.image.pixels[index..<index + 3] != scene.background.pixels[index..<index + 3]
          }
        }
        // A picture may itself have several parts, a copy always has one at least.
        #expect(Self.parts(changed) >= count, "\(scene.truth.id) \(thing.name)")
      }
    }
  }

  /// Parts of a mask that touch at edges or corners, by flooding.
  private static func parts(_ mask: [[Bool]]) -> Int {
    var open = mask
    var parts = 0
    for y in open.indices {
      for x in open[y].indices where open[y][x] {
        parts += 1
        var stack = [(x, y)]
        while let (x, y) = stack.popLast() {
          guard open.indices.contains(y), open[y].indices.contains(x), open[y][x] else { continue }
          open[y][x] = false
          for dy in -1...1 { for dx in -1...1 { stack.append((x + dx, y + dy)) } }
        }
      }
    }
    return parts
  }

  @Test("every picture that was used is credited, and the licences are all named")
  func credits() throws {
    for scene in try Self.scenes.get() {
      let truth = scene.truth
      #expect(truth.assets.first?.kind == .background && Set(truth.assets).count == truth.assets.count)
      for asset in truth.assets {
        #expect(truth.licence.contains(asset.licence) && truth.origin.contains(asset.author), "\(asset.file)")
      }
      let labels = Set(truth.assets.map { $0.label.lowercased() })
      for thing in truth.things {
        switch thing.content {
        case .group(let object, _), .tagged(let object, _), .card(_, let object), .loose(let object):
          #expect(labels.contains(object), "\(object)")
        case .board(_, let first, let second, _): #expect(labels.isSuperset(of: [first, second]))
        case .label, .panel: break
        }
      }
    }
  }

  @Test("sizes are in range, and pictures are upright or lying like their photograph")
  func sizes() throws {
    for scene in try Self.scenes.get() {
      let size = scene.truth.size
      #expect(min(size.width, size.height) >= 601 && max(size.width, size.height) <= 1201, "\(size)")
    }
  }

  @Test("painted colours have the name that is nearest")
  func colors() {
    for color in SceneColor.allCases {
      for other in SceneColor.allCases where other != color {
        let distance =
          abs(Int(color.color.red) - Int(other.color.red)) + abs(Int(color.color.green) - Int(other.color.green))
          + abs(Int(color.color.blue) - Int(other.color.blue))
        #expect(distance > 6 * SceneColor.jitter, "\(color), \(other): \(distance)")
      }
    }
  }
}
