// A reader's own resolution: how well it reads signs of each size when it is told where they are.
// Not here: finding them (SignSearch.swift), the builder's teachers (ReaderStudy.swift), drawing (Bench/BenchReport.swift).

import Foundation
public import Lab
import Media
import Synchronization
import Tensor

/// Accuracy against size, the region told, on the questions of a benchmark of signs that is used for nothing else.
///
/// No model that sees the whole picture through the same retina can be expected to do better: what is missing to this
/// curve is lost in searching.
public struct ReaderCurve: Codable, Equatable, Sendable {
  /// Signs of about one size.
  public struct Point: Codable, Equatable, Sendable {
    /// Least and too many pixels of area in the scene.
    public var area: Interval
    /// The mean side on the retina in pixels.
    public var side: Double
    /// Signs, and those that were read rightly.
    public var accuracy: Accuracy
  }

  /// Points from small to large, in octaves of area.
  public let points: [Point]

  /// A seed that no benchmark should use.
  public static let seed: UInt64 = 0x0D15_7A2C_E5EE_D001

  /// Measures a reader, each question once, without noise and jitter.
  ///
  /// - Parameters:
  ///   - config: the reader; its two retinas are used for open questions and for options.
  ///   - count: questions.
  ///   - unit: the area of the octaves' unit in pixels, such as that of a patch of an encoder.
  public init(_ config: SignTeacherConfig, count: Int = 845, unit: Double = 1024, seed: UInt64 = Self.seed) {
    let reader = SignReader(config.reader.kind, templates: SignTemplates(), noise: config.noise)
    let benchmark = SignBenchmark(seed: seed, count: count)
    let groups = Dictionary(grouping: benchmark.items, by: \.sceneIndex).sorted { $0.key < $1.key }
    let outcomes = Mutex<[(area: Double, side: Double, isRight: Bool)]>([])
    parallelForEach(groups.count) { index, _ in
      let (scene, items) = groups[index]
      let image = benchmark.scene(scene).image
      for item in items {
        guard let question = SignQuestion(item.question) else { continue }
        let side = item.isMultipleChoice ? config.solvingRetina : config.retina
        let retina = Retina(image, side: side)
        let box = item.box.scaled(x: retina.scale.x, y: retina.scale.y)
        let answer = reader.read(question, from: retina, at: .box(box), options: item.options, sample: nil)
        outcomes.withLock { $0.append((item.box.area, box.width, answer == item.answer)) }
      }
    }
    let grouped = Dictionary(grouping: outcomes.withLock { $0 }) { Int(EvidenceScale.octave($0.area / unit)) }
    points = grouped.sorted { $0.key < $1.key }.map { octave, part in
      Point(
        area: Interval(
          lower: unit * EvidenceScale.tokens(octave), upper: unit * EvidenceScale.tokens(octave + 1)),
        side: Statistics.mean(part.map(\.side).sorted()), accuracy: Accuracy(part.map(\.isRight)))
    }
  }
}
