// Hugging Face `config.json` and our `ModelConfig`, both ways, for the architectures that the decoder can express.
// Not here: weights (HuggingFaceFolder.swift).
import Foundation

/// Why a Hugging Face folder cannot be read or written.
public enum InterchangeError: Error, CustomStringConvertible {
  /// A file is missing or unreadable.
  case unreadable(path: String, reason: String)
  /// A key is missing or has a value that the decoder cannot express.
  case unsupported(path: String, key: String, value: String, hint: String)
  /// The model has no counterpart among the supported architectures.
  case noArchitecture(reason: String)
  /// The weights do not fit the configuration.
  case weights(path: String, problems: [String])

  /// What, where, and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .unsupported(let path, let key, let value, let hint): "\(path): \(key) is \(value). \(hint)"
    case .noArchitecture(let reason): "no Hugging Face architecture expresses this model: \(reason)"
    case .weights(let path, let problems):
      "\(path) does not fit its config.json:\n  " + problems.joined(separator: "\n  ")
    }
  }
}

/// The keys of a Hugging Face `config.json` that decide the arithmetic.
struct HuggingFaceConfig: Codable {
  struct RopeParameters: Codable {
    var rope_theta: Double?
    var rope_type: String?
  }

  var architectures: [String]?
  var model_type: String
  var vocab_size: Int
  var hidden_size: Int
  var intermediate_size: Int
  var num_hidden_layers: Int
  var num_attention_heads: Int
  var num_key_value_heads: Int?
  var head_dim: Int?
  var max_position_embeddings: Int
  var rms_norm_eps: Double?
  var rope_theta: Double?
  var rope_parameters: RopeParameters?
  var rope_scaling: RopeParameters?
  var tie_word_embeddings: Bool?
  var attention_bias: Bool?
  var mlp_bias: Bool?
  var hidden_act: String?
  var use_sliding_window: Bool?
  var initializer_range: Double?
  var bos_token_id: Int?
  var eos_token_id: TokenIdentifiers?
  var torch_dtype: String?
  /// Our own configuration, for models that no other library knows.
  var moda: ModelConfig?

  /// One id or several.
  enum TokenIdentifiers: Codable {
    case one(Int)
    case many([Int])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let id = try? container.decode(Int.self) {
        self = .one(id)
      } else {
        self = .many(try container.decode([Int].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .one(let id): try container.encode(id)
      case .many(let ids): try container.encode(ids)
      }
    }
  }

  /// Reads the file.
  static func read(_ path: String) throws(InterchangeError) -> HuggingFaceConfig {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      return try JSONDecoder().decode(HuggingFaceConfig.self, from: data)
    } catch let error as DecodingError {
      throw .unreadable(path: path, reason: Self.explain(error))
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "the key \(key.stringValue) is missing"
    case .typeMismatch(let type, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")): expected \(type)"
    case .valueNotFound(_, let context):
      "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is null"
    case .dataCorrupted(let context): "not JSON (\(context.debugDescription))"
    @unknown default: "\(error)"
    }
  }

