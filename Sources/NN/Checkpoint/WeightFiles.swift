// Named arrays on disk: one safetensors file, or the shards that an index lists.
// Not here: the file format (Tensor/IO) and which parameter takes which array (ParameterStore+Loading.swift).
public import Foundation
public import Tensor

/// The arrays of one safetensors file or of a sharded folder, mapped and read on demand.
public struct WeightFiles {
  /// Where the arrays come from, as errors name it.
  public let path: String
  private let files: [SafeTensorsFile]
  private let place: [String: Int]

  /// The arrays of one file.
  ///
  /// - Throws: `CheckpointError` if the file cannot be read or is malformed.
  public init(file: URL) throws(CheckpointError) {
    let mapped = try Self.open(file)
    path = file.path
    files = [mapped]
    place = Dictionary(mapped.names.map { ($0, 0) }) { first, _ in first }
  }

  /// The arrays of a folder: `model.safetensors`, or the shards of `model.safetensors.index.json`.
  ///
  /// - Throws: `CheckpointError` if neither exists, a file cannot be read, or index and shards disagree.
  public init(directory: URL) throws(CheckpointError) {
    let single = directory.appendingPathComponent("model.safetensors")
    let index = directory.appendingPathComponent("model.safetensors.index.json")
    if FileManager.default.fileExists(atPath: index.path) {
      try self.init(index: index)
    } else if FileManager.default.fileExists(atPath: single.path) {
      try self.init(file: single)
    } else {
      throw .unreadable(
        path: directory.path, reason: "neither model.safetensors nor model.safetensors.index.json exists there")
    }
  }

  private struct Index: Decodable {
    let weightMap: [String: String]
    enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
  }

  private init(index url: URL) throws(CheckpointError) {
    let index: Index
    do {
      index = try JSONDecoder().decode(Index.self, from: Self.read(url))
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw .malformed(path: url.path, reason: "expected an object with weight_map: {array: file}")
    }
    let shards = Set(index.weightMap.values).sorted()
    var files: [SafeTensorsFile] = []
    for shard in shards {
      guard !shard.isEmpty, !shard.contains("/"), shard != "..", shard != "." else {
        throw .malformed(path: url.path, reason: "expected the name of a file beside the index, got \"\(shard)\"")
      }
      files.append(try Self.open(url.deletingLastPathComponent().appendingPathComponent(shard)))
    }
    var place: [String: Int] = [:]
    var problems: [String] = []
    for (number, file) in files.enumerated() {
      for name in file.names where place.updateValue(number, forKey: name) != nil {
        problems.append("\(name) is in \(shards[number]) and in another shard")
      }
    }
    for (name, shard) in index.weightMap {
      if let number = place[name] {
        if shards[number] != shard { problems.append("\(name) is in \(shards[number]), the index says \(shard)") }
      } else {
        problems.append("\(name) is not in \(shard)")
      }
    }
    for name in place.keys where index.weightMap[name] == nil { problems.append("\(name) is not in the index") }
    guard problems.isEmpty else {
      throw .malformed(
        path: url.path, reason: "index and shards disagree: " + problems.sorted().joined(separator: "; "))
    }
    self.path = url.path
    self.files = files
    self.place = place
  }

  private static func open(_ url: URL) throws(CheckpointError) -> SafeTensorsFile {
    do {
      return try SafeTensorsFile(path: url.path)
    } catch {
      throw .weights(error)
    }
  }

  /// The bytes of a small file.
  static func read(_ url: URL) throws(CheckpointError) -> Data {
    do {
      return try Data(contentsOf: url)
    } catch {
      throw .unreadable(path: url.path, reason: DurableFiles.reason(error))
    }
  }

  /// The names of all arrays, sorted.
  public var names: [String] { place.keys.sorted() }

  /// The shape of one array; nil if there is none of that name.
  public func shape(of name: String) -> Shape? { place[name].flatMap { files[$0].shape(of: name) } }

  /// One array as float32, mapped where the file allows it.
  ///
  /// - Throws: `CheckpointError` if there is none of that name or its elements are no floats.
  public func tensor(_ name: String) throws(CheckpointError) -> Tensor {
    guard let number = place[name] else { throw .malformed(path: path, reason: "it has no array \(name)") }
    do {
      return try files[number].tensor(name)
    } catch {
      throw .weights(error)
    }
  }
}
