// Loading weights by name: strict both ways, renamed, sharded.
import Foundation
import NN
import Tensor
import Testing

@Suite struct CheckpointWeightsTests {
  private func store(_ names: [(String, Shape)]) -> ParameterStore {
    let store = ParameterStore(seed: 1)
    for (name, shape) in names { _ = store.root.parameter(name, shape, .zeros, group: .matrix) }
    store.freeze()
    return store
  }

  private func array(_ shape: Shape, _ seed: UInt64) -> Tensor {
    Tensor.normal(shape, mean: 0, deviation: 1, from: RandomSource(seed: seed))
  }

  private func write(_ tensors: [(name: String, tensor: Tensor)], _ folder: TemporaryDirectory, _ name: String) throws {
    try SafeTensorsWriter.write(
      tensors, metadata: [:], to: folder.url.appendingPathComponent(name).path, as: .float32)
  }

  private func writeIndex(_ text: String, _ folder: TemporaryDirectory) throws {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent("model.safetensors.index.json"))
  }

  // MARK: Names

  @Test func patternsMatchDigitsAndRests() {
    let pattern: NamePattern = "model.layers.{i}.attention.*"
    #expect(pattern.matches("model.layers.12.attention.q.weight") && pattern.matches("model.layers.0.attention.x"))
    for name in ["model.layers.x.attention.q", "model.layers..attention.q", "model.layers.1.attention", "layers.1"] {
      #expect(!pattern.matches(name), "\(name)")
    }
    #expect(NamePattern("a.b").matches("a.b") && !NamePattern("a.b").matches("a.b.c"))
    #expect(!NamePattern("a.{i}").matches("a.-1") && !NamePattern("a.{i}").matches("a.١"))
  }

  @Test func rulesRenameBothWaysAndLeaveTheRest() {
    let names = HuggingFaceNames([
      "layers.{i}.norm.gain": "model.layers.{i}.input_layernorm.weight",
      "layers.{i}.experts.{j}.*": "model.layers.{i}.mlp.{j}.expert.*",
      "embedding.*": "model.embed_tokens.*",
    ])
    for (ours, theirs) in [
      ("layers.7.norm.gain", "model.layers.7.input_layernorm.weight"),
      ("layers.1.experts.2.up.weight", "model.layers.1.mlp.2.expert.up.weight"),
      ("embedding.weight", "model.embed_tokens.weight"), ("lm_head.weight", "lm_head.weight"),
    ] {
      #expect(names.theirs(of: ours) == theirs)
      #expect(names.ours(of: theirs) == ours)
    }
    #expect(HuggingFaceNames.identity.ours(of: "x.1") == "x.1")
  }

  // MARK: Loading

  @Test func arraysAreLoadedUnderTheirOtherNames() throws {
    let folder = try TemporaryDirectory()
    let (a, b) = (array([2, 3], 1), array([4], 2))
    try write([("model.0.w", a), ("model.1.w", b)], folder, "model.safetensors")
    let target = store([("blocks.0.weight", [2, 3]), ("blocks.1.weight", [4])])
    try target.load(
      from: WeightFiles(directory: folder.url), names: HuggingFaceNames(["blocks.{i}.weight": "model.{i}.w"]))
    #expect(try #require(target["blocks.0.weight"]).value.isIdentical(to: a))
    #expect(try #require(target["blocks.1.weight"]).value.isIdentical(to: b))
  }

  @Test func onlyNamedExceptionsAreTolerated() throws {
    let folder = try TemporaryDirectory()
    let a = array([2], 1)
    try write(
      [("a", a), ("layers.0.inv_freq", a), ("layers.1.inv_freq", a)], folder, "model.safetensors")
    let weights = try WeightFiles(directory: folder.url)
    let target = store([("a", [2]), ("head", [3])])
    let path = folder.url.appendingPathComponent("model.safetensors").path
    #expect(
      throws: CheckpointError.mismatch(files: [
        path: [
          .missing(name: "head", expected: [3]), .unexpected(name: "layers.0.inv_freq"),
          .unexpected(name: "layers.1.inv_freq"),
        ]
      ])
    ) { try target.load(from: weights) }
    #expect(throws: CheckpointError.mismatch(files: [path: [.missing(name: "head", expected: [3])]])) {
      try target.load(from: weights, unexpected: ["layers.{i}.inv_freq"])
    }
    #expect(try #require(target["a"]).value.elements == [0, 0])
    try target.load(from: weights, allowingMissing: ["head"], unexpected: ["layers.{i}.inv_freq"])
    #expect(try #require(target["a"]).value.isIdentical(to: a))
    #expect(try #require(target["head"]).value.elements == [0, 0, 0])
  }

  @Test func twoArraysForOneNameAreAmbiguous() throws {
    let folder = try TemporaryDirectory()
    try write([("a", array([2], 1)), ("old.a", array([2], 2))], folder, "model.safetensors")
    let weights = try WeightFiles(directory: folder.url)
    let error = #expect(throws: CheckpointError.self) {
      try store([("a", [2])]).load(from: weights, names: HuggingFaceNames(["a": "old.a"]))
    }
    #expect(
      error == .mismatch(files: [weights.path: [.ambiguous(name: "a", candidates: ["a", "old.a"])]]))
  }

  // MARK: Shards

  @Test func shardsAreReadAsOne() throws {
    let folder = try TemporaryDirectory()
    let (a, b, c) = (array([2, 3], 1), array([4], 2), array([1, 1], 3))
    try write([("a", a), ("b", b)], folder, "model-00001-of-00002.safetensors")
    try write([("c", c)], folder, "model-00002-of-00002.safetensors")
    try writeIndex(
      """
      {"metadata": {"total_size": 44}, "weight_map": {"a": "model-00001-of-00002.safetensors",
       "b": "model-00001-of-00002.safetensors", "c": "model-00002-of-00002.safetensors"}}
      """, folder)
    let weights = try WeightFiles(directory: folder.url)
    #expect(weights.names == ["a", "b", "c"])
    #expect(weights.shape(of: "c") == [1, 1] && weights.shape(of: "d") == nil)
    let target = store([("c", [1, 1]), ("a", [2, 3]), ("b", [4])])
    try target.load(from: weights)
    for (name, value) in [("a", a), ("b", b), ("c", c)] {
      #expect(try #require(target[name]).value.isIdentical(to: value))
    }
  }

  @Test(arguments: [
    (#"{"weight_map": {"a": "one.safetensors"}}"#, "b is not in the index"),
    (#"{"weight_map": {"a": "one.safetensors", "b": "one.safetensors", "c": "one.safetensors"}}"#, "c is not in"),
    (
      #"{"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}"#,
      "b is in two.safetensors and in another shard"
    ),
    (#"{"weight_map": {"a": "../one.safetensors"}}"#, "name of a file beside the index"),
    (#"{"weight_map": {"a": ".."}}"#, "name of a file beside the index"),
    (#"{"weight_map": {"a": ""}}"#, "name of a file beside the index"),
    (#"{"weight_map": {"a": "absent.safetensors"}}"#, "absent.safetensors"),
    (#"{"weight_map": ["a"]}"#, "expected an object with weight_map"),
    (#"{"metadata": {}}"#, "expected an object with weight_map"), ("", "expected an object with weight_map"),
  ])
  func anIndexThatDisagreesWithItsShardsIsRefused(text: String, message: String) throws {
    let folder = try TemporaryDirectory()
    try write([("a", array([2], 1)), ("b", array([2], 2))], folder, "one.safetensors")
    try write([("b", array([2], 3))], folder, "two.safetensors")
    try writeIndex(text, folder)
    let error = try #require(#expect(throws: CheckpointError.self) { try WeightFiles(directory: folder.url) })
    #expect(error.description.contains(message), "\(error)")
  }

  @Test func aFolderWithoutWeightsIsUnreadable() throws {
    let folder = try TemporaryDirectory()
    let error = try #require(#expect(throws: CheckpointError.self) { try WeightFiles(directory: folder.url) })
    #expect(error.description.contains("neither model.safetensors nor"))
    try Data("not safetensors".utf8).write(to: folder.url.appendingPathComponent("model.safetensors"))
    #expect(throws: CheckpointError.self) { try WeightFiles(directory: folder.url) }
  }
}
