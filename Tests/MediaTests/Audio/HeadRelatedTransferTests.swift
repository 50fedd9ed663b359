// Head-related responses from SOFA files: the installed measurement, damaged files, resampling.
// Not here: decoders (SpatialAudioTests).

import Foundation
import Media
import TestSupport
import Testing

@Suite("Head-related responses")
struct HeadRelatedTransferTests {
  /// Energy of a response, and the first frame that reaches a tenth of its peak.
  private static func look(_ response: [Float]) -> (energy: Float, onset: Int) {
    let peak = response.map { abs($0) }.max() ?? 0
    return (response.reduce(0) { $0 + $1 * $1 }, response.firstIndex { abs($0) >= peak / 10 } ?? 0)
  }

  @Test("the installed head hears the left louder and earlier in the left ear")
  func installed() throws {
    // The test means something only where the system has the file.
    guard let file = HeadRelatedTransfer.installedFile else { return }
    let head = try HeadRelatedTransfer(contentsOf: file)
    #expect(head.directions.count > 100 && head.tapCount > 50 && head.sampleRate >= 44_100)
    let lengths = head.directions.map { direction -> Double in (direction * direction).sum() }
    #expect(lengths.allSatisfy { abs($0 - 1) < 1e-6 })
    for (index, direction) in head.directions.enumerated() where abs(direction.y) > 0.9 {
      let (left, right) = (Self.look(head.left[index]), Self.look(head.right[index]))
      let isLeft = direction.y > 0
      #expect((left.energy > right.energy) == isLeft, "direction \(direction)")
      #expect(isLeft ? left.onset < right.onset : left.onset > right.onset, "direction \(direction)")
    }
  }

  @Test("what is missing, empty, no SOFA file or cut is refused by name")
  func damaged() throws {
    let folder = try TestFolder()
    let missing = #expect(throws: MediaError.self) { try HeadRelatedTransfer(contentsOf: folder.file("no.sofa")) }
    #expect(missing?.description.contains("no.sofa") == true)
    #expect(throws: MediaError.self) { try HeadRelatedTransfer(contentsOf: folder.url) }
    let empty = try folder.write([], "empty.sofa")
    #expect(throws: MediaError.empty(path: empty.path)) { try HeadRelatedTransfer(contentsOf: empty) }
    let text = try folder.write([UInt8](String(repeating: "no responses here ", count: 100).utf8), "text.sofa")
    let error = #expect(throws: MediaError.self) { try HeadRelatedTransfer(contentsOf: text) }
    #expect(error?.description.contains("text.sofa") == true && error?.description.contains("SOFA") == true)
    let header = try folder.write(
      [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 9] + [UInt8](repeating: 0, count: 99), "h5")
    let version = #expect(throws: MediaError.self) { try HeadRelatedTransfer(contentsOf: header) }
    #expect(version?.description.contains("superblock") == true)
    guard let file = HeadRelatedTransfer.installedFile else { return }
    let bytes = [UInt8](try Data(contentsOf: file))
    for share in [0.0001, 0.01, 0.3, 0.8] {
      let cut = try folder.write(Array(bytes.prefix(Int(Double(bytes.count) * share) + 8)), "cut.sofa")
      let error = #expect(throws: MediaError.self, "\(share) of the file") { try HeadRelatedTransfer(contentsOf: cut) }
      #expect(error?.description.contains(share < 0.001 ? "cut.sofa" : "is cut short: expected \(bytes.count)") == true)
    }
  }

  @Test("resampling keeps gains")
  func resampling() throws {
    var random = TestRandom(seed: 2)
    // A slow pulse: all of it passes both rates.
    let pulse = (0..<200).map { Float(exp(-pow((Double($0) - 100) / 20, 2))) }
    let half = pulse.map { $0 * Float(0.5 + 0.1 * random.normal()) / 2 }
    let head = HeadRelatedTransfer(sampleRate: 48_000, directions: [SIMD3(1, 0, 0)], left: [pulse], right: [half])
    #expect(try head.resampled(to: 48_000) == head)
    let low = try head.resampled(to: 16_000)
    #expect(low.tapCount == 67)
    let (before, after): (Float, Float) = (pulse.reduce(0, +), low.left[0].reduce(0, +))
    #expect(abs(after - before) < 1e-3 * before)
  }
}
