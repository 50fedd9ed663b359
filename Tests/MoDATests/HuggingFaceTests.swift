// Checkpoints that Hugging Face transformers wrote (Scripts/golden/huggingface.py) give the same logits here, and what
// we write has the keys and arrays that transformers expects.
import Foundation
import NN
import Tensor
import Testing
import Text

import MoDA

@Suite struct HuggingFaceTests {
  static let cases = ["olmo2", "llama", "llama-biases", "qwen2", "qwen3"]

  private func folder(_ name: String) -> URL { URL(fileURLWithPath: "\(fixtures)/HuggingFace/\(name)") }

  @Test(arguments: cases) func logitsEqualThoseOfTransformers(name: String) throws {
    let model = try HuggingFaceFolder.read(folder(name)).model
    let expected = try SafeTensorsFile(path: folder(name).appending(path: "expected.safetensors").path)
    let error = relativeError(model.logits(try expected.indices("tokens")), try expected.tensor("logits"))
    #expect(error < 1e-4, "\(name): relative error \(error)")
  }

  @Test(arguments: cases) func writingAndReadingKeepsEverything(name: String) throws {
    let original = try HuggingFaceFolder.read(folder(name)).model
    let copy = FileManager.default.temporaryDirectory.appending(path: "export-\(name)-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: copy) }
    let type = try HuggingFaceFolder.write(original, tokenizer: ByteTokenizer(), to: copy)
    #expect(type == String(name.split(separator: "-")[0]))
    let again = try HuggingFaceFolder.read(copy).model
    #expect(again.config == original.config)
    for parameter in original.parameters.parameters {
      #expect(again.parameters[parameter.name]?.value.elements == parameter.value.elements, "\(parameter.name)")
    }
    let theirs = try SafeTensorsFile(path: folder(name).appending(path: "model.safetensors").path)
    let ours = try SafeTensorsFile(path: copy.appending(path: "model.safetensors").path)
    #expect(Set(ours.names) == Set(theirs.names))
  }

  @Test func modelsThatNoOtherLibraryKnowsRoundTrip() throws {
    let model = LanguageModel(tinyConfig(), seed: 5)
    let copy = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: copy) }
    #expect(try HuggingFaceFolder.write(model, tokenizer: ByteTokenizer(), to: copy) == "moda")
    let again = try HuggingFaceFolder.read(copy).model
    let tokens = randomTokens([1, 9], below: 61, seed: 8)
    #expect(again.logits(tokens).elements == model.logits(tokens).elements)
  }

  @Test(arguments: [
    ("rope_scaling", #"{"rope_type": "llama3", "rope_theta": 10000.0}"#), ("hidden_act", "\"gelu\""),
    ("model_type", "\"gpt2\""), ("use_sliding_window", "true"), ("attention_bias", "true"),
    ("num_key_value_heads", "3"),
  ]) func whatCannotBeExpressedIsRefusedByName(key: String, value: String) throws {
    let text = try String(contentsOf: folder("olmo2").appending(path: "config.json"), encoding: .utf8)
    var object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    object[key] = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
    let directory = FileManager.default.temporaryDirectory.appending(path: "refuse-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try JSONSerialization.data(withJSONObject: object).write(to: directory.appending(path: "config.json"))
    let error = #expect(throws: InterchangeError.self) { try HuggingFaceFolder.read(directory) }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.contains(key == "num_key_value_heads" ? "keyHeads" : key), "\(message)")
  }

  @Test func aMissingFolderAndATruncatedConfigAreNamed() throws {
    #expect(throws: InterchangeError.self) { try HuggingFaceFolder.read(folder("nothing")) }
    let directory = FileManager.default.temporaryDirectory.appending(path: "truncated-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try Data("{\"model_type\": \"lla".utf8).write(to: directory.appending(path: "config.json"))
    let error = #expect(throws: InterchangeError.self) { try HuggingFaceFolder.read(directory) }
    #expect(error.map { "\($0)" }?.contains("config.json") == true)
  }
}
