// The exact words for everything that can be wrong with a config.

import Foundation
import Lab
import Testing

@Suite struct ConfigErrorTests {
  @Test func unknownKeys() {
    #expect(
      failure("model:\n  widht: 3\n") == """
        c.yaml:2:3: unknown key 'model.widht': expected 'width', 'heads', 'norm' or 'layers', got 'widht'. \
        Did you mean 'width'?
        """)
    #expect(
      failure("model:\n  n_orm: pre\n").hasSuffix("Did you mean 'norm'?"))
    #expect(failure("heads: 3\n").hasSuffix("got 'heads'. Did you mean 'model.heads'?"))
    #expect(failure("banana: 3\n").hasSuffix("got 'banana'."))
    #expect(
      failure("schedule: {constant: {warmup: 3}}") == """
        c.yaml:1:23: unknown key 'schedule.constant.warmup': expected no keys here, got 'warmup'. \
        Did you mean 'schedule.cosine.warmup'?
        """)
    #expect(
      failure("schedule: {linear: {wramup: 3}}") == """
        c.yaml:1:21: unknown key 'schedule.linear.wramup': expected 'warmup', got 'wramup'. Did you mean 'warmup'?
        """)
  }

  @Test func unknownKeysInListsOfMappings() {
    let yaml = """
      model:
        layers:
          - {width: 3, norm: pre, schedule: constant}
          - width: 4
            norm: pre
            widths: 5
            schedule:
              cosine: {flor: 0.5}
      """
    #expect(
      failure(yaml) == """
        2 problems in the configuration:
          c.yaml:6:7: unknown key 'model.layers[1].widths': expected 'width', 'norm' or 'schedule', got 'widths'. \
        Did you mean 'width'?
          c.yaml:8:18: unknown key 'model.layers[1].schedule.cosine.flor': expected 'warmup' or 'floor', got 'flor'. \
        Did you mean 'floor'?
        """)
  }

  @Test func wrongTypes() {
    #expect(failure("steps: many") == "c.yaml:1:8: wrong type for 'steps': expected an integer, got 'many'.")
    #expect(failure("steps: 1.5") == "c.yaml:1:8: wrong type for 'steps': expected an integer, got '1.5'.")
    #expect(
      failure("steps: '5'")
        == "c.yaml:1:8: wrong type for 'steps': expected an integer, got the text \"5\". Remove the quotes.")
    #expect(
      failure("steps: 010")
        == "c.yaml:1:8: wrong type for 'steps': expected an integer, got '010'. Remove the leading zero.")
    #expect(failure("seed: -1") == "c.yaml:1:7: wrong type for 'seed': expected an integer from 0, got '-1'.")
    #expect(
      failure("small: 256") == "c.yaml:1:8: wrong type for 'small': expected an integer from 0 to 255, got '256'.")
    #expect(failure("rate: fast") == "c.yaml:1:7: wrong type for 'rate': expected a number, got 'fast'.")
    #expect(failure("rate: .nan") == "c.yaml:1:7: wrong type for 'rate': expected a number, got '.nan'.")
    #expect(failure("decay: 1e99") == "c.yaml:1:8: wrong type for 'decay': expected a number, got '1e99'.")
    #expect(
      failure("verbose: yes")
        == "c.yaml:1:10: wrong type for 'verbose': expected true or false, got 'yes'. Write true.")
    #expect(failure("name: [a]") == "c.yaml:1:7: wrong type for 'name': expected text, got a list.")
    #expect(
      failure("model: 5") == "c.yaml:1:8: wrong type for 'model': expected a mapping of keys to values, got '5'.")
    #expect(failure("domains: web") == "c.yaml:1:10: wrong type for 'domains': expected a list, got 'web'.")
    #expect(
      failure("model:\nseed: 2") == """
        c.yaml:1:7: wrong type for 'model': expected a mapping of keys to values, got nothing (null). \
        Give it a value, or remove the key to accept the default.
        """)
    #expect(
      failure("domains: [a, {b: c}]") == "c.yaml:1:14: wrong type for 'domains[1]': expected text, got a mapping.")
    #expect(failure("weights: {a: x}") == "c.yaml:1:14: wrong type for 'weights.a': expected a number, got 'x'.")
  }

  @Test func enums() {
    #expect(
      failure("model: {norm: psot}") == """
        c.yaml:1:15: invalid value for 'model.norm': expected 'pre', 'post' or 'sandwich', got 'psot'. \
        Did you mean 'post'?
        """)
    #expect(failure("model: {norm: [pre]}") == "c.yaml:1:15: wrong type for 'model.norm': expected text, got a list.")
    #expect(
      failure("device: procesor") == """
        c.yaml:1:9: invalid value for 'device': expected the name of a case, got 'procesor'. Did you mean 'processor'?
        """)
    #expect(
      failure("schedule: cosin") == """
        c.yaml:1:11: invalid value for 'schedule': expected 'constant', 'cosine' or 'linear', got 'cosin'. \
        Did you mean 'cosine'?
        """)
    #expect(
      failure("sampler: {temprature: {value: 1}}") == """
        c.yaml:1:11: invalid value for 'sampler': expected the name of a case, got 'temprature'. \
        Did you mean 'temperature'?
        """)
    #expect(
      failure("sampler: gredy") == """
        c.yaml:1:10: invalid value for 'sampler': expected the name of a case, got 'gredy'. Did you mean 'greedy'?
        """)
    #expect(
      failure("sampler: {greedy: {}, temperature: {}}") == """
        c.yaml:1:10: invalid value for 'sampler': expected the name of exactly one case, got the keys 'greedy', \
        'temperature'.
        """)
  }

  @Test func missingKeys() {
    // A case of an enum that is not registered, in a list, has no defaults.
    #expect(
      failure("model: {layers: [{width: 3}]}") == """
        2 problems in the configuration:
          c.yaml:1:18: missing key 'model.layers[0].norm': expected a value (there is no default here).
          c.yaml:1:18: missing key 'model.layers[0].schedule': expected a value (there is no default here).
        """)
  }

  @Test func problemsOfOneListElementTogether() {
    #expect(
      failure("model: {layers: [{width: x, norm: y, schedule: z}]}") == """
        3 problems in the configuration:
          c.yaml:1:26: wrong type for 'model.layers[0].width': expected an integer, got 'x'.
          c.yaml:1:35: invalid value for 'model.layers[0].norm': expected 'pre', 'post' or 'sandwich', got 'y'.
          c.yaml:1:48: invalid value for 'model.layers[0].schedule': expected 'constant', 'cosine' or 'linear', got 'z'.
        """)
  }

  @Test func missingAssociatedValuesOfUnregisteredCases() {
    struct Config: ExperimentConfig {
      var sampler = Sampler.greedy
      static let base = Config()
      static let smoke = Config()
    }
    let message = #expect(throws: ConfigError.self) {
      try ConfigLoader<Config>().load(yaml: "sampler: {temperature: {topK: 3}}", name: "c.yaml")
    }
    #expect(
      message?.description == """
        c.yaml:1:24: missing key 'sampler.temperature.value': expected a value (there is no default here).
        """)
  }

  @Test func everyProblemAtOnce() {
    let yaml = """
      sed: 3
      steps: many
      model:
        norm: psot
        heads: {}
        widht: 3
      schedule: cosin
      domains: [1, [2], {a: 3}]
      weights: {a: b}
      """
    #expect(
      failure(yaml, "vrebose=true", "rate=fast") == """
        11 problems in the configuration:
          c.yaml:1:1: unknown key 'sed': expected 'seed', 'name', 'steps', 'rate', 'decay', 'small', 'verbose', \
        'model', 'device', 'schedule', 'sampler', 'weights' or 'domains', got 'sed'. Did you mean 'seed'?
          c.yaml:2:8: wrong type for 'steps': expected an integer, got 'many'.
          c.yaml:4:9: invalid value for 'model.norm': expected 'pre', 'post' or 'sandwich', got 'psot'. \
        Did you mean 'post'?
          c.yaml:5:10: wrong type for 'model.heads': expected an integer, got a mapping.
          c.yaml:6:3: unknown key 'model.widht': expected 'width', 'heads', 'norm' or 'layers', got 'widht'. \
        Did you mean 'width'?
          c.yaml:7:11: invalid value for 'schedule': expected 'constant', 'cosine' or 'linear', got 'cosin'. \
        Did you mean 'cosine'?
          c.yaml:8:14: wrong type for 'domains[1]': expected text, got a list.
          c.yaml:8:19: wrong type for 'domains[2]': expected text, got a mapping.
          c.yaml:9:14: wrong type for 'weights.a': expected a number, got 'b'.
          --set rate=fast: wrong type for 'rate': expected a number, got 'fast'.
          --set vrebose=true: unknown key 'vrebose': expected 'seed', 'name', 'steps', 'rate', 'decay', 'small', \
        'verbose', 'model', 'device', 'schedule', 'sampler', 'weights' or 'domains', got 'vrebose'. \
        Did you mean 'verbose'?
        """)
  }

  @Test func validationNamesThePlace() {
    #expect(
      failure("model:\n  heads: 7\n  layers: [{width: 0, norm: pre, schedule: constant}]\n", "steps=0") == """
        3 problems in the configuration:
          --set steps=0: invalid value for 'steps': expected a positive number of steps, got 0.
          c.yaml:2:10: invalid value for 'model.heads': expected a divisor of model.width (64), got 7.
          c.yaml:3:20: invalid value for 'model.layers[0].width': expected a positive width, got 0. Remove the layer.
        """)
  }

  @Test func overridesThatAreNone() {
    #expect(
      failure(nil, "steps") == "--set steps: not a config: expected key=value, for example model.width=64, got 'steps'."
    )
    #expect(failure(nil, "=3").hasPrefix("--set =3: not a config: expected key=value"))
    #expect(failure(nil, "a..b=3").hasPrefix("--set a..b=3: not a config: expected key=value"))
    #expect(
      failure(nil, "steps.x=3")
        == "--set steps.x=3: unknown key 'steps.x': expected no key below 'steps', got 'x'. 'steps' is a single value.")
    #expect(
      failure(nil, "model.layers.1.width=3")
        == "--set model.layers.1.width=3: unknown key 'model.layers.1': expected an index from 0 to 0, got '1'.")
    #expect(failure(nil, "domains=[a").hasPrefix("--set domains=[a: not a config: expected YAML, got a syntax error"))
  }
}