  /// Our configuration of the same model.
  ///
  /// - Parameter path: named in errors.
  func modelConfig(path: String) throws(InterchangeError) -> ModelConfig {
    if model_type == "moda" {
      guard let moda else {
        throw .unsupported(path: path, key: "moda", value: "missing", hint: "Export the model again.")
      }
      return moda
    }
    try checkSupported(path: path)
    var config = ModelConfig()
    config.vocabulary = vocab_size
    config.width = hidden_size
    config.hidden = intermediate_size
    config.blocks = num_hidden_layers
    config.queryHeads = num_attention_heads
    config.keyHeads = num_key_value_heads ?? num_attention_heads
    config.headWidth = head_dim ?? hidden_size / max(1, num_attention_heads)
    config.context = max_position_embeddings
    config.normEpsilon = Float(rms_norm_eps ?? 1e-6)
    config.position = .rotary(base: rope_parameters?.rope_theta ?? rope_theta ?? 10_000)
    config.tiedEmbeddings = tie_word_embeddings ?? false
    config.initialDeviation = Float(initializer_range ?? 0.02)
    let attentionBias = attention_bias ?? false
    switch model_type {
    case "olmo2":
      config.normalization = .reordered
      config.queryKeyNorm = .fullWidth
    case "llama": config.queryKeyNorm = .none
    case "qwen2":
      config.queryKeyNorm = .none
      config.biases = .queryKeyValue
    case "qwen3": config.queryKeyNorm = .perHead
    default:
      throw .unsupported(
        path: path, key: "model_type", value: model_type, hint: "Supported: olmo2, llama, qwen2, qwen3, moda.")
    }
    if attentionBias || mlp_bias ?? false {
      guard model_type == "llama", attentionBias, mlp_bias ?? false else {
        throw .unsupported(
          path: path, key: "attention_bias, mlp_bias", value: "\(attentionBias), \(mlp_bias ?? false)",
          hint: "Biases are supported on all projections (llama) or on query, key and value alone (qwen2).")
      }
      config.biases = .all
    }
    if let problem = config.problems.first {
      throw .unsupported(path: path, key: problem, value: "impossible", hint: "The file may be damaged.")
    }
    return config
  }

  private func checkSupported(path: String) throws(InterchangeError) {
    let scaling = rope_scaling?.rope_type ?? rope_parameters?.rope_type ?? "default"
    if scaling != "default" {
      throw .unsupported(
        path: path, key: "rope_scaling", value: scaling, hint: "Only unscaled rotary positions are supported.")
    }
    if let act = hidden_act, act != "silu" {
      throw .unsupported(path: path, key: "hidden_act", value: act, hint: "Only silu is supported.")
    }
    if use_sliding_window ?? false {
      throw .unsupported(
        path: path, key: "use_sliding_window", value: "true", hint: "Only full attention is supported.")
    }
  }

  /// The Hugging Face description of `config`; `model_type` is `moda` where no other library has the architecture.
  init(_ config: ModelConfig, endOfText: Int?) {
    let type = Self.modelType(of: config)
    model_type = type ?? "moda"
    let classes = [
      "olmo2": "Olmo2ForCausalLM", "llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM",
      "qwen3": "Qwen3ForCausalLM",
    ]
    architectures = [classes[model_type] ?? "MoDAForCausalLM"]
    vocab_size = config.vocabulary
    hidden_size = config.width
    intermediate_size = config.hidden
    num_hidden_layers = config.blocks
    num_attention_heads = config.queryHeads
    num_key_value_heads = config.keyHeads
    head_dim = config.headWidth
    max_position_embeddings = config.context
    rms_norm_eps = Double("\(config.normEpsilon)")
    if case .rotary(let base) = config.position {
      rope_theta = base
      rope_parameters = RopeParameters(rope_theta: base, rope_type: "default")
    }
    tie_word_embeddings = config.tiedEmbeddings
    attention_bias = config.biases == .all
    if model_type == "llama" { mlp_bias = config.biases == .all }
    hidden_act = "silu"
    initializer_range = Double("\(config.initialDeviation)")
    eos_token_id = endOfText.map { .one($0) }
    torch_dtype = "float32"
    if type == nil { moda = config }
  }

  /// The architecture that computes what `config` computes, if there is one.
  static func modelType(of config: ModelConfig) -> String? {
    guard config.mechanism == .residual, config.isCausal, case .rotary = config.position else { return nil }
    switch (config.normalization, config.queryKeyNorm, config.biases) {
    // OLMo2 derives the head width from the model width.
    case (.reordered, .fullWidth, .none) where config.headWidth * config.queryHeads == config.width: return "olmo2"
    case (.pre, .none, .none), (.pre, .none, .all): return "llama"
    case (.pre, .none, .queryKeyValue) where config.headWidth * config.queryHeads == config.width: return "qwen2"
    case (.pre, .perHead, .none): return "qwen3"
    default: return nil
    }
  }
}
