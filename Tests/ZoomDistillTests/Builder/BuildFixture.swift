// Small pictures, settings for the stub teacher, whole builds, and looking at everything that they left behind.
// Not here: the teacher (StubTeacher.swift), running the executable (ZoomBuildRunner.swift).
import Chat
import Foundation
import Lab
import Media
import Synchronization
import TestSupport
import Testing
import ZoomDistill

/// What tests of whole builds have in common.
enum BuildFixture {
  /// A fresh folder that `body` may fill; removed afterwards.
  @discardableResult static func withFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "zoom-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // The real path, since a build resolves links.
    return try await body(folder.resolvingSymlinksInPath())
  }

  /// A picture of a dozen rectangles.
  static func picture(_ seed: UInt64, width: Int = 317, height: Int = 241) -> Image {
    var random = TestRandom(seed: seed)
    func color() -> Media.RGBColor {
      Media.RGBColor(
        red: .random(in: 0...255, using: &random), green: .random(in: 0...255, using: &random),
        blue: .random(in: 0...255, using: &random))
    }
    var image = Image(size: ImageSize(width: width, height: height), color: [200, 200, 200])
    for _ in 0..<12 {
      let (x, y) = (Int.random(in: 0..<width - 20, using: &random), Int.random(in: 0..<height - 20, using: &random))
      let part = PixelRectangle(
        x: x..<x + Int.random(in: 10...min(120, width - x), using: &random),
        y: y..<y + Int.random(in: 10...min(120, height - y), using: &random))
      image.fill(part, color: color())
    }
    return image
  }

  /// Writes pictures `p0.png`, `p1.png`, … into `folder`/pictures.
  static func pictures(_ count: Int, in folder: URL, seed: UInt64 = 5) throws -> URL {
    let url = folder.appending(path: "pictures")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for index in 0..<count {
      try ImageFile.write(
        picture(seed &* 1000 &+ UInt64(index)), to: url.appending(path: "p\(index).png"), as: .png(level: 1))
    }
    return url
  }

  /// An endpoint whose waits are tiny.
  static func endpoint(_ server: TeacherServer, model: String = "stub") -> ChatEndpoint {
    ChatEndpoint(
      baseURL: server.baseURL, model: model, concurrency: 4,
      retry: RetryPolicy(attempts: 6, totalSeconds: 60, firstWaitSeconds: 0.002, longestWaitSeconds: 0.01))
  }

  /// Settings with the stub in every role; the second answering teacher is another model of the same server.
  static func config(_ server: TeacherServer, pictures: URL) -> ZoomBuildConfig {
    var config = ZoomBuildConfig.base
    config.images.source = .folder(path: pictures.path, licence: "CC0-1.0", origin: "made")
    config.answers.perTeacher = 2
    config.items.attempts = 2
    config.items.solvedAtMost = 1
    config.export.validation = 0.3
    config.concurrency = 4
    var teachers = config.teachers
    teachers.endpoints = ["one": endpoint(server), "two": endpoint(server, model: "other")]
    for role in [
      \TeachersConfig.list, \.ground, \.ask, \.validate, \.answer, \.distract, \.solve, \.classify, \.cluster,
    ] { teachers[keyPath: role].model = "one" }
    teachers.secondAnswer.model = "two"
    config.teachers = teachers
    return config
  }

  /// Opens a build.
  static func open(_ config: ZoomBuildConfig, _ out: URL, environment: [String: String] = [:]) throws -> ZoomBuild {
    try ZoomBuild(ResolvedConfig(config), in: BuildFolder(out), environment: environment)
  }

  /// Runs the stages of a build.
  ///
  /// - Returns: what each stage did.
  @discardableResult
  static func run(_ build: ZoomBuild, _ stages: [BuildStage] = BuildStage.allCases) async throws -> [StageSummary] {
    var summaries: [StageSummary] = []
    for stage in stages {
      summaries.append(try await build.run(stage, interrupt: Interrupt(), progress: { _, _, _ in }))
    }
    return summaries
  }

  /// Builds and exports.
  static func build(_ config: ZoomBuildConfig, _ out: URL) async throws -> (ZoomBuild, [StageSummary], ExportSummary) {
    let build = try open(config, out)
    let summaries = try await run(build)
    return (build, summaries, try DatasetExport(build.context).write())
  }

  /// The bytes of all regular files below a folder, by path.
  static func files(_ folder: URL) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let url = folder.appending(path: path)
      // A killed process may leave the temporary file that it was writing.
      guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true, url.pathExtension != "tmp"
      else {
        continue
      }
      files[path] = try Data(contentsOf: url)
    }
    return files
  }

  /// Where two folders differ; empty if they hold the same bytes.
  static func differences(_ a: URL, _ b: URL) throws -> [String] {
    let (a, b) = (try files(a), try files(b))
    return Set(a.keys).union(b.keys).filter { a[$0] != b[$0] }.sorted()
  }
}

/// Something that happens once.
final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }
}
