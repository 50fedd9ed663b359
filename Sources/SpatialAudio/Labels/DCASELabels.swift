// DCASE label files: their widths, their units, and what a reader can be told about them.
// Not here: parsing (DCASELabels+Reading.swift), writing (DCASELabels+Writing.swift).

/// Label files of the DCASE challenge: comma-separated, no header, one line for each active source in each frame.
///
/// | columns | content |
/// |---|---|
/// | 4 | frame, class, azimuth, elevation |
/// | 5 | frame, class, source, azimuth, elevation |
/// | 6 | frame, class, source, azimuth, elevation, distance (cm): references of 2023 and 2024 |
/// | 7 | frame, class, source, x, y, z, distance (m): output of systems |
///
/// Angles are degrees, azimuth counter-clockwise from the front. A frame is 100 ms.
///
/// > Source: DCASE 2024 task 3, "Audio and audiovisual sound event localization and detection with source distance
/// > estimation", section on the dataset's metadata.
public enum DCASELabels {
  /// The unit of the distance column.
  public enum DistanceUnit: String, CaseIterable, Sendable {
    /// Hundredths of a metre, as in references.
    case centimetres
    /// Metres, as in the output of systems.
    case metres
    /// Centimetres in 6 columns, metres in 7, and a look at the values; returns a warning where they decided.
    case automatic
  }

  /// What a reader is told.
  public struct ReadingOptions: Sendable {
    /// The unit of the distance column.
    public var unit: DistanceUnit
    /// The command-line option that sets `unit`, for messages.
    public var unitOption: String
    /// Classes from this number on are refused.
    public var classCount: Int

    /// Creates options.
    public init(unit: DistanceUnit = .automatic, unitOption: String = "unit", classCount: Int = .max) {
      self.unit = unit
      self.unitOption = unitOption
      self.classCount = classCount
    }
  }

  /// What a file held.
  public struct Reading: Sendable {
    /// The events in the order of the lines.
    public var events: [LabelEvent]
    /// Columns of the file; 0 if it has no lines.
    public var columns: Int
    /// The unit that was used for distances; `automatic` where there are none.
    public var unit: DistanceUnit
    /// What was assumed or tolerated, at most one of each kind.
    public var warnings: [LabelWarning]

    /// The events by frame.
    public var labels: FrameLabels { FrameLabels(events) }
  }

  /// The forms of lines that are written.
  public enum Form: Sendable {
    /// 6 columns of integers: the reference of 2023 and 2024.
    case reference
    /// 5 columns of integers: a reference without distances.
    case referenceWithoutDistance
    /// 7 columns: Cartesian directions and metres, the output of systems.
    case systemOutput
  }

  /// Frames above this are refused: eleven days of 100 ms frames.
  public static let largestFrame = 9_999_999
  /// Larger classes and sources are refused.
  static let largestIndex = 999_999
  /// Centimetres below this in every line of a file are taken for metres.
  static let smallestPlausibleCentimetres = 20.0
}

/// Something in a label file that was assumed or tolerated.
public struct LabelWarning: Equatable, Sendable {
  /// What it is about.
  public enum Kind: String, CaseIterable, Sendable {
    /// Distances with decimals in 6 columns were taken for metres.
    case decimalDistances = "decimal_distances"
    /// Small distances in 6 columns were taken for metres.
    case smallDistances = "small_distances"
    /// Distances in 7 columns were taken for metres.
    case sevenColumns = "seven_columns"
    /// Angles have decimals, which references do not.
    case decimalAngles = "decimal_angles"
    /// An azimuth is 180, which is written as -180.
    case azimuth180 = "azimuth_180"
  }

  /// What it is about.
  public var kind: Kind
  /// File and line of the first place, such as `a.csv:3`.
  public var place: String
  /// What was done, and which option decides.
  public var text: String

  /// `place: text`.
  public var description: String { "\(place): \(text)" }
}
