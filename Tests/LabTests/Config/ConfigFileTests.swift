// Files that are no configs: each gives one clear error, none crashes.

import Foundation
import Lab
import Testing

@Suite struct ConfigFileTests {
  private func failure(loading bytes: [UInt8]) throws -> String {
    let directory = try TestDirectory()
    let file = directory.file("c.yaml")
    try Data(bytes).write(to: file)
    let error = #expect(throws: ConfigError.self) { try ConfigLoader<SampleConfig>().load(file: file) }
    return (error?.description ?? "").replacing(directory.url.path + "/", with: "")
  }

  @Test func syntax() {
    #expect(
      failure(yaml: "")
        == "c.yaml: not a config: expected keys and values, got an empty file. Write {} to accept every default.")
    #expect(failure(yaml: "# only a comment\n").contains("got an empty file"))
    #expect(
      failure(yaml: "- a\n- b\n") == "c.yaml:1:1: not a config: expected a mapping of keys to values, got a list.")
    #expect(failure(yaml: "hello") == "c.yaml:1:1: not a config: expected a mapping of keys to values, got 'hello'.")
    #expect(
      failure(yaml: "model:\n\twidth: 3\n") == "c.yaml:2:1: not a config: expected spaces for indentation, got a tab.")
    #expect(
      failure(yaml: "seed: 1\nmodel: {width: 3\n")
        == "c.yaml:3:1: not a config: expected YAML, got a syntax error (did not find expected ',' or '}' while parsing a flow mapping)."
    )
    #expect(
      failure(yaml: "name: a: b\n")
        == "c.yaml:1:8: not a config: expected YAML, got a syntax error (mapping values are not allowed in this context). Quote values that contain ': '."
    )
    #expect(failure(yaml: "name: *nobody").contains("found undefined alias"))
    #expect(failure(yaml: "a: &x [*x]").contains("found undefined alias"))
    #expect(failure(yaml: "seed: 1\n---\nseed: 2\n").contains("found another document"))
    #expect(failure(yaml: "name: \"\\uD800\"").contains("not a config"))
    #expect(
      failure(yaml: "model: {<<: {width: 3}}")
        == "c.yaml:1:9: not a config: expected a plain key, got '<<'. Merge keys and compound keys are not supported.")
    #expect(failure(yaml: "? [a]\n: b\n").contains("got a list or mapping as a key"))
  }

  @Test func duplicateKeys() {
    #expect(
      failure(yaml: "seed: 1\nname: x\nseed: 2\n")
        == "c.yaml:1:1: duplicate key 'seed': expected each key once, got it again in line 3.")
    #expect(
      failure(yaml: "model:\n  width: 1\n  \"width\": 2\n")
        == "c.yaml:2:3: duplicate key 'width': expected each key once, got it again in line 3.")
  }

  @Test func filesThatCannotBeRead() throws {
    let missing = #expect(throws: ConfigError.self) {
      try ConfigLoader<SampleConfig>().load(file: URL(fileURLWithPath: "Configs/nobody.yaml"))
    }
    #expect(
      missing?.description == """
        Configs/nobody.yaml: cannot read: expected a YAML file, got No such file or directory (errno 2). \
        Check the spelling of the path.
        """)
    #expect(missing?.exitStatus == .usage)
    let directory = #expect(throws: ConfigError.self) {
      try ConfigLoader<SampleConfig>().load(file: FileManager.default.temporaryDirectory)
    }
    #expect(directory?.description.contains("Is a directory") == true)
    let endless = #expect(throws: ConfigError.self) {
      try ConfigLoader<SampleConfig>().load(file: URL(fileURLWithPath: "/dev/zero"))
    }
    #expect(endless?.description.contains("File too large") == true)
  }

  @Test func bytesThatAreNotText() throws {
    #expect(
      try failure(loading: Array("seed: 1\nname: ".utf8) + [0xC3, 0x28])
        == "c.yaml: cannot read: expected UTF-8 text, got an invalid byte sequence at offset 14.")
    #expect(try failure(loading: [0xFF, 0xFE, 0x73, 0x00]).contains("offset 0"))
    #expect(try failure(loading: Array("name: a\u{0}b".utf8)).contains("a character that YAML forbids"))
    #expect(try failure(loading: Array("name: a\u{7}b".utf8)).hasPrefix("c.yaml:1:"))
  }

  @Test func aliasBombsEndEarly() {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let alias = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      yaml += "a\(level): &a\(level) [\(alias)]\n"
    }
    #expect(failure(yaml: yaml).contains("expected at most 100000 values, aliases expanded, got more"))
  }

  @Test func deepNestingEndsEarly() {
    let yaml = "domains: " + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    #expect(failure(yaml: yaml).contains("not a config"))
  }

  @Test func randomEditsNeverCrash() throws {
    let original = Array("model: {width: 32, layers: [{width: 3, norm: pre, schedule: cosine}]}\nname: \"a\"\n".utf8)
    let alphabet = Array("{}[]:,-&*#?|>'\"%@`! \n\tax0.".utf8)
    for seed in UInt64(0)..<400 {
      var random = SplitMix64(seed: seed)
      var bytes = original
      for _ in 0..<(1 + Int(random.next() % 4)) {
        bytes[Int(random.next() % UInt64(bytes.count))] = alphabet[Int(random.next() % UInt64(alphabet.count))]
      }
      let yaml = String(decoding: bytes, as: UTF8.self)
      do {
        _ = try ConfigLoader<SampleConfig>().load(yaml: yaml, name: "c.yaml")
      } catch {
        // Changing one key can make the default of another one wrong.
        let places = error.problems.map { $0.description.prefix { $0 != ":" } }
        #expect(places.allSatisfy { ["c.yaml", "defaults"].contains($0) }, "seed \(seed): \(error)")
      }
    }
  }

  private func failure(yaml: String) -> String { LabTests.failure(yaml) }
}
