// Frames by name, and shapes that fill their square and hold their detail.
import Testing
import ZoomDistill

@Suite("Sign frames")
struct SignFrameTests {
  @Test("each name finds its frame, whatever surrounds it", arguments: SignFrame.allCases)
  func names(frame: SignFrame) {
    #expect(SignFrame(name: frame.name) == frame)
    #expect(SignFrame(name: "The \(frame.name.uppercased()) sign.") == frame)
    #expect(SignFrame(name: "a \(frame.name) and more") == nil)
  }

  @Test(
    "other names find none", arguments: ["", "star", "the", "gapped", "circle square", "ring ring", "gapped circle"])
  func strangers(name: String) { #expect(SignFrame(name: name) == nil) }

  @Test("a ring is the gapped one")
  func ring() { #expect(SignFrame(name: "ring") == .gappedRing) }
}
