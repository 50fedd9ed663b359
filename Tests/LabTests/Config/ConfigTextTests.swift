// The canonical text: complete, stable, and read back to the same value.

import Foundation
import Lab
import Testing

@Suite struct ConfigTextTests {
  @Test func canonicalText() throws {
    #expect(
      try ResolvedConfig(SampleConfig.base).text == """
        seed: 1
        name: sample
        steps: 100
        rate: 0.0003
        decay: 0.1
        small: 7
        verbose: false
        model:
          width: 64
          heads: 4
          norm: pre
          layers:
            - width: 8
              norm: post
              schedule:
                constant: {}
        device: processor
        schedule:
          cosine:
            warmup: 20
            floor: 0.25
        sampler:
          temperature:
            value: 1.0
            topK: 50
        weights:
          books: 0.25
          web: 0.5
        domains: [web, books]

        """)
  }

  @Test func hashIsFixed() throws {
    // Run directories carry this hash in their names: it must not change with the library.
    #expect(try ResolvedConfig(SampleConfig.base).hash == StableHash.hex(ResolvedConfig(SampleConfig.base).text))
    #expect(StableHash.hex("") == "cbf29ce484222325")
    #expect(StableHash.hex("a") == "af63dc4c8601ec8c")
    #expect(StableHash.hex("foobar") == "85944171f73967e8")
    let other = try ConfigLoader<SampleConfig>().load(overrides: [.set("seed=2")])
    #expect(try other.hash != ResolvedConfig(SampleConfig.base).hash)
  }

  @Test(arguments: [
    "plain", "", " ", "no", "null", "~", "1e5", "0x1", "-", "- a", "a: b", "a #b", "#", "'", "\"", "\\", "a\nb", "\t",
    "é漢🙂", "{", "[a]", "*a", "&a", "!x", "%", "@", "`", "a,b", "?", ":", "\u{7F}", "\u{2028}", "true", ".inf", ".5",
    "> x", "| x", "a b  c", "trailing ", "=", "<<", "2026-01-01", "~/x", "../x",
  ]) func textSurvivesTheRoundTrip(name: String) throws {
    var config = SampleConfig()
    config.name = name
    config.domains = [name, "x", name]
    config.weights = [name: 1]
    let text = try ResolvedConfig(config).text
    #expect(try load(text) == config, "\(text)")
  }

  @Test func numbersSurviveTheRoundTrip() throws {
    for seed in UInt64(0)..<200 {
      var random = SplitMix64(seed: seed)
      var config = SampleConfig()
      config.rate = Double(bitPattern: random.next())
      config.decay = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      config.seed = random.next()
      guard !config.rate.isNaN, !config.decay.isNaN else { continue }
      #expect(try load(ResolvedConfig(config).text) == config, "seed \(seed)")
    }
  }

  @Test func nestedListsSurviveTheRoundTrip() throws {
    struct Config: ExperimentConfig {
      var grid: [[Int]] = [[1, 2], [], [3]]
      var cells: [[[String: Int]]] = [[["a": 1], [:]], []]
      var layers: [[Layer]] = [[Layer(width: 1, norm: .pre, schedule: .cosine(warmup: 1, floor: 2))]]
      static let base = Config()
      static let smoke = Config(grid: [], cells: [], layers: [])
    }
    let text = try ResolvedConfig(Config.base).text
    let loader = ConfigLoader<Config>(base: .smoke)
    #expect(try loader.load(yaml: text, name: "c.yaml").value == .base, "\(text)")
  }

  @Test func changesNameKeyAndBothValues() throws {
    let base = try ResolvedConfig(SampleConfig.base)
    let other = try ConfigLoader<SampleConfig>().load(
      yaml: "steps: 5\nschedule: constant\ndomains: [web]", name: "c.yaml")
    #expect(
      base.changes(to: other).map(\.description) == [
        "steps: 100 → 5",
        "schedule.constant: (absent) → {}",
        "domains: [web, books] → [web]",
        "schedule.cosine.warmup: 20 → (absent)",
        "schedule.cosine.floor: 0.25 → (absent)",
      ])
    #expect(base.changes(to: base).isEmpty)
  }
}
