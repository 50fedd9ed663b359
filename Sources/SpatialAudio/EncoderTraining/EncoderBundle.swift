// A trained encoder as it lies on disk within a run.
// Not here: exports for other programs.

public import Foundation
public import Lab
import NN

/// Why a folder cannot be loaded as an encoder.
public enum EncoderBundleError: LabError, Equatable {
  /// The folder is no run.
  case notARun(path: String, missing: String)
  /// The run has no complete checkpoint.
  case noCheckpoint(path: String)

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .notARun(let path, let missing):
      "\(path) is not a run of foa-encoder: \(missing) is missing. Name a directory that `foa-encoder train` printed."
    case .noCheckpoint(let path):
      "\(path) has no complete checkpoint yet. Continue it with `foa-encoder resume \(path)`."
    }
  }
}

/// A trained encoder with what it needs to hear.
public struct EncoderBundle {
  static let modelFile = "encoder.json"

  /// The encoder.
  public let encoder: SpatialEncoder
  /// How its inputs are made.
  public let inputs: EncoderInputs
  /// Completed steps.
  public let step: Int

  /// The newest complete checkpoint of a run.
  ///
  /// - Throws: ``EncoderBundleError``, and errors of the files.
  public init(run directory: URL) throws {
    let file = directory.appending(path: Self.modelFile)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw EncoderBundleError.notARun(path: directory.relativePath, missing: Self.modelFile)
    }
    let config = try JSONDecoder().decode(SpatialEncoderConfig.self, from: Data(contentsOf: file))
    guard let checkpoint = try Checkpoint.latest(in: directory.appending(path: "checkpoints")) else {
      throw EncoderBundleError.noCheckpoint(path: directory.relativePath)
    }
    encoder = SpatialEncoder(config, seed: 0)
    try checkpoint.restore(encoder.parameters)
    inputs = try EncoderInputs(config)
    step = checkpoint.state.step
  }

  static func write(_ config: SpatialEncoderConfig, to run: Run) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try run.write(encoder.encode(config), to: modelFile)
  }
}
