// Which server answers for a model, and how patiently it is asked: a part of the configs of experiments.
// Not here: the key itself (ChatKey.swift), the calls (OpenAIChatModel.swift).

import Foundation
public import Lab

/// How long a request may take, in seconds since its start.
public struct ChatTimeouts: Codable, Hashable, Sendable {
  /// Until there is a connection.
  public var connectSeconds: Double
  /// Until the answer begins.
  public var firstByteSeconds: Double
  /// Until the answer is complete.
  public var totalSeconds: Double

  /// Limits in seconds.
  public init(connectSeconds: Double = 10, firstByteSeconds: Double = 120, totalSeconds: Double = 300) {
    self.connectSeconds = connectSeconds
    self.firstByteSeconds = firstByteSeconds
    self.totalSeconds = totalSeconds
  }
}

/// How finely a server looks at a picture.
public enum ImageDetail: String, CaseIterable, Codable, Hashable, Sendable {
  /// The field is not sent.
  case unset
  /// As the server likes.
  case auto
  /// A small copy.
  case low
  /// Tiles of the full size.
  case high
}

/// What a server charges, in units of money (usually dollars) for a million tokens.
public struct ChatPrices: Codable, Hashable, Sendable {
  /// A million tokens of requests.
  public var promptPerMillion: Double
  /// A million tokens of replies.
  public var completionPerMillion: Double

  /// Prices of a million tokens.
  public init(promptPerMillion: Double = 0, completionPerMillion: Double = 0) {
    self.promptPerMillion = promptPerMillion
    self.completionPerMillion = completionPerMillion
  }

  /// What so many tokens cost.
  public func cost(of usage: ChatUsage) -> Double {
    (Double(usage.promptTokens) * promptPerMillion + Double(usage.completionTokens) * completionPerMillion) / 1e6
  }
}

/// A model behind a server that speaks the chat completions protocol.
public struct ChatEndpoint: Codable, Hashable, Sendable {
  /// What comes before `/chat/completions`, such as `http://127.0.0.1:8000/v1`.
  public var baseURL: String
  /// The model's name, as the server knows it.
  public var model: String
  /// The environment variable that holds the key; empty for none.
  public var keyEnvironment: String
  /// The file whose first line is the key; empty for none.
  public var keyFile: String
  /// Whether the key may travel unencrypted to another machine.
  public var allowsPlainKey: Bool
  /// Most requests at once to this host; models that share a host share the smallest of their numbers.
  public var concurrency: Int
  /// How long a request may take.
  public var timeouts: ChatTimeouts
  /// How often and how long a request is tried.
  public var retry: RetryPolicy
  /// Whether the reply is asked for in pieces. It is the same in the end, but a dead server is noticed sooner.
  public var stream: Bool
  /// Whether a request's sample number is sent as the seed.
  public var sendsSeed: Bool
  /// How finely the server looks at pictures.
  public var imageDetail: ImageDetail
  /// Most bytes of an answer; a longer one is malformed.
  public var answerByteLimit: Int
  /// Most bytes of a reply's text; a longer one is malformed.
  public var textByteLimit: Int
  /// What tokens cost.
  public var prices: ChatPrices

  /// An endpoint.
  public init(
    baseURL: String = "http://127.0.0.1:8000/v1", model: String = "", keyEnvironment: String = "",
    keyFile: String = "", allowsPlainKey: Bool = false, concurrency: Int = 4, timeouts: ChatTimeouts = ChatTimeouts(),
    retry: RetryPolicy = RetryPolicy(), stream: Bool = false, sendsSeed: Bool = true,
    imageDetail: ImageDetail = .unset, answerByteLimit: Int = 4 << 20, textByteLimit: Int = 1 << 18,
    prices: ChatPrices = ChatPrices()
  ) {
    self.baseURL = baseURL
    self.model = model
    self.keyEnvironment = keyEnvironment
    self.keyFile = keyFile
    self.allowsPlainKey = allowsPlainKey
    self.concurrency = concurrency
    self.timeouts = timeouts
    self.retry = retry
    self.stream = stream
    self.sendsSeed = sendsSeed
    self.imageDetail = imageDetail
    self.answerByteLimit = answerByteLimit
    self.textByteLimit = textByteLimit
    self.prices = prices
  }

