// Writing label files: the exact text, the rounding rule, and the way back.
import Foundation
import SpatialAudio
import TestSupport
import Testing

private func label(
  _ frame: Int, _ classIndex: Int, _ source: Int, _ azimuth: Double, _ elevation: Double, _ distance: Double = 1
) -> LabelEvent {
  LabelEvent(
    frame: frame, classIndex: classIndex, source: source,
    direction: Direction(azimuth: azimuth, elevation: elevation), distance: distance)
}

@Suite("DCASE label files: writing")
struct DCASELabelsWritingTests {
  @Test("sorted by frame, class and source; frames without events have no lines")
  func order() throws {
    let events = [
      label(7, 1, 0, 30, 20, 1.57), label(2, 3, 1, -90, 0, 2), label(2, 3, 0, 0, -5, 0.4), label(2, 1, 4, 9, 9),
    ]
    #expect(
      try DCASELabels.text(of: events) == "2,1,4,9,9,100\n2,3,0,0,-5,40\n2,3,1,-90,0,200\n7,1,0,30,20,157\n")
    #expect(
      try DCASELabels.text(of: events, form: .referenceWithoutDistance).hasPrefix("2,1,4,9,9\n2,3,0,0,-5\n"))
    #expect(try DCASELabels.text(of: []) == "")
  }

  @Test(
    "halves go away from zero, then 180 becomes -180",
    arguments: [
      (0.5, 1), (-0.5, -1), (12.5, 13), (-12.5, -13), (2.5, 3), (179.4, 179), (179.5, -180), (-179.5, -180),
      (180, -180), (-180, -180), (-0.2, 0), (89.5, 90), (179.6, -180), (-179.4, -179),
    ])
  func azimuth(azimuth: Double, expected: Int) throws {
    #expect(try DCASELabels.text(of: [label(0, 0, 0, azimuth, 0)]) == "0,0,0,\(expected),0,100\n")
  }

  @Test("elevations and distances round by the same rule")
  func others() throws {
    #expect(try DCASELabels.text(of: [label(0, 0, 0, 0, -12.5, 1.005)]) == "0,0,0,0,-13,101\n")
    #expect(try DCASELabels.text(of: [label(0, 0, 0, 0, 89.5, 0.004)]) == "0,0,0,0,90,0\n")
    let rounded = DCASELabels.rounded(Direction(azimuth: 179.7, elevation: 1.5))
    #expect(abs(rounded.azimuth + 180) < 1e-9 && abs(rounded.elevation - 2) < 1e-9)
  }

  @Test("events that a form cannot hold are refused")
  func refused() {
    #expect(throws: DCASELabelError.missingDistance(frame: 4, classIndex: 1, source: 2)) {
      try DCASELabels.text(of: [label(4, 1, 2, 0, 0, .nan)])
    }
    #expect(throws: DCASELabelError.missingDistance(frame: 4, classIndex: 1, source: 2)) {
      try DCASELabels.text(of: [label(4, 1, 2, 0, 0, -1)], form: .systemOutput)
    }
    #expect(throws: DCASELabelError.duplicateSource(frame: 4, classIndex: 1, source: 2)) {
      try DCASELabels.text(of: [label(4, 1, 2, 0, 0), label(4, 1, 2, 9, 0)])
    }
  }

  @Test("whole degrees and centimetres come back as they were; writing again gives the same text")
  func roundTrip() throws {
    try forAll(60, seed: 9) { random, seed in
      let events = (0..<Int.random(in: 0...40, using: &random)).map { index in
        label(
          Int.random(in: 0...600, using: &random), Int.random(in: 0...12, using: &random), index,
          Double(Int.random(in: -180...179, using: &random)), Double(Int.random(in: -89...89, using: &random)),
          Double(Int.random(in: 20...2000, using: &random)) / 100)
      }
      let text = try DCASELabels.text(of: events)
      let reading = try DCASELabels.parse(text, name: "a.csv")
      #expect(reading.warnings.isEmpty, "seed \(seed)")
      let sorted = events.sorted { ($0.frame, $0.classIndex, $0.source) < ($1.frame, $1.classIndex, $1.source) }
      #expect(reading.events == sorted, "seed \(seed)")
      #expect(try DCASELabels.text(of: reading.events) == text, "seed \(seed)")
    }
  }

  @Test("any event comes back within half a degree and half a centimetre, and from system output unchanged")
  func accuracy() throws {
    try forAll(60, seed: 10) { random, seed in
      let events = (0..<20).map { index in
        label(
          index, 0, 0, Double.random(in: -180..<180, using: &random), Double.random(in: -90...90, using: &random),
          Double.random(in: 0.2...20, using: &random))
      }
      let whole = try DCASELabels.parse(
        DCASELabels.text(of: events), name: "a.csv", options: .init(unit: .centimetres))
      let exact = try DCASELabels.parse(DCASELabels.text(of: events, form: .systemOutput), name: "b.csv")
      for (event, (a, b)) in zip(events, zip(whole.events, exact.events)) {
        #expect(event.direction.angle(to: a.direction) <= 0.5.squareRoot() + 1e-9, "seed \(seed)")
        #expect(abs(event.direction.elevation - a.direction.elevation) <= 0.5 + 1e-9, "seed \(seed)")
        #expect(abs(event.distance - a.distance) <= 0.005 + 1e-9, "seed \(seed)")
        #expect(event.distance == b.distance && event.direction.angle(to: b.direction) < 1e-13, "seed \(seed)")
      }
    }
  }

  @Test("files are replaced as a whole")
  func files() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString).csv")
    defer { try? FileManager.default.removeItem(at: file) }
    try DCASELabels.write([label(3, 2, 1, 10, 20, 3)], to: file)
    #expect(try String(contentsOf: file, encoding: .utf8) == "3,2,1,10,20,300\n")
    #expect(throws: DCASELabelError.self) { try DCASELabels.write([label(3, 2, 1, 10, 20, .nan)], to: file) }
    #expect(try DCASELabels.read(file).events.count == 1)
  }
}
