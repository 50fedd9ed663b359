// Reading label files strictly: every line is either understood or refused with its place.
// Not here: the fields of one line (LabelLine.swift), the forms (DCASELabels.swift).

public import Foundation
import Lab

extension DCASELabels {
  /// Reads a label file.
  ///
  /// Carriage returns, blank lines and blanks around fields are tolerated, and so is a first line that names its
  /// columns.
  ///
  /// - Throws: `DCASELabelError`, `FileError`.
  public static func read(_ url: URL, options: ReadingOptions = ReadingOptions()) throws -> Reading {
    let name = url.baseURL == nil ? url.path : url.relativePath
    let bytes = try LabelFiles.bytes(of: url, reportedAs: name)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError.notText(path: name, offset: LabelFiles.firstInvalidByte(in: bytes))
    }
    return try parse(text, name: name, options: options)
  }

  /// Reads the text of a label file.
  ///
  /// - Parameter name: what the text is called in messages.
  /// - Throws: what is wrong and where.
  public static func parse(
    _ text: String, name: String, options: ReadingOptions = ReadingOptions()
  ) throws(DCASELabelError) -> Reading {
    var lines: [LabelLine] = []
    var isFirst = true
    let body = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    // Carriage return and line feed are one character to Swift: the split is on scalars.
    for (index, raw) in body.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let fields = LabelLine.fields(of: raw)
      if fields.count == 1, fields[0].text.isEmpty { continue }
      defer { isFirst = false }
      if isFirst, LabelLine.isHeader(fields) { continue }
      let line = LabelLine(file: name, number: index + 1, fields: fields)
      if let first = lines.first {
        guard first.fields.count == fields.count else {
          throw .mixedWidths(
            place: line.place, columns: fields.count, firstLine: first.number, firstColumns: first.fields.count)
        }
      } else {
        try line.checkWidth()
      }
      lines.append(line)
    }
    return try reading(of: lines, options)
  }

  private static func reading(of lines: [LabelLine], _ options: ReadingOptions) throws(DCASELabelError) -> Reading {
    guard let first = lines.first else { return Reading(events: [], columns: 0, unit: .automatic, warnings: []) }
    var rows: [LabelRow] = []
    rows.reserveCapacity(lines.count)
    var warnings = WarningList()
    if options.unit == .automatic, first.fields.count == 6 { try refuseCartesian(lines, options) }
    for line in lines { rows.append(try line.row(classCount: options.classCount, &warnings)) }
    let unit = resolvedUnit(rows, lines, options, &warnings)
    let scale = unit == .centimetres ? 0.01 : 1
    let events = rows.map { row in
      LabelEvent(
        frame: row.frame, classIndex: row.classIndex, source: row.source, direction: row.direction,
        // Dividing keeps whole centimetres exact to the last digit; multiplying by 0.01 would not.
        distance: scale == 1 ? row.distance : row.distance / 100)
    }
    return Reading(events: events, columns: first.fields.count, unit: unit, warnings: warnings.all)
  }

  /// Output of older systems has six columns too, and would be read as degrees within ±1 of the front.
  private static func refuseCartesian(_ lines: [LabelLine], _ options: ReadingOptions) throws(DCASELabelError) {
    var hasDecimals = false
    for line in lines {
      let values = line.fields[3...5].map { LabelLine.number($0.text) ?? .infinity }
      guard values.allSatisfy({ abs($0) <= 1.5 }) else { return }
      hasDecimals = hasDecimals || values[0] != values[0].rounded() || values[1] != values[1].rounded()
    }
    if hasDecimals, let first = lines.first {
      throw .cartesianWithoutDistance(place: first.place, option: options.unitOption)
    }
  }

  private static func resolvedUnit(
    _ rows: [LabelRow], _ lines: [LabelLine], _ options: ReadingOptions, _ warnings: inout WarningList
  ) -> DistanceUnit {
    let columns = lines[0].fields.count
    guard columns >= 6 else { return .automatic }
    guard options.unit == .automatic else { return options.unit }
    let decides = "\(options.unitOption) decides"
    if columns == 7 {
      warnings.add(
        .sevenColumns, lines[0],
        "distances in 7 columns were read as metres, as systems write them; \(decides).")
      return .metres
    }
    if let index = rows.firstIndex(where: { $0.distance != $0.distance.rounded() }) {
      warnings.add(
        .decimalDistances, lines[index],
        "distances in 6 columns should be whole centimetres but have decimals, and were read as metres (SpatialScaper "
          + "is known to write metres with 3 decimals there); \(decides).")
      return .metres
    }
    if let largest = rows.map(\.distance).max(), largest < smallestPlausibleCentimetres {
      warnings.add(
        .smallDistances, lines[0],
        "no distance exceeds \(Int(largest)), too little for centimetres; they were read as metres; \(decides).")
      return .metres
    }
    return .centimetres
  }
}

/// The first warning of each kind.
struct WarningList {
  private(set) var all: [LabelWarning] = []

  mutating func add(_ kind: LabelWarning.Kind, _ line: LabelLine, _ text: String) {
    guard !all.contains(where: { $0.kind == kind }) else { return }
    all.append(LabelWarning(kind: kind, place: "\(line.file):\(line.number)", text: text))
  }
}

/// Files as bytes, with typed errors.
enum LabelFiles {
  /// Larger files are refused: a day of labels has less.
  private static let largestSize = 256 << 20

  static func bytes(of url: URL, reportedAs path: String) throws(FileError) -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
      throw .cannotRead(path: path, code: ENOENT)
    }
    if isDirectory.boolValue { throw .cannotRead(path: path, code: EISDIR) }
    guard let handle = FileHandle(forReadingAtPath: url.path) else { throw .cannotRead(path: path, code: EACCES) }
    var data: Data?
    do { data = try handle.read(upToCount: largestSize + 1) } catch { throw .cannotRead(path: path, code: EIO) }
    guard (data?.count ?? 0) <= largestSize else { throw .cannotRead(path: path, code: EFBIG) }
    return Array(data ?? Data())
  }

  static func firstInvalidByte(in bytes: [UInt8]) -> Int {
    var iterator = bytes.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    var offset = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    return offset
  }
}
