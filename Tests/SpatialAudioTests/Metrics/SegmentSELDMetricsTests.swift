// Segment metrics on cases that can be counted by hand, with and without the quirks of the public code.
import SpatialAudio
import Testing

/// An event by angles.
func event(
  _ frame: Int, _ classIndex: Int = 0, _ azimuth: Double, _ elevation: Double = 0, source: Int = 0,
  distance: Double = .nan
) -> LabelEvent {
  LabelEvent(
    frame: frame, classIndex: classIndex, source: source,
    direction: Direction(azimuth: azimuth, elevation: elevation), distance: distance)
}

extension SELDMetric {
  /// The score of one file.
  func score(_ reference: [LabelEvent], _ prediction: [LabelEvent], frames: Int = 0) -> Score {
    score(
      statistics(
        reference: FrameLabels(reference, frameCount: frames), prediction: FrameLabels(prediction, frameCount: frames)))
  }
}

@Suite("Segment-level SELD metrics")
struct SegmentSELDMetricsTests {
  private let plain = SegmentSELDMetrics(classCount: 2, dcaseCompat: false)
  private let compat = SegmentSELDMetrics(classCount: 2)

  @Test("a perfect prediction is perfect, and classes without events are left out")
  func perfect() {
    let events = (0..<25).map { event($0, 1, 10 * Double($0) - 100) }
    let score = plain.score(events, events)
    #expect(zip(score.values, [0, 1, 0, 1, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("the public code gives classes without events F 0, LE 180 and LR 0, and leaves out the last frame")
  func quirks() {
    let events = (0..<21).map { event($0, 1, 5) }
    let score = compat.score(events, events)
    #expect(score.fScore == 0.5 && score.localizationRecall == 0.5)
    #expect(abs(score.localizationError - 90) < 1e-3)
    // Frame 20 begins the third segment and is not looked at: two tracks, not three.
    let statistics = compat.statistics(reference: FrameLabels(events), prediction: FrameLabels(events))
    #expect(statistics.classes[1].references == 2)
    #expect(
      plain.statistics(reference: FrameLabels(events), prediction: FrameLabels(events)).classes[1].references == 3)
  }

  @Test("a wrong place is a false positive and a miss, in 2020 only a false positive")
  func wrongPlace() {
    let reference = (0..<10).map { event($0, 0, 0) } + (10..<20).map { event($0, 0, 0) }
    let prediction = (0..<10).map { event($0, 0, 19) } + (10..<20).map { event($0, 0, 21) }
    #expect(plain.score(reference, prediction).fScore == 1.0 / 2)
    var older = plain
    older.wrongPlace = .falsePositive
    #expect(older.score(reference, prediction).fScore == 2.0 / 3)
    #expect(abs(plain.score(reference, prediction).localizationError - 20) < 1e-9)
    #expect(plain.score(reference, prediction).errorRate == 0.5)
    #expect(plain.score(reference, prediction).localizationRecall == 1)
  }

  @Test("20° on paper is within 20°, across the wrap of azimuth too")
  func threshold() {
    for azimuth in stride(from: -180.0, to: 180, by: 7) {
      let turned = azimuth + 20 >= 180 ? azimuth - 340 : azimuth + 20
      #expect(plain.score([event(0, 0, azimuth)], [event(0, 0, turned)]).fScore == 1, "\(azimuth)")
    }
  }

  @Test("present in one segment but never in one frame")
  func neverTogether() {
    let reference = [event(0, 0, 0), event(2, 0, 0), event(2, 0, 90, source: 1), event(9, 1, 0)]
    let prediction = [event(1, 0, 0), event(9, 1, 0)]
    let own = plain.statistics(reference: FrameLabels(reference), prediction: FrameLabels(prediction)).classes[0]
    #expect(own.misses == 2 && own.falsePositives == 1 && own.references == 2)
    let public_ = compat.statistics(reference: FrameLabels(reference), prediction: FrameLabels(prediction)).classes[0]
    #expect(public_.misses == 1 && public_.falsePositives == 0 && public_.references == 2)
  }

  @Test("tracks of one class are matched by direction, averaged over the frames that they share")
  func tracks() {
    let reference = (0..<10).flatMap { [event($0, 0, -60, source: 0), event($0, 0, 60, source: 1)] }
    let prediction = (0..<10).flatMap { [event($0, 0, 60 + Double($0), source: 0), event($0, 0, -60, source: 1)] }
    let score = plain.score(reference, prediction)
    #expect(score.fScore == 1 && abs(score.localizationError - 4.5 / 2) < 1e-9)
  }

  @Test("without events on either side there are no numbers, and no crash")
  func empty() {
    let nothing = plain.score([], [])
    #expect(nothing.values.allSatisfy { $0.isNaN })
    #expect(compat.score([], []).values == [0, 0, 180, 0, 0.75])
    let alarms = plain.score([], [event(3, 0, 0)])
    #expect(alarms.fScore == 0 && alarms.errorRate.isNaN && alarms.localizationError.isNaN)
    let misses = plain.score([event(3, 0, 0)], [])
    #expect(misses.values == [1, 0, 180, 0, 1])
  }

  @Test("micro adds counts, macro averages values")
  func averages() {
    // Class 0: 3 segments right. Class 1: 1 segment missed.
    let reference = (0..<30).map { event($0, 0, 0) } + [event(0, 1, 0)]
    let prediction = (0..<30).map { event($0, 0, 0) }
    #expect(plain.score(reference, prediction).fScore == 0.5)
    var micro = plain
    micro.average = .micro
    #expect(micro.score(reference, prediction).fScore == 3 / 3.5)
    #expect(micro.score(reference, prediction).errorRate == 0.25)
  }

  @Test("the order of lines counts for nothing unless the public code is followed")
  func order() {
    for seed: UInt64 in 0..<60 {
      let sample = MetricCase(seed: seed)
      let metric = SegmentSELDMetrics(classCount: sample.classes, dcaseCompat: false)
      let frames = FrameSELDMetrics(classCount: sample.classes, dcaseCompat: false)
      for file in sample.files
      where Set(file.prediction.events.map { "\($0.frame) \($0.classIndex) \($0.source)" }).count
        == file.prediction.events.count
      {
        let reversed = FrameLabels(file.prediction.events.reversed(), frameCount: file.prediction.frameCount)
        #expect(
          metric.statistics(reference: file.reference, prediction: file.prediction)
            == metric.statistics(reference: file.reference, prediction: reversed), "seed \(seed)")
        let (a, b) = (
          frames.statistics(reference: file.reference, prediction: file.prediction),
          frames.statistics(reference: file.reference, prediction: reversed)
        )
        #expect(
          a.errors == b.errors && a.classes.map(\.truePositives) == b.classes.map(\.truePositives), "seed \(seed)")
      }
    }
  }

  @Test("a frame far away costs nothing")
  func sparse() {
    let far = [event(0, 0, 0), event(9_999_990, 0, 0)]
    #expect(plain.score(far, far).fScore == 1)
  }
}
