// Features against naive formulas in float64, the vectors of a plane wave, and symmetries in their domain.
import Foundation
import Lab
import Media
import SpatialAudio
import TestSupport
import Testing

@Suite("Features")
struct FeatureExtractorTests {
  private static let small = FrameLayout(window: 60, hop: 32, transformSize: 64, padding: .reflect)

  private func config(_ kinds: [FeatureKind]) -> FeatureConfig {
    FeatureConfig(
      kinds: kinds, sampleRate: 8000, frames: Self.small, melBands: 10, melScale: .slaney, topDecibels: 80,
      diffusenessFrames: 3)
  }

  private static let melKinds: [FeatureKind] = [
    .logMel, .intensityDCASE, .intensityEnergy, .intensityBandRatio, .diffuseness,
  ]

  private func recording(seed: UInt64, samples: Int = 1000) -> AudioBuffer {
    var field = SyntheticField(seed: seed, seconds: Double(samples) / 8000, sampleRate: 8000)
    field.add(field.noise(), from: Direction(azimuth: 30, elevation: 20))
    field.add(field.noise(), from: Direction(azimuth: -100, elevation: -35))
    field.addDiffuse(0.05)
    return field.audio
  }

  @Test("a plane wave has the published intensity vectors in every bin")
  func planeWave() throws {
    for (name, norm) in [("acn-sn3d", 0.75), ("acn-n3d", 0.8660254)] {
      var field = SyntheticField(seed: 4, seconds: 0.2, sampleRate: 24_000)
      // Loud, so that the floor of 1e-8 does not count.
      field.add(field.noise(30), from: Direction(azimuth: 30, elevation: 20))
      let audio = try field.converted(to: AmbisonicFormat(parsing: name))
      let spectra = try FirstOrderSpectra(audio, layout: FeatureConfig.dcase.frames)
      var energy = spectra.power(0)
      for channel in 1...3 { for (index, value) in spectra.power(channel).enumerated() { energy[index] += value / 3 } }
      let ratios = FeatureExtractor.normalizedIntensity(spectra, energy: energy, floor: 1e-8)
      for index in stride(from: 0, to: energy.count, by: 7) where energy[index] > 1 {
        let (y, z, x) = (Double(ratios[0][index]), Double(ratios[1][index]), Double(ratios[2][index]))
        #expect(abs((y * y + z * z + x * x).squareRoot() - norm) < 1e-4, "\(name)")
        guard name == "acn-sn3d" else { continue }
        #expect(abs(y - 0.3524) < 1e-4 && abs(z - 0.2565) < 1e-4 && abs(x - 0.6103) < 1e-4)
      }
    }
  }

