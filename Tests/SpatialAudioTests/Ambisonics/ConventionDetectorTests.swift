// The convention detector on scenes in every convention, on broken channels, and on what it must not decide.
import Foundation
import Media
import SpatialAudio
import TestSupport
import Testing

@Suite("Convention detector")
struct ConventionDetectorTests {
  /// Five sources around the listener, one after the other and together; dry or with reflections and noise.
  private func scene(seed: UInt64, isReverberant: Bool) -> SyntheticField {
    var field = SyntheticField(seed: seed, seconds: 1.5)
    for source in 0..<5 {
      let direction = Direction(
        azimuth: 72 * Double(source) + 30 * field.uniform(), elevation: 50 * field.uniform() - 25)
      let samples = field.bursts()
      if isReverberant {
        field.add(samples, from: direction, decay: 0.4, reflections: 24, level: 0.5)
      } else {
        field.add(samples, from: direction)
      }
    }
    if isReverberant { field.addDiffuse(0.001) }
    return field
  }

  /// The order of the dipoles cannot be heard, so each normalisation is taken in its customary order.
  static let customary = AmbisonicFormat.allCases.filter { ($0.order == .fuma) == ($0.normalization == .fuma) }

  @Test("scenes in every convention are recognised", arguments: customary, [false, true])
  func conventions(format: AmbisonicFormat, isReverberant: Bool) throws {
    for seed in 1...2 as ClosedRange<UInt64> {
      let finding = try ConventionDetector.examine(
        scene(seed: seed, isReverberant: isReverberant).converted(to: format))
      var expected = format
      if format.normalization == .orthonormal {
        // One common gain from N3D, which no recording shows.
        expected.normalization = .n3d
        #expect(finding.equivalents == [format], "seed \(seed)")
      }
      #expect(finding.verdict == .format(expected), "seed \(seed): \(finding)")
      #expect(finding.confidence > 0.4, "seed \(seed): \(finding)")
      #expect(finding.faults.isEmpty, "seed \(seed): \(finding)")
    }
  }

  @Test("the intensity norm of a plane wave is 0.750 in SN3D and 0.866 in N3D")
  func norms() throws {
    for (format, norm) in [("acn-sn3d", 0.75), ("acn-n3d", 0.866025), ("fuma", 0.848528)] {
      var field = SyntheticField(seed: 3, seconds: 0.5)
      field.add(field.noise(), from: Direction(azimuth: 30, elevation: 20))
      let finding = try ConventionDetector.examine(field.converted(to: AmbisonicFormat(parsing: format)))
      let evidence = try #require(finding.evidence.first { $0.name == "intensity norm" })
      #expect(abs(evidence.value - norm) < 1e-4, "\(format)")
      guard case .format(let found) = finding.verdict else {
        Issue.record("\(format): \(finding.verdict)")
        continue
      }
      // One direction tells the normalisation; the order is custom, and less certain.
      #expect(found.description == format && finding.confidence <= 0.8)
    }
  }

  @Test("silence, noise without a direction and foreign channels give no answer, and the reason")
  func undetermined() throws {
    let silence = AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 8000)
    #expect(try ConventionDetector.examine(silence).verdict == .undetermined(.silence))
    let nothing = AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 0)
    #expect(try ConventionDetector.examine(nothing).verdict == .undetermined(.silence))
    var noise = SyntheticField(seed: 5, seconds: 1)
    noise.addDiffuse(0.1)
    guard case .undetermined(.noPlaneWaves) = try ConventionDetector.examine(noise.audio).verdict else {
      Issue.record("diffuse noise was given a convention")
      return
    }
    #expect(throws: AmbisonicError.channelCount(3)) {
      try ConventionDetector.examine(AudioBuffer(sampleRate: 16_000, channelCount: 3, frameCount: 100))
    }
    let short = AudioBuffer(sampleRate: 16_000, channels: [[1], [1], [0], [0]])
    #expect(try ConventionDetector.examine(short).confidence == 0)
  }

  @Test("a dropped channel is found; certain where no scene could sound like that")
  func dropped() throws {
    for channel in 0..<4 {
      var audio = scene(seed: 7, isReverberant: true).audio
      audio.channels[channel] = [Float](repeating: 0, count: audio.frameCount)
      let finding = try ConventionDetector.examine(audio)
      #expect(finding.faults == [.init(channel: channel, kind: .dropped, isCertain: channel == 0)])
      if channel == 0 { #expect(finding.verdict == .undetermined(.fault) && finding.confidence == 0) }
    }
    var flat = SyntheticField(seed: 8, seconds: 1)
    for azimuth in [10.0, 130, -100] { flat.add(flat.bursts(), from: Direction(azimuth: azimuth)) }
    let finding = try ConventionDetector.examine(flat.audio)
    #expect(finding.faults == [.init(channel: 2, kind: .dropped, isCertain: false)])
  }

  @Test("what turns a scene into another valid scene changes nothing", arguments: ["flip", "swap", "sign"])
  func harmless(change: String) throws {
    let original = scene(seed: 10, isReverberant: true).audio
    var audio = original
    switch change {
    case "flip": audio.channels = audio.channels.map { $0.map { -$0 } }
    case "swap": audio.channels.swapAt(1, 3)
    default: audio.channels[2] = audio.channels[2].map { -$0 }
    }
    let (before, after) = (try ConventionDetector.examine(original), try ConventionDetector.examine(audio))
    #expect(before.verdict == after.verdict && after.faults.isEmpty, "\(change)")
    #expect(abs(before.confidence - after.confidence) < 1e-9)
  }
}
