// Every configuration in the repository loads, strictly, and describes something that can be built.
import Foundation
import Lab
import MoDA
import NN
import SpatialAudio
import Testing
import ZoomDistill

@Suite struct ConfigTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static var files: [String] {
    let paths = FileManager.default.enumerator(atPath: root.appendingPathComponent("Configs").path)
    return (paths?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
  }

  @Test func thereAreConfigs() { #expect(Self.files.count >= 9, "\(Self.files)") }

  @Test(arguments: files) func loadsAndCanBeBuilt(file: String) throws {
    let path = Self.root.appendingPathComponent("Configs/\(file)")
    let text = try String(contentsOf: path, encoding: .utf8)
    if file.hasPrefix("spatial/encoder") {
      let config = try ConfigLoader<EncoderConfig>().load(file: path).value
      var model = config.model
      model.classes = (0..<20).map { "class \($0)" }
      #expect(SpatialEncoder(model, seed: 1).parameters.count <= 1_000_000)
      #expect(text.contains("foa-encoder") && text.contains("Configs/\(file)"), "Configs/\(file): no command")
      return
    }
    if file.hasPrefix("spatial/") {
      #expect(try ConfigLoader<SceneDatasetConfig>().load(file: path).value.scenes.total > 0)
      #expect(text.contains("foa-simulate") && text.contains("Configs/\(file)"), "Configs/\(file): no command")
      return
    }
    if file.hasPrefix("zoom/") { return try loadsForZoom(file, path, text) }
    #expect(file.hasPrefix("moda/"), "Configs/\(file): no experiment reads this folder")
    if file.hasPrefix("moda/studies/") { return try loadsAsStudy(file, path, text) }
    let config = try ConfigLoader<LanguageModelConfig>().load(file: path).value
    try config.validate()
    var model = config.model
    if model.vocabulary == 0 { model.vocabulary = 4096 }
    #expect(CostModel(model).parameters > 0)
    #expect(text.contains("moda-lm") && text.contains("Configs/\(file)"), "Configs/\(file): the head names its command")
  }

  private func loadsAsStudy(_ file: String, _ path: URL, _ text: String) throws {
    var study = try ConfigLoader<StudyConfig>().load(file: path).value
    #expect(FileManager.default.fileExists(atPath: Self.root.appendingPathComponent(study.base).path), "\(study.base)")
    study.base = Self.root.appendingPathComponent(study.base).path
    let plan = try StudyPlan(study)
    #expect(!plan.runs.isEmpty && !study.contrasts.isEmpty)
    #expect(Set(plan.runs.map(\.config.text)).count == plan.runs.count, "Configs/\(file): two runs are the same")
    #expect(text.contains("moda-study run Configs/\(file)"), "Configs/\(file): the head names its command")
  }

  private func loadsForZoom(_ file: String, _ path: URL, _ text: String) throws {
    let command: String
    switch file {
    case "zoom/signs.yaml":
      #expect(try ConfigLoader<SignDatasetConfig>().load(file: path).value.scenes > 0)
      command = "zoom-scenes"
    case "zoom/scenes.yaml":
      #expect(try ConfigLoader<PhotoSceneConfig>().load(file: path).value.scenes > 0)
      command = "zoom-scenes"
    case "zoom/bench.yaml", "zoom/reader-bench.yaml":
      #expect(try ConfigLoader<BenchConfig>().load(file: path).value.views.isEmpty == false)
      command = "zoom-bench"
    default:
      #expect(try ConfigLoader<ZoomBuildConfig>().load(file: path).value.regions.score > 0)
      command = "zoom-build"
    }
    #expect(text.contains(command) && text.contains("Configs/\(file)"), "Configs/\(file): the head names its command")
  }

  @Test func smokeIsATinyVersionOfTheSameRun() throws {
    let smoke = LanguageModelConfig.smoke
    try smoke.validate()
    var model = smoke.model
    model.vocabulary = 257
    let operations =
      CostModel(model).trainingOperationsPerToken(tokens: smoke.training.tokens)
      * Double(smoke.training.steps * smoke.training.batch * smoke.training.tokens)
    #expect(operations < 5e9, "a smoke run of \(operations / 1e9) GFLOP")
  }

  @Test func theRowsOfTable3HaveMatchingCosts() throws {
    // The parameter-matched baseline of row 2 is matched: within 3% of row 4, and above the plain baseline.
    func parameters(_ name: String) throws -> Double {
      var model = try ConfigLoader<LanguageModelConfig>().load(
        file: Self.root.appendingPathComponent("Configs/moda/\(name).yaml")
      ).value.model
      model.vocabulary = 4096
      return Double(CostModel(model).parameters)
    }
    let (plain, matched) = (try parameters("table3-row1-baseline"), try parameters("table3-row2-matched-baseline"))
    let moda = try parameters("table3-row4-moda")
    #expect(try parameters("table3-row3-depth") == plain)
    #expect(matched > plain && abs(matched / moda - 1) < 0.03, "\(plain), \(matched), \(moda)")
  }
}
