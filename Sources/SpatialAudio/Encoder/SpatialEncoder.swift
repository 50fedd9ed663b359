// The spatial encoder: four channels to a dense time map, source slots, the room, and tracks.
// Not here: features (EncoderInputs.swift), losses (SlotLoss.swift, TrackLoss.swift), files (EncoderBundle.swift).

public import NN
public import Tensor

/// A network that hears what is where.
///
/// Features of one or two front ends become a dense map of one row each 100 ms, `[B, T, D]`, which is what a language
/// model reads later. Supervision comes through it: attractors, of which each existing one is a source with a direction,
/// a distance, a class and its activity; the room's decay and volume; and, as a second form, multi-ACCDOA tracks.
///
/// > Source: arXiv 2601.02954, "universal spatial encoding"; layers and widths are this package's.
public final class SpatialEncoder {
  /// The architecture.
  public let config: SpatialEncoderConfig
  /// All parameters.
  public let parameters: ParameterStore
  private let stems: [ConvolutionStem]
  private let inputNorm: LayerNorm
  private let body: EncoderBody
  private let outputNorm: LayerNorm
  private let attractors: Attractors
  private let hidden: Linear
  private let heads: Linear
  private let room: Linear
  private let tracks: Linear?

  /// An encoder with initial values drawn from `seed`.
  ///
  /// - Precondition: `config` names classes and is valid.
  public init(_ config: SpatialEncoderConfig, seed: UInt64) {
    precondition(!config.classes.isEmpty, "SpatialEncoder: no classes")
    self.config = config
    parameters = ParameterStore(seed: seed)
    let (root, width) = (parameters.root, config.width)
    stems = config.frontEnds.enumerated().map { index, frontEnd in
      ConvolutionStem(frontEnd, width: width, in: root / "stems" / index)
    }
    inputNorm = LayerNorm(width, epsilon: 1e-5, in: root / "input_norm")
    body = EncoderBody(config.body, width: width, in: root / "body")
    outputNorm = LayerNorm(width, epsilon: 1e-5, in: root / "output_norm")
    attractors = Attractors(width: width, slots: config.slots, in: root / "attractors")
    hidden = Linear(
      2 * width, config.headWidth, bias: true, initializer: .fanIn(2 * width), in: root / "heads" / "hidden")
    heads = Linear(
      config.headWidth, SlotColumns.fixed + config.classes.count, bias: true, initializer: .fanIn(config.headWidth),
      in: root / "heads" / "output")
    room = Linear(width, 2, bias: true, initializer: .fanIn(width), in: root / "heads" / "room")
    tracks =
      config.tracks == 0
      ? nil
      : Linear(
        width, config.tracks * config.classes.count * TrackLayout.values, bias: true, initializer: .fanIn(width),
        in: root / "heads" / "tracks")
    parameters.freeze()
  }

  /// What an encoder says of a batch.
  public struct Output {
    /// The dense time map, `[B, T, D]`.
    public var dense: Variable
    /// Whether each slot is a source, as a logit, `[B, K + 1]`; the sources are those before the first negative one.
    public var existence: Variable
    /// Whether each slot sounds in each moment, as a logit, `[B, K + 1, T]`.
    public var activity: Variable
    /// Direction (X, Y, Z, not normalised), logarithm of the distance in metres and class logits, `[B, K + 1, 4 + C]`.
    public var slots: Variable
    /// Logarithms of the decay time in seconds and of the volume in cubic metres, less ``RoomScale``, `[B, 2]`.
    public var room: Variable
    /// Multi-ACCDOA: tracks × classes × (X, Y, Z, distance in metres), `[B, T, 3·C·4]`; nil without.
    public var tracks: Variable?

    package init(
      dense: Variable, existence: Variable, activity: Variable, slots: Variable, room: Variable, tracks: Variable?
    ) {
      (self.dense, self.existence, self.activity) = (dense, existence, activity)
      (self.slots, self.room, self.tracks) = (slots, room, tracks)
    }
  }

  /// Encodes a batch.
  ///
  /// - Parameters:
  ///   - inputs: for each front end its planes, `[B, frames, bands, planes]`, as ``EncoderInputs`` makes them.
  ///   - order: the order in which attractors read moments; a fixed one drawn from the number of moments if nil.
  ///   - tape: records the forward pass; nil for inference.
  public func callAsFunction(_ inputs: [Tensor], order: [Int]? = nil, on tape: Tape?) -> Output {
    let dense = dense(inputs, on: tape)
    let moments = dense.shape[1]
    let found = attractors(dense, order: order ?? Self.order(moments))
    return Output(
      dense: dense, existence: found.existence, activity: found.activity,
      slots: heads(gelu(hidden(found.evidence))), room: room(meanOverTokens(dense)), tracks: tracks.map { $0(dense) })
  }

  /// The dense time map alone, `[B, T, D]`.
  public func dense(_ inputs: [Tensor], on tape: Tape?) -> Variable {
    precondition(inputs.count == stems.count, "SpatialEncoder: \(inputs.count) inputs for \(stems.count) front ends")
    let maps = zip(stems, inputs).map { stem, planes in stem(Variable(planes, on: tape)) }
    return outputNorm(body(inputNorm(maps.dropFirst().reduce(maps[0]) { $0 + $1 })))
  }

  /// The order in which attractors read a recording of `moments` outside training: shuffled, and always the same.
  static func order(_ moments: Int) -> [Int] {
    var random = RandomSource(seed: UInt64(moments))
    return random.permutation(moments)
  }
}

/// The columns of a slot's heads.
enum SlotColumns {
  /// X, Y, Z.
  static let direction = 0..<3
  /// The logarithm of the distance in metres.
  static let distance = 3
  /// Columns before the class logits.
  static let fixed = 4
}

/// What the room head's numbers are relative to, so that they start near the middle of the data.
public enum RoomScale {
  /// Decay time in seconds.
  public static let decay = 0.5
  /// Volume in cubic metres.
  public static let volume = 100.0
}
