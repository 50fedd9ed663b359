// The proposer: every clean sign with its frame and box, duplicates counted, faint ones with low scores.
import Media
import Testing
import ZoomDistill

@Suite("Sign proposer")
struct SignProposerTests {
  private static let proposer = SignProposer(SignTemplates())

  @Test("signs of full contrast are found where they are, and nothing else is")
  func finds() {
    var faint: [Double] = []
    for index in 0..<12 {
      let scene = SignScene(SignWorldConfig(), seed: 41, index: index)
      let found = Self.proposer.signs(in: scene.image)
      for sign in scene.truth.signs {
        let hits = found.filter { $0.frame == sign.frame && $0.box.intersectionOverUnion(sign.box) > 0.8 }
        if sign.isFaint {
          faint.append(hits.first?.score ?? 0)
        } else {
          #expect(hits.count == 1 && hits[0].score >= 0.75, "scene \(index), \(sign.frame) at \(sign.box): \(hits)")
        }
      }
      for frame in SignFrame.allCases where scene.truth.signs.contains(where: { $0.isDuplicate && $0.frame == frame }) {
        #expect(found.count { $0.frame == frame && $0.score > 0.5 } == 2, "scene \(index), \(frame)")
      }
      let strangers = found.filter { proposal in
        proposal.score > 0.5 && scene.truth.sign(at: proposal.box)?.frame != proposal.frame
      }
      #expect(strangers.isEmpty, "scene \(index): \(strangers)")
    }
    #expect(faint.count >= 10 && faint.allSatisfy { $0 < 0.75 }, "\(faint)")
    #expect(faint.contains { $0 > 0.1 })
  }

  @Test("pictures without signs have none", arguments: [(1, 1), (3, 50), (40, 40)])
  func empty(width: Int, height: Int) {
    for format in [PixelFormat.gray, .rgb, .rgba] {
      let color = [UInt8](repeating: 200, count: format.channels)
      let image = Image(size: ImageSize(width: width, height: height), format: format, color: color)
      #expect(Self.proposer.signs(in: image).isEmpty)
    }
  }
}
