// Reading what the reference implementation writes (Scripts/golden/safetensors_fixtures.py).
import Foundation
import Tensor
import Testing

/// A file of Tests/Fixtures/SafeTensors.
func safeTensorsFixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/SafeTensors/\(name).safetensors").path
}

@Suite struct SafeTensorsReaderTests {
  private func mixed() throws -> SafeTensorsFile { try SafeTensorsFile(path: safeTensorsFixture("mixed")) }

  @Test func namesShapesAndMetadata() throws {
    let file = try mixed()
    #expect(
      file.names == [
        "brains", "bytes", "doubles", "empty", "flags", "floats", "halves", "indices", "longs", "naïve \"quoted\" 名",
        "scalar", "too long",
      ])
    #expect(file.metadata == ["format": "pt"])
    #expect(file.shape(of: "floats") == [2, 3] && file.shape(of: "scalar") == [] && file.shape(of: "empty") == [3, 0])
    #expect(file.shape(of: "nothing") == nil && file.elementType(of: "flags") == .boolean)
  }

  @Test func floatsOfEveryType() throws {
    let file = try mixed()
    #expect(try file.tensor("floats").elements == [-3, -2.5, -2, -1.5, -1, -0.5])
    #expect(try file.tensor("scalar").scalar == 2.5)
    #expect(try file.tensor("empty").shape == [3, 0])
    #expect(try file.tensor("doubles").elements == [Float(0.1), -.infinity, 0, 3])
    #expect(try file.tensor("naïve \"quoted\" 名").elements == [1])
    let special: [Float] = [0, -0.0, 1, 65504, 0x1p-24, 0x1p-14, .infinity, -.infinity]
    for level in InstructionSet.available {
      try Runtime.with(instructionSet: level) {
        let halves = try file.tensor("halves").elements, brains = try file.tensor("brains").elements
        #expect(halves.dropLast().elementsEqual(special) { $0.bitPattern == $1.bitPattern }, "\(level) \(halves)")
        #expect(halves[8].isNaN && brains[8].isNaN)
        #expect(brains.dropLast() == [0, -0.0, 1, 65536, 0x1p-24, 0x1p-14, .infinity, -.infinity], "\(level)")
      }
    }
  }

  @Test func everyHalfPrecisionPattern() throws {
    let patterns = Array(0...UInt16.max)
    let path = try TemporaryFile(
      SafeTensorsBytes.file(
        #"{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#,
        data: patterns.withUnsafeBytes { Array($0) }))
    let file = try SafeTensorsFile(path: path.path)
    for level in InstructionSet.available {
      let values = try Runtime.with(instructionSet: level) { try file.tensor("x").elements }
      let wrong = zip(patterns, values).filter { !isHalf($0, $1) }
      #expect(wrong.isEmpty, "\(level): \(wrong.prefix(3))")
    }
  }

  /// Whether `value` is the half-precision number of a bit pattern, by the definition of the format.
  private func isHalf(_ pattern: UInt16, _ value: Float) -> Bool {
    let exponent = Int(pattern >> 10 & 31), fraction = Double(pattern & 1023)
    guard (value.sign == .minus) == (pattern >= 0x8000) else { return false }
    if exponent == 31 { return fraction == 0 ? value.isInfinite : value.isNaN }
    let scale = Double(sign: .plus, exponent: max(exponent, 1) - 15, significand: 1)
    return Double(value.magnitude) == (exponent == 0 ? fraction / 1024 : 1 + fraction / 1024) * scale
  }

  @Test func integersAndBytes() throws {
    let file = try mixed()
    #expect(try file.indices("indices").elements == [0, -1, .max, .min])
    #expect(try file.indices("longs").elements == [5, -6, 7])
    #expect(try file.bytes("bytes").elements == [0, 1, 2, 3, 4])
    #expect(try file.bytes("flags").elements == [1, 0, 1])
    #expect(try file.bytes("floats").count == 24)
  }

  @Test func wrongRequestsAreNamed() throws {
    let file = try mixed(), path = safeTensorsFixture("mixed")
    #expect(throws: SafeTensorsError.missing(path: path, tensor: "nothing")) { try file.tensor("nothing") }
    #expect(
      throws: SafeTensorsError.elementType(
        path: path, tensor: "longs", expected: "F32, F16, BF16 or F64", found: "I64")
    ) { try file.tensor("longs") }
    #expect(
      throws: SafeTensorsError.elementType(path: path, tensor: "floats", expected: "I32 or I64", found: "F32")
    ) { try file.indices("floats") }
    #expect(
      throws: SafeTensorsError.entry(
        path: path, tensor: "too long", expected: "integers of 32 bits", found: "1099511627776 at 1")
    ) { try file.indices("too long") }
  }

  @Test func floatsAreViewsOfTheFile() throws {
    let file = try mixed()
    var floats = try file.tensor("floats")
    #expect(try file.tensor("floats").base == floats.base)
    floats.withMutableElements { $0[0] = 77 }
    #expect(try file.tensor("floats").elements[0] == -3 && floats.elements[0] == 77)
  }

  @Test func viewsOutliveTheFile() throws {
    let tensor = try mixed().tensor("floats")
    #expect(tensor.elements == [-3, -2.5, -2, -1.5, -1, -0.5])
  }

  @Test func misalignedTensorsAreCopied() throws {
    // A byte tensor before the floats, and a header length that is no multiple of 4.
    let data =
      [UInt8](repeating: 9, count: 1) + [1, 2].flatMap { (value: Float) in withUnsafeBytes(of: value) { Array($0) } }
    for padding in 0..<8 {
      let header =
        #"{"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""x":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"# + String(repeating: " ", count: padding)
      let path = try TemporaryFile(SafeTensorsBytes.file(header, data: data))
      #expect(try SafeTensorsFile(path: path.path).tensor("x").elements == [1, 2], "padding \(padding)")
    }
  }
}
