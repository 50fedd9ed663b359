// Scoring of folders and of lists in memory: pairing, warnings, tables, JSON, the document.
import Foundation
import Lab
import SpatialAudio
import Testing

/// Two folders of label files that go away with the value.
private final class Folders {
  let root = FileManager.default.temporaryDirectory.appending(path: "scoring-\(UUID().uuidString)")
  var reference: URL { root.appending(path: "reference") }
  var prediction: URL { root.appending(path: "prediction") }

  init(reference: [String: String], prediction: [String: String]) throws {
    for (folder, files) in [(self.reference, reference), (self.prediction, prediction)] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in files { try write(text, folder.appending(path: name)) }
    }
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  func write(_ text: String, _ file: URL) throws {
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  func report(_ options: ScoringOptions = ScoringOptions()) throws -> ScoringReport {
    try ScoringReport(reference: reference, prediction: prediction, options: options)
  }

  func refusal(_ options: ScoringOptions = ScoringOptions()) -> String {
    do {
      _ = try report(options)
      return "no error"
    } catch { return "\(error)" }
  }
}

private let truth = "0,0,0,10,0,200\n1,0,0,10,0,200\n2,1,0,-90,0,100\n3,1,0,-90,0,100\n"
private let guess = "0,0,0,10,0,2.0\n1,0,0,15,0,3.0\n2,1,0,-50,0,1.0\n"

@Suite("Scoring reports")
struct ScoringReportTests {
  @Test("folders are paired by name, whatever their sub-folders, and units are told apart")
  func folders() throws {
    let folders = try Folders(
      reference: ["test/a.csv": truth, "b.csv": truth, "notes.txt": "x"],
      prediction: ["a.csv": guess, "b.csv": guess, "extra.csv": guess])
    let report = try folders.report(ScoringOptions(dcaseCompat: false, classNames: ["dog", "cat"]))
    #expect(report.recordings.map(\.name) == ["a.csv", "b.csv"])
    #expect(report.referenceEvents == [4, 4] && report.predictedEvents == [4, 2])
    // Class 0: two right pairs; class 1: one 40° off and one miss, in each file.
    #expect(abs(report.forms[0].value("f") - 0.5) < 1e-12)
    #expect(abs(report.forms[0].value("rde") - 0.125) < 1e-12)
    #expect(report.forms[0].value("none").isNaN)
    let interval = report.forms[0].jackknife[0].interval
    #expect(abs(interval.lower - 0.5) < 1e-12 && abs(interval.upper - 0.5) < 1e-12)
    #expect(
      Set(report.warnings.map(\.kind)) == [
        "extra_predictions", "prediction_small_distances",
      ], "\(report.warnings)")
    #expect(report.warnings.first { $0.kind == "prediction_small_distances" }?.count == 2)
  }

  @Test("the same events in memory give the same numbers")
  func memory() throws {
    let folders = try Folders(reference: ["a.csv": truth], prediction: ["a.csv": guess])
    let options = ScoringOptions(forms: ScoringForm.allCases)
    let read = try folders.report(options)
    let recording = ScoredRecording(
      name: "a", reference: try DCASELabels.parse(truth, name: "a").events,
      prediction: try DCASELabels.parse(guess, name: "b").events)
    let inMemory = ScoringReport([recording], options: options)
    for (a, b) in zip(read.forms, inMemory.forms) { #expect(a.overall == b.overall, "\(a.form)") }
    #expect(read.forms.map(\.form) == ScoringForm.allCases && read.classNames == ["class 0", "class 1"])
    #expect(inMemory.warnings.map(\.kind) == ["class_count"])
  }

  @Test("what cannot be paired is refused with names")
  func unpaired() throws {
    let folders = try Folders(reference: ["a.csv": truth, "b.csv": truth], prediction: ["a.csv": guess])
    #expect(folders.refusal().contains("expected a file for each of 2 references, got none for 1: b.csv"))
    let report = try folders.report(ScoringOptions(missingAsEmpty: true))
    #expect(report.predictedEvents == [2, 1] && report.warnings.contains { $0.kind == "missing_predictions" })
    let twice = try Folders(reference: ["x/a.csv": truth, "y/a.csv": truth], prediction: ["a.csv": guess])
    #expect(twice.refusal().contains("got 'a.csv' in 'x/a.csv' and in 'y/a.csv'"))
    let none = try Folders(reference: [:], prediction: ["a.csv": guess])
    #expect(none.refusal().contains("expected .csv files, got none"))
    let gone = ScoringOptions()
    #expect(throws: ScoringError.self) {
      try ScoringReport(reference: none.root.appending(path: "nowhere"), prediction: none.prediction, options: gone)
    }
    #expect(ScoringError.noFolder(path: "x", role: "references").exitStatus == .usage)
  }

