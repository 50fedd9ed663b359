// Checkpoints: what is saved comes back bit for bit, complete or not at all.
import Foundation
import NN
import Tensor
import Testing

@Suite struct CheckpointTests {
  struct Payload: Codable, Equatable {
    var note: String
    var best: Double
  }

  /// A model and an optimiser that have made three steps.
  static func trained(_ kind: OptimizerKind = .adamW(), seed: UInt64 = 1) throws -> (Regression, any Optimizer) {
    let model = Regression(seed: seed)
    let trainer = model.trainer(kind, settings: TrainerSettings(steps: 3, learningRate: 0.01))
    _ = try trainer.run()
    return (model, trainer.optimizer)
  }

  @Test(arguments: [OptimizerKind.adamW(), .muon()])
  func everythingComesBack(kind: OptimizerKind) throws {
    let folder = try TemporaryDirectory()
    let directory = folder.url.appendingPathComponent("deep/run/step-000003")
    let (model, optimizer) = try Self.trained(kind)
    let state = TrainingState(step: 3, dataPosition: 24, randomSources: ["data": RandomSource(seed: 5).split("x")])
    let payload = Payload(note: "ünïcode \"quoted\"", best: 0.1)
    let configuration = "model:\n  width: 16  # comment\n"
    try Checkpoint.save(
      model.store, optimizer: optimizer, state: state, payload: payload, configuration: configuration, to: directory)

    let checkpoint = try Checkpoint.load(directory)
    #expect(checkpoint.state == state && checkpoint.configuration == configuration)
    #expect(try checkpoint.payload(as: Payload.self) == payload)
    let other = Regression(seed: 2)
    var restored = kind.makeOptimizer(for: other.store)
    try checkpoint.restore(other.store, optimizer: &restored)
    #expect(other.store.values.isIdentical(to: model.store.values))
    #expect(restored.state.steps == 3)
    #expect(
      zip(restored.state.tensors, optimizer.state.tensors).allSatisfy {
        $0.name == $1.name && $0.tensor.isIdentical(to: $1.tensor)
      })
    // Parameters alone, as for inference.
    let bare = Regression(seed: 7)
    try checkpoint.restore(bare.store)
    #expect(bare.store.values.isIdentical(to: model.store.values))
    let entries = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    #expect(entries == ["config.yaml", "model.safetensors", "optimizer.safetensors", "state.json"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/..") == ["step-000003"])
  }

  @Test func aModelWithoutOptimizerCanBeSaved() throws {
    let folder = try TemporaryDirectory()
    let directory = folder.url.appendingPathComponent("final")
    let (model, optimizer) = try Self.trained()
    try Checkpoint.save(
      model.store, optimizer: nil, state: TrainingState(step: 3), configuration: "", to: directory)
    let checkpoint = try Checkpoint.load(directory)
    try checkpoint.restore(Regression(seed: 2).store)
    var other = optimizer
    #expect(throws: CheckpointError.incomplete(directory: directory.path, reasons: ["no optimiser state"])) {
      try checkpoint.restore(model.store, optimizer: &other)
    }
  }

  @Test func savingReplacesAnEarlierCheckpointOfTheSameName() throws {
    let folder = try TemporaryDirectory()
    let directory = folder.url.appendingPathComponent("step-000003")
    let (model, optimizer) = try Self.trained()
    for note in ["old", "new"] {
      try Checkpoint.save(
        model.store, optimizer: optimizer, state: TrainingState(step: 3), payload: Payload(note: note, best: 0),
        configuration: note, to: directory)
    }
    #expect(try Checkpoint.load(directory).configuration == "new")
    #expect(folder.names == ["step-000003"], "no temporaries stay")
  }

  @Test func everyProblemIsListedAtOnceAndNothingChanges() throws {
    let folder = try TemporaryDirectory()
    let directory = folder.url.appendingPathComponent("step-000003")
    let (model, optimizer) = try Self.trained()
    try Checkpoint.save(
      model.store, optimizer: optimizer, state: TrainingState(step: 3), configuration: "", to: directory)
    // Another width, and other names for the gated layer.
    let other = Regression(seed: 2, width: 8, hidden: "block")
    let before = other.store.values.copied()
    var fresh = OptimizerKind.adamW().makeOptimizer(for: other.store)
    let error = try #require(
      #expect(throws: CheckpointError.self) {
        try Checkpoint.load(directory).restore(other.store, optimizer: &fresh)
      })
    guard case .mismatch(let files) = error else {
      Issue.record("\(error)")
      return
    }
    let modelProblems = try #require(files[directory.path + "/model.safetensors"])
    #expect(
      modelProblems == [
        .missing(name: "block.0.gate", expected: [8, 6]), .missing(name: "block.0.up", expected: [8, 6]),
        .shape(name: "output.weight", expected: [4, 8], found: [4, 16]),
        .unexpected(name: "hidden.0.gate"), .unexpected(name: "hidden.0.up"),
      ])
    let stateProblems = try #require(files[directory.path + "/optimizer.safetensors"])
    #expect(stateProblems.count == 10, "the five of the model for each moment")
    for name in ["first.block.0.gate", "second.hidden.0.up", "second.output.weight"] {
      #expect(error.description.contains(name))
    }
    #expect(other.store.values.isIdentical(to: before) && fresh.state.steps == 0)
  }

  @Test func theStateOfAnotherOptimizerIsRefused() throws {
    let folder = try TemporaryDirectory()
    let directory = folder.url.appendingPathComponent("c")
    let (model, optimizer) = try Self.trained(.muon())
    try Checkpoint.save(
      model.store, optimizer: optimizer, state: TrainingState(step: 3), configuration: "", to: directory)
    var other = OptimizerKind.adamW().makeOptimizer(for: model.store)
    #expect(throws: CheckpointError.optimizer(directory: directory.path, expected: "adamw", found: "muon")) {
      try Checkpoint.load(directory).restore(model.store, optimizer: &other)
    }
  }

  @Test func aPayloadOfAnotherFormIsMalformed() throws {
    let folder = try TemporaryDirectory()
    let directory = folder.url.appendingPathComponent("c")
    let (model, _) = try Self.trained()
    try Checkpoint.save(
      model.store, optimizer: nil, state: TrainingState(step: 3), payload: ["a": 1], configuration: "", to: directory)
    let checkpoint = try Checkpoint.load(directory)
    #expect(try checkpoint.payload(as: [String: Int].self) == ["a": 1])
    let error = #expect(throws: CheckpointError.self) { try checkpoint.payload(as: Payload.self) }
    guard case .malformed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aPayloadWithoutJSONFormIsRefusedBeforeAnythingAppears() throws {
    let folder = try TemporaryDirectory()
    let directory = folder.url.appendingPathComponent("c")
    #expect(throws: CheckpointError.self) {
      try Checkpoint.save(
        Regression().store, optimizer: nil, state: TrainingState(step: 3),
        payload: Payload(note: "", best: .nan), configuration: "", to: directory)
    }
    #expect(folder.names.isEmpty)
  }
}
