// Studies: the plan, contrasts against sums by hand, and the program with two runs at once, stopped and continued.
import Foundation
import Lab
import Testing

import MoDA

@Suite(.serialized) struct StudyTests {
  /// Two arms by two seeds of a run of a second.
  private func study(in folder: URL) throws -> URL {
    let base = folder.appendingPathComponent("base.yaml")
    let smoke = try ResolvedConfig(LanguageModelConfig.smoke)
    try Data(smoke.text.replacing("Data/cache/prepared", with: "\(folder.path)/cache").utf8).write(to: base)
    let text = """
      name: tiny
      base: \(base.path)
      runs: \(folder.path)/runs
      seeds: [1, 2]
      arms:
        - {name: base}
        - {name: depth, set: [model.depth.writers=attention], published: 3.5}
        - {name: once, seeds: [2], set: [model.blocks=1]}
      contrasts:
        - {claim: depth helps, plus: [depth], minus: [base], published: -0.02}
        - {claim: two differences, plus: [depth, base], minus: [base, depth], expects: open}
        - {claim: one seed, plus: [once], minus: [base], expects: positive}
      """
    let file = folder.appendingPathComponent("study.yaml")
    try Data(text.utf8).write(to: file)
    return file
  }

  private func plan(_ file: URL) throws -> StudyPlan {
    try StudyPlan(try ConfigLoader<StudyConfig>().load(file: file).value)
  }

  @Test func thePlanHasWholeSeedsFirst() throws {
    try withTemporaryFolder { folder in
      let plan = try plan(study(in: folder))
      #expect(plan.runs.map(\.name) == ["base-s1", "depth-s1", "once-s2", "base-s2", "depth-s2"])
      #expect(try plan.runs.allSatisfy { try $0.state() == .waiting })
      #expect(plan.runs[1].config.value.model.depth.writers == .attention)
      #expect(plan.runs[3].config.value.seed == 2)
    }
  }

  @Test func badStudiesAreNamed() throws {
    func problems(_ yaml: String) -> String {
      do {
        _ = try ConfigLoader<StudyConfig>().load(yaml: yaml, name: "study.yaml")
        return ""
      } catch { return "\(error)" }
    }
    #expect(problems("arms: [{name: a}, {name: a}]").contains("arms[1].name"))
    #expect(problems("arms: [{name: ../a}]").contains("arms[0].name"))
    #expect(problems("arms: [{name: a, sed: [1]}]").contains("'set'"))
    #expect(problems("arms: [{name: a}]\ncontrasts: [{claim: c, plus: [b], minus: [a]}]").contains("got b"))
    #expect(problems("arms: [{name: a}]\ncontrasts: [{claim: c, plus: [a, a], minus: [a]}]").contains("2 and 1"))
    #expect(problems("seeds: []").contains("seeds"))
    #expect(problems("arms: [{name: a, seeds: [1, 1]}]").contains("each seed once"))
  }

