// A build as a whole: opening it, and running its stages.
// Not here: the stages, measuring against the truth (LabelStudy.swift), the dataset (Export).
import Chat
import Foundation
package import Lab
import Media
import Tensor

/// A build in its folder. One process at a time has it.
package struct ZoomBuild: Sendable {
  package let context: BuildContext
  private let lock: RunLock

  /// Opens a build, or begins it.
  ///
  /// - Parameters:
  ///   - config: the settings; a folder that was built with others is refused, but for the number of pieces in flight.
  ///   - folder: the output.
  ///   - environment: the variables of the process, in which keys are looked up.
  ///   - asks: whether teachers may be called; without, no key is needed.
  /// - Throws: ``ZoomError``, `RunError` if another process has the folder, `ChatError` for endpoints and keys.
  package init(
    _ config: ResolvedConfig<ZoomBuildConfig>, in folder: BuildFolder, environment: [String: String],
    asks: Bool = true, interrupt: Interrupt = Interrupt()
  ) throws {
    do {
      try FileManager.default.createDirectory(at: folder.root, withIntermediateDirectories: true)
    } catch {
      throw ZoomError.output(path: folder.root.path, reason: error.localizedDescription)
    }
    lock = try RunLock(folder.root)
    folder.sweep()
    let store = try BuildStore(folder.state)
    let teachers =
      asks
      ? try Self.teachers(config.value.teachers, folder, environment)
      : Teachers(config: config.value.teachers, prompts: try .reading(config.value.teachers.prompts), models: [:])
    try Self.check(config, teachers.prompts, store, folder)
    if case .signs(let scenes) = config.value.images.source {
      try Self.drawScenes(scenes, seed: config.value.seed, in: folder, interrupt: interrupt)
    }
    context = BuildContext(
      config: config.value, folder: folder, store: store, teachers: teachers,
      input: try InputRoot(ImageListing.root(of: config.value.images.source, folder: folder)))
  }

  /// Opens a build with the settings that it was begun with, to look at it: nobody is called.
  ///
  /// - Throws: ``ZoomError`` if there is none.
  package static func reopened(_ folder: BuildFolder) throws -> ZoomBuild {
    let file = folder.root.appending(path: "config.yaml")
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw ZoomError.state(path: folder.root.path, reason: "there is no build in it")
    }
    return try ZoomBuild(ConfigLoader<ZoomBuildConfig>().load(file: file), in: folder, environment: [:], asks: false)
  }

  /// Takes in pictures and runs a stage.
  ///
  /// - Parameters:
  ///   - limit: pieces of work at most, 0 for all.
  ///   - progress: told of the label of what is going on, pieces finished and pieces in all.
  package func run(
    _ stage: BuildStage, limit: Int = 0, interrupt: Interrupt,
    progress: @escaping @Sendable (String, Int, Int) -> Void
  ) async throws -> StageSummary {
    let report: @Sendable (Int, Int) -> Void = { progress(stage.rawValue, $0, $1) }
    switch stage {
    case .propose:
      try Gathering(context).run(interrupt: interrupt) { progress("gather", $0, $1) }
      return try await ProposeStage(context, given: givenBoxes()).run(
        limit: limit, interrupt: interrupt, progress: report)
    case .ask: return try await AskStage(context).run(limit: limit, interrupt: interrupt, progress: report)
    case .answer: return try await AnswerStage(context).run(limit: limit, interrupt: interrupt, progress: report)
    case .filter: return try await FilterStage(context).run(limit: limit, interrupt: interrupt, progress: report)
    }
  }

  private func givenBoxes() throws -> [String: [GivenBox]] {
    switch context.config.regions.strategy {
    case .given:
      let listing = ImageListing(config: context.config.images, seed: context.config.seed, input: context.input)
      return Dictionary(try listing.pictures().map { ($0.path, $0.boxes) }, uniquingKeysWith: { first, _ in first })
    case .annotations:
      let (input, limits) = (context.input, context.config.images.limits)
      let annotations = Annotations { path in
        guard let file = try? input.file(path) else { return nil }
        return try? ImageFile.inspect(file, limits: limits).size
      }
      return try annotations.read(URL(fileURLWithPath: context.config.regions.annotations))
    case .teachers, .salient: return [:]
    }
  }

  private static func teachers(
    _ config: TeachersConfig, _ folder: BuildFolder, _ environment: [String: String]
  ) throws -> Teachers {
    let memory = SignMemory { bytes in try? ImageFile.decode(bytes, opacity: .flatten(.white)) }
    return try .make(config, cache: folder.replies, environment: environment) { Self.embedded($0, memory: memory) }
  }

  private static func embedded(_ teacher: EmbeddedTeacher, memory: SignMemory) -> SignTeacher {
    var config = SignTeacherConfig()
    if teacher == .readerB { config.reader = .gradients }
    // The solver stands for the student, and sees less than the teachers do.
    if teacher == .solver { config.solvingRetina = 24 }
    return SignTeacher(name: teacher.rawValue, config: config, memory: memory)
  }

  /// Settings and wording are those of the folder, or the folder is new.
  private static func check(
    _ config: ResolvedConfig<ZoomBuildConfig>, _ prompts: PromptLibrary, _ store: BuildStore, _ folder: BuildFolder
  ) throws {
    let path = folder.root.path
    guard let text = try store.note("config") else {
      // The file first: with the notes the folder has its settings for good.
      try BuildFolder.write(Array(config.text.utf8), to: folder.root.appending(path: "config.yaml"))
      try store.setNotes(["config": config.text, "prompts": prompts.digest])
      return
    }
    let before = try ConfigLoader<ZoomBuildConfig>().load(yaml: text, name: "config.yaml")
    let changes = before.changes(to: config).filter { $0.key != "concurrency" }
    guard changes.isEmpty else { throw ZoomError.otherSettings(path: path, changes: changes.map { "\($0)" }) }
    guard try store.note("prompts") == prompts.digest else {
      throw ZoomError.otherSettings(path: path, changes: ["the wording of a prompt"])
    }
  }

  private static func drawScenes(_ scenes: Int, seed: UInt64, in folder: BuildFolder, interrupt: Interrupt) throws {
    var dataset = SignDatasetConfig.base
    (dataset.scenes, dataset.seed) = (scenes, seed)
    _ = try SignFolder(folder.scenes).generate(
      ResolvedConfig(dataset), encode: { try ImageFile.encode($0, as: .png(level: 1)) }, interrupt: interrupt)
  }
}
