// Frame metrics on cases that can be counted by hand, with and without the quirks of the public code.
import SpatialAudio
import Testing

@Suite("Frame-level SELD metrics")
struct FrameSELDMetricsTests {
  private let plain = FrameSELDMetrics(classCount: 2, dcaseCompat: false)
  private let compat = FrameSELDMetrics(classCount: 2)

  @Test("angle and relative distance decide together")
  func thresholds() {
    let reference = (0..<4).map { event($0, 0, 0, distance: 2) }
    let prediction = [
      event(0, 0, 20, distance: 4), event(1, 0, 21, distance: 2), event(2, 0, 0, distance: 4.01),
      event(3, 0, 0, distance: 0),
    ]
    let score = plain.score(reference, prediction)
    #expect(score.fScore == 0.5)
    #expect(abs(score.angleError - 41.0 / 4) < 1e-9)
    #expect(abs(score.distanceError - (2 + 0 + 2.01 + 2) / 4) < 1e-12)
    #expect(abs(score.relativeDistanceError - (1 + 0 + 1.005 + 1) / 4) < 1e-12)
    let expected = (0.5 + 41.0 / 4 / 180 + 3.005 / 4) / 3
    #expect(abs(score.seldScore - expected) < 1e-9)
    var strict = plain
    strict.distanceThreshold = 1.5
    #expect(strict.score(reference, prediction).fScore == 0)
  }

  @Test("the errors are those of all matched pairs, whatever the thresholds")
  func unthresholded() {
    let score = plain.score([event(0, 0, 0, distance: 1)], [event(0, 0, 180, distance: 9)])
    #expect(score.fScore == 0 && abs(score.angleError - 180) < 1e-9 && score.relativeDistanceError == 8)
    #expect(score.localizationRecall == 1)
  }

  @Test("surplus on either side is counted, and matching minimizes the sum")
  func surplus() {
    let reference = [event(0, 0, 0, source: 0), event(0, 0, 40, source: 1), event(0, 1, 0)]
    let prediction = [event(0, 0, 45, source: 0)]
    let counts = plain.statistics(reference: FrameLabels(reference), prediction: FrameLabels(prediction))
    #expect(counts.classes[0].truePositives == 1 && counts.classes[0].misses == 1 && counts.classes[1].misses == 1)
    #expect(counts.errors == 2)
    #expect(abs(counts.classes[0].angleSum - 5) < 1e-9)
    let score = plain.score(counts)
    #expect(score.fScore == 1 / 1.5 / 2)
    #expect(score.relativeDistanceError.isNaN)
    let expected = (1 - score.fScore + 5.0 / 180) / 2
    #expect(abs(score.seldScore - expected) < 1e-9)
  }

  @Test("distances that are missing or zero are left out; the public code lets them spoil the mean")
  func distances() {
    let reference = [event(0, 0, 0, distance: 2), event(1, 0, 0, distance: 0), event(2, 0, 0), event(3, 0, 0)]
    let prediction = [
      event(0, 0, 0, distance: 3), event(1, 0, 0, distance: 1), event(2, 0, 0, distance: 5), event(3, 0, 0),
    ]
    let own = plain.score(reference, prediction)
    #expect(own.relativeDistanceError == 0.5 && own.distanceError == 1 && own.fScore == 1)
    let public_ = compat.score(reference, prediction)
    #expect(public_.relativeDistanceError.isNaN && public_.distanceError.isNaN)
    // Frames 0 and 2 are right, frame 1 is beyond the relative threshold, frame 3 is not looked at; class 1 is empty.
    #expect(abs(public_.fScore - 2.0 / 3 / 2) < 1e-12)
  }

  @Test("identity switches: only between frames on end")
  func switches() {
    func count(_ predicted: [(frame: Int, source: Int)]) -> Int {
      let prediction = predicted.map { event($0.frame, 0, 0, source: $0.source) }
      let reference = (0..<8).map { event($0, 0, 0) }
      let statistics = plain.statistics(
        reference: FrameLabels(reference), prediction: FrameLabels(prediction))
      return statistics.classes[0].identitySwitches
    }
    #expect(count([(0, 0), (1, 0), (2, 1), (3, 1), (4, 0)]) == 2)
    #expect(count([(0, 0), (2, 1), (3, 1)]) == 0)
    #expect(count([]) == 0)
  }

  @Test("without events")
  func empty() {
    #expect(plain.score([], []).fScore.isNaN && plain.score([], []).seldScore.isNaN)
    let public_ = compat.score([], [])
    #expect(public_.fScore == 0 && public_.angleError.isNaN && public_.seldScore == 1)
    #expect(plain.score([], [event(0, 1, 0)]).fScore == 0)
  }

  @Test("equal directions: 0 here, 8.1e-4 degrees in the public code")
  func equalDirections() {
    let events = [event(0, 0, 33, 12, distance: 1), event(1, 0, 33, 12, distance: 1)]
    #expect(plain.score(events, events).angleError < 1e-9)
    #expect(abs(compat.score(events, events).angleError - 8.1028e-4) < 1e-7)
  }

  @Test("pairs are those that are counted")
  func pairs() {
    for seed: UInt64 in 0..<20 {
      let sample = MetricCase(seed: seed)
      for file in sample.files {
        let pairs = sample.frames.pairs(reference: file.reference, prediction: file.prediction)
        let tallies = sample.frames.statistics(reference: file.reference, prediction: file.prediction).classes
        #expect(pairs.count == tallies.reduce(0) { $0 + $1.truePositives + $1.wrongPlaces }, "seed \(seed)")
        #expect(
          pairs.allSatisfy {
            $0.reference.classIndex == $0.prediction.classIndex && $0.reference.frame == $0.prediction.frame
          })
        let sum = tallies.reduce(0) { $0 + $1.angleSum }
        #expect(abs(pairs.reduce(0) { $0 + $1.angle } - sum) < 1e-9 * max(1, sum), "seed \(seed)")
      }
    }
  }
}
