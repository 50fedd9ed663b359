// What can be wrong with a label file.
// Not here: what is only odd (LabelWarning in DCASELabels.swift), files that cannot be opened (Lab's FileError).

public import Lab

/// A label file that cannot be read, or events that cannot be written.
public enum DCASELabelError: LabError, Equatable {
  /// A field is not what its column holds; `place` is `file:line:column`.
  case badField(place: String, name: String, expected: String, got: String, hint: String)
  /// A line has a number of columns that no form has.
  case badWidth(place: String, columns: Int, hint: String)
  /// Lines of one file differ in their number of columns.
  case mixedWidths(place: String, columns: Int, firstLine: Int, firstColumns: Int)
  /// Six columns hold a Cartesian direction without a distance.
  case cartesianWithoutDistance(place: String, option: String)
  /// An event has no distance and the form needs one.
  case missingDistance(frame: Int, classIndex: Int, source: Int)
  /// Two events of a frame have the same class and source.
  case duplicateSource(frame: Int, classIndex: Int, source: Int)

  /// What, where, and what to do about it.
  public var description: String {
    switch self {
    case .badField(let place, let name, let expected, let got, let hint):
      "label file, \(place), \(name): expected \(expected), got '\(got)'." + (hint.isEmpty ? "" : " Hint: \(hint)")
    case .badWidth(let place, let columns, let hint):
      "label file, \(place): expected 4, 5, 6 or 7 columns separated by commas, got \(columns). Hint: \(hint)"
    case .mixedWidths(let place, let columns, let firstLine, let firstColumns):
      "label file, \(place): expected \(firstColumns) columns as in line \(firstLine), got \(columns). "
        + "Hint: the line may be cut off, or two files were joined."
    case .cartesianWithoutDistance(let place, let option):
      "label file, \(place): expected azimuth, elevation and distance, got a Cartesian direction x, y, z. "
        + "Hint: append a seventh column with the distance in metres; if these are degrees and a distance after all, "
        + "say its unit with \(option)."
    case .missingDistance(let frame, let classIndex, let source):
      "labels, frame \(frame), class \(classIndex), source \(source): expected a distance of 0 or more metres, got "
        + "none. Hint: write 5 columns, which hold no distances."
    case .duplicateSource(let frame, let classIndex, let source):
      "labels, frame \(frame): expected sources that differ within a class, got source \(source) of class "
        + "\(classIndex) twice. Hint: number the sources of each class."
    }
  }
}
