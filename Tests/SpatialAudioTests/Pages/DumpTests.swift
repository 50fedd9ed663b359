// throwaway
import Foundation
import Lab
import Media
import SpatialAudio
import Testing
@Suite struct DumpTests {
  @Test func dump() throws {
    let scene = try SampleScene.standard()
    let page = ScenePage(
      scene: scene, audio: SampleScene.sound(scene), responses: (0..<3).map { SampleScene.response(seed: $0) })
    try page.report.write(to: URL(filePath: "/tmp/media-page"))
    var many = try SampleScene.metadata(
      (0..<7).map { i in
        SampleScene.source(
          i, ["a_very_long_class_name_of_a_source", "speech", "vacuum_cleaner"][i % 3], onset: Double(i) * 0.6,
          offset: Double(i) * 0.6 + 1.2, path: [(0, Double(i) * 9 - 20, 0), (5, Double(i) * 9 + 200, 10)],
          distance: 1.2, listener: [1.2, 4, 1.6])
      })
    many.room.size = [3.2, 8, 2.5]; many.listener.position = [1.2, 4, 1.6]
    try ScenePage(scene: many, audio: SampleScene.sound(many)).report.write(to: URL(filePath: "/tmp/media-page2"))
  }
}
