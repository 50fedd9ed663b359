// What a file and `--set` change, and what they leave.

import Foundation
import Lab
import Testing

@Suite struct ConfigMergeTests {
  @Test func nothingWrittenGivesTheDefaults() throws {
    #expect(try load(nil) == .base)
    #expect(try load("{}") == .base)
    #expect(try load("seed: 1") == .base)
  }

  @Test func mappingsMergeDeeply() throws {
    let config = try load("model:\n  heads: 8\nseed: 18446744073709551615\n")
    #expect(config.model.heads == 8)
    #expect(config.model.width == 64)
    #expect(config.seed == .max)
  }

  @Test func listsAndDictionariesAreReplaced() throws {
    let config = try load("domains: [code]\nweights: {code: 1}\n")
    #expect(config.domains == ["code"])
    #expect(config.weights == ["code": 1])
    #expect(try load("domains: []\nweights: {}").domains.isEmpty)
  }

  @Test func theSameCaseMerges() throws {
    #expect(try load("schedule: {cosine: {warmup: 5}}").schedule == .cosine(warmup: 5, floor: 0.25))
    #expect(try load("sampler: {temperature: {topK: 3}}").sampler == .temperature(value: 1, topK: 3))
    #expect(try load("schedule: {cosine: }").schedule == .cosine(warmup: 20, floor: 0.25))
  }

  @Test func anotherCaseReplaces() throws {
    #expect(try load("schedule: {linear: {warmup: 5}}").schedule == .linear(warmup: 5))
    #expect(try load("schedule: {constant: {}}").schedule == .constant)
    #expect(try load("sampler: {greedy: {}}").sampler == .greedy)
  }

  @Test func aBareScalarNamesACase() throws {
    #expect(try load("schedule: constant").schedule == .constant)
    #expect(try load("sampler: greedy").sampler == .greedy)
    // The default's own case keeps the default's values; another registered case takes its registered ones.
    #expect(try load("schedule: cosine").schedule == .cosine(warmup: 20, floor: 0.25))
    #expect(try load("schedule: linear").schedule == .linear(warmup: 10))
  }

  @Test func registeredCasesNeedNotBeComplete() throws {
    let config = try load(
      """
      model:
        layers:
          - {width: 3, norm: pre, schedule: cosine}
          - {width: 4, norm: post, schedule: {cosine: {floor: 0.5}}}
          - width: 5
            norm: sandwich
            schedule: {linear: }
      """)
    #expect(
      config.model.layers == [
        Layer(width: 3, norm: .pre, schedule: .cosine(warmup: 100, floor: 0.1)),
        Layer(width: 4, norm: .post, schedule: .cosine(warmup: 100, floor: 0.5)),
        Layer(width: 5, norm: .sandwich, schedule: .linear(warmup: 10)),
      ])
  }

  @Test func overridesWinOverTheFileAndTheLastOneWins() throws {
    let config = try load("steps: 5\nmodel: {width: 32}", "steps=6", "steps=7", "model.heads=2", "name=a=b")
    #expect(config.steps == 7)
    #expect(config.model.width == 32)
    #expect(config.model.heads == 2)
    #expect(config.name == "a=b")
  }

  @Test func overridesReachListsDictionariesAndCases() throws {
    #expect(try load(nil, "model.layers.0.width=9").model.layers[0].width == 9)
    #expect(try load(nil, "weights.code=2").weights == ["web": 0.5, "books": 0.25, "code": 2])
    #expect(try load(nil, "schedule.linear.warmup=3").schedule == .linear(warmup: 3))
    #expect(try load(nil, "schedule.cosine.warmup=3").schedule == .cosine(warmup: 3, floor: 0.25))
    #expect(try load(nil, "schedule=constant").schedule == .constant)
    #expect(try load(nil, "domains=[a, b]").domains == ["a", "b"])
    #expect(try load(nil, "model={heads: 8, norm: post}").model.heads == 8)
  }

  @Test(arguments: [
    ("steps: 1_000", 1000), ("steps: 1e3", 1000), ("steps: 0x10", 16), ("steps: +5", 5), ("steps: 1.0", 1),
  ]) func integersHaveSeveralSpellings(yaml: String, steps: Int) throws {
    #expect(try load(yaml).steps == steps)
  }

  @Test func numbersKeepEveryBit() throws {
    #expect(try load("rate: 0.1234567890123456789").rate == 0.1234567890123456789)
    #expect(try load("rate: 1").rate == 1)
    #expect(try load("rate: 5e-05").rate == 5e-5)
    #expect(try load("rate: .inf").rate == .infinity)
    #expect(try load("decay: 16777217").decay == 16_777_216)
  }

  @Test func textIsTakenAsWritten() throws {
    #expect(try load("name: no").name == "no")
    #expect(try load("name: 007").name == "007")
    #expect(try load("name: 'true'").name == "true")
    #expect(try load("name: \"a\\tb\"").name == "a\tb")
    #expect(try load("name: |\n  a\n  b\n").name == "a\nb\n")
    #expect(try load("\u{FEFF}name: é漢").name == "é漢")
  }

  @Test func anchorsWork() throws {
    let config = try load(
      "model:\n  layers:\n    - &first {width: 3, norm: pre, schedule: constant}\n    - *first\n")
    #expect(config.model.layers.count == 2)
    #expect(config.model.layers[0] == config.model.layers[1])
  }

  @Test func theSmokeConfigIsABase() throws {
    let loader = ConfigLoader<SampleConfig>(base: .smoke)
    #expect(try loader.load().value.steps == 2)
    #expect(try loader.load(overrides: [.option("--seed", key: "seed", value: 9)]).value.seed == 9)
  }
}
