// Reading label files: widths, units with their warnings, and every way in which a line can be wrong.
import Foundation
import Lab
import SpatialAudio
import TestSupport
import Testing

private func read(_ text: String, _ options: DCASELabels.ReadingOptions = .init()) throws -> DCASELabels.Reading {
  try DCASELabels.parse(text, name: "a.csv", options: options)
}

/// The text of the error that reading ends with.
private func refusal(_ text: String, _ options: DCASELabels.ReadingOptions = .init()) -> String {
  do {
    return "no error: \(try read(text, options).events.count) events"
  } catch { return "\(error)" }
}

@Suite("DCASE label files: reading")
struct DCASELabelsTests {
  @Test("all four widths")
  func widths() throws {
    let four = try read("3,1,90,-10\n")
    #expect(four.columns == 4 && four.events[0].source == 0 && four.events[0].distance.isNaN)
    #expect((four.events[0].direction.unit - Direction(azimuth: 90, elevation: -10).unit).length < 1e-15)
    let five = try read("3,1,7,90,-10\n")
    #expect(five.columns == 5 && five.events[0].source == 7 && five.events[0].distance.isNaN)
    let six = try read("3,1,7,90,-10,157\n")
    #expect(six.events[0].distance == 1.57 && six.unit == .centimetres && six.warnings.isEmpty)
    let seven = try read("3,1,7,0,2,0,1.5\n")
    #expect(seven.events[0].direction == Direction(azimuth: 90) || abs(seven.events[0].direction.azimuth - 90) < 1e-12)
    #expect(seven.events[0].distance == 1.5 && seven.unit == .metres)
    #expect(seven.events[0].frame == 3 && seven.events[0].classIndex == 1 && seven.events[0].source == 7)
  }

  @Test("blanks, carriage returns, empty lines, a header, a byte order mark and unsorted lines are tolerated")
  func tolerated() throws {
    let text =
      "\u{FEFF}frame number,class index,source,azimuth,elevation,distance\r\n\r\n 9 , 1,0,-180,0,\t200 \r\n4,0,0,1,2,300\r\n   \n"
    let reading = try read(text)
    #expect(reading.events.map(\.frame) == [9, 4] && reading.labels.frames == [4, 9])
    #expect(reading.labels.frameCount == 10 && reading.events[0].distance == 2)
    #expect(try read("").events.isEmpty && read("\n \n").columns == 0 && read("").warnings.isEmpty)
    #expect(try read("frame,class,azimuth,elevation\n").events.isEmpty)
    #expect(try read("1,0,5,5").events.count == 1)
  }

