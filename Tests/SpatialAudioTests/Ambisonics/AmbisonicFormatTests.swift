// Conventions: reference vectors, round trips, names.
import Foundation
import Media
import SpatialAudio
import Testing

@Suite("Ambisonic formats")
struct AmbisonicFormatTests {
  private let reference = Direction(azimuth: 30, elevation: 20)

  @Test(
    "the asymmetric reference direction in every convention",
    arguments: [
      ("acn-sn3d", [1, 0.469846, 0.342020, 0.813798]), ("acn-n3d", [1, 0.813798, 0.592396, 1.409539]),
      ("acn-orthonormal", [0.282095, 0.229568, 0.167112, 0.397624]),
      ("fuma", [0.707107, 0.813798, 0.469846, 0.342020]), ("fuma-sn3d", [1, 0.813798, 0.469846, 0.342020]),
      ("acn-fuma", [0.707107, 0.469846, 0.342020, 0.813798]),
    ])
  func vectors(name: String, expected: [Double]) throws {
    let gains = try AmbisonicFormat(parsing: name).encode(reference)
    for (gain, value) in zip(gains, expected) { #expect(abs(gain - value) < 1e-6, "\(name)") }
  }

  @Test("every conversion equals encoding in the target, and back is the start")
  func conversions() throws {
    for source in AmbisonicFormat.allCases {
      for target in AmbisonicFormat.allCases {
        var buffer = AudioBuffer(
          sampleRate: 8000, channels: source.encode(reference).map { [Float($0), Float(-3 * $0)] })
        let start = buffer
        try AmbisonicFormat.convert(&buffer, from: source, to: target)
        for (channel, gain) in target.encode(reference).enumerated() {
          #expect(abs(Double(buffer.channels[channel][0]) - gain) < 2e-7 * abs(gain), "\(source) to \(target)")
        }
        try AmbisonicFormat.convert(&buffer, from: target, to: source)
        for channel in 0..<4 {
          for index in 0..<2 {
            let (a, b) = (buffer.channels[channel][index], start.channels[channel][index])
            #expect(abs(a - b) <= 2 * b.ulp, "\(source) to \(target) and back")
          }
        }
      }
    }
  }

  @Test("names survive the round trip, in JSON too; others are refused")
  func names() throws {
    for format in AmbisonicFormat.allCases {
      #expect(try AmbisonicFormat(parsing: format.description) == format)
      let data = try JSONEncoder().encode([format])
      #expect(try JSONDecoder().decode([AmbisonicFormat].self, from: data) == [format])
    }
    #expect(try AmbisonicFormat(parsing: "AmbiX") == .acnSN3D)
    for name in ["", "-", "acn", "sn3d", "acn-", "acn-sn3d-x", "ACN SN3D", "auto", "fuma-fuma-", "\u{0}"] {
      #expect(throws: AmbisonicError.unknownFormat(name, place: "--format")) {
        try AmbisonicFormat(parsing: name, place: "--format")
      }
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode([AmbisonicFormat].self, from: JSONEncoder().encode([name]))
      }
    }
    #expect("\(AmbisonicError.unknownFormat("b", place: "--format"))".contains("--format: expected one of 'acn-sn3d'"))
  }

  @Test("other numbers of channels are refused", arguments: [0, 1, 3, 5, 9])
  func channelCount(count: Int) {
    var buffer = AudioBuffer(sampleRate: 8000, channelCount: count, frameCount: 2)
    #expect(throws: AmbisonicError.channelCount(count)) {
      try AmbisonicFormat.convert(&buffer, from: .fuma, to: .acnSN3D)
    }
  }
}
