// Events arranged by frame.
import SpatialAudio
import Testing

@Suite("Labels by frame")
struct LabelEventTests {
  @Test("frames ascend, lines keep their order within a frame, and gaps cost nothing")
  func arranged() {
    let labels = FrameLabels([event(9_000_000, 2, 1), event(3, 1, 2, source: 5), event(3, 0, 3, source: 1)])
    #expect(labels.frames == [3, 9_000_000])
    #expect(labels.events(at: 0).map(\.source) == [5, 1])
    #expect(labels.events(at: 1).map(\.classIndex) == [2])
    #expect(labels.lastFrame == 9_000_000 && labels.lastClass == 2 && labels.frameCount == 9_000_001)
  }

  @Test("the length of a recording may exceed its last event, and is never less")
  func length() {
    #expect(FrameLabels([event(3, 0, 0)], frameCount: 600).frameCount == 600)
    #expect(FrameLabels([event(3, 0, 0)], frameCount: 2).frameCount == 4)
    let empty = FrameLabels([])
    #expect(empty.frameCount == 0 && empty.lastFrame == nil && empty.lastClass == nil && empty.frames.isEmpty)
  }
}
