// Responses of a list of rooms in one call: what the benchmark against other simulators times.
// Not here: one response (ImageSourceRenderer.swift).

public import Foundation
import Synchronization
import Tensor

/// Rooms, a truncation and channels, as another program describes them.
public struct ResponseBatch: Decodable, Sendable {
  /// One room with a source and a listener.
  public struct Case: Decodable, Sendable {
    /// Length, width, height in metres.
    public var size: [Double]
    /// The source in metres.
    public var source: [Double]
    /// The listener in metres.
    public var listener: [Double]
    /// Energy absorption, 6 walls × 1 or the octave bands of the rate.
    public var absorption: [[Double]]
  }

  /// The rooms.
  public var rooms: [Case]
  /// Reflections; -1 if `seconds` limits the images.
  public var order: Int
  /// Time limit in seconds; 0 if `order` limits the images.
  public var seconds: Double
  /// 1 or 4.
  public var channels: Int
  /// Whether the air absorbs (the constants of 20 °C and 30 to 50 % humidity that other simulators tabulate).
  public var air: Bool
  /// Samples per second in Hz.
  public var rate: Int
  /// Whether bands are filtered and added up; if not, each band of each channel is a channel of the response.
  public var filtered: Bool

  /// Renders all rooms, one on each thread at a time.
  ///
  /// - Returns: the seconds that it took, the images of all rooms, and the responses `[room][channel]`.
  /// - Throws: ``AcousticsError``.
  public func run() throws -> (seconds: Double, images: Int, responses: [RoomResponse]) {
    let settings = settings
    let prepared = try rooms.map { room in
      guard room.size.count == 3, room.source.count == 3, room.listener.count == 3 else {
        throw AcousticsError.impossibleRoom("a place without three coordinates", expected: "x, y, z in metres")
      }
      return (
        try ShoeboxRoom(size: Vector(room.size[0], room.size[1], room.size[2]), absorption: room.absorption),
        Vector(room.source[0], room.source[1], room.source[2]),
        Listener(position: Vector(room.listener[0], room.listener[1], room.listener[2]))
      )
    }
    let workers = BatchWorkers(count: Runtime.threads, rate: rate)
    let results = Mutex<[Int: Result<(RoomResponse, Int), any Error>]>([:])
    let began = ContinuousClock.now
    parallelForEach(prepared.count) { index, worker in
      let (renderer, filters) = workers.pairs[worker]
      let (room, source, listener) = prepared[index]
      let result = Result {
        let banded = try renderer.response(
          room: room, source: source, listener: listener, channels: channels == 1 ? .mono : .firstOrder,
          settings: settings)
        return (filtered ? filters.response(banded) : planes(of: banded), banded.imageCount)
      }
      results.withLock { $0[index] = result }
    }
    let elapsed = (ContinuousClock.now - began).components
    let seconds = Double(elapsed.seconds) + 1e-18 * Double(elapsed.attoseconds)
    let all = try prepared.indices.compactMap { index in try results.withLock { try $0[index]?.get() } }
    return (seconds, all.reduce(0) { $0 + $1.1 }, all.map(\.0))
  }

  private func planes(of banded: BandedResponse) -> RoomResponse {
    let channels = (0..<banded.bandCount * banded.channels.rawValue).map { plane in
      Array(banded.planes[(plane * banded.frameCount)...].prefix(banded.frameCount))
    }
    return RoomResponse(sampleRate: rate, latency: banded.latency, channels: channels)
  }

  private var settings: ImageSourceSettings {
    var settings = ImageSourceSettings()
    settings.sampleRate = rate
    settings.truncation = order >= 0 ? .order(reflections: order) : .time(seconds: seconds)
    settings.air.absorption =
      air ? .constants(perMeter: [0.0001, 0.0003, 0.0006, 0.001, 0.0019, 0.0058, 0.0203]) : .none
    return settings
  }

  /// Writes responses as raw float32, room after room and channel after channel; returns their lengths.
  public static func write(_ responses: [RoomResponse], to url: URL) throws -> [Int] {
    var data = Data()
    for channel in responses.flatMap(\.channels) { channel.withUnsafeBytes { data.append(contentsOf: $0) } }
    try data.write(to: url)
    return responses.map(\.frameCount)
  }
}

/// A renderer and a filter bank for each worker.
// Safety: `parallelForEach` gives a worker number to one thread at a time, and each number has a pair of its own.
private final class BatchWorkers: @unchecked Sendable {
  let pairs: [(ImageSourceRenderer, BandFilterBank)]

  init(count: Int, rate: Int) {
    pairs = (0..<max(1, count)).map { _ in (ImageSourceRenderer(), BandFilterBank(sampleRate: rate, shape: .narrow)) }
  }
}
