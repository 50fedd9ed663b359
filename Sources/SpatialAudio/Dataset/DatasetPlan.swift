// An overview of a dataset before it is rendered.
// Not here: drawing one scene (Scenes/ScenePlanner.swift).

public import Foundation
public import Lab
import Synchronization
import Tensor

/// All scenes of a dataset as they would be.
public struct DatasetPlan: Sendable {
  /// The scenes in order, without those that are impossible.
  public let scenes: [ScenePlan]
  /// Why the others are impossible.
  public let failures: [String]
  private let classes: [String]
  private let seconds: Double

  /// Draws all scenes.
  ///
  /// - Throws: ``SceneError`` if there are no clips.
  public init(
    _ config: SceneDatasetConfig, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    let library = try ClipLibrary(config.clips)
    let planner = ScenePlanner(config, library: library)
    let count = SceneIndex(config).count
    let results = Mutex<(plans: [ScenePlan], failures: [String])>(([], []))
    let done = Atomic(0)
    parallelFor(count, grain: 1) { range in
      let renderer = ImageSourceRenderer()
      for index in range {
        do throws(SceneError) {
          let plan = try planner.plan(index, renderer: renderer)
          results.withLock { $0.plans.append(plan) }
        } catch {
          results.withLock { $0.failures.append("\(error)") }
        }
        progress(done.add(1, ordering: .relaxed).newValue, count)
      }
    }
    scenes = results.withLock { $0.plans }.sorted { $0.index < $1.index }
    failures = results.withLock { $0.failures }.sorted()
    classes = library.classes
    seconds = config.duration
  }

  /// Counts by split, and what is typical of the rooms.
  public var report: Report {
    Report(title: "Plan of \(scenes.count) scenes", blocks: [.table(table)])
  }

  private var table: Table {
    var table = Table(
      columns: [
        .text("split"), .number("scenes"), .number("minutes"), .number("sources"), .number("classes"), .number("clips"),
        .number("moving"), .number("T20 median (s)"), .number("volume median (m³)"),
      ], rows: [])
    for split in DatasetSplit.allCases {
      let part = scenes.filter { $0.split == split }
      if !part.isEmpty { table.rows.append(row(split, part)) }
    }
    return table
  }

  private func row(_ split: DatasetSplit, _ part: [ScenePlan]) -> [Table.Cell] {
    let sources = part.flatMap(\.sources)
    let times = part.map { $0.echogramT20.count >= 4 ? ($0.echogramT20[2] + $0.echogramT20[3]) / 2 : 0 }
    let counts = [
      sources.count, Set(sources.map(\.classIndex)).count, Set(sources.map(\.clip.file)).count,
      sources.count(where: \.path.isMoving),
    ]
    var cells: [Table.Cell] = [Table.Cell(RichText(split.rawValue)), .integer(part.count)]
    cells.append(.number(Double(part.count) * seconds / 60, decimals: 1))
    cells += counts.map { Table.Cell.integer($0) }
    cells.append(.number(Statistics.median(times), decimals: 2))
    cells.append(.number(Statistics.median(part.map(\.room.volume)), decimals: 0))
    return cells
  }

  private struct Line: Encodable {
    var scene: String
    var size: [Double]
    var t20: [Double]
    var listener: [Double]
    var classes: [String]
    var clips: [String]
  }

  /// Writes one line of JSON for each scene.
  public func write(to url: URL) throws {
    var data = Data()
    for scene in scenes {
      let (size, place) = (scene.room.size, scene.listener.position)
      data += try DatasetFolder.json(
        Line(
          scene: scene.id, size: [size.x, size.y, size.z], t20: scene.echogramT20,
          listener: [place.x, place.y, place.z],
          classes: scene.sources.map { classes[$0.classIndex] }, clips: scene.sources.map(\.clip.file)))
    }
    try AtomicFile.write(data, to: url)
  }
}
