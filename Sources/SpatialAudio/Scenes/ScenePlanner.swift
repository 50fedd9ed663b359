// Draws scenes: rooms with the wanted decay, places, paths, clips, levels.
// Not here: rendering (SceneRenderer.swift).

import Foundation
import Lab
public import Tensor

/// Draws the scenes of a dataset.
///
/// Every draw comes from a counter-based stream of (dataset seed, scene, purpose), so that a scene does not depend on
/// others, on threads, or on the shard in which it is rendered.
public struct ScenePlanner: Sendable {
  private let config: SceneDatasetConfig
  private let library: ClipLibrary
  private let index: SceneIndex
  private let root: RandomSource

  /// Rooms that are drawn before a scene is given up.
  private static let attempts = 20

  /// Creates a planner.
  public init(_ config: SceneDatasetConfig, library: ClipLibrary) {
    self.config = config
    self.library = library
    index = SceneIndex(config)
    root = RandomSource(seed: config.seed).split("scene")
  }

  /// The stream of a purpose in a scene.
  public func stream(_ scene: Int, _ purpose: String) -> RandomSource { root.split(scene).split(purpose) }

  /// Draws a scene.
  ///
  /// - Throws: ``SceneError`` that names the scene if its split has no clips, or twenty rooms in a row are impossible.
  public func plan(_ scene: Int, renderer: ImageSourceRenderer) throws(SceneError) -> ScenePlan {
    guard !drawClips(scene, split: index.split(of: scene)).isEmpty else {
      throw .scene(
        id: index.id(of: scene),
        problem: "no clips belong to the split \(index.split(of: scene).rawValue) of \(config.clips.folder). "
          + "Hint: add clips, let scenes.\(index.split(of: scene).rawValue) be 0, or set clips.split to none.")
    }
    var reason = ""
    for attempt in 0..<Self.attempts {
      do throws(AcousticsError) {
        return try draw(scene, attempt: attempt, renderer: renderer)
      } catch {
        reason = "\(error)"
      }
    }
    throw .scene(
      id: index.id(of: scene), problem: "no possible room in \(Self.attempts) draws; the last one failed: \(reason)")
  }

  private func draw(_ scene: Int, attempt: Int, renderer: ImageSourceRenderer) throws(AcousticsError) -> ScenePlan {
    var rooms = stream(scene, "room").split(attempt), places = stream(scene, "placement").split(attempt)
    let size = Vector(
      rooms.uniform(in: config.room.length), rooms.uniform(in: config.room.width),
      rooms.uniform(in: config.room.height))
    let listener = try drawListener(size, &places)
    let split = index.split(of: scene)
    let cast = drawClips(scene, split: split)
    var paths: [SourcePath] = []
    for _ in cast { paths.append(try drawPath(size, listener, besides: paths, &places)) }
    let walls = try drawWalls(
      size, source: paths[0].position(at: 0), listener: listener.position, &rooms, renderer)
    var levels = stream(scene, "levels")
    let gains = cast.map { _ in levels.uniform(in: config.sources.gain) }
    let sources = cast.indices.map {
      ScenePlan.Source(clip: cast[$0].clip, classIndex: cast[$0].classIndex, gain: gains[$0], path: paths[$0])
    }
    return ScenePlan(
      index: scene, id: index.id(of: scene), split: split, room: walls.room, targetT20: walls.target,
      echogramT20: walls.measured, listener: listener, sources: sources,
      signalToNoise: levels.uniform(in: config.noise.signalToNoise))
  }

  // MARK: Clips

  private func drawClips(_ scene: Int, split: DatasetSplit) -> [(clip: Clip, classIndex: Int)] {
    var random = stream(scene, "clips")
    let count = random.weighted(config.sources.counts) + 1
    let available = library.classes.indices.map { classIndex in
      library.clips(of: library.classes[classIndex], split: split, rule: config.clips.split)
    }
    var classes = available.indices.filter { !available[$0].isEmpty }
    var cast: [(clip: Clip, classIndex: Int)] = []
    while cast.count < count, !classes.isEmpty {
      let place = random.integer(below: classes.count)
      let classIndex = classes[place]
      if !config.sources.repeatsClasses { classes.remove(at: place) }
      let clips = available[classIndex]
      cast.append((clips[random.integer(below: clips.count)], classIndex))
    }
    return cast
  }

  // MARK: Rooms

  private func drawWalls(
    _ size: Vector, source: Vector, listener: Vector, _ random: inout RandomSource, _ renderer: ImageSourceRenderer
  ) throws(AcousticsError) -> (room: ShoeboxRoom, target: Double, measured: [Double]) {
    if case .absorption(let value) = config.room.walls {
      return (try ShoeboxRoom(size: size, absorption: value), 0, [])
    }
    let bands = OctaveBands(sampleRate: config.sampleRate).count
    let materials = (0..<6).map { _ in WallMaterial.allCases[random.integer(below: WallMaterial.allCases.count)] }
    let room = try ShoeboxRoom(size: size, materials: materials, bands: bands)
    var settings = imageSettings
    guard case .decay(let seconds) = config.room.walls else {
      // Long enough for the slowest band of most rooms; what is longer is measured as far as it goes.
      settings.truncation = .time(seconds: 1)
      let decays = renderer.echogram(room: room, source: source, listener: listener, settings: settings)
      return (room, 0, decays.map { $0.t20 ?? 2 })
    }
    let target = random.uniform(in: seconds)
    let solution = try DecayTarget(times: Array(repeating: target, count: bands))
      .solve(room, source: source, listener: listener, settings: settings, renderer: renderer)
    return (solution.room, target, solution.measured)
  }

