// From a plan to samples, metadata and activity: convolution, levels, noise, the common gain.
// Not here: files (Dataset/SceneWriter.swift), labels (Dataset/SceneLabels.swift).

import Foundation
import Lab
public import Media
import Tensor

/// A rendered scene.
public struct RenderedScene: Sendable {
  /// W, Y, Z, X in SN3D.
  public var audio: AudioBuffer
  /// Everything that is known about it; names and digests of files are still empty.
  public var metadata: SceneMetadata
  /// The response of each source, at the first point of its path.
  public var responses: [RoomResponse]
  /// The path of each source.
  public var paths: [SourcePath]
}

/// Renders scenes; keeps scratch, transforms and clips between calls. Each worker has its own.
public final class SceneRenderer {
  private let config: SceneDatasetConfig
  private let planner: ScenePlanner
  private let classes: [String]
  private let generator: String
  private let images = ImageSourceRenderer()
  private let filters: BandFilterBank
  private let clips: ClipLoader
  private let convolution: PartitionedConvolution
  /// Frames before the scene in a mix: filters ring that long before an arrival.
  private static let lead = FractionalDelay.latency + OctaveBands.filterLead

  /// Creates a renderer.
  public init(_ config: SceneDatasetConfig, library: ClipLibrary) {
    self.config = config
    planner = ScenePlanner(config, library: library)
    classes = library.classes
    generator = "foa-simulate"
    filters = BandFilterBank(sampleRate: config.sampleRate, shape: config.room.bandShape)
    clips = ClipLoader(config.clips, sampleRate: config.sampleRate)
    convolution = PartitionedConvolution(blockSize: 8192)
  }

  /// Draws a scene.
  ///
  /// - Throws: ``SceneError``.
  public func plan(_ scene: Int) throws(SceneError) -> ScenePlan { try planner.plan(scene, renderer: images) }

  /// Draws and renders a scene.
  ///
  /// - Throws: ``SceneError`` that names the scene, and the clip if it is to blame.
  public func render(_ scene: Int) throws(SceneError) -> RenderedScene {
    let plan = try plan(scene)
    do {
      return try render(plan)
    } catch SceneError.scene(let id, let problem) {
      throw .scene(id: id, problem: problem)
    } catch {
      throw .scene(id: plan.id, problem: "\(error)")
    }
  }

  /// A source with its sound, placed in time.
  private struct Placed {
    var source: ScenePlan.Source
    var dry: DryClip
    var samples: [Float]
    var start: Int
  }

  private func render(_ plan: ScenePlan) throws -> RenderedScene {
    let frameCount = Int((config.duration * Double(config.sampleRate)).rounded())
    let responder = SourceResponder(
      plan: plan, tail: config.room.tail, settings: planner.imageSettings, renderer: images, filters: filters,
      tailRandom: planner.stream(plan.index, "tail"), jitterKey: planner.stream(plan.index, "jitter").key)
    let placed = try place(plan, frameCount: frameCount)
    var mix = Array(repeating: [Float](repeating: 0, count: frameCount + Self.lead), count: 4)
    var responses: [RoomResponse] = [], measures: [ResponseMeasures] = [], levels: [Double] = []
    for item in placed {
      var alone = Array(repeating: [Float](repeating: 0, count: frameCount + Self.lead), count: 4)
      let origin = item.source.path.position(at: Double(item.start) / Double(config.sampleRate))
      let banded = try responder.banded(origin).whole
      let response = responder.finish(banded)
      if item.source.path.isMoving {
        let motion = MotionRenderer(
          responder: responder, motion: config.sources.motion, sampleRate: config.sampleRate, convolution: convolution)
        try motion.add(item.samples, path: item.source.path, start: item.start, to: &alone, lead: Self.lead)
      } else {
        convolution.add(
          item.samples, with: convolution.spectra(of: response.channels), to: &alone,
          at: item.start + Self.lead - response.latency)
      }
      levels.append(ClipLoader.activeLevel(Array(alone[0][Self.lead...]), sampleRate: config.sampleRate))
      for channel in 0..<4 { for frame in mix[channel].indices { mix[channel][frame] += alone[channel][frame] } }
      measures.append(responder.measure(banded, response, source: origin))
      responses.append(response)
    }
    var audio = AudioBuffer(sampleRate: config.sampleRate, channels: mix.map { Array($0[Self.lead...]) })
    let spans = activity(plan, placed, responder)
    addNoise(to: &audio, plan, spans)
    let gain = limitPeak(&audio)
    let metadata = describe(plan, placed, measures, levels, spans, responder, gain: gain, latency: responses[0].latency)
    return RenderedScene(audio: audio, metadata: metadata, responses: responses, paths: plan.sources.map(\.path))
  }

