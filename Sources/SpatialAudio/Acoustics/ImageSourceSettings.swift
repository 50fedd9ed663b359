// How the image-source method is carried out: conventions and truncation.
// Not here: the room (ShoeboxRoom.swift) and the late field (DiffuseTail.swift).

public import Lab

/// Conventions and limits of the image-source method.
public struct ImageSourceSettings: Codable, Equatable, Sendable {
  /// Samples per second in Hz.
  public var sampleRate = 16_000
  /// Which images count.
  public var truncation = ImageTruncation.time(seconds: 0.5)
  /// The amplitude of an image.
  public var amplitude = AmplitudeReference.unitAtOneMeter
  /// The sign of a reflection.
  public var reflectionSign = ReflectionSign.positive
  /// Largest displacement of each coordinate of the images in metres, 0 for none; it breaks up sweeping echoes. The
  /// direct path is never displaced.
  public var jitter = 0.0
  /// A high-pass for the whole response.
  public var highPass = HighPass.none
  /// The air.
  public var air = Air()

  /// The defaults.
  public init() {}
}

/// Which images count.
public enum ImageTruncation: ConfigChoice, Equatable, Sendable {
  /// All images that arrive within a time in seconds.
  case time(seconds: Double)
  /// All images of at most so many reflections.
  case order(reflections: Int)

  /// Each case with its defaults.
  public static let defaults: [ImageTruncation] = [.time(seconds: 0.5), .order(reflections: 17)]
}

/// The amplitude of an image at distance d.
public enum AmplitudeReference: String, Codable, CaseIterable, Sendable {
  /// `1/d`: 1 at one metre.
  case unitAtOneMeter
  /// `1/(4πd)`: the free-space Green's function.
  case greenFunction

  /// The amplitude at one metre.
  var gain: Double { self == .unitAtOneMeter ? 1 : 1 / (4 * .pi) }
}

/// The sign of a reflection's pressure.
public enum ReflectionSign: String, Codable, CaseIterable, Sendable {
  /// Rigid walls: no change of sign.
  case positive
  /// Soft walls: each reflection changes the sign.
  case negative

  var factor: Double { self == .positive ? 1 : -1 }
}

/// A zero-phase high-pass.
public enum HighPass: ConfigChoice, Equatable, Sendable {
  /// None.
  case none
  /// A Butterworth filter of second order, applied forwards and backwards; its cut-off in Hz.
  case butterworth(hertz: Double)

  /// Each case with its defaults.
  public static let defaults: [HighPass] = [.none, .butterworth(hertz: 10)]
}

/// Where the ears are: a place in the room and a heading.
public struct Listener: Equatable, Sendable {
  /// The place in metres.
  public var position: Vector
  /// The heading in degrees, counter-clockwise from the room's x axis.
  public var yaw: Double

  /// Creates a listener.
  public init(position: Vector, yaw: Double = 0) {
    self.position = position
    self.yaw = yaw
  }

  /// A point of the room in the listener's frame.
  public func local(_ point: Vector) -> Vector {
    let offset = point - position
    let (c, s) = rotation
    return Vector(c * offset.x + s * offset.y, c * offset.y - s * offset.x, offset.z)
  }

  /// Cosine and sine of the heading; exact at quarter turns.
  var rotation: (cosine: Double, sine: Double) {
    switch yaw.truncatingRemainder(dividingBy: 360) {
    case 0: (1, 0)
    case 90, -270: (0, 1)
    case 180, -180: (-1, 0)
    case 270, -90: (0, -1)
    default: (Direction(azimuth: yaw).unit.x, Direction(azimuth: yaw).unit.y)
    }
  }
}
