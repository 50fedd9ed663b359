// Labels of known motion: which frames, and where, against the rules evaluated frame by frame.
import Foundation
import SpatialAudio
import TestSupport
import Testing

@Suite("Labels of trajectories")
struct TrajectoryLabelsTests {
  private static let front: @Sendable (Double) -> Vector = { _ in Vector(2, 0, 0) }

  private func frames(_ spans: [ClosedRange<Double>], duration: Double = 1) -> [Int] {
    TrajectoryLabels.events(
      [LabelledSource(classIndex: 0, spans: spans, position: Self.front)], duration: duration
    ).map(\.frame)
  }

  @Test("half of a frame is enough, less is not")
  func half() {
    #expect(frames([0.05...0.3]) == [0, 1, 2])
    #expect(frames([0.051...0.349]) == [1, 2])
    #expect(frames([0.25...0.35]) == [2, 3])
    #expect(frames([0.12...0.14, 0.16...0.19]) == [1])
    #expect(frames([0.12...0.16, 0.13...0.161]) == [])
    #expect(frames([0.1...0.13, 0.13...0.15]) == [1])
    #expect(frames([-3...0.06, 0.94...9]) == [0, 9])
    #expect(frames([]) == [] && frames([0...1], duration: 0) == [])
    #expect(frames([0...60], duration: 60).count == 600)
  }

  @Test("coverage agrees with counting milliseconds")
  func coverage() {
    forAll(50, seed: 21) { random, seed in
      let spans = (0..<Int.random(in: 1...4, using: &random)).map { _ -> ClosedRange<Int> in
        let start = Int.random(in: 0...1900, using: &random)
        return start...(start + Int.random(in: 0...400, using: &random))
      }
      let expected = (0..<20).filter { frame in
        (0..<100).count { tick in
          spans.contains { $0.lowerBound <= 100 * frame + tick && 100 * frame + tick < $0.upperBound }
        } >= 50
      }
      let seconds = spans.map { Double($0.lowerBound) / 1000...Double($0.upperBound) / 1000 }
      #expect(frames(seconds, duration: 2) == expected, "seed \(seed)")
    }
  }

  @Test("direction and distance are those at the frame's centre")
  func centre() {
    let source = LabelledSource(classIndex: 4, spans: [0...1]) { Vector(cos($0), sin($0), 0) * (1 + $0) }
    let events = TrajectoryLabels.events([source], duration: 1)
    #expect(events.count == 10)
    for event in events {
      let time = 0.1 * Double(event.frame) + 0.05
      #expect(abs(event.direction.azimuth - time * 180 / .pi) < 1e-9 && abs(event.distance - 1 - time) < 1e-12)
      #expect(event.classIndex == 4)
    }
  }

  @Test("control points turn the way that their azimuths count")
  func trajectory() {
    let source = LabelledSource(
      classIndex: 0, spans: [0...4], trajectory: [[1, 170, 0, 1], [2, 190, 10, 3], [3, -170, 10, 3]])
    let events = TrajectoryLabels.events([source], duration: 4)
    let at = { (frame: Int) in events[frame] }
    #expect(abs(at(0).direction.azimuth - 170) < 1e-9 && abs(at(0).distance - 1) < 1e-12)
    #expect(abs(at(15).direction.azimuth + 179) < 1e-9, "past the back: 170 + 0.55 · 20")
    #expect(abs(at(15).direction.elevation - 5.5) < 1e-9 && abs(at(15).distance - 2.1) < 1e-9)
    #expect(abs(at(25).direction.azimuth + 8) < 1e-9, "a full turn back: 190 - 0.55 · 360")
    #expect(abs(at(39).direction.azimuth + 170) < 1e-9)
  }

  @Test("sources are numbered within their class, and lines are sorted")
  func numbers() throws {
    let source = { LabelledSource(classIndex: $0, spans: [0...0.2], position: Self.front) }
    let events = TrajectoryLabels.events([source(5), source(2), source(5)], duration: 1)
    #expect(
      events.map { [$0.frame, $0.classIndex, $0.source] } == [
        [0, 2, 0], [0, 5, 0], [0, 5, 1], [1, 2, 0], [1, 5, 0], [1, 5, 1],
      ])
    #expect(try DCASELabels.text(of: events).split(separator: "\n").count == 6)
  }

  @Test("another period")
  func period() {
    let source = LabelledSource(classIndex: 0, spans: [0.5...1], position: Self.front)
    #expect(TrajectoryLabels.events([source], duration: 1, framePeriod: 0.02).map(\.frame) == Array(25..<50))
  }
}
