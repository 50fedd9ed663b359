// Directions over time from control points: interpolation, the step behind the head, points that are none.
// Not here: drawing (ScenePageTests.swift).

import SpatialAudio
import Testing

@Suite("Source tracks")
struct SourceTrackTests {
  private static func track(_ points: [(time: Double, azimuth: Double, elevation: Double)]) throws -> SourceTrack {
    let scene = try SampleScene.metadata([SampleScene.source(0, "a", onset: 0, offset: 5, path: points)])
    return SourceTrack(scene.sources[0])
  }

  @Test("angles are interpolated unwrapped and held outside of the control points")
  func interpolation() throws {
    let track = try Self.track([(1, 170, 0), (3, 190, 20)])
    #expect(track.values(at: 2)?.azimuth == 180 && track.values(at: 2)?.elevation == 10)
    #expect(track.values(at: 0)?.azimuth == 170 && track.values(at: 9)?.azimuth == 190)
    #expect(SourceTrack.wrapped(190) == -170 && SourceTrack.wrapped(-180) == -180 && SourceTrack.wrapped(540) == -180)
  }

  @Test("a curve that passes behind the head leaves at one edge and comes back at the other")
  func crossing() throws {
    for (from, to, edge) in [(100.0, 260.0, 180.0), (-100, -260, -180), (460, 620, 180)] {
      let curves = try Self.track([(0, from, 0), (4, to, 0)]).azimuthCurves(from: 0, to: 4)
      try #require(curves.count == 2, "\(from) to \(to): \(curves.count) curves")
      #expect(curves[0].last?.value == edge && curves[1].first?.value == -edge)
      let (before, after) = (curves[0].last?.time ?? 0, curves[1].first?.time ?? 0)
      #expect(abs(before - 2) < 1e-9 && abs(after - 2) < 1e-9)
      for curve in curves {
        for (a, b) in zip(curve, curve.dropFirst()) {
          #expect(abs(a.value - b.value) < 10 && a.time <= b.time && abs(b.value) <= 180)
        }
      }
    }
  }

  @Test("several turns make one curve each")
  func turns() throws {
    let curves = try Self.track([(0, 0, 0), (5, 3 * 360, 0)]).azimuthCurves(from: 0, to: 5)
    #expect(curves.count == 4)
  }

  @Test("one point is a level line, no usable point is nothing")
  func fewPoints() throws {
    let still = try Self.track([(2, -30, 15)])
    let curves = still.azimuthCurves(from: 1, to: 4)
    #expect(curves.count == 1 && curves[0].allSatisfy { $0.value == -30 })
    #expect(still.elevationCurve(from: 1, to: 4).allSatisfy { $0.value == 15 })
    #expect(still.azimuthCurves(from: 3, to: 3).count == 1)
    var scene = try SampleScene.standard()
    scene.sources[0].trajectory = [[], [1, 2], [.nan, 0, 0, 1], [1, .infinity, 0, 1]]
    let none = SourceTrack(scene.sources[0])
    #expect(none.values(at: 1) == nil && none.azimuthCurves(from: 0, to: 2).isEmpty)
    #expect(none.elevationCurve(from: 0, to: 2).isEmpty)
  }
}
