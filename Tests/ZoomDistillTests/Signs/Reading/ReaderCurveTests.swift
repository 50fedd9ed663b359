// A reader's own resolution rises with size and with the retina.
// Not here: the reader (SignReaderTests.swift).
import Lab
import Testing
import ZoomDistill

@Suite("Resolution of readers")
struct ReaderCurveTests {
  @Test("larger signs are read better, and a wider retina reads more")
  func rises() throws {
    var config = SignTeacherConfig.bench
    let narrow = ReaderCurve(config, count: 96)
    (config.retina, config.solvingRetina) = (96, 96)
    let wide = ReaderCurve(config, count: 96)
    #expect(narrow.points.reduce(0) { $0 + $1.accuracy.count } == 96)
    #expect(narrow.points.map(\.side) == narrow.points.map(\.side).sorted())
    #expect(zip(narrow.points, narrow.points.dropFirst()).allSatisfy { $0.area.upper == $1.area.lower })
    let (first, last) = (try #require(narrow.points.first), try #require(narrow.points.last))
    #expect(last.accuracy.value > first.accuracy.value)
    func right(_ curve: ReaderCurve) -> Int { curve.points.reduce(0) { $0 + $1.accuracy.correct } }
    #expect(right(wide) > right(narrow))
    #expect(ReaderCurve(.bench, count: 96) == narrow)
    let rows = narrow.rows(prefix: "x", encoder: EncoderInput(maxPixels: 0, patch: 32))
    #expect(rows.count == narrow.points.count && rows.allSatisfy { $0.id.hasPrefix("x.told.tokens-2^") })
  }
}