  // MARK: Time

  /// Loads the clips and finds a start for each, with at most the allowed number at once.
  private func place(_ plan: ScenePlan, frameCount: Int) throws(SceneError) -> [Placed] {
    var random = planner.stream(plan.index, "timing")
    var placed: [Placed] = []
    for source in plan.sources {
      let dry = try clips.load(source.clip)
      let gain = Float(pow(10, source.gain / 20))
      // A quarter of a second at the end is left for the sound to die away.
      let room = max(1, frameCount - config.sampleRate / 4)
      let samples = dry.samples.prefix(room).map { $0 * gain }
      var start = 0
      for attempt in 0..<200 {
        start = random.integer(below: max(1, frameCount - config.sampleRate / 4 - samples.count + 1))
        if isAllowed(start..<start + samples.count, placed) { break }
        guard attempt < 199 else {
          throw .scene(
            id: plan.id,
            problem: "no start for \(source.clip.file) with at most \(config.sources.polyphony) sources at once. "
              + "Hint: raise duration or sources.polyphony, or lower clips.longest.")
        }
      }
      placed.append(Placed(source: source, dry: dry, samples: samples, start: start))
    }
    return placed
  }

  private func isAllowed(_ span: Range<Int>, _ placed: [Placed]) -> Bool {
    // The count of others changes only where one of them begins.
    let others = placed.map { $0.start..<$0.start + $0.samples.count }.filter { $0.overlaps(span) }
    let moments = [span.lowerBound] + others.map { max($0.lowerBound, span.lowerBound) }
    return moments.allSatisfy { moment in
      others.count { $0.contains(moment) } < config.sources.polyphony
    }
  }

  /// From the arrival of the first to that of the last dry sample, in seconds.
  private func activity(
    _ plan: ScenePlan, _ placed: [Placed], _ responder: SourceResponder
  ) -> [ClosedRange<Double>] {
    let rate = Double(config.sampleRate), speed = responder.settings.air.speedOfSound
    return placed.map { item in
      func arrival(_ frame: Int) -> Double {
        let time = Double(frame) / rate
        return time + (item.source.path.position(at: time) - plan.listener.position).length / speed
      }
      let onset = arrival(item.start)
      return onset...max(onset, arrival(item.start + item.samples.count))
    }
  }

  // MARK: Levels

