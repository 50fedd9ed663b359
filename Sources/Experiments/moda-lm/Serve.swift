// moda-lm serve: a model behind the OpenAI completions interface.
// Not here: the server (Serving) and the interface (MoDA/Serving).
import ArgumentParser
import Foundation
import Lab
import MoDA
import Serving
import Tensor

struct Serve: LabCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serves a model over HTTP, for clients of the OpenAI completions interface.",
    discussion: """
      Answers /v1/completions (streams, log-probabilities, echo), /v1/models and /health. Requests that come together \
      are decoded together; greedy answers are those of `generate`, whatever else is asked for. Listens on this machine \
      alone unless --host says otherwise. Ctrl-C lets requests end, a second one does not. See Docs/Serving.md.

      With a token, clients send it as `Authorization: Bearer …`. It comes from --token-file or from the variable \
      \(ServerToken.variable); an option would show it to everybody on the machine.

      EXAMPLES:
        moda-lm serve Runs/moda
        curl http://127.0.0.1:8080/v1/completions -d '{"prompt": "It is a truth", "max_tokens": 20, "temperature": 0}'

        moda-lm serve path/to/OLMo-2 --context 2048 --port 0
        lm_eval --model local-completions --tasks piqa --model_args \
      model=OLMo-2,base_url=http://127.0.0.1:PORT/v1/completions,tokenizer=path/to/OLMo-2,num_concurrent=8
      """)

  @Argument(help: "A run, or a Hugging Face folder.", completion: .directory) var directory: String

  @Option(help: "The address to listen on; 0.0.0.0 for every machine that reaches this one.") var host = "127.0.0.1"

  @Option(help: "The port; 0 takes a free one and prints it.") var port = 8080

  @Option(help: "What clients call the model; the folder's name by default.") var name = ""

  @Option(help: "The most continuations that grow at once; more wait.") var batch = 16

  @Option(help: "The most tokens that a Hugging Face model reads; the folder's by default.") var context: Int?

  @Option(help: "Threads to use; 0 leaves the choice to the program.") var threads = 0

  @Option(help: "The file with the token that clients must send.", completion: .file()) var tokenFile: String?

  @Option(help: "The most bytes of a request.") var bodyLimit = 4 << 20

  @Option(help: "The most connections at once.") var connections = 128

  @Option(help: "Seconds that a request may take to arrive, and a client to read what is sent.") var transferSeconds =
    30.0

  @Option(help: "Seconds that requests may still take after Ctrl-C.") var graceSeconds = 30.0

  @Option(help: "Requests without a seed draw from this one and their number; a random one by default.")
  var seed: UInt64?

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("--port: expected 0 to 65535, got \(port).") }
    for (option, value) in [("--batch", batch), ("--body-limit", bodyLimit), ("--connections", connections)]
    where value < 1 {
      throw ValidationError("\(option): expected 1 or more, got \(value).")
    }
    for (option, value) in [("--transfer-seconds", transferSeconds), ("--grace-seconds", graceSeconds)]
    where !(value > 0 && value <= 1e6) {
      throw ValidationError("\(option): expected more than 0 and at most 1000000, got \(value).")
    }
    if let context, context < 2 { throw ValidationError("--context: expected 2 or more, got \(context).") }
    guard threads >= 0 else { throw ValidationError("--threads: expected 0 or more, got \(threads).") }
  }

  func run(in environment: CommandEnvironment) throws {
    let console = Console(output: environment.standardError, time: environment.time)
    if threads > 0 { Runtime.configure(threads: threads) }
    let token =
      try tokenFile.map { try ServerToken.read(URL(fileURLWithPath: $0)) }
      ?? ServerToken.read(environment: ProcessInfo.processInfo.environment)
    let config = ServerConfig(
      host: host, port: port, bodyLimit: bodyLimit, connectionLimit: connections, transferSeconds: transferSeconds,
      graceSeconds: graceSeconds, token: token)
    let place = URL(fileURLWithPath: directory), context = context
    let engine = try CompletionEngine(CompletionEngineSettings(batch: batch)) {
      try EvaluatedModel(place, context: context)
    }
    let service = CompletionService(engine, name: name, seed: seed ?? UInt64.random(in: 0...(.max)))
    let server = HTTPServer(config) { await service.respond($0) }
    if !config.isLoopback && token.isEmpty {
      console.show("warning: \(host) is open to other machines and no token is asked for")
    }
    let interrupt = Interrupt()
    interrupt.install(signals: environment.interruptSignals) {
      console.show("stopping; requests may end")
      server.stop()
    }
    defer { interrupt.remove() }
    let output = environment.standardOutput
    try waiting {
      try await server.run { port in
        let shown = host.contains(":") ? "[\(host)]" : host
        output.write("serving \(service.modelName) at http://\(shown):\(port)/v1\n")
      }
    }
    engine.stop()
    let counters = engine.counters
    console.show("\(counters.finished) requests answered, \(counters.cancelled) cancelled, \(counters.failed) failed")
  }
}
