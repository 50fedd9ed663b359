// Conventions of first-order Ambisonics and the gains between them.
// Not here: finding out which convention a recording is in (ConventionDetector.swift).

public import Lab
public import Media

/// A recording or a name of a convention that first-order code cannot take.
public enum AmbisonicError: LabError, Equatable {
  /// Another number of channels than four.
  case channelCount(Int)
  /// A name that is no convention; `place` says where it stood.
  case unknownFormat(String, place: String)

  /// What is wrong, and what would be right.
  public var description: String {
    switch self {
    case .channelCount(let count):
      "not first-order Ambisonics: expected 4 channels, got \(count)."
        + (count > 4 ? " Hint: of a recording of higher order keep the first four channels." : "")
    case .unknownFormat(let name, let place):
      "unknown Ambisonics format\(place.isEmpty ? "" : ", \(place)"): expected one of "
        + AmbisonicFormat.allCases.map { "'\($0)'" }.joined(separator: ", ") + " or 'ambix', got '\(name)'."
    }
  }
}

/// How four channels of first order are to be read: their order and their normalisation.
///
/// All formats share the axes X front, Y left, Z up. The package's own is ``acnSN3D``.
///
/// > Source: Nachbar et al., "AmbiX – a suggested Ambisonics format", 2011, for ACN and SN3D; Malham, "Higher order
/// > Ambisonic systems", 2003, for FuMa.
public struct AmbisonicFormat: Hashable, Sendable, CaseIterable {
  /// Which channel is which.
  public enum Order: String, Hashable, CaseIterable, Sendable {
    /// W, Y, Z, X.
    case acn
    /// W, X, Y, Z.
    case fuma
  }

  /// Amplitudes of a plane wave of amplitude 1.
  public enum Normalization: String, Hashable, CaseIterable, Sendable {
    /// W = 1, dipoles up to 1.
    case sn3d
    /// W = 1, dipoles up to √3.
    case n3d
    /// W = 1/√2, dipoles up to 1 (maxN with W 3 dB down).
    case fuma
    /// N3D over √(4π): spherical harmonics of unit energy.
    case orthonormal
  }

  /// Which channel is which.
  public var order: Order
  /// Amplitudes of a plane wave.
  public var normalization: Normalization

  /// Creates a format.
  public init(order: Order, normalization: Normalization) {
    self.order = order
    self.normalization = normalization
  }

  /// The package's own: W, Y, Z, X with SN3D (AmbiX).
  public static let acnSN3D = AmbisonicFormat(order: .acn, normalization: .sn3d)
  /// W, X, Y, Z with W 3 dB down, the older B-format.
  public static let fuma = AmbisonicFormat(order: .fuma, normalization: .fuma)

  /// Every combination.
  public static var allCases: [AmbisonicFormat] {
    Order.allCases.flatMap { order in Normalization.allCases.map { AmbisonicFormat(order: order, normalization: $0) } }
  }

  /// Reads `acn-sn3d`, `fuma-n3d` and so on; `fuma` alone is the older B-format, `ambix` is `acn-sn3d`.
  ///
  /// - Parameter place: where the name stood, for the message.
  /// - Throws: ``AmbisonicError/unknownFormat(_:place:)``.
  public init(parsing name: String, place: String = "") throws(AmbisonicError) {
    let parts = name.lowercased().split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    switch parts {
    case ["fuma"]: self = .fuma
    case ["ambix"]: self = .acnSN3D
    default:
      guard parts.count == 2, let order = Order(rawValue: parts[0]), let norm = Normalization(rawValue: parts[1])
      else { throw .unknownFormat(name, place: place) }
      self.init(order: order, normalization: norm)
    }
  }

  /// The format that a scene's metadata names.
  ///
  /// - Throws: ``AmbisonicError/unknownFormat(_:place:)``.
  public init(_ format: SceneMetadata.Format) throws(AmbisonicError) {
    try self.init(parsing: "\(format.order)-\(format.normalization)", place: "the format of a scene")
  }

  /// The channel in this format's order that holds W, Y, Z and X.
  public var channels: [Int] { order == .acn ? [0, 1, 2, 3] : [0, 2, 3, 1] }

  /// Gains of W and of the dipoles relative to SN3D.
  public var gains: (omni: Double, dipole: Double) {
    switch normalization {
    case .sn3d: (1, 1)
    case .n3d: (1, 3.0.squareRoot())
    case .fuma: (0.5.squareRoot(), 1)
    case .orthonormal: (1 / (4 * .pi).squareRoot(), (3 / (4 * .pi)).squareRoot())
    }
  }

  /// The amplitudes of a plane wave, in the order of this format.
  public func encode(_ direction: Direction) -> [Double] {
    let reference = FirstOrder.gains(direction)
    var result = [Double](repeating: 0, count: FirstOrder.channelCount)
    for (component, channel) in channels.enumerated() {
      result[channel] = reference[component] * (component == 0 ? gains.omni : gains.dipole)
    }
    return result
  }

  /// Converts four channels in place.
  ///
  /// - Throws: ``AmbisonicError/channelCount(_:)``.
  public static func convert(
    _ buffer: inout AudioBuffer, from source: AmbisonicFormat, to target: AmbisonicFormat
  ) throws(AmbisonicError) {
    guard buffer.channels.count == FirstOrder.channelCount else { throw .channelCount(buffer.channels.count) }
    guard source != target else { return }
    var channels = buffer.channels
    for component in 0..<FirstOrder.channelCount {
      let gain =
        component == 0 ? target.gains.omni / source.gains.omni : target.gains.dipole / source.gains.dipole
      var samples = buffer.channels[source.channels[component]]
      if gain != 1 { for index in samples.indices { samples[index] = Float(gain * Double(samples[index])) } }
      channels[target.channels[component]] = samples
    }
    buffer.channels = channels
  }
}

extension AmbisonicFormat: CustomStringConvertible, Codable {
  /// The name that ``init(parsing:place:)`` reads; `fuma` for the older B-format.
  public var description: String { self == .fuma ? "fuma" : "\(order.rawValue)-\(normalization.rawValue)" }

  /// Reads the name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    do throws(AmbisonicError) {
      try self.init(parsing: name)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