  @Test("units: what is assumed is said, with the option that decides")
  func units() throws {
    let options = DCASELabels.ReadingOptions(unitOption: "--reference-units")
    let decimals = try read("1,0,0,10,5,200\n2,0,0,10,5,1.570\n", options)
    #expect(decimals.unit == .metres && decimals.events[1].distance == 1.57)
    #expect(decimals.warnings.map(\.kind) == [.decimalDistances])
    #expect(decimals.warnings[0].description.hasPrefix("a.csv:2: "))
    #expect(
      decimals.warnings[0].text.contains("SpatialScaper") && decimals.warnings[0].text.contains("--reference-units"))
    let small = try read("1,0,0,10,5,2\n2,0,0,10,5,19\n", options)
    #expect(small.unit == .metres && small.warnings.map(\.kind) == [.smallDistances])
    #expect(try read("1,0,0,10,5,2\n2,0,0,10,5,20\n").unit == .centimetres)
    let seven = try read("1,0,0,1,0,0,250\n", options)
    #expect(seven.unit == .metres && seven.warnings.map(\.kind) == [.sevenColumns])
    for unit in [DCASELabels.DistanceUnit.metres, .centimetres] {
      for text in ["1,0,0,10,5,1.57\n", "1,0,0,10,5,2\n", "1,0,0,1,0,0,1.57\n", "1,0,0,0.5,0.5,0.5\n"] {
        let given = try read(text, .init(unit: unit))
        #expect(given.unit == unit && !given.warnings.contains { $0.text.contains("metres") }, "\(text)")
      }
    }
  }

  @Test("angles with decimals are kept, and said once")
  func decimalAngles() throws {
    let reading = try read("1,0,0,10.5,5,200\n2,0,0,-10.25,5.5,200\n3,0,0,180,0,200\n")
    #expect(reading.warnings.map(\.kind) == [.decimalAngles, .azimuth180])
    #expect(abs(reading.events[1].direction.azimuth + 10.25) < 1e-12)
    #expect(abs(reading.events[2].direction.azimuth + 180) < 1e-9)
  }

  @Test(
    "what is wrong is named with file, line, column and a way out",
    arguments: [
      ("1,0,0,181,5,200", "a.csv:1:7, azimuth: expected a number in -180 ... 180, got '181'"),
      ("1,0,0,1,-91,200", "a.csv:1:9, elevation: expected a number in -90 ... 90, got '-91'"),
      ("1,0,0,1,5,-2", "a.csv:1:11, distance: expected a number in 0 ... 1000000, got '-2'"),
      ("-1,0,0,1,5,200", "a.csv:1:1, frame: expected an integer in 0 ... 9999999, got '-1'"),
      ("1,0,0,1,5,200\n1000000000,0,0,1,5,200", "a.csv:2:1, frame: expected"),
      ("99999999999999999999999,0,0,1,5,200", "a.csv:1:1, frame: expected"),
      ("1,-1,0,1,5,200", "a.csv:1:3, class: expected"), ("1,0,-1,1,5,200", "a.csv:1:5, source: expected"),
      ("1.0,0,0,1,5,200", "Hint: write it without a fraction."), ("1,0,0,nan,5,200", "got 'nan'"),
      ("1,0,0,1,inf,200", "got 'inf'"), ("1,0,0,0x10,5,200", "got '0x10'"), ("1,0,0,1,5,", "a.csv:1:11, distance"),
      ("1,0,0,١,5,200", "azimuth: expected a number"), ("1,0,0,1,5,1e999", "got '1e999'"),
      ("\u{0}1,0,0,1,5,200", "got '\\01'"),
      ("1;0;0;1;5;200", "expected 4, 5, 6 or 7 columns separated by commas, got 1"),
      ("1,0,0", "got 3"), ("1,0,0,1,0,0,1,1", "got 8"), ("frame,class", "got 2"),
      ("a,b,c,d", "a.csv:1:1, frame"), ("frame,class,5,6", "a.csv:1:1, frame"),
      ("1,0,0,1,5,200\n2,0,0,1,5", "a.csv:2:1: expected 6 columns as in line 1, got 5"),
      ("\n1,0,1,5\n\n2,0,0,1,5\n", "a.csv:4:1: expected 4 columns as in line 2, got 5"),
      ("1,0,0,0,0,0,1.5", "direction: expected a vector that is not zero"),
      ("1,0,0,0.7,-0.7,0.1", "expected azimuth, elevation and distance, got a Cartesian direction"),
      ("1,0,0,1,5,200\nframe,class,source,azimuth,elevation,distance", "a.csv:2:1, frame"),
    ])
  func wrong(text: String, expected: String) {
    #expect(refusal(text).contains(expected), "\(refusal(text))")
    #expect(refusal(text + "\r\n").contains(expected), "\(refusal(text))")
  }

  @Test("classes beyond those that exist")
  func classes() throws {
    let options = DCASELabels.ReadingOptions(classCount: 13)
    #expect(try read("1,12,1,5", options).events.count == 1)
    #expect(refusal("1,13,1,5", options).contains("there are 13 classes"))
  }

  @Test("files: missing, a folder, not UTF-8, empty")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "labels-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "b.csv")
    #expect(throws: FileError.cannotRead(path: file.path, code: ENOENT)) { try DCASELabels.read(file) }
    #expect(throws: FileError.cannotRead(path: folder.path, code: EISDIR)) { try DCASELabels.read(folder) }
    try Data([0x31, 0x2C, 0xFF, 0xFE]).write(to: file)
    #expect(throws: FileError.notText(path: file.path, offset: 2)) { try DCASELabels.read(file) }
    try Data().write(to: file)
    #expect(try DCASELabels.read(file).events.isEmpty)
  }

  @Test("damaged bytes are refused or read, never a crash")
  func damage() {
    let good = Array("1,0,0,10,5,200\n2,12,1,-180,90,35\n11,3,0,179,-90,1000\n".utf8)
    forAll(400, seed: 77) { random, seed in
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...127, using: &random)
        case 1: bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
        default: bytes = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &random)))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        let reading = try read(text)
        #expect(reading.events.allSatisfy { $0.direction.unit.length > 0.99 && !($0.distance < 0) }, "seed \(seed)")
      } catch {
        #expect("\(error)".contains("a.csv:"), "seed \(seed): \(error)")
      }
    }
  }
}