  @Test("broken files are named with their line; one folder in two units is suspicious")
  func broken() throws {
    let folders = try Folders(reference: ["a.csv": truth + "4,9,0,1,1,100\n"], prediction: ["a.csv": guess])
    #expect(folders.refusal(ScoringOptions(classNames: ["x", "y"])).contains("a.csv:5:3, class"))
    let mixed = try Folders(
      reference: ["a.csv": truth, "b.csv": guess], prediction: ["a.csv": guess, "b.csv": guess])
    #expect(try mixed.report().warnings.contains { $0.kind == "reference_mixed_units" })
    let sure = try mixed.report(ScoringOptions(referenceUnit: .metres, predictionUnit: .metres))
    #expect(sure.warnings.map(\.kind) == ["class_count"])
  }

  @Test("names of classes")
  func classNames() throws {
    let folders = try Folders(reference: [:], prediction: [:])
    let file = folders.root.appending(path: "classes.txt")
    try folders.write("dog\r\n\n cat bark \n", file)
    #expect(try LabelFolders.classNames(in: file) == ["dog", "cat bark"])
    for (text, expected) in [("a\nb\na\n", "classes.txt:3"), ("\n\n", "got none"), ("a\u{0}b", "control characters")] {
      try folders.write(text, file)
      #expect { try LabelFolders.classNames(in: file) } throws: { "\($0)".contains(expected) }
    }
  }

  @Test("text, JSON and document")
  func outputs() throws {
    let folders = try Folders(
      reference: ["a.csv": truth, "b.csv": truth], prediction: ["a.csv": guess, "b.csv": "0,1,0,0,0,1.5\n"])
    let report = try folders.report(ScoringOptions(forms: ScoringForm.allCases, classNames: ["dog", "cat", "none"]))
    let text = report.plainText
    for expected in ["2 recordings, 3 classes", "DCASE 2024", "DCASE 2019", "95 % interval", "DOAE (°)", "dog"] {
      #expect(text.contains(expected), "\(expected) is missing:\n\(text)")
    }
    #expect(!text.contains("nan"))
    let object = try #require(try JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
    let forms = try #require(object["forms"] as? [String: [String: Any]])
    #expect(Set(forms.keys) == ["2024", "2023", "2020", "2019"])
    let overall = try #require(forms["2024"]?["overall"] as? [String: [String: Any]])
    let value = try #require(overall["f"]?["value"] as? Double)
    #expect(abs(value - report.forms[0].value("f")) < 1e-12)
    let byClass = try #require(forms["2024"]?["by_class"] as? [String: [String: Any]])
    #expect(byClass["none"]?["doae_deg"] is NSNull && byClass["dog"]?["reference_events"] as? Int == 4)
    let document = report.document(subtitle: "test")
    let figures = document.blocks.reduce(0) { count, block in
      if case .gallery(let figures) = block { count + figures.count } else { count }
    }
    #expect(figures >= 6)
    let out = folders.root.appending(path: "report")
    try document.write(to: out)
    #expect(try String(contentsOf: out.appending(path: "index.html"), encoding: .utf8).contains("SELD scores"))
  }

  @Test("nothing at all is scored without a crash")
  func empty() throws {
    let folders = try Folders(reference: ["a.csv": ""], prediction: ["a.csv": "\n"])
    for compat in [true, false] {
      let report = try folders.report(ScoringOptions(forms: ScoringForm.allCases, dcaseCompat: compat))
      #expect(!report.plainText.contains("nan"))
      #expect(try !report.json().isEmpty && !report.document().blocks.isEmpty)
    }
    let none = ScoringReport([])
    #expect(none.forms[0].classes.count == 1 && none.forms[0].jackknife[0].estimate.isNaN)
  }
}
