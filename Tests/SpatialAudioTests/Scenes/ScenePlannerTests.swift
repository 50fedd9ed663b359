// What holds for every scene that is drawn: places, angles, splits, and that scenes do not depend on each other.
// Not here: what is heard of them (SceneRendererTests.swift).

import Foundation
import Lab
import SpatialAudio
import TestSupport
import Testing

@Suite("Scene planner")
struct ScenePlannerTests {
  static func planner(_ config: SceneDatasetConfig) throws -> ScenePlanner {
    ScenePlanner(config, library: try ClipLibrary(config.clips))
  }

  @Test("50 scenes keep margins, distances, angles and counts", arguments: [0.0, 0.5])
  func properties(moving: Double) throws {
    let folder = try ClipFolder.standard()
    var config = folder.dataset(test: 50)
    config.sources.moving = moving
    let planner = try Self.planner(config), renderer = ImageSourceRenderer()
    var counts: [Int: Int] = [:], moves = 0
    for index in 0..<50 {
      let plan = try planner.plan(index, renderer: renderer)
      counts[plan.sources.count, default: 0] += 1
      moves += plan.sources.count { $0.path.isMoving }
      let (size, listener) = (plan.room.size, plan.listener.position)
      #expect(config.room.length.contains(size.x) && config.room.width.contains(size.y), "scene \(index)")
      #expect(config.room.height.contains(size.z) && config.listener.height.contains(listener.z), "scene \(index)")
      for axis in 0..<2 { #expect(listener[axis] >= 1 && listener[axis] <= size[axis] - 1, "scene \(index)") }
      #expect((-180...180).contains(plan.listener.yaw) && config.noise.signalToNoise.contains(plan.signalToNoise))
      #expect(Set(plan.sources.map(\.classIndex)).count == plan.sources.count, "scene \(index): a class twice")
      for step in 0...10 {
        let time = 0.1 * Double(step), places = plan.sources.map { $0.path.position(at: time) }
        for (number, place) in places.enumerated() {
          let note: Comment = "scene \(index), source \(number), \(time) s"
          #expect((0..<3).allSatisfy { place[$0] >= 0.5 - 1e-9 && place[$0] <= size[$0] - 0.5 + 1e-9 }, note)
          #expect(config.sources.distance.contains((place - listener).length), note)
          for other in places[..<number] {
            let (a, b) = (try #require(Direction(place - listener)), try #require(Direction(other - listener)))
            #expect(a.angle(to: b) >= config.sources.separation, note)
          }
        }
      }
      for source in plan.sources { #expect(config.sources.gain.contains(source.gain), "scene \(index)") }
    }
    #expect(counts.keys.sorted() == [1, 2, 3], "\(counts)")
    #expect(moving == 0 ? moves == 0 : moves > 20, "\(moves) moving sources")
  }

  @Test("measured decay is the target, and materials are the alternative")
  func decay() throws {
    let folder = try ClipFolder.standard()
    var config = folder.dataset(test: 3)
    config.room.walls = .decay(seconds: Span(lower: 0.2, upper: 0.3))
    let planner = try Self.planner(config)
    for index in 0..<3 {
      let plan = try planner.plan(index, renderer: ImageSourceRenderer())
      #expect((0.2...0.3).contains(plan.targetT20) && plan.echogramT20.count == 7, "scene \(index)")
      for time in plan.echogramT20 { #expect(abs(time / plan.targetT20 - 1) <= 0.05, "scene \(index)") }
    }
    config.room.walls = .materials
    let plan = try Self.planner(config).plan(0, renderer: ImageSourceRenderer())
    #expect(plan.targetT20 == 0 && plan.echogramT20.count == 7)
    let materials = WallMaterial.allCases.map(\.absorption)
    #expect(plan.room.absorption.allSatisfy { materials.contains($0) })
  }

  @Test("a scene is the same alone, in any order and with any other scenes")
  func independence() throws {
    let folder = try ClipFolder.standard()
    var config = folder.dataset(test: 6)
    let planner = try Self.planner(config), renderer = ImageSourceRenderer()
    let forwards = try (0..<6).map { try planner.plan($0, renderer: renderer) }
    for index in (0..<6).reversed() {
      #expect(try Self.planner(config).plan(index, renderer: ImageSourceRenderer()) == forwards[index])
    }
    #expect(Set(forwards.map { $0.room.size.x }).count == 6)
    config.scenes.test = 60
    #expect(try Self.planner(config).plan(4, renderer: renderer) == forwards[4])
    config.seed = 2
    #expect(try Self.planner(config).plan(4, renderer: renderer).room != forwards[4].room)
  }

  @Test("a split hears only its own clips")
  func splits() throws {
    let folder = try ClipFolder()
    let lines = (0..<30).map { index in
      "{\"file\": \"\(index).wav\", \"class\": \"c\(index % 3)\", \"split\": \"\(DatasetSplit.allCases[index / 10])\"}\n"
    }
    try folder.write(lines.joined(), "clips.jsonl")
    var config = folder.dataset()
    config.clips.split = .clip
    config.scenes = SceneCounts(train: 20, validation: 10, test: 10)
    let planner = try Self.planner(config)
    for index in 0..<40 {
      let plan = try planner.plan(index, renderer: ImageSourceRenderer())
      #expect(plan.split == (index < 20 ? .train : index < 30 ? .validation : .test))
      #expect(plan.id == "\(plan.split)-0000" + (index < 10 ? "0" : "") + "\(index)")
      for source in plan.sources { #expect(source.clip.split == plan.split, "scene \(index)") }
    }
  }

  @Test("a split without clips is an error with its name")
  func emptySplit() throws {
    let folder = try ClipFolder()
    try folder.write("{\"file\": \"a.wav\", \"class\": \"c\", \"split\": \"train\"}\n", "clips.jsonl")
    var config = folder.dataset(test: 1)
    config.clips.split = .clip
    let planner = try Self.planner(config)
    let text = message { _ = try planner.plan(0, renderer: ImageSourceRenderer()) }
    #expect(text.hasPrefix("scene test-000000: ") && text.contains("no clips"), "\(text)")
  }

  @Test("impossible rooms and places give up with the reason")
  func impossible() throws {
    let folder = try ClipFolder.standard()
    var config = folder.dataset(test: 1)
    config.listener.wallMargin = 6
    var text = message { _ = try Self.planner(config).plan(0, renderer: ImageSourceRenderer()) }
    #expect(
      text.contains("test-000000") && text.contains("20 draws") && text.contains("room for a listener"), "\(text)")
    config.listener.wallMargin = 1
    config.sources.distance = Span(lower: 40, upper: 50)
    text = message { _ = try Self.planner(config).plan(0, renderer: ImageSourceRenderer()) }
    #expect(text.contains("a place for source 1 at 40.0 to 50.0 m"), "\(text)")
  }
}

extension Span {
  func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}

@Suite("Scene index")
struct SceneIndexTests {
  @Test("shards are disjoint and together everything", arguments: [1, 2, 7, 30])
  func shards(parts: Int) {
    var config = SceneDatasetConfig.smoke
    config.scenes = SceneCounts(train: 11, validation: 3, test: 5)
    let index = SceneIndex(config)
    let all = (1...parts).flatMap { index.shard($0, of: parts) }
    #expect(all.sorted() == Array(0..<19))
    #expect(index.id(of: 0) == "train-000000" && index.id(of: 11) == "validation-000011")
    #expect(index.id(of: 18) == "test-000018")
  }
}