  /// Reads an endpoint; what is missing has its default, since entries of a dictionary have no defaults of their own.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let base = ChatEndpoint()
    baseURL = try values.decodeIfPresent(String.self, forKey: .baseURL) ?? base.baseURL
    model = try values.decodeIfPresent(String.self, forKey: .model) ?? base.model
    keyEnvironment = try values.decodeIfPresent(String.self, forKey: .keyEnvironment) ?? base.keyEnvironment
    keyFile = try values.decodeIfPresent(String.self, forKey: .keyFile) ?? base.keyFile
    allowsPlainKey = try values.decodeIfPresent(Bool.self, forKey: .allowsPlainKey) ?? base.allowsPlainKey
    concurrency = try values.decodeIfPresent(Int.self, forKey: .concurrency) ?? base.concurrency
    timeouts = try values.decodeIfPresent(ChatTimeouts.self, forKey: .timeouts) ?? base.timeouts
    retry = try values.decodeIfPresent(RetryPolicy.self, forKey: .retry) ?? base.retry
    stream = try values.decodeIfPresent(Bool.self, forKey: .stream) ?? base.stream
    sendsSeed = try values.decodeIfPresent(Bool.self, forKey: .sendsSeed) ?? base.sendsSeed
    imageDetail = try values.decodeIfPresent(ImageDetail.self, forKey: .imageDetail) ?? base.imageDetail
    answerByteLimit = try values.decodeIfPresent(Int.self, forKey: .answerByteLimit) ?? base.answerByteLimit
    textByteLimit = try values.decodeIfPresent(Int.self, forKey: .textByteLimit) ?? base.textByteLimit
    prices = try values.decodeIfPresent(ChatPrices.self, forKey: .prices) ?? base.prices
  }

  /// The name under which calls are cached and recorded: the model, and the detail of pictures where it is set, since
  /// it changes what the model sees.
  public var identity: String { imageDetail == .unset ? model : "\(model) (image detail \(imageDetail.rawValue))" }

  /// Checks what types cannot express, for the `validate()` of a config that holds an endpoint.
  ///
  /// - Parameters:
  ///   - check: collects the problems.
  ///   - key: the dotted path of this endpoint in the config, such as `teachers.answer`.
  public func validate(into check: inout ConfigCheck, at key: String) {
    let at = { (name: String) in key.isEmpty ? name : "\(key).\(name)" }
    let problem = ServerAddress.problem(with: baseURL)
    // Neither the address nor the name of the variable is shown when it is wrong: a key may have been put there.
    check.require(problem.isEmpty, at("baseURL"), expected: "an address like http://127.0.0.1:8000/v1", got: problem)
    check.require(!model.isEmpty, at("model"), expected: "a model's name", got: "nothing")
    check.require(
      ChatKey.isVariableName(keyEnvironment), at("keyEnvironment"),
      expected: "the name of an environment variable, in capitals", got: "something else, not shown",
      hint: "The key itself never stands in a config.")
    check.require(
      keyEnvironment.isEmpty || keyFile.isEmpty, at("keyFile"), expected: "a variable or a file", got: "both")
    check.require((1...1024).contains(concurrency), at("concurrency"), expected: "1 to 1024", got: concurrency)
    for (name, value) in [
      ("connectSeconds", timeouts.connectSeconds), ("firstByteSeconds", timeouts.firstByteSeconds),
      ("totalSeconds", timeouts.totalSeconds),
    ] {
      check.require(
        value > 0 && value <= 86_400, at("timeouts.\(name)"), expected: "more than 0 and at most 86400 s", got: value)
    }
    retry.validate(into: &check, at: at("retry"))
    for (name, value) in [("answerByteLimit", answerByteLimit), ("textByteLimit", textByteLimit)] {
      check.require((1...(1 << 28)).contains(value), at(name), expected: "1 to \(1 << 28) bytes", got: value)
    }
    for (name, value) in [
      ("promptPerMillion", prices.promptPerMillion), ("completionPerMillion", prices.completionPerMillion),
    ] {
      check.require(value >= 0 && value.isFinite, at("prices.\(name)"), expected: "a price from 0", got: value)
    }
  }
}
