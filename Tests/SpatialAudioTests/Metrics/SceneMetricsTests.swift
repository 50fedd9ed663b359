// Scene metrics on scenes that can be counted by hand.
import Foundation
import Lab
import SpatialAudio
import Testing

private func source(_ classIndex: Int, _ azimuth: Double, _ elevation: Double = 0, _ distance: Double = .nan)
  -> SceneSource
{
  SceneSource(
    classIndex: classIndex, direction: Direction(azimuth: azimuth, elevation: elevation), distance: distance)
}

@Suite("Scene metrics")
struct SceneMetricsTests {
  @Test("recall, angles, elevation and distance")
  func basics() {
    var metrics = SceneMetrics()
    metrics.add(
      reference: [source(0, 0, 10, 2), source(1, 90, 0, 1)], prediction: [source(1, 110, 0, 2), source(0, 0, 0, 2)])
    metrics.add(reference: [source(0, -90)], prediction: [source(2, -60), source(2, 100)])
    #expect(metrics.scenes == 2)
    #expect(metrics.recall == Proportion(successes: 2, trials: 3))
    #expect(metrics.precision == Proportion(successes: 2, trials: 4))
    #expect(metrics.countAccuracy.value == 0.5)
    #expect(metrics.classAccuracy == Proportion(successes: 2, trials: 3))
    #expect(abs(metrics.medianAngle - 20) < 1e-9 && abs(metrics.meanAngle - 20) < 1e-9)
    #expect(abs(metrics.elevationError - 10.0 / 3) < 1e-9)
    #expect(abs(metrics.medianDistanceLogRatio - log(2.0) / 2) < 1e-12)
    #expect(metrics.recall.interval().contains(2.0 / 3))
  }

  @Test("front and back: mirrored sources are confused, those to the side do not count")
  func frontBack() {
    var metrics = SceneMetrics()
    metrics.add(reference: [source(0, 30)], prediction: [source(0, 150)])
    metrics.add(reference: [source(0, 170)], prediction: [source(0, 120)])
    metrics.add(reference: [source(0, 90)], prediction: [source(0, 80)])
    metrics.add(reference: [source(0, -20)], prediction: [source(0, 20)])
    #expect(metrics.frontBackConfusion == Proportion(successes: 1, trials: 3))
  }

  @Test("binding: right sounds in right places, swapped or not")
  func binding() {
    let truth = [source(3, -60), source(5, 60)]
    var metrics = SceneMetrics()
    metrics.add(reference: truth, prediction: [source(5, 65), source(3, -55)])
    metrics.add(reference: truth, prediction: [source(3, 60), source(5, -60)])
    #expect(metrics.bindingAccuracy == Proportion(successes: 1, trials: 2))
    // Not a question of binding: a wrong class, a wrong place, one class twice, one source.
    metrics.add(reference: truth, prediction: [source(3, -60), source(4, 60)])
    metrics.add(reference: truth, prediction: [source(3, -60), source(5, 90)])
    metrics.add(reference: [source(3, 0), source(3, 90)], prediction: [source(3, 0), source(3, 90)])
    metrics.add(reference: [source(3, 0)], prediction: [source(3, 0)])
    metrics.add(reference: truth, prediction: truth + [source(3, 0)])
    #expect(metrics.bindingAccuracy.trials == 2)
  }

  @Test("sums, and nothing at all")
  func sums() {
    var (a, b, both) = (SceneMetrics(), SceneMetrics(), SceneMetrics())
    let scenes = [([source(0, 0, 0, 1)], [source(0, 10, 5, 2)]), ([source(1, 50), source(2, -50)], [source(2, -45)])]
    a.add(reference: scenes[0].0, prediction: scenes[0].1)
    b.add(reference: scenes[1].0, prediction: scenes[1].1)
    for scene in scenes { both.add(reference: scene.0, prediction: scene.1) }
    let sum = a + b
    #expect(sum.angles == both.angles && sum.recall == both.recall && sum.scenes == 2)
    #expect(sum.countAccuracy == both.countAccuracy && sum.distanceLogRatios == both.distanceLogRatios)
    var empty = SceneMetrics()
    #expect(empty.medianAngle.isNaN && empty.recall.value.isNaN && empty.recall.interval().lower.isNaN)
    empty.add(reference: [], prediction: [])
    #expect(empty.countAccuracy.value == 1 && empty.recall.value.isNaN)
  }
}
