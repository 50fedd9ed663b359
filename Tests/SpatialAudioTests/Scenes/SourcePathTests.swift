// Paths: places over time, and where sound seems to come from.
// Not here: how motion is rendered (MotionRendererTests.swift).

import Foundation
import SpatialAudio
import TestSupport
import Testing

@Suite("Source path")
struct SourcePathTests {
  @Test("a polyline has one speed over all its stretches, and rests before and after")
  func polyline() {
    let path = SourcePath.polyline([Vector(0, 0, 1), Vector(3, 0, 1), Vector(3, 1, 1)], duration: 4)
    #expect(path.isMoving)
    #expect(path.position(at: -1) == Vector(0, 0, 1) && path.position(at: 9) == Vector(3, 1, 1))
    #expect((path.position(at: 1) - Vector(1, 0, 1)).length < 1e-12)
    #expect((path.position(at: 3) - Vector(3, 0, 1)).length < 1e-12)
    #expect((path.position(at: 3.5) - Vector(3, 0.5, 1)).length < 1e-12)
    let point = SourcePath.polyline([Vector(1, 2, 3), Vector(1, 2, 3)], duration: 2)
    #expect(point.position(at: 1) == Vector(1, 2, 3))
  }

  @Test("an arc keeps its radius and its height")
  func arc() {
    let path = SourcePath.arc(center: Vector(1, 1, 2), radius: 2, from: 0, to: 180, duration: 2)
    #expect((path.position(at: 0) - Vector(3, 1, 2)).length < 1e-12)
    #expect((path.position(at: 1) - Vector(1, 3, 2)).length < 1e-12)
    #expect((path.position(at: 5) - Vector(-1, 1, 2)).length < 1e-12)
    for step in 0...20 {
      let place = path.position(at: 0.1 * Double(step)) - Vector(1, 1, 2)
      #expect(abs(place.length - 2) < 1e-12 && place.z == 0)
    }
  }

  @Test("sound that arrives at t left at t - d/c")
  func apparent() {
    forAll(50, seed: 5) { random, seed in
      func draw(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
      func point() -> Vector { Vector(draw(0...10), draw(0...10), draw(0...3)) }
      let paths: [SourcePath] = [
        .polyline([point(), point(), point()], duration: 5),
        .arc(center: point(), radius: draw(0.5...4), from: draw(-180...180), to: draw(-360...360), duration: 5),
        .rest(point()),
      ]
      let listener = point()
      for path in paths {
        let time = draw(0.5...5)
        let place = path.apparentPosition(at: time, listener: listener, speedOfSound: 343)
        let emission = time - (place - listener).length / 343
        #expect((path.position(at: emission) - place).length < 1e-6, "seed \(seed), \(path)")
      }
    }
  }
}
