// The executable as a user meets it: help, errors, a whole tour on the smoke configuration, a second process, Ctrl-C.
import Foundation
import Lab
import Tensor
import Testing

import MoDA

@Suite(.serialized) struct CommandTests {
  @Test func helpTeaches() throws {
    let help = try modaLM(["--help"])
    #expect(help.status == 0)
    for command in [
      "train", "resume", "evaluate", "generate", "compare", "dry-run", "config", "report", "export", "import",
    ] {
      #expect(help.output.contains("  \(command) "), "\(command) is missing:\n\(help.output)")
      let own = try modaLM(["help", command])
      #expect(own.status == 0 && own.output.contains("USAGE: moda-lm \(command)"), "\(own.output)")
    }
    #expect(try modaLM(["help", "train"]).output.contains("Configs/moda/quickstart.yaml"))
  }

  @Test func aMisspeltKeyIsNamedWithFileLineAndSuggestion() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("typo.yaml")
      try Data("model:\n  blocks: 2\n  widht: 64\n".utf8).write(to: file)
      let out = folder.appendingPathComponent("run")
      let result = try modaLM(["train", "--config", file.path, "--out", out.path])
      #expect(result.status == 2)
      #expect(result.errors.contains("typo.yaml:3:3") && result.errors.contains("'width'"), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: out.path))
    }
  }

  @Test func impossibleSettingsAreReportedTogether() throws {
    let result = try modaLM([
      "train", "--set", "model.queryHeads=5", "--set", "model.keyHeads=2", "--set", "training.batch=0",
    ])
    #expect(result.status == 2)
    #expect(result.errors.contains("queryHeads") && result.errors.contains("batch"), "\(result.errors)")
  }

  @Test func missingThingsAreNamed() throws {
    try withTemporaryFolder { folder in
      let nothing = folder.appendingPathComponent("nothing").path
      for arguments in [
        ["evaluate", nothing], ["generate", nothing], ["resume", nothing], ["export", nothing, nothing],
      ] {
        let result = try modaLM(arguments)
        #expect(result.status != 0 && result.errors.contains("nothing"), "\(arguments): \(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
      }
      let data = try modaLM(["train", "--smoke", "--set", "data.source=\(nothing)", "--out", "\(nothing)-run"])
      #expect(data.status == 1 && data.errors.contains("expected <domain>/train.jsonl"), "\(data.errors)")
    }
  }

  @Test func aTourFromTrainingToComparisonAndExchange() throws {
    try withTemporaryFolder { folder in
      func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
      let cache = ["--set", "data.cache=\(path("cache"))", "--quiet"]
      for (name, writers) in [("baseline", "none"), ("moda", "attentionAndFeedForward")] {
        let run = try modaLM(
          ["train", "--smoke", "--out", path(name), "--set", "model.depth.writers=\(writers)"] + cache)
        try #require(run.status == 0, "\(run.errors)")
        for file in ["config.yaml", "manifest.json", "metrics.jsonl", "log.txt", "summary.json", "report/index.html"] {
          #expect(FileManager.default.fileExists(atPath: path("\(name)/\(file)")), "\(name)/\(file)")
        }
      }
      #expect(try modaLM(["train", "--smoke", "--out", path("moda")] + cache).errors.contains("moda"))

      let compared = try modaLM(["compare", path("baseline"), path("moda"), "--out", path("comparison")])
      #expect(compared.status == 0, "\(compared.errors)")
      let html = try String(contentsOfFile: path("comparison/index.html"), encoding: .utf8)
      for part in ["<svg", "95% interval", "Held-out perplexity", "Samples"] { #expect(html.contains(part), "\(part)") }

      let evaluated = try modaLM(["evaluate", path("moda")])
      #expect(evaluated.output.contains("perplexity") && evaluated.output.contains("books"), "\(evaluated)")
      let first = try modaLM(["generate", path("moda"), "--prompt", "The ", "--tokens", "20", "--seed", "3"])
      let second = try modaLM(["generate", path("moda"), "--prompt", "The ", "--tokens", "20", "--seed", "3"])
      #expect(first.status == 0 && first.output == second.output && first.output.hasPrefix("The "))

      #expect(try modaLM(["export", path("moda"), path("exported")]).output.contains("model_type moda"))
      #expect(try modaLM(["import", path("exported"), path("imported")]).status == 0)
      let again = try modaLM(["generate", path("imported"), "--prompt", "The ", "--tokens", "20", "--seed", "3"])
      #expect(again.output == first.output, "\(again)")
    }
  }

  /// Training in half precision with slots in half precision and chunks, resumed; a machine without the instructions
  /// says so and trains in float32.
  @Test func halfPrecisionTrainsAndResumes() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("run").path
      let settings = [
        "training.precision=bf16", "model.depth.writers=attentionAndFeedForward", "model.depth.storage=bf16",
        "model.depth.chunk=4", "data.cache=\(folder.path)/cache",
      ].flatMap { ["--set", $0] }
      let run = try modaLM(["train", "--smoke", "--out", path] + settings)
      #expect(run.status == 0, "\(run.errors)")
      let missing = Precision.bfloat16.missing
      let log = try String(contentsOfFile: path + "/log.txt", encoding: .utf8)
      #expect(log.contains("becomes f32") == (missing != nil))
      let manifest = try String(contentsOfFile: path + "/manifest.json", encoding: .utf8)
      #expect(manifest.contains("\"precision\" : \"\(missing == nil ? "bf16" : "f32")\""), "\(manifest)")
      let resumed = try modaLM(["resume", path, "--set", "training.steps=24", "--quiet"])
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try modaLM(["generate", path, "--prompt", "The ", "--tokens", "9"]).output.hasPrefix("The "))
      let wrong = try modaLM(["train", "--smoke", "--out", path + "2", "--set", "training.precision=fp16"])
      #expect(wrong.status == 2 && wrong.errors.contains("bf16"), "\(wrong.errors)")
    }
  }

  /// Decoding is timed and its figure written; no time is judged.
  @Test func decodingIsMeasured() throws {
    try withTemporaryFolder { folder in
      let run = try modaLM(["benchmark", "--decode", "--smoke", "--steps", "7", "--json", folder.path])
      #expect(run.status == 0 && run.output.contains("tokens/s"), "\(run)")
      let file = try ResultFile(reading: folder.appendingPathComponent("bench-decode.json"))
      let row = try #require(file.rows.first)
      #expect(row.id == "decode.bandwidth_share" && row.n >= 7 && row.value > 0 && row.value.isFinite)
      #expect(row.shape?["V"] == 4096 && row.shape?["blocks"] == 2)
      let wrong = try modaLM(["benchmark", "--decode", "--paced", "--smoke"])
      #expect(wrong.status != 0 && wrong.errors.contains("--decode goes without"), "\(wrong.errors)")
    }
  }

  @Test func aSecondProcessOnTheSameRunIsRefused() throws {
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let arguments = [
        "train", "--smoke", "--out", run.path, "--set", "training.steps=100000", "--set", "training.saveEvery=0",
        "--set", "training.evaluateEvery=0", "--set", "data.cache=\(folder.path)/cache", "--quiet",
      ]
      let first = try startModaLM(arguments, in: folder)
      defer { if first.isRunning { first.terminate() } }
      let metrics = run.appendingPathComponent("metrics.jsonl").path
      let deadline = Date(timeIntervalSinceNow: 30)
      while (FileManager.default.contents(atPath: metrics)?.count ?? 0) < 200 && Date() < deadline { usleep(2000) }
      let second = try modaLM(["resume", run.path])
      #expect(second.status != 0 && second.errors.contains("\(first.processIdentifier)"), "\(second.errors)")
      #expect(first.isRunning)

      // Ctrl-C: the step is finished and saved, the exit code says so, and the run goes on.
      first.interrupt()
      first.waitUntilExit()
      #expect(first.terminationStatus == 130)
      let errors = try String(contentsOf: folder.appendingPathComponent("stderr"), encoding: .utf8)
      #expect(errors.contains("resume \(run.path)") || errors.contains("resume"), "\(errors)")
      let checkpoints = try FileManager.default.contentsOfDirectory(atPath: run.path + "/checkpoints")
      let saved = try #require(checkpoints.first.flatMap { Int($0.dropFirst(5)) }, "\(checkpoints)")
      let resumed = try modaLM(["resume", run.path, "--set", "training.steps=\(saved + 3)", "--quiet"])
      #expect(resumed.status == 0, "\(resumed.errors)")
    }
  }

  private struct Header: Decodable { let predictedBytes: Int }
  private struct Step: Decodable {
    let peakBytes: Int
    let poolMisses: Int
  }

  /// What `dry-run` predicts is what a step needs, and a step allocates nothing after the first.
  @Test(arguments: [
    [], ["model.depth.writers=attentionAndFeedForward"],
    ["model.depth.writers=separateAttentionAndFeedForward", "model.normalization=post", "model.biases=all"],
    [
      "model.depth.writers=attentionAndFeedForward", "model.normalization=reordered", "model.queryKeyNorm=fullWidth",
      "model.tiedEmbeddings=false",
    ], ["model.depth.writers=attention", "model.recompute=true"], ["model.queryKeyNorm=none"],
    ["model.blockInput=dense"], ["model.blockInput=attention"],
    ["model.depth.writers=attentionAndFeedForward", "model.depth.window={top: {slots: 3}}"],
    ["model.depth.writers=attentionAndFeedForward", "model.depth.softmax=separate", "model.depth.detached=true"],
  ]) func memoryIsPredictedWithin15Percent(settings: [String]) throws {
    let sizes = ["training.tokens=128", "training.batch=4", "model.vocabulary=1024"]
    let result = try modaLM(["benchmark", "--steps", "1"] + (sizes + settings).flatMap { ["--set", $0] })
    let lines = result.output.split(separator: "\n").map { Data($0.utf8) }
    try #require(lines.count == 2, "\(result)")
    let predicted = Double(try JSONDecoder().decode(Header.self, from: lines[0]).predictedBytes)
    let step = try JSONDecoder().decode(Step.self, from: lines[1])
    let ratio = predicted / Double(step.peakBytes)
    #expect(abs(ratio - 1) < 0.15, "predicted \(Int(predicted)), measured \(step.peakBytes)")
    #expect(step.poolMisses == 0)
  }
}
