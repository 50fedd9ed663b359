// Every way in which reading, writing or converting sound can fail.
// Not here: misuse by the programmer, which is a precondition where it happens; pictures (ImageError.swift).

public import Lab

/// A sound file or a buffer that cannot be used.
///
/// Its description reads *what, where: expected X, got Y. Hint.*
public enum MediaError: LabError, Equatable {
  /// The system does not let the file be read; `reason` is its text.
  case cannotRead(path: String, reason: String)
  /// The file is not sound that can be decoded; `reason` is the decoder's text.
  case notAudio(path: String, reason: String)
  /// The file ends before what its header promises, in frames or, for containers that are cut, in bytes.
  case truncated(path: String, unit: String, expected: Int, actual: Int)
  /// The file holds no frame.
  case empty(path: String)
  /// A sample is NaN or infinite. `place` is a path or the name of an operation.
  case notFinite(place: String, channel: Int, frame: Int, value: String)
  /// More samples (frames × channels) than are accepted.
  case tooLarge(path: String, samples: Int, limit: Int)
  /// A number of channels that does not fit.
  case channelCount(path: String, expected: String, actual: Int)
  /// A sample rate outside of what makes sense, in Hz.
  case sampleRate(place: String, expected: String, actual: Int)
  /// The encoding does not take such a buffer; `reason` is the encoder's text.
  case cannotEncode(path: String, encoding: String, reason: String)
  /// The system does not let the file be written; `reason` is its text. What was there before is unchanged.
  case cannotWrite(path: String, reason: String)
  /// The rate converter refused; `reason` is its text.
  case cannotResample(from: Int, to: Int, reason: String)
  /// The file is not a usable set of head-related impulse responses.
  case notHeadRelated(path: String, reason: String)

  /// What failed, where, what was expected, and what to do about it.
  public var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read '\(path)': \(reason). Hint: check the path and its permissions."
    case .notAudio(let path, let reason):
      "cannot decode '\(path)': expected a sound file, got '\(reason)'."
        + " Hint: convert it to WAV or FLAC."
    case .truncated(let path, let unit, let expected, let actual):
      "'\(path)' is cut short: expected \(expected) \(unit), got \(actual). Hint: fetch or write the file again."
    case .empty(let path):
      "cannot read '\(path)': expected at least one frame, got none."
    case .notFinite(let place, let channel, let frame, let value):
      "unusable sample, \(place): expected finite numbers, got \(value) in channel \(channel) at frame \(frame)."
    case .tooLarge(let path, let samples, let limit):
      "'\(path)' is too large: expected at most \(limit) samples in all channels, got \(samples)."
        + " Hint: cut the file into pieces."
    case .channelCount(let path, let expected, let actual):
      "wrong number of channels, '\(path)': expected \(expected), got \(actual)."
    case .sampleRate(let place, let expected, let actual):
      "unusable sample rate, \(place): expected \(expected) Hz, got \(actual) Hz."
    case .cannotEncode(let path, let encoding, let reason):
      "cannot encode '\(path)' as \(encoding): \(reason). Hint: choose another encoding."
    case .cannotWrite(let path, let reason):
      "cannot write '\(path)': \(reason). What was there before is unchanged."
    case .cannotResample(let from, let to, let reason):
      "cannot convert from \(from) Hz to \(to) Hz: \(reason)."
    case .notHeadRelated(let path, let reason):
      "cannot use '\(path)' as head-related impulse responses: \(reason)."
        + " Hint: name a SOFA file of the convention SimpleFreeFieldHRIR."
    }
  }
}