  @Test("the energy-consistent intensity of a plane wave is its direction; of anything, no longer than 1")
  func energyConsistent() throws {
    let extractor = try FeatureExtractor(config([.intensityEnergy, .diffuseness]))
    var field = SyntheticField(seed: 4, seconds: 0.2, sampleRate: 8000)
    field.add(field.noise(), from: Direction(azimuth: 30, elevation: 20))
    let wave = try extractor.extract(field.audio)
    let axes = try ["Y", "Z", "X"].map { try #require(wave["intensity \($0)"]) }
    for index in axes[0].indices {
      #expect(abs(axes[0][index] - 0.469846) < 2e-4)
      #expect(abs(axes[1][index] - 0.342020) < 2e-4)
      #expect(abs(axes[2][index] - 0.813798) < 2e-4)
    }
    #expect(try #require(wave["diffuseness"]).allSatisfy { $0 < 1e-4 })
    let mixed = try extractor.extract(recording(seed: 2))
    let parts = (0..<3).map { mixed.plane($0) }
    for index in parts[0].indices {
      #expect(parts.reduce(0) { $0 + $1[index] * $1[index] } <= 1 + 1e-5)
    }
  }

  @Test("every plane equals its formula in float64")
  func formulas() throws {
    let audio = recording(seed: 9)
    let features = try FeatureExtractor(config(Self.melKinds)).extract(audio)
    let spectra = try FirstOrderSpectra(audio, layout: Self.small)
    func bank(_ normalization: MelNormalization) -> [[Double]] {
      let bank = MelFilterBank(
        bands: 10, transformSize: 64, sampleRate: 8000, scale: .slaney, normalization: normalization)
      return (0..<10).map { bank.row($0).map { Double($0) } }
    }
    let (area, mean) = (bank(.area), bank(.mean))
    #expect(features.frameCount == 1 + 1000 / 32 && features.binCount == 10)
    #expect(features.names.count == 4 + 3 + 3 + 3 + 1)
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    for frame in [0, 1, 13, features.frameCount - 1] {
      func row(_ channel: Int, _ frame: Int) -> (re: [Double], im: [Double]) {
        let range = frame * 33..<(frame + 1) * 33
        return (
          spectra.channels[channel].real[range].map { Double($0) },
          spectra.channels[channel].imaginary[range].map { Double($0) }
        )
      }
      func power(_ channel: Int, _ frame: Int) -> [Double] {
        let (re, im) = row(channel, frame)
        return zip(re, im).map { $0 * $0 + $1 * $1 }
      }
      func intensity(_ channel: Int, _ frame: Int) -> [Double] {
        let (w, v) = (row(0, frame), row(channel, frame))
        return (0..<33).map { w.re[$0] * v.re[$0] + w.im[$0] * v.im[$0] }
      }
      func dipoles(_ frame: Int) -> [Double] {
        (0..<33).map { bin in (1...3).reduce(0) { $0 + power($1, frame)[bin] } }
      }
      for band in 0..<10 {
        func value(_ name: String) throws -> Double { Double(try #require(features[name])[frame * 10 + band]) }
        for (channel, name) in ["W", "Y", "Z", "X"].enumerated() {
          let decibels = 10 * log10(max(1e-10, dot(area[band], power(channel, frame))))
          #expect(try abs(value("log-mel \(name)") - decibels) < 1e-3)
          guard channel > 0 else { continue }
          let i = intensity(channel, frame)
          let (w, v) = (power(0, frame), dipoles(frame))
          let ratio = (0..<33).map { i[$0] / (w[$0] + v[$0] / 3 + 1e-8) }
          #expect(try abs(value("intensity-dcase \(name)") - dot(area[band], ratio)) < 1e-6)
          let unit = (0..<33).map { i[$0] / (0.5 * (w[$0] + v[$0])) }
          #expect(try abs(value("intensity \(name)") - dot(mean[band], unit)) < 1e-5)
          let band = dot(area[band], i) / (dot(area[band], w) + 1e-8)
          #expect(try abs(value("intensity-band-ratio \(name)") - min(10, max(-10, band))) < 1e-4)
        }
        let near = max(0, frame - 1)...min(features.frameCount - 1, frame + 1)
        let sums = (1...3).map { channel in near.reduce(0) { $0 + dot(mean[band], intensity(channel, $1)) } }
        let energy = near.reduce(0.0) { sum, frame in
          sum + 0.5 * (dot(mean[band], power(0, frame)) + dot(mean[band], dipoles(frame)))
        }
        let psi = 1 - sums.reduce(0) { $0 + $1 * $1 }.squareRoot() / energy
        #expect(try abs(value("diffuseness") - psi) < 1e-4)
      }
    }
  }

  @Test("log-mel planes end 80 dB below the channel's maximum")
  func topDecibels() throws {
    var audio = recording(seed: 3)
    for index in 500..<1000 { audio.channels[0][index] = 0 }
    let planes = try FeatureExtractor(config([.logMel])).extract(audio)
    let omni = planes.plane(0)
    let top = try #require(omni.max())
    #expect(omni.min() == top - 80)
  }

  @Test("symmetries of features are features of transformed audio", arguments: Symmetry.allCases)
  func symmetries(symmetry: Symmetry) throws {
    for kinds in [Self.melKinds, [.complexSpectrum]] {
      let extractor = try FeatureExtractor(config(kinds))
      var audio = recording(seed: 6, samples: 333)
      let mapped = extractor.apply(symmetry, to: try extractor.extract(audio))
      try symmetry.apply(&audio)
      let expected = try extractor.extract(audio)
      #expect(mapped.names == expected.names)
      let worst = zip(mapped.values, expected.values).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 1e-4, "\(symmetry)")
      if symmetry != Symmetry() { #expect(mapped != (try extractor.extract(recording(seed: 6, samples: 333)))) }
    }
  }

  @Test("what does not fit is refused with its place")
  func refusals() throws {
    let extractor = try FeatureExtractor(.dcase)
    #expect(throws: FeatureError.sampleRate(expected: 24_000, actual: 16_000)) {
      try extractor.extract(AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 100))
    }
    #expect(throws: FeatureError.ambisonics(.channelCount(2))) {
      try extractor.extract(AudioBuffer(sampleRate: 24_000, channelCount: 2, frameCount: 100))
    }
    var wrong = FeatureConfig.compact
    wrong.kinds = [.logMel, .complexSpectrum]
    wrong.melBands = 0
    wrong.frames.hop = 0
    let error = #expect(throws: ConfigError.self) { try FeatureExtractor(wrong) }
    #expect(error?.problems.map(\.key) == ["kinds", "frames.hop", "melBands"])
    let empty = try FeatureExtractor(.compact).extract(
      AudioBuffer(sampleRate: 16_000, channelCount: 4, frameCount: 0))
    #expect(empty.frameCount == 0 && empty.values.isEmpty)
    let silent = try FeatureExtractor(config(Self.melKinds)).extract(
      AudioBuffer(sampleRate: 8000, channelCount: 4, frameCount: 100))
    #expect(silent.values.allSatisfy { $0.isFinite })
  }

  @Test("configurations survive JSON", arguments: [FeatureConfig.dcase, .compact, .bandRatio])
  func coding(config: FeatureConfig) throws {
    let data = try JSONEncoder().encode(config)
    #expect(try JSONDecoder().decode(FeatureConfig.self, from: data) == config)
    #expect(config.planeNames.count == 7)
  }
}