  private func addNoise(to audio: inout AudioBuffer, _ plan: ScenePlan, _ spans: [ClosedRange<Double>]) {
    guard config.noise.kind != .none else { return }
    let rate = Double(config.sampleRate)
    var energy = 0.0, count = 0
    for (frame, sample) in audio.channels[0].enumerated()
    where spans.contains(where: { $0.contains(Double(frame) / rate) }) {
      energy += Double(sample) * Double(sample)
      count += 1
    }
    let noise = DiffuseNoise.make(
      config.noise.kind, frameCount: audio.frameCount, sampleRate: config.sampleRate,
      random: planner.stream(plan.index, "noise"))
    let power = noise.channels[0].reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(1, audio.frameCount))
    guard count > 0, power > 0 else { return }
    let gain = Float((energy / Double(count) / power * pow(10, -plan.signalToNoise / 10)).squareRoot())
    for channel in 0..<4 {
      for frame in audio.channels[channel].indices {
        audio.channels[channel][frame] += gain * noise.channels[channel][frame]
      }
    }
  }

  /// Lowers all channels together if a peak is above the limit.
  ///
  /// - Returns: the gain in dB, at most 0.
  private func limitPeak(_ audio: inout AudioBuffer) -> Double {
    let peak = Double(audio.peak), limit = pow(10, config.output.peak / 20)
    guard peak > limit else { return 0 }
    let gain = Float(limit / peak)
    for channel in audio.channels.indices {
      for frame in audio.channels[channel].indices { audio.channels[channel][frame] *= gain }
    }
    return 20 * log10(Double(gain))
  }

  // MARK: Metadata

  private func describe(
    _ plan: ScenePlan, _ placed: [Placed], _ measures: [ResponseMeasures], _ levels: [Double],
    _ spans: [ClosedRange<Double>], _ responder: SourceResponder, gain: Double, latency: Int
  ) -> SceneMetadata {
    let sources = placed.indices.map { index in
      describe(
        index, placed[index], plan, span: spans[index], directToReverberant: measures[index].directToReverberant,
        level: levels[index], speed: responder.settings.air.speedOfSound)
    }
    let first = placed[0].source.path.position(at: 0)
    let air = config.room.air
    return SceneMetadata(
      sceneID: plan.id, split: plan.split.rawValue, seed: Self.hexadecimal(config.seed), generator: generator,
      sampleRate: config.sampleRate, duration: config.duration,
      format: SceneMetadata.Format(.acnSN3D),
      room: SceneMetadata.Room(
        size: [plan.room.size.x, plan.room.size.y, plan.room.size.z].map { Self.rounded($0, 6) },
        absorption: plan.room.absorption.map { $0.map { Self.rounded($0, 6) } },
        bands: plan.room.bandCount == 1 ? [] : filters.bands.centers,
        t20ByBand: measures[0].t20ByBand.map { Self.rounded($0, 4) }, t20: Self.rounded(measures[0].t20, 4),
        targetT20: Self.rounded(plan.targetT20, 4), earlyDecayTime: Self.rounded(measures[0].earlyDecayTime, 4),
        clarity50: Self.rounded(measures[0].clarity50, 2), speedOfSound: air.speedOfSound,
        temperature: air.temperature, humidity: air.humidity,
        imageSourceTime: Self.rounded(responder.imageTime(first), 4),
        mixingTime: Self.rounded(responder.mixingTime(first), 4), latencySamples: latency),
      listener: SceneMetadata.Listener(
        position: [plan.listener.position.x, plan.listener.position.y, plan.listener.position.z]
          .map { Self.rounded($0, 6) }, yaw: Self.rounded(plan.listener.yaw, 4)),
      sources: sources,
      noise: SceneMetadata.Noise(
        type: config.noise.kind == .none ? "none" : "diffuse_\(config.noise.kind.rawValue)",
        signalToNoise: config.noise.kind == .none ? 0 : Self.rounded(plan.signalToNoise, 2)),
      commonGain: Self.rounded(gain, 3), audio: "", audioDigest: "", labels: "")
  }

  private func describe(
    _ index: Int, _ item: Placed, _ plan: ScenePlan, span: ClosedRange<Double>, directToReverberant: Double,
    level: Double, speed: Double
  ) -> SceneMetadata.Source {
    let path = item.source.path
    let steps = path.isMoving ? max(1, Int(((span.upperBound - span.lowerBound) / 0.1).rounded(.up))) : 0
    var trajectory: [[Double]] = [], positions: [[Double]] = [], unwrapped = 0.0
    for step in 0...steps {
      let time = span.lowerBound + (steps > 0 ? (span.upperBound - span.lowerBound) * Double(step) / Double(steps) : 0)
      let place = path.apparentPosition(at: time, listener: plan.listener.position, speedOfSound: speed)
      let local = plan.listener.local(place)
      let azimuth = atan2(local.y, local.x) * 180 / .pi
      unwrapped = step == 0 ? azimuth : unwrapped + (azimuth - unwrapped).remainder(dividingBy: 360)
      let elevation = atan2(local.z, Vector(local.x, local.y, 0).length) * 180 / .pi
      trajectory.append([time, unwrapped, elevation, local.length].map { Self.rounded($0, 4) })
      positions.append([place.x, place.y, place.z].map { Self.rounded($0, 4) })
    }
    return SceneMetadata.Source(
      id: index, className: classes[item.source.classIndex], classIndex: item.source.classIndex,
      clip: item.source.clip.file, clipDigest: item.dry.digest, onset: Self.rounded(span.lowerBound, 5),
      offset: Self.rounded(min(span.upperBound, config.duration), 5), gain: Self.rounded(item.source.gain, 3),
      isMoving: path.isMoving, motion: path.isMoving ? config.sources.motion.rawValue : "static",
      trajectory: trajectory, positions: positions, directToReverberant: Self.rounded(directToReverberant, 2),
      level: Self.rounded(level, 2))
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func rounded(_ value: Double, _ digits: Int) -> Double {
    let scale = pow(10, Double(digits))
    return (value * scale).rounded() / scale
  }
}
