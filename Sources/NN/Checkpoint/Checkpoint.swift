// One checkpoint: a directory that appears complete or not at all. Not here: the checkpoints of a run (Checkpoints).
public import Foundation
import Tensor

/// A complete checkpoint directory.
///
/// It holds `model.safetensors` (the parameters by name), `optimizer.safetensors` (the optimiser's arrays by name),
/// `state.json` (counters, a payload of the caller, and the size of every file) and `config.yaml` (text of the caller).
public struct Checkpoint {
  /// The directory.
  public let directory: URL
  /// The place of the run.
  public let state: TrainingState
  /// The text of `config.yaml`.
  public let configuration: String
  private let optimizerName: String?
  private let optimizerSteps: Int
  private let stateData: Data

  static let modelFile = "model.safetensors"
  static let optimizerFile = "optimizer.safetensors"
  static let stateFile = "state.json"
  static let configurationFile = "config.yaml"

  // MARK: Writing

  /// Writes a checkpoint; it exists under `directory` only once it is complete and on the disk.
  ///
  /// All files are written into a hidden sibling, which is renamed at the end. A checkpoint of the same name is replaced
  /// in one step. Arrays are written from where they are, without a copy.
  ///
  /// - Parameters:
  ///   - store: the parameters.
  ///   - optimizer: its state is stored too; nil for a model that will not be trained on.
  ///   - state: the place of the run.
  ///   - payload: whatever else the caller wants back.
  ///   - configuration: the text of `config.yaml`.
  ///   - directory: the new directory; its parents are created.
  /// - Throws: `CheckpointError.unwritable`, and then what was there before is unchanged.
  public static func save(
    _ store: ParameterStore, optimizer: (any Optimizer)?, state: TrainingState,
    payload: some Encodable = NoPayload(), configuration: String, to directory: URL
  ) throws(CheckpointError) {
    let target = directory.standardizedFileURL.path
    let partial = DurableFiles.hidden(target, suffix: "partial")
    DurableFiles.removeQuietly(partial)
    try DurableFiles.makeDirectory(partial)
    do {
      try writeFiles(store, optimizer, state, payload, configuration, into: partial)
      try DurableFiles.sync(partial)
      try DurableFiles.install(partial, as: target)
    } catch {
      DurableFiles.removeQuietly(partial)
      throw error
    }
  }

  private static func writeFiles(
    _ store: ParameterStore, _ optimizer: (any Optimizer)?, _ state: TrainingState, _ payload: some Encodable,
    _ configuration: String, into directory: String
  ) throws(CheckpointError) {
    func path(_ name: String) -> String { (directory as NSString).appendingPathComponent(name) }
    var files = [configurationFile, modelFile]
    try DurableFiles.write(Data(configuration.utf8), to: path(configurationFile))
    try write(store.parameters.map { ($0.name, $0.value) }, to: path(modelFile))
    let optimizerState = optimizer?.state
    if let optimizerState {
      try write(optimizerState.tensors, to: path(optimizerFile))
      files.append(optimizerFile)
    }
    var sizes: [String: Int] = [:]
    for name in files { sizes[name] = size(of: path(name)) }
    let contents = StateFile(
      format: StateFile<NoPayload>.currentFormat, optimizer: optimizer?.name,
      optimizerSteps: optimizerState?.steps ?? 0, files: sizes, training: state, payload: payload)
    try DurableFiles.write(try encode(contents, path(stateFile)), to: path(stateFile))
  }

  private static func write(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws(CheckpointError) {
    do {
      try SafeTensorsWriter.write(tensors, metadata: ["format": "pt"], to: path, as: .float32)
    } catch .unwritable(_, let reason) {
      throw .unwritable(path: path, reason: reason)
    } catch {
      throw .weights(error)
    }
  }

  private static func encode(_ contents: some Encodable, _ path: String) throws(CheckpointError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(contents)
    } catch {
      throw .unwritable(path: path, reason: "the state or payload has no JSON form: \(error)")
    }
  }

  private static func size(of path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue
  }

  // MARK: Reading

