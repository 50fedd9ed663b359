// Random cases of labels, drawn exactly as Scripts/golden/seld.py draws them.
// Not here: what the metrics should be (the fixtures seld-*.json).
import Foundation
import Lab
import SpatialAudio

/// One file of a case.
struct MetricFile {
  let reference: FrameLabels
  let prediction: FrameLabels
}

/// Settings and files that a seed stands for.
struct MetricCase {
  let classes: Int
  let compat: Bool
  let average: MetricAverage
  let threshold: Double
  let relative: Double
  let absolute: Double
  let wrongPlace: SegmentSELDMetrics.WrongPlace
  let files: [MetricFile]

  init(seed: UInt64) {
    var draws = Draws(generator: SplitMix64(seed: seed))
    let classes = 1 + draws.pick(4)
    self.classes = classes
    compat = draws.pick(2) == 0
    average = draws.pick(2) == 0 ? .macro : .micro
    threshold = [20, 10, 40][draws.pick(3)]
    relative = [1, 0.5][draws.pick(2)]
    absolute = [.infinity, 1][draws.pick(2)]
    wrongPlace = draws.pick(2) == 0 ? .falsePositive : .falsePositiveAndMiss
    var files: [MetricFile] = []
    for _ in 0..<(1 + draws.pick(4)) { files.append(draws.file(classes)) }
    self.files = files
  }

  var segments: SegmentSELDMetrics {
    SegmentSELDMetrics(
      classCount: classes, angleThreshold: threshold, average: average, wrongPlace: wrongPlace, dcaseCompat: compat)
  }

  var frames: FrameSELDMetrics {
    FrameSELDMetrics(
      classCount: classes, angleThreshold: threshold, relativeDistanceThreshold: relative, distanceThreshold: absolute,
      average: average, dcaseCompat: compat)
  }

  var detection: SegmentEventMetrics { SegmentEventMetrics(classCount: classes) }
}

private struct Source {
  var azimuth: Int
  var elevation: Int
  var distance: Double

  func event(_ frame: Int, _ classIndex: Int, _ source: Int) -> LabelEvent {
    LabelEvent(
      frame: frame, classIndex: classIndex, source: source,
      direction: Direction(azimuth: Double(azimuth), elevation: Double(elevation)), distance: distance)
  }
}

private struct Draws {
  var generator: SplitMix64

  mutating func pick(_ count: Int) -> Int { Int(generator.next() % UInt64(count)) }

  mutating func source(_ style: Int) -> Source {
    var source = Source(azimuth: 0, elevation: 0, distance: 0)
    if style == 2 {
      source.azimuth = 10 * pick(36) - 180
    } else {
      source.azimuth = pick(360) - 180
      source.elevation = pick(181) - 90
    }
    source.distance = Double(1 + pick(500)) / 100
    if style == 4 {
      let code = pick(4)
      source.distance = code == 0 ? 0 : code == 1 ? .nan : source.distance
    }
    return source
  }

  mutating func near(_ style: Int, _ truth: Source?) -> Source {
    guard let truth, pick(4) != 0 else { return source(style) }
    var guess = truth
    let step = (style == 2 ? 10 : 1) * (pick(5) - 2)
    let turned = truth.azimuth + step + (style == 2 ? 0 : pick(31) - 15)
    guess.azimuth = ((turned + 180) % 360 + 360) % 360 - 180
    if style != 2 { guess.elevation = max(-90, min(90, truth.elevation + pick(31) - 15)) }
    if pick(3) == 0 { guess.distance = Double(1 + pick(500)) / 100 }
    return guess
  }

  mutating func file(_ classes: Int) -> MetricFile {
    let style = pick(8)
    let frames = 1 + pick(40)
    let amounts = [0, 0, 1, 1, 2, 3]
    var reference: [LabelEvent] = []
    var prediction: [LabelEvent] = []
    for frame in 0..<frames {
      for classIndex in 0..<classes {
        var truths: [Source] = []
        let wanted = amounts[pick(6)]
        let isSilent = style == 0 || (style == 3 && frame % 2 == 1) || (style == 5 && classIndex == 0)
        for k in 0..<(isSilent ? 0 : wanted) {
          truths.append(source(style))
          reference.append(truths[k].event(frame, classIndex, style == 6 ? pick(3) : k))
        }
        let guessed = amounts[pick(6)]
        let isEmpty = style == 1 || (style == 3 && frame % 2 == 0) || (style == 5 && classIndex == 1)
        for k in 0..<(isEmpty ? 0 : guessed) {
          let guess = near(style, k < truths.count ? truths[k] : nil)
          prediction.append(guess.event(frame, classIndex, style == 7 ? k : pick(3)))
        }
      }
    }
    return MetricFile(
      reference: FrameLabels(reference, frameCount: frames), prediction: FrameLabels(prediction, frameCount: frames))
  }
}