  /// Conventions of all responses; the truncation is set where it is known.
  var imageSettings: ImageSourceSettings {
    var settings = ImageSourceSettings()
    settings.sampleRate = config.sampleRate
    settings.jitter = config.room.jitter
    settings.highPass = config.room.highPass
    settings.air = config.room.air
    return settings
  }

  // MARK: Places

  private func drawListener(_ size: Vector, _ random: inout RandomSource) throws(AcousticsError) -> Listener {
    let margin = config.listener.wallMargin
    let height = random.uniform(in: config.listener.height)
    guard 2 * margin < size.x, 2 * margin < size.y, height < size.z else {
      throw .impossibleRoom(
        "\(size.x) × \(size.y) × \(size.z) m", expected: "room for a listener \(margin) m from walls, \(height) m high")
    }
    let x = random.uniform(in: Span(lower: margin, upper: size.x - margin))
    let y = random.uniform(in: Span(lower: margin, upper: size.y - margin))
    let yaw = random.uniform(in: Span(lower: -180, upper: 180))
    return Listener(position: Vector(x, y, height), yaw: config.listener.turns ? yaw : 0)
  }

  private func drawPath(
    _ size: Vector, _ listener: Listener, besides others: [SourcePath], _ random: inout RandomSource
  ) throws(AcousticsError) -> SourcePath {
    let moves = random.uniform() < config.sources.moving
    for _ in 0..<2000 {
      let path = moves ? drawMotion(size, listener, &random) : .rest(drawPoint(size, &random))
      if isPossible(path, size, listener, others) { return path }
    }
    throw .impossibleRoom(
      "\(size.x) × \(size.y) × \(size.z) m",
      expected: "a place for source \(others.count + 1) at \(config.sources.distance.lower) to "
        + "\(config.sources.distance.upper) m, \(config.sources.wallMargin) m from walls and "
        + "\(config.sources.separation)° from others")
  }

  private func drawPoint(_ size: Vector, _ random: inout RandomSource) -> Vector {
    let margin = config.sources.wallMargin
    var point = Vector()
    for axis in 0..<3 {
      let low = min(margin, size[axis] / 2)
      point[axis] = random.uniform(in: Span(lower: low, upper: size[axis] - low))
    }
    return point
  }

  private func drawMotion(_ size: Vector, _ listener: Listener, _ random: inout RandomSource) -> SourcePath {
    let start = drawPoint(size, &random)
    let length = random.uniform(in: config.sources.speed) * config.duration
    if random.uniform() < 0.5 {
      let heading = random.uniform(in: Span(lower: 0, upper: 2 * .pi))
      return .polyline([start, start + Vector(cos(heading), sin(heading), 0) * length], duration: config.duration)
    }
    // A turn about the listener's axis, either way.
    let offset = start - listener.position
    let radius = Vector(offset.x, offset.y, 0).length
    let turn = length / max(0.1, radius) * 180 / .pi * (random.uniform() < 0.5 ? 1 : -1)
    let from = atan2(offset.y, offset.x) * 180 / .pi
    let center = Vector(listener.position.x, listener.position.y, start.z)
    return .arc(center: center, radius: radius, from: from, to: from + turn, duration: config.duration)
  }

  private func isPossible(_ path: SourcePath, _ size: Vector, _ listener: Listener, _ others: [SourcePath]) -> Bool {
    let steps = path.isMoving || others.contains(where: \.isMoving) ? Int(config.duration / 0.1) : 0
    for step in 0...steps {
      let time = 0.1 * Double(step), point = path.position(at: time), offset = point - listener.position
      let margin = config.sources.wallMargin
      guard
        (0..<3).allSatisfy({
          point[$0] >= min(margin, size[$0] / 2) && point[$0] <= size[$0] - min(margin, size[$0] / 2)
        })
      else { return false }
      guard offset.length >= config.sources.distance.lower, offset.length <= config.sources.distance.upper,
        let direction = Direction(offset)
      else { return false }
      for other in others {
        guard let that = Direction(other.position(at: time) - listener.position),
          direction.angle(to: that) >= config.sources.separation
        else { return false }
      }
    }
    return true
  }
}

extension RandomSource {
  /// A number of a closed range.
  mutating func uniform(in span: Span) -> Double { span.lower + (span.upper - span.lower) * uniform() }

  /// An index drawn by weights, which need not add up to 1.
  mutating func weighted(_ weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }
}