  /// Opens a checkpoint; arrays are read by `restore`.
  ///
  /// - Throws: `CheckpointError.incomplete` with everything that is missing or truncated; `.unreadable` or `.malformed`.
  public static func load(_ directory: URL) throws(CheckpointError) -> Checkpoint {
    let directory = directory.standardizedFileURL
    guard FileManager.default.fileExists(atPath: directory.path) else {
      throw .unreadable(path: directory.path, reason: "no such directory")
    }
    let stateURL = directory.appendingPathComponent(stateFile)
    guard FileManager.default.fileExists(atPath: stateURL.path) else {
      throw .incomplete(directory: directory.path, reasons: ["no \(stateFile)"])
    }
    let data = try WeightFiles.read(stateURL)
    let contents: StateFile<IgnoredPayload> = try decode(data, stateURL.path)
    guard contents.format == StateFile<NoPayload>.currentFormat else {
      throw .malformed(
        path: stateURL.path, reason: "expected format \(StateFile<NoPayload>.currentFormat), got \(contents.format)")
    }
    var reasons: [String] = []
    for (name, bytes) in contents.files.sorted(by: { $0.key < $1.key }) {
      let found = size(of: directory.appendingPathComponent(name).path)
      if found != bytes {
        reasons.append(found.map { "\(name) of \($0) bytes instead of \(bytes)" } ?? "no \(name)")
      }
    }
    for name in [modelFile, configurationFile] where contents.files[name] == nil {
      reasons.append("no \(name) in \(stateFile)")
    }
    guard reasons.isEmpty else { throw .incomplete(directory: directory.path, reasons: reasons) }
    let configurationURL = directory.appendingPathComponent(configurationFile)
    guard let configuration = String(data: try WeightFiles.read(configurationURL), encoding: .utf8) else {
      throw .malformed(path: configurationURL.path, reason: "expected UTF-8 text")
    }
    return Checkpoint(
      directory: directory, state: contents.training, configuration: configuration,
      optimizerName: contents.optimizer, optimizerSteps: contents.optimizerSteps, stateData: data)
  }

  private static func decode<Payload: Decodable>(
    _ data: Data, _ path: String
  ) throws(CheckpointError) -> StateFile<Payload> {
    do {
      return try JSONDecoder().decode(StateFile<Payload>.self, from: data)
    } catch {
      throw .malformed(path: path, reason: "not the state of a checkpoint: \(error)")
    }
  }

  /// The payload that was saved.
  ///
  /// - Throws: `CheckpointError.malformed` if it has another form.
  public func payload<Payload: Decodable>(as type: Payload.Type) throws(CheckpointError) -> Payload {
    let contents: StateFile<Payload> = try Self.decode(
      stateData, directory.appendingPathComponent(Self.stateFile).path)
    return contents.payload
  }

  /// Replaces the parameters by those of the checkpoint.
  ///
  /// - Throws: `CheckpointError`; then nothing has changed.
  public func restore(_ store: ParameterStore) throws(CheckpointError) {
    try store.load(from: WeightFiles(file: directory.appendingPathComponent(Self.modelFile)))
  }

  /// Replaces the parameters and the optimiser's state by those of the checkpoint.
  ///
  /// - Throws: `CheckpointError`, with the problems of both files at once; then nothing has changed.
  public func restore(_ store: ParameterStore, optimizer: inout some Optimizer) throws(CheckpointError) {
    guard let optimizerName else {
      throw .incomplete(directory: directory.path, reasons: ["no optimiser state"])
    }
    guard optimizerName == optimizer.name else {
      throw .optimizer(directory: directory.path, expected: optimizer.name, found: optimizerName)
    }
    let model = try WeightFiles(file: directory.appendingPathComponent(Self.modelFile))
    let moments = try WeightFiles(file: directory.appendingPathComponent(Self.optimizerFile))
    let plan = LoadingPlan(store.layout, from: model)
    let momentsPlan = LoadingPlan(optimizer.state.tensors.map { ($0.name, $0.tensor.shape) }, from: moments)
    var problems: [String: [TensorProblem]] = [:]
    if !plan.problems.isEmpty { problems[model.path] = plan.problems }
    if !momentsPlan.problems.isEmpty { problems[moments.path] = momentsPlan.problems }
    guard problems.isEmpty else { throw .mismatch(files: problems) }
    var tensors: [(name: String, tensor: Tensor)] = []
    for (name, source) in momentsPlan.pairs { tensors.append((name, try moments.tensor(source))) }
    try store.load(from: model)
    optimizer.restore(OptimizerState(steps: optimizerSteps, tensors: tensors))
  }
}

/// Decodes from anything and keeps nothing.
private struct IgnoredPayload: Codable {
  init(from decoder: any Decoder) {}
  func encode(to encoder: any Encoder) throws {}
}
