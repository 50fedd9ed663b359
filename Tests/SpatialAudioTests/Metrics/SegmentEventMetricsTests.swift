// Detection and directions apart from each other, counted by hand.
import SpatialAudio
import Testing

@Suite("Segment-level detection metrics")
struct SegmentEventMetricsTests {
  private let metric = SegmentEventMetrics(classCount: 3)

  @Test("classes count in segments, directions in frames whatever their class")
  func apart() {
    let reference = [event(0, 0, 0), event(12, 1, 30)]
    let prediction = [event(5, 0, 90), event(12, 2, 40), event(25, 1, 0)]
    let score = metric.score(reference, prediction, frames: 30)
    // Segment 0: right. Segment 1: class 1 missed and class 2 false, one substitution. Segment 2: an insertion.
    #expect(score.errorRate == 2.0 / 2)
    #expect(abs(score.fScore - 0.4) < 1e-12)
    #expect(abs(score.angleError - 10) < 1e-9)
    #expect(score.frameRecall == 27.0 / 30)
    let parts: [Double] = [1, 0.6, 10.0 / 180, 0.1]
    #expect(abs(score.seldScore - parts.reduce(0, +) / 4) < 1e-9)
  }

  @Test("values of a class")
  func classes() {
    let statistics = metric.statistics(
      reference: FrameLabels([event(0, 0, 0), event(12, 0, 0)]),
      prediction: FrameLabels([event(1, 0, 0), event(1, 1, 0)]))
    #expect(metric.score(ofClass: 0, statistics).fScore == 2.0 / 3)
    #expect(metric.score(ofClass: 0, statistics).errorRate == 0.5)
    #expect(metric.score(ofClass: 1, statistics).fScore == 0 && metric.score(ofClass: 1, statistics).errorRate.isNaN)
    #expect(metric.score(ofClass: 2, statistics).fScore.isNaN)
  }

  @Test("without events every frame is right and the rest is not defined")
  func empty() {
    #expect(metric.score([], [], frames: 7).frameRecall == 1)
    #expect(metric.score([], [], frames: 7).fScore.isNaN && metric.score([], []).frameRecall.isNaN)
    #expect(metric.score([event(0, 0, 0)], []).angleError == 180)
  }
}
