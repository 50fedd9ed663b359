// The embedded reader plays the loop of the zoom tool.
// Not here: the loop with scripted models (Bench/ViewTests.swift).
import Chat
import Foundation
import Media
import Testing
import ZoomDistill

@Suite("Signs through the zoom tool")
struct SignToolTests {
  /// Scenes of plain signs of one size, as in the benchmark; parts of a much larger sign can look like signs.
  private static let world = {
    var world = SignWorldConfig()
    (world.duplicates, world.oversized, world.faint, world.faded) = (0, 0, 0, 0)
    return world
  }()
  private let teacher = {
    var config = SignTeacherConfig()
    (config.retina, config.solvingRetina) = (48, 48)
    return SignTeacher(name: "reader", config: config, memory: SignMemory())
  }()

  private func outcome(
    _ scene: SignScene, _ sign: SignTruth, options: [String] = [], _ config: ToolConfig = ToolConfig(),
    model: (any ChatModel)? = nil
  ) async throws -> ToolOutcome {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tool-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try ImageFile.write(scene.image, to: folder.appending(path: "a.png"), as: .png(level: 1))
    var view = ViewConfig()
    view.tool = config
    let maker = ViewMaker(
      folder: BenchFolder(folder), config: view, sampling: ChatSampling(temperature: 0))
    let question = SignQuestion(dimension: sign.dimension, frame: sign.frame).text(paraphrase: 0) + "?"
    let item = BenchItem(
      id: "a", question: question, answer: options.isEmpty ? sign.answer : "A", options: options,
      format: options.isEmpty ? .open : .choice, image: "a.png", box: sign.box)
    let made = try maker.make(item, .tool, rotation: 0, sample: 0)
    return try await ToolLoop(config).run(
      made.request, picture: made.picture, shown: made.sentSize, model: model ?? teacher)
  }

  @Test("small signs are zoomed at and then read, in both units of boxes")
  func zooms() async throws {
    var (right, near, all) = (0, 0, 0)
    for index in 0..<4 {
      let scene = SignScene(Self.world, seed: 91, index: index)
      for (number, sign) in scene.truth.signs.filter({ $0.isPlain && !$0.isFaded }).prefix(2).enumerated() {
        var config = ToolConfig()
        config.crop.coordinates = number == 1 ? .pixels : .perMille
        let options =
          !index.isMultiple(of: 2) ? [sign.answer] + sign.dimension.signAnswers.filter { $0 != sign.answer } : []
        let outcome = try await outcome(scene, sign, options: options, config)
        #expect((0...config.hops).contains(outcome.hops.count))
        #expect(outcome.hops.allSatisfy { $0.error.isEmpty && $0.image == 0 && $0.label == sign.frame.name })
        #expect(outcome.passes == outcome.hops.count + 1)
        all += 1
        right += outcome.reply.text == "<answer>\(options.isEmpty ? sign.answer : "A")</answer>" ? 1 : 0
        near += outcome.hops.contains { $0.box?.intersection(sign.box).area ?? 0 > 0.8 * sign.box.area } ? 1 : 0
      }
    }
    #expect(near >= all / 2 && right >= all / 2, "\(near) zooms met the sign, \(right) of \(all) were right")
  }

  @Test("without zooms it answers at once, and errors of the tool end the loop in an answer")
  func limits() async throws {
    let scene = SignScene(Self.world, seed: 92, index: 0)
    let sign = try #require(scene.truth.signs.first { $0.isPlain })
    let tight = try await outcome(scene, sign, ToolConfig(hops: 1))
    #expect(tight.hops.count == 1 && tight.reply.text.hasPrefix("<answer>"))
    var refusing = ToolConfig(hops: 2)
    // Every box is too narrow for this.
    (refusing.crop.minSide, refusing.crop.maxAspect) = (32, 1)
    let refused = try await outcome(scene, sign, refusing)
    #expect(refused.reply.text.hasPrefix("<answer>") && refused.hops.count <= 2)
  }
}
