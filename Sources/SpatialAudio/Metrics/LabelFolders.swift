// Folders of label files, paired by name.
// Not here: single files (DCASELabels+Reading.swift), scores (ScoringReport.swift).

public import Foundation
import Lab

/// One recording with its true and its predicted events.
public struct ScoredRecording: Sendable {
  /// What the recording is called.
  public var name: String
  /// The true events.
  public var reference: FrameLabels
  /// The predicted events.
  public var prediction: FrameLabels

  /// Creates a recording.
  public init(name: String, reference: FrameLabels, prediction: FrameLabels) {
    self.name = name
    self.reference = reference
    self.prediction = prediction
  }

  /// Creates a recording of lists of events.
  public init(name: String, reference: [LabelEvent], prediction: [LabelEvent]) {
    self.init(name: name, reference: FrameLabels(reference), prediction: FrameLabels(prediction))
  }
}

/// Something that was assumed or tolerated in one or more files.
public struct ScoringWarning: Equatable, Sendable {
  /// What it is about, in snake case.
  public var kind: String
  /// In how many files.
  public var count: Int
  /// The first place, such as `a.csv:3`; empty where no file is concerned.
  public var place: String
  /// What was done, and which option decides.
  public var text: String

  /// One line for people.
  public var description: String {
    place.isEmpty ? text : "\(place)\(count > 1 ? " and \(count - 1) more" : ""): \(text)"
  }
}

/// Reads two folders of label files and pairs them by name.
public struct LabelFolders: Sendable {
  /// The recordings by name.
  public private(set) var recordings: [ScoredRecording] = []
  /// What was assumed or tolerated, once for each kind and folder.
  public private(set) var warnings: [ScoringWarning] = []

  /// Reads all `.csv` files below two folders. Files in sub-folders are paired by their file names.
  ///
  /// - Throws: `ScoringError`, `DCASELabelError`, `FileError`.
  public init(reference: URL, prediction: URL, options: ScoringOptions) throws {
    let truths = try Self.files(below: reference, role: "references")
    let guesses = try Self.files(below: prediction, role: "predictions", mayBeEmpty: options.missingAsEmpty)
    let missing = truths.keys.filter { guesses[$0] == nil }.sorted()
    guard missing.isEmpty || options.missingAsEmpty else {
      throw ScoringError.missingPredictions(names: missing, references: truths.count, path: Self.shown(prediction))
    }
    if !missing.isEmpty {
      warnings.append(
        ScoringWarning(
          kind: "missing_predictions", count: missing.count, place: missing[0],
          text: "no prediction; counted as without events (--missing-as-empty)."))
    }
    let extra = guesses.keys.filter { truths[$0] == nil }.sorted()
    if !extra.isEmpty {
      warnings.append(
        ScoringWarning(
          kind: "extra_predictions", count: extra.count, place: extra[0],
          text: "prediction without a reference; ignored.")
      )
    }
    let classCount = options.classNames.isEmpty ? Int.max : options.classNames.count
    let (truthOptions, guessOptions) = (
      DCASELabels.ReadingOptions(
        unit: options.referenceUnit, unitOption: "--reference-units", classCount: classCount),
      DCASELabels.ReadingOptions(
        unit: options.predictionUnit, unitOption: "--prediction-units", classCount: classCount)
    )
    var (truthUnits, guessUnits) = (UnitPlaces(), UnitPlaces())
    for (name, file) in truths.sorted(by: { $0.key < $1.key }) {
      let truth = try DCASELabels.read(file, options: truthOptions)
      add(truth.warnings, role: "reference")
      note(truth.unit, in: file, &truthUnits)
      var guess = FrameLabels([])
      if let file = guesses[name] {
        let reading = try DCASELabels.read(file, options: guessOptions)
        add(reading.warnings, role: "prediction")
        note(reading.unit, in: file, &guessUnits)
        guess = reading.labels
      }
      recordings.append(ScoredRecording(name: name, reference: truth.labels, prediction: guess))
    }
    addMixture(truthUnits, role: "reference", option: truthOptions.unitOption)
    addMixture(guessUnits, role: "prediction", option: guessOptions.unitOption)
  }

  /// The first file of each unit.
  private typealias UnitPlaces = [DCASELabels.DistanceUnit: String]

  private func note(_ unit: DCASELabels.DistanceUnit, in file: URL, _ places: inout UnitPlaces) {
    if places[unit] == nil { places[unit] = Self.shown(file) }
  }

  /// Files are looked at one by one; a folder in two units is probably a wrong guess.
  private mutating func addMixture(_ places: UnitPlaces, role: String, option: String) {
    guard let metres = places[.metres], let centimetres = places[.centimetres] else { return }
    warnings.append(
      ScoringWarning(
        kind: "\(role)_mixed_units", count: 1, place: metres,
        text: "distances were read as metres, but as centimetres in \(centimetres); \(option) decides for all files."))
  }

  private mutating func add(_ list: [LabelWarning], role: String) {
    for warning in list {
      let kind = "\(role)_\(warning.kind.rawValue)"
      if let index = warnings.firstIndex(where: { $0.kind == kind }) {
        warnings[index].count += 1
      } else {
        warnings.append(ScoringWarning(kind: kind, count: 1, place: warning.place, text: warning.text))
      }
    }
  }

  private static func shown(_ url: URL) -> String { url.baseURL == nil ? url.path : url.relativePath }

  /// Label files by file name.
  private static func files(below folder: URL, role: String, mayBeEmpty: Bool = false) throws(ScoringError)
    -> [String: URL]
  {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isDirectory), isDirectory.boolValue else {
      throw .noFolder(path: shown(folder), role: role)
    }
    var result: [String: (url: URL, place: String)] = [:]
    let places = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    for place in places.sorted() where place.lowercased().hasSuffix(".csv") {
      let name = String(place.split(separator: "/").last ?? "")
      guard !name.hasPrefix(".") else { continue }
      if let first = result[name] { throw .duplicateName(name: name, first: first.place, second: place) }
      result[name] = (URL(fileURLWithPath: shown(folder) + "/" + place), place)
    }
    guard mayBeEmpty || !result.isEmpty else { throw .noFiles(path: shown(folder), role: role) }
    return result.mapValues(\.url)
  }

  /// Reads the names of classes: one a line, the first is class 0. Blank lines and blanks around names do not count.
  ///
  /// - Throws: `ScoringError`, `FileError`.
  public static func classNames(in file: URL) throws -> [String] {
    let path = shown(file)
    let bytes = try LabelFiles.bytes(of: file, reportedAs: path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError.notText(path: path, offset: LabelFiles.firstInvalidByte(in: bytes))
    }
    var names: [String] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let name = line.trimmingCharacters(in: .whitespaces)
      if name.isEmpty { continue }
      let place = "\(path):\(index + 1)"
      if let first = names.firstIndex(of: name) {
        throw ScoringError.badClass(place: place, got: name, reason: "which is class \(first) already")
      }
      guard name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
        let shown = name.unicodeScalars.prefix(40).map { $0.escaped(asASCII: true) }.joined()
        throw ScoringError.badClass(place: place, got: shown, reason: "which has control characters")
      }
      names.append(name)
    }
    guard !names.isEmpty else { throw ScoringError.noClasses(path: path) }
    return names
  }
}
