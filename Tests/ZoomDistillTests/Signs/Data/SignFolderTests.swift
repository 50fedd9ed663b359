// Folders of scenes: complete, the same again, and clear about damage.
import Foundation
import Lab
import Media
import Testing
import ZoomDistill

@Suite("Sign folders")
struct SignFolderTests {
  private static func config(scenes: Int) throws -> ResolvedConfig<SignDatasetConfig> {
    try ConfigLoader<SignDatasetConfig>(base: .smoke).load(
      file: nil,
      overrides: ["scenes=\(scenes)", "world.size=64", "world.signs=2", "world.smallest=12", "world.largest=14"].map {
        .set($0)
      })
  }

  private static func withFolder(_ body: (SignFolder) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "signs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: url) }
    try body(SignFolder(url))
  }

  private static func generate(_ folder: SignFolder, scenes: Int) throws -> Int? {
    try folder.generate(
      try config(scenes: scenes), encode: { try ImageFile.encode($0, as: .png()) }, interrupt: Interrupt())
  }

  @Test("pictures and truth are written, and missing pictures come back the same")
  func generates() throws {
    try Self.withFolder { folder in
      #expect(try Self.generate(folder, scenes: 3) == 3)
      let truths = try folder.truths()
      #expect(truths.map(\.id) == ["build-000000", "build-000001", "build-000002"])
      let before = try Data(contentsOf: folder.picture(truths[1].id))
      try FileManager.default.removeItem(at: folder.picture(truths[1].id))
      #expect(try Self.generate(folder, scenes: 3) == 1)
      #expect(try Data(contentsOf: folder.picture(truths[1].id)) == before)
      let world = try Self.config(scenes: 3).value.world
      #expect(try ImageFile.read(folder.picture(truths[1].id)) == SignScene(world, seed: 1, index: 1).image)
    }
  }

  @Test("another configuration is refused, an interruption leaves no truth")
  func refuses() throws {
    try Self.withFolder { folder in
      let interrupt = Interrupt()
      interrupt.request()
      let drawn = try folder.generate(try Self.config(scenes: 2), encode: { _ in [0] }, interrupt: interrupt)
      #expect(drawn == nil && !FileManager.default.fileExists(atPath: folder.truthFile.path))
      #expect(throws: SignFolderError.self) { try folder.truths() }
      #expect(throws: SignFolderError.self) { _ = try Self.generate(folder, scenes: 3) }
    }
  }

  @Test(
    "damaged truth names its line",
    arguments: [
      "{", "[]", "{\"id\":1}", "\u{0}",
      #"{"id":"a","index":0,"size":{"width":9,"height":9},"signs":[{"frame":"circle","detail":{"dimension":"ocr","answer":"x","layout":0},"box":{"left":0,"top":0,"right":1,"bottom":1},"isDuplicate":false,"isOversized":false,"isFaint":false,"isFaded":false}]}"#,
    ])
  func damaged(line: String) throws {
    try Self.withFolder { folder in
      _ = try Self.generate(folder, scenes: 1)
      let text = try String(contentsOf: folder.truthFile, encoding: .utf8)
      try AtomicFile.write(text + line + "\n", to: folder.truthFile)
      let error = #expect(throws: SignFolderError.self) { try folder.truths() }
      #expect("\(error.map { "\($0)" } ?? "")".contains("line 2"))
    }
  }

  @Test("the page shows what was asked for")
  func page() throws {
    try Self.withFolder { folder in
      _ = try Self.generate(folder, scenes: 2)
      let html = try SignPage(folder, ids: ["build-000001"]).report.html
      #expect(html.contains("data:image/png;base64,") && html.contains("build-000001"))
      #expect(!html.contains("Signs of build-000000"))
      #expect(throws: SignFolderError.self) { try SignPage(folder, ids: ["build-000009"]) }
    }
  }

  @Test("impossible worlds are refused with their key")
  func validates() throws {
    for change in ["world.size=0", "world.smallest=50", "scenes=0", "world.faint=0.9", "world.noise=2"] {
      let error = #expect(throws: ConfigError.self) {
        try ConfigLoader<SignDatasetConfig>().load(file: nil, overrides: [.set(change)])
      }
      let key = change.split(separator: "=")[0]
      #expect("\(error.map { "\($0)" } ?? "")".contains(key), "\(change)")
    }
  }
}
