// Folders of photographic scenes: resumption, the list for a build, and pictures that are not what their list says.
// Not here: the scenes themselves (PhotoSceneTests.swift).

import Foundation
import Lab
import Media
import Testing
import ZoomDistill

@Suite("Folders of photographic scenes")
struct PhotoSceneFolderTests {
  private let folder: ZoomTestFolder

  init() throws { folder = try ZoomTestFolder() }

  private func config(_ scenes: Int) throws -> ResolvedConfig<PhotoSceneConfig> {
    var config = PhotoSceneTests.config
    config.scenes = scenes
    (config.shortest, config.longest, config.things, config.clutter) = (400, 720, 3, 1)
    return try ResolvedConfig(config)
  }

  /// The files of a folder with their contents.
  private func contents(_ url: URL) throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: url.path) {
      if let data = FileManager.default.contents(atPath: url.appending(path: name).path) { contents[name] = data }
    }
    return contents
  }

  @Test("what is missing is drawn again to the same bytes; another configuration is refused")
  func resumption() throws {
    let assets = try PhotoSceneTests.assets.get()
    let target = PhotoSceneFolder(folder.url.appending(path: "scenes"))
    let config = try config(3)
    #expect(try target.generate(config, assets: assets, interrupt: Interrupt()) == 3)
    let whole = try contents(target.url)
    #expect(whole.count == 3 + 3 + 4, "\(whole.keys.sorted())")
    #expect(try target.generate(config, assets: assets, interrupt: Interrupt()) == 0)
    for name in ["images/photo-000001.jpg", "scenes/photo-000002.json", "list.jsonl", "truth.jsonl"] {
      try FileManager.default.removeItem(at: target.url.appending(path: name))
    }
    #expect(try target.generate(config, assets: assets, interrupt: Interrupt()) == 2)
    #expect(try contents(target.url) == whole)
    #expect(throws: SignFolderError.self) {
      try target.generate(try self.config(2), assets: assets, interrupt: Interrupt())
    }
  }

  @Test("the list is what a build reads as its source")
  func list() throws {
    let target = PhotoSceneFolder(folder.url.appending(path: "scenes"))
    _ = try target.generate(try config(2), assets: try PhotoSceneTests.assets.get(), interrupt: Interrupt())
    #expect(PhotoSceneFolder.isOne(target.url) && !PhotoSceneFolder.isOne(folder.url))
    var images = ZoomBuildConfig.base.images
    images.source = .list(path: target.listFile.path)
    let root = try InputRoot(target.url)
    let pictures = try ImageListing(config: images, seed: 1, input: root).pictures()
    let truths = try target.truths()
    #expect(pictures.count == 2 && truths.count == 2)
    for (picture, truth) in zip(pictures, truths) {
      #expect(picture.licence == truth.licence && picture.origin == truth.origin)
      let asked = truth.things.filter { !$0.questions.isEmpty }
      #expect(
        picture.boxes.map(\.name) == asked.map(\.name) && picture.boxes.map(\.box) == asked.map(\.box) && !asked.isEmpty
      )
      let image = try ImageFile.read(try root.file(picture.path))
      #expect(image.size == truth.size && root.pictures().contains(picture.path))
    }
    let page = try PhotoScenePage(target, ids: truths.map(\.id)).report()
    try page.write(to: folder.url.appending(path: "page"))
    #expect(throws: SignFolderError.self) { try PhotoScenePage(target, ids: ["photo-000009"]) }
  }

  @Test("a list with a damaged line, a path that leads out, or other content than it says is refused")
  func hostileLists() throws {
    var config = PhotoSceneTests.config
    config.assets = folder.url.appending(path: "none").path
    #expect(throws: ZoomError.self) { try SceneAssets(config) }
    config.assets = folder.url.path
    let sample = try String(contentsOfFile: PhotoSceneTests.sample + "/images.jsonl", encoding: .utf8)
    try folder.write(sample + "{\"file\": 3}\n", "images.jsonl")
    #expect { try SceneAssets(config) } throws: { "\($0)".contains("line 37") }
    try folder.write("", "images.jsonl")
    #expect { try SceneAssets(config) } throws: { "\($0)".contains("eight things") }
    try folder.write(sample.replacing("\"background/", with: "\"../background/"), "images.jsonl")
    let escaping = try SceneAssets(config)
    #expect(throws: ZoomError.self) { try escaping.image(escaping.backgrounds[0]) }
    try folder.write(sample, "images.jsonl")
    let assets = try SceneAssets(config)
    try folder.write(Data([1, 2, 3]), assets.backgrounds[0].file)
    #expect { try assets.image(assets.backgrounds[0]) } throws: { "\($0)".contains("content") }
  }

  @Test("impossible settings are refused with their keys")
  func settings() {
    for (key, change) in Self.changes {
      var config = PhotoSceneConfig.base
      change(&config)
      #expect { try config.validate() } throws: { "\($0)".contains(key) }
    }
    #expect(throws: Never.self) { try PhotoSceneConfig.base.validate() }
    #expect(throws: Never.self) { try PhotoSceneConfig.smoke.validate() }
  }

  private static let changes: [(String, @Sendable (inout PhotoSceneConfig) -> Void)] = [
    ("scenes", { $0.scenes = 0 }),
    (
      "longest",
      {
        $0.longest = 2000; $0.shortest = 1300
      }
    ), ("things", { $0.things = 0 }),
    ("smallestArea", { $0.smallestArea = 0.2 }), ("largestArea", { $0.largestArea = 0.5 }), ("tilt", { $0.tilt = 90 }),
    ("encoding.jpeg.quality", { $0.encoding = .jpeg(quality: 0) }), ("fonts", { $0.fonts = [] }),
  ]
}
