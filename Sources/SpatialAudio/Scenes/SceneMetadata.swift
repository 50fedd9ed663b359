// One line of `scenes.jsonl`: everything that is known about one scene, measured values included.
// Not here: how a scene is drawn (ScenePlanner.swift) and rendered (SceneRenderer.swift).

/// The complete description of one rendered scene.
///
/// Keys are snake case on disk. Angles are degrees in the listener's frame (azimuth counter-clockwise from the front),
/// distances metres, times seconds.
public struct SceneMetadata: Codable, Equatable, Sendable {
  /// Names the scene within its dataset, such as `train-000123`.
  public var sceneID: String
  /// The split that the scene belongs to: `train`, `validation` or `test`.
  public var split: String
  /// The dataset's seed, 16 hexadecimal digits.
  public var seed: String
  /// Program and configuration that made the scene.
  public var generator: String
  /// Samples per second, in Hz.
  public var sampleRate: Int
  /// Length in seconds.
  public var duration: Double
  /// How the four channels are to be read.
  public var format: Format
  /// The room, with what was measured in it.
  public var room: Room
  /// The listener.
  public var listener: Listener
  /// The sources.
  public var sources: [Source]
  /// Added noise.
  public var noise: Noise
  /// The gain applied to all channels at the end, in dB.
  public var commonGain: Double
  /// The audio file relative to the dataset.
  public var audio: String
  /// SHA-256 of the audio file.
  public var audioDigest: String
  /// The DCASE label file relative to the dataset.
  public var labels: String

  /// How the four channels are to be read.
  public struct Format: Codable, Equatable, Sendable {
    /// Channel order: `ACN` (W, Y, Z, X) or `FuMa` (W, X, Y, Z).
    public var order: String
    /// Normalisation: `SN3D`, `N3D`, `FuMa` or `orthonormal`.
    public var normalization: String
    /// The axes: `Xfront_Yleft_Zup`.
    public var axes: String
    /// The unit and sense of azimuth: `ccw_deg`.
    public var azimuth: String

    /// The description of a format in the axes of this package.
    public init(_ format: AmbisonicFormat) {
      order = format.order == .acn ? "ACN" : "FuMa"
      normalization =
        switch format.normalization {
        case .sn3d: "SN3D"
        case .n3d: "N3D"
        case .fuma: "FuMa"
        case .orthonormal: "orthonormal"
        }
      axes = "Xfront_Yleft_Zup"
      azimuth = "ccw_deg"
    }

    enum CodingKeys: String, CodingKey {
      case order, normalization = "norm", axes, azimuth = "az"
    }
  }

  /// The room, with what was measured in it.
  public struct Room: Codable, Equatable, Sendable {
    /// Length, width, height in metres.
    public var size: [Double]
    /// Energy absorption of the walls `x-, x+, y-, y+, z-, z+` by octave band.
    public var absorption: [[Double]]
    /// Octave-band centres in Hz.
    public var bands: [Double]
    /// Measured reverberation time by band (Schroeder, -5 to -25 dB), in seconds.
    public var t20ByBand: [Double]
    /// The mean of `t20ByBand` over 500 Hz and 1 kHz.
    public var t20: Double
    /// The decay time that was asked for; 0 if materials were.
    public var targetT20: Double
    /// Measured early decay time (0 to -10 dB), broadband, in seconds.
    public var earlyDecayTime: Double
    /// Measured clarity: energy of the first 50 ms over the rest, in dB.
    public var clarity50: Double
    /// Speed of sound in m/s.
    public var speedOfSound: Double
    /// Temperature in °C.
    public var temperature: Double
    /// Relative humidity in percent.
    public var humidity: Double
    /// Image sources are exact up to this time, in seconds.
    public var imageSourceTime: Double
    /// A diffuse tail follows from this time on, in seconds; 0 if there is none.
    public var mixingTime: Double
    /// Samples by which responses are late by construction; labels and audio are compensated.
    public var latencySamples: Int

    enum CodingKeys: String, CodingKey {
      case size = "dims_m", absorption = "alpha", bands = "bands_hz", t20ByBand = "t20_s_band", t20 = "t20_s"
      case targetT20 = "target_t20_s", earlyDecayTime = "edt_s", clarity50 = "c50_db", speedOfSound = "c"
      case temperature = "temp_c", humidity = "rh", imageSourceTime = "t_ism_s", mixingTime = "t_mix_s"
      case latencySamples = "latency_samples"
    }
  }

  /// The listener.
  public struct Listener: Codable, Equatable, Sendable {
    /// The place in the room in metres.
    public var position: [Double]
    /// The heading in degrees, counter-clockwise from the room's x axis.
    public var yaw: Double

    enum CodingKeys: String, CodingKey {
      case position = "pos_m", yaw = "yaw_deg"
    }
  }

  /// One source.
  public struct Source: Codable, Equatable, Sendable {
    /// Its number in the scene, from 0.
    public var id: Int
    /// The class by name.
    public var className: String
    /// The class by number: its place in the dataset's `classes.txt`.
    public var classIndex: Int
    /// The clip's file relative to the clip folder.
    public var clip: String
    /// SHA-256 of the clip's file.
    public var clipDigest: String
    /// Where the sound begins in the scene, in seconds (dry time plus direct-path delay).
    public var onset: Double
    /// Where the sound ends, in seconds.
    public var offset: Double
    /// The gain applied to the level-normalised clip, in dB.
    public var gain: Double
    /// Whether the source moves.
    public var isMoving: Bool
    /// How motion was rendered: `static`, `crossfade` or `doppler`.
    public var motion: String
    /// `[time, azimuth, elevation, distance]` at control points; one point for a source at rest. Azimuths are
    /// unwrapped: they may leave ±180°.
    public var trajectory: [[Double]]
    /// The place in the room at the same times, in metres.
    public var positions: [[Double]]
    /// Energy of the direct path (±2.5 ms) over the rest of the response, in dB; at the first point of a trajectory.
    public var directToReverberant: Double
    /// Level of the received source in W over its active samples, in dB re full scale, before the common gain.
    public var level: Double

    enum CodingKeys: String, CodingKey {
      case id, className = "class", classIndex = "class_id", clip, clipDigest = "clip_sha256", onset = "onset_s"
      case offset = "offset_s", gain = "gain_db", isMoving = "moving", motion, trajectory = "traj", positions = "pos_m"
      case directToReverberant = "drr_db", level = "w_rms_dbfs"
    }
  }

  /// Added noise.
  public struct Noise: Codable, Equatable, Sendable {
    /// `diffuse_pink`, `diffuse_white` or `none`.
    public var type: String
    /// Level of the sources over the noise in W, over the frames in which any source is active, in dB.
    public var signalToNoise: Double

    enum CodingKeys: String, CodingKey {
      case type, signalToNoise = "snr_db"
    }
  }

  enum CodingKeys: String, CodingKey {
    case sceneID = "scene_id", split, seed, generator, sampleRate = "fs", duration = "duration_s", format, room
    case listener, sources, noise, commonGain = "common_gain_db", audio = "wav", audioDigest = "wav_sha256"
    case labels = "csv"
  }
}
