// One line of a label file: its fields with their columns, and what they mean.
// Not here: what concerns the file as a whole (DCASELabels+Reading.swift).

/// What a line says, distances in the unit of the file.
struct LabelRow {
  var frame: Int
  var classIndex: Int
  var source: Int
  var direction: Direction
  var distance: Double
}

/// A line with its place.
struct LabelLine {
  struct Field {
    /// Without blanks around it.
    var text: String
    /// The first character's column, from 1.
    var column: Int
  }

  let file: String
  let number: Int
  let fields: [Field]

  var place: String { "\(file):\(number):1" }

  /// The text between commas, without blanks around it.
  static func fields(of line: Substring.UnicodeScalarView) -> [Field] {
    var fields: [Field] = []
    var start = line.startIndex
    var column = 1
    while true {
      let end = line[start...].firstIndex(of: ",") ?? line.endIndex
      let raw = line[start..<end]
      let leading = raw.prefix { isBlank($0) }.count
      let text = raw.dropFirst(leading).reversed().drop { isBlank($0) }.reversed()
      var trimmed = String.UnicodeScalarView()
      trimmed.append(contentsOf: text)
      fields.append(Field(text: String(trimmed), column: column + (trimmed.isEmpty ? 0 : leading)))
      column += raw.count + 1
      guard end < line.endIndex else { return fields }
      start = line.index(after: end)
    }
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\r"
  }

  /// Whether the fields are names of columns: the first speaks of frames, and none is a number.
  static func isHeader(_ fields: [Field]) -> Bool {
    fields.count >= 4 && fields[0].text.lowercased().contains("frame") && fields.allSatisfy { number($0.text) == nil }
  }

  /// A decimal number; nil for anything else, such as `nan`, `inf` or hexadecimal digits.
  static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  func checkWidth() throws(DCASELabelError) {
    guard !(4...7).contains(fields.count) else { return }
    let text = fields.map(\.text).joined()
    let hint =
      fields.count == 1 && text.contains { ";\t| ".contains($0) }
      ? "separate the columns by commas."
      : "columns are frame, class, [source,] azimuth, elevation [, distance], or frame, class, source, x, y, z, "
        + "distance."
    throw .badWidth(place: place, columns: fields.count, hint: hint)
  }

  /// What the line says.
  func row(classCount: Int, _ warnings: inout WarningList) throws(DCASELabelError) -> LabelRow {
    let frame = try integer(
      0, "frame", through: DCASELabels.largestFrame, "frames count tenths of a second, not samples or milliseconds.")
    let classIndex = try integer(
      1, "class", through: min(DCASELabels.largestIndex, classCount - 1),
      classCount == .max ? "classes are numbered from 0." : "there are \(classCount) classes, numbered from 0.")
    let source =
      fields.count == 4
      ? 0 : try integer(2, "source", through: DCASELabels.largestIndex, "sources of a class are numbered from 0.")
    var distance = Double.nan
    if fields.count >= 6 {
      distance = try value(fields.count - 1, "distance", 0...1e6, "distances are not negative.")
    }
    return LabelRow(
      frame: frame, classIndex: classIndex, source: source,
      direction: fields.count == 7 ? try cartesian() : try angles(&warnings), distance: distance)
  }

  private func angles(_ warnings: inout WarningList) throws(DCASELabelError) -> Direction {
    let at = fields.count == 4 ? 2 : 3
    let azimuth = try value(
      at, "azimuth", -180...180, "azimuths are degrees in -180 ..< 180, counter-clockwise from the front.")
    let elevation = try value(at + 1, "elevation", -90...90, "elevations are degrees in -90 ... 90, upwards.")
    if azimuth != azimuth.rounded() || elevation != elevation.rounded() {
      warnings.add(.decimalAngles, self, "angles should be whole degrees; their decimals were kept.")
    }
    if azimuth == 180 { warnings.add(.azimuth180, self, "an azimuth of 180 was read as -180.") }
    return Direction(azimuth: azimuth, elevation: elevation)
  }

  private func cartesian() throws(DCASELabelError) -> Direction {
    var vector = Vector.zero
    for (axis, name) in ["x", "y", "z"].enumerated() {
      vector[axis] = try value(3 + axis, name, -1e6...1e6, "x, y and z are the front, left and up parts.")
    }
    guard let direction = Direction(vector) else {
      throw refusal(3, "direction", "a vector that is not zero", "leave out sources without a direction.")
    }
    return direction
  }

  private func integer(
    _ index: Int, _ name: String, through last: Int, _ hint: String
  ) throws(DCASELabelError) -> Int {
    guard let value = Int(fields[index].text), value >= 0, value <= last else {
      let isWhole = Self.number(fields[index].text).map { $0 == $0.rounded() && $0 >= 0 && $0 <= Double(last) }
      throw refusal(
        index, name, "an integer in 0 ... \(last)", isWhole == true ? "write it without a fraction." : hint)
    }
    return value
  }

  private func value(
    _ index: Int, _ name: String, _ range: ClosedRange<Double>, _ hint: String
  ) throws(DCASELabelError) -> Double {
    guard let value = Self.number(fields[index].text) else { throw refusal(index, name, "a number", hint) }
    guard range.contains(value) else {
      throw refusal(index, name, "a number in \(Self.text(range.lowerBound)) ... \(Self.text(range.upperBound))", hint)
    }
    return value
  }

  private static func text(_ value: Double) -> String { String(Int(value)) }

  private func refusal(_ index: Int, _ name: String, _ expected: String, _ hint: String) -> DCASELabelError {
    let shown = fields[index].text.unicodeScalars.prefix(40).map { $0.escaped(asASCII: true) }.joined()
    return .badField(
      place: "\(file):\(number):\(fields[index].column)", name: name, expected: expected, got: shown, hint: hint)
  }
}
