// What the convention detector has to say.
// Not here: how it is found out (ConventionDetector.swift).

/// The convention that a recording is most likely in, with the evidence.
public struct ConventionFinding: Equatable, Sendable {
  /// The answer.
  public enum Verdict: Equatable, Sendable {
    /// The most likely format.
    case format(AmbisonicFormat)
    /// No answer, and why.
    case undetermined(Reason)
  }

  /// Why there is no answer.
  public enum Reason: Equatable, Sendable, CustomStringConvertible {
    /// All channels are zero.
    case silence
    /// Too few blocks with one source alone; `found` of `examined` energetic ones.
    case noPlaneWaves(found: Int, examined: Int)
    /// No channel bounds the others as an omnidirectional one does, or by no known constant; `support` is the share of plane-wave-like blocks
    /// that fit the nearest constant.
    case noOmni(support: Double)
    /// The omnidirectional channel is not the first one, as in no known convention; channels count from 0.
    case omniElsewhere(channel: Int)
    /// A channel is broken; see ``ConventionFinding/faults``.
    case fault

    /// The reason as a sentence.
    public var description: String {
      switch self {
      case .silence: "all channels are silent"
      case .noPlaneWaves(let found, let examined):
        "only \(found) of \(examined) time-frequency blocks look like one plane wave; the sound is diffuse, or the "
          + "channels are not of one point"
      case .noOmni(let support):
        "no channel behaves as omnidirectional: channel 1 fits in \(Int((100 * support).rounded())) % of the "
          + "plane-wave-like blocks"
      case .omniElsewhere(let channel):
        "channel \(channel + 1) behaves as the omnidirectional one, and in every known convention that is channel 1"
      case .fault: "a channel is faulty"
      }
    }
  }

  /// One observation.
  public struct Evidence: Equatable, Sendable {
    /// What was measured.
    public let name: String
    /// Its value.
    public let value: Double
    /// What it means.
    public let meaning: String
  }

  /// Something wrong with one channel.
  public struct Fault: Equatable, Sendable {
    /// What is wrong.
    public enum Kind: Equatable, Sendable {
      /// The channel is silent while others are not.
      case dropped
    }

    /// The channel, from 0, as in the recording.
    public let channel: Int
    /// What is wrong.
    public let kind: Kind
    /// Whether no scene could sound like this; otherwise it is merely likely.
    public let isCertain: Bool

    /// Creates a fault.
    public init(channel: Int, kind: Kind, isCertain: Bool) {
      self.channel = channel
      self.kind = kind
      self.isCertain = isCertain
    }

    /// The fault as a sentence.
    public var description: String {
      let what =
        switch kind {
        case .dropped: "is silent while others are not"
        }
      let hint = isCertain ? "" : " (likely; a scene without sound on that axis would look the same)"
      return "channel \(channel + 1) \(what)\(hint)"
    }
  }

  /// The answer.
  public var verdict: Verdict
  /// How sure the answer is, 0...1: the share of plane-wave-like blocks that fit it, less where the channel order rests
  /// on custom alone. 0 if undetermined.
  public var confidence: Double
  /// What was observed.
  public var evidence: [Evidence]
  /// What is wrong with single channels.
  public var faults: [Fault]
  /// Other formats that the same audio fits equally well, since they differ by one common gain.
  public var equivalents: [AmbisonicFormat]

  /// What no recording can show, for reports: each of these turns a valid scene into another valid scene.
  public static let undecidable = [
    "two dipoles swapped: a mirrored and rotated scene",
    "a dipole with inverted polarity: a mirrored scene",
    "W with inverted polarity: every source at the opposite point",
    "all channels inverted: the same scene",
    "N3D or orthonormal: one common gain",
    "a channel that is late: sound of several sources correlates at many lags",
    "the order of the dipoles, unless sources spread more around the listener than above and below",
  ]
}
