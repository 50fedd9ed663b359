// What one scene is to be: room, places, clips, levels; everything but the samples.
// Not here: how it is drawn (ScenePlanner.swift).

import Foundation

/// A scene before it is rendered.
public struct ScenePlan: Equatable, Sendable {
  /// The number within the dataset.
  public let index: Int
  /// The name, such as `test-000012`.
  public let id: String
  /// The split.
  public let split: DatasetSplit
  /// The room.
  public let room: ShoeboxRoom
  /// The T20 that was asked for in seconds; 0 if none was.
  public let targetT20: Double
  /// T20 by band in the energy echogram, in seconds; empty in a free field.
  public let echogramT20: [Double]
  /// The listener.
  public let listener: Listener
  /// The sources.
  public let sources: [Source]
  /// Level of the sources over the noise in dB.
  public let signalToNoise: Double

  /// A source before it is rendered.
  public struct Source: Equatable, Sendable {
    /// The clip.
    public let clip: Clip
    /// The number of its class.
    public let classIndex: Int
    /// Gain over the common level in dB.
    public let gain: Double
    /// The path.
    public let path: SourcePath
  }
}

/// The name and split of each scene of a dataset.
public struct SceneIndex: Equatable, Sendable {
  private let counts: SceneCounts

  /// The scenes of a configuration: first train, then validation, then test.
  public init(_ config: SceneDatasetConfig) { counts = config.scenes }

  /// All scenes.
  public var count: Int { counts.total }

  /// The split of a scene.
  public func split(of index: Int) -> DatasetSplit {
    index < counts.train ? .train : index < counts.train + counts.validation ? .validation : .test
  }

  /// The name of a scene.
  public func id(of index: Int) -> String {
    let digits = String(index)
    return "\(split(of: index).rawValue)-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// The scenes of part `part` (from 1) of `parts`: every parts-th, so that parts take about the same time.
  public func shard(_ part: Int, of parts: Int) -> [Int] {
    precondition(parts >= 1 && (1...parts).contains(part), "SceneIndex: no part \(part) of \(parts)")
    return Array(stride(from: part - 1, to: count, by: parts))
  }
}