  @Test func theProgramStopsGoesOnAndReports() throws {
    try withTemporaryFolder { folder in
      let file = try study(in: folder)
      // A run that takes long enough to be stopped: the others wait behind it.
      let long = ["run", file.path, "--workers", "2"]
      let process = try startModaLM(long, program: "moda-study", in: folder)
      let deadline = Date(timeIntervalSinceNow: 30)
      let metrics = folder.appendingPathComponent("runs/base-s1/metrics.jsonl")
      while ((try? Data(contentsOf: metrics)) ?? Data()).isEmpty, process.isRunning, Date() < deadline { usleep(2000) }
      kill(process.processIdentifier, SIGINT)
      process.waitUntilExit()
      #expect([0, 130].contains(process.terminationStatus))
      let plan = try plan(file)
      for run in plan.runs { if case .running = try run.state() { Issue.record("\(run.name) still runs") } }

      let rest = try modaLM(long, program: "moda-study")
      #expect(rest.status == 0, "\(rest.errors)")
      #expect(rest.output.contains("5 of 5 runs are finished"), "\(rest.output)")
      #expect(try plan.runs.allSatisfy { try $0.state() == .finished })
      let before = try Data(contentsOf: metrics)
      let again = try modaLM(long, program: "moda-study")
      #expect(again.status == 0)
      #expect(try Data(contentsOf: metrics) == before, "a finished run was touched")

      try check(StudyResults(plan))
      let json = folder.appendingPathComponent("results")
      let report = try modaLM(["report", file.path, "--json", json.path], program: "moda-study")
      #expect(report.status == 0, "\(report.errors)")
      let rows = try ResultFile(reading: json.appendingPathComponent("moda-tiny.json")).rows
      #expect(
        rows.map(\.id) == [
          "moda.tiny.base.loss", "moda.tiny.depth.loss", "moda.tiny.once.loss", "moda.tiny.depth-minus-base",
          "moda.tiny.depth+base-minus-base+depth", "moda.tiny.once-minus-base",
        ])
      let page = try String(contentsOf: folder.appendingPathComponent("runs/report/index.html"), encoding: .utf8)
      #expect(page.contains("depth helps") && page.contains("3.5000") && page.contains("-0.0200"))

      // Another learning rate is another study.
      let changed = try modaLM(
        ["status", file.path, "--set", "base=\(folder.path)/other.yaml"], program: "moda-study")
      #expect(changed.status != 0 && changed.errors.contains("other.yaml"))
      try Data("training: {learningRate: 0.5}\n".utf8).write(to: folder.appendingPathComponent("other.yaml"))
      let foreign = try modaLM(
        ["status", file.path, "--set", "base=\(folder.path)/other.yaml"], program: "moda-study")
      #expect(foreign.status != 0 && foreign.errors.contains("training.learningRate"), "\(foreign.errors)")
    }
  }

  private func check(_ results: StudyResults) throws {
    let base = results.losses(of: "base"), depth = results.losses(of: "depth")
    #expect(base.count == 2 && depth.count == 2 && results.losses(of: "once").count == 1)
    let values = results.values
    try #require(values.count == 3)
    let differences = zip(depth, base).map { $0 - $1 }
    #expect(abs(values[0].mean - Statistics.mean(differences)) < 1e-9)
    #expect(zip(values[0].bySeed, differences).allSatisfy { abs($0.value - $1) < 1e-9 })
    #expect(values[0].seedInterval?.contains(values[0].mean) == true)
    #expect(values[0].textInterval.contains(values[0].mean))
    #expect(abs(values[1].mean) < 1e-12 && values[1].verdict == .measured)
    #expect(values[2].bySeed.map(\.seed) == [2] && values[2].seedInterval == nil)
    #expect(abs(values[2].mean - (results.losses(of: "once")[0] - base[1])) < 1e-9)
  }

  @Test func verdictsFollowTheIntervalOverSeedsFromThreeOn() {
    func verdict(_ values: [Double], text: Interval, _ expects: StudyContrast.Expectation) -> String {
      StudyResults.Value(
        contrast: StudyContrast(claim: "c", plus: ["a"], minus: ["b"], expects: expects),
        bySeed: values.enumerated().map { (UInt64($0.offset), $0.element) },
        seedInterval: values.count > 1 ? Statistics.meanInterval(values) : nil, textInterval: text
      ).verdict.rawValue
    }
    let below = Interval(lower: -0.2, upper: -0.1), around = Interval(lower: -0.1, upper: 0.1)
    #expect(verdict([-0.15], text: below, .negative) == "held")
    #expect(verdict([-0.15], text: below, .positive) == "opposite")
    #expect(verdict([-0.15], text: around, .negative) == "undecided")
    // Seeds that disagree outweigh an interval over text.
    #expect(verdict([-0.4, 0.1, 0.0], text: below, .negative) == "undecided")
    #expect(verdict([-0.15, -0.16, -0.14], text: around, .negative) == "held")
  }
}
