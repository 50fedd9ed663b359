// What a chat model is to this project: a request with text and pictures goes in, a reply comes out.
// Not here: servers (OpenAIChatModel.swift), caches (CachedChatModel.swift), what is asked (ZoomDistill).

/// A picture as it is sent: encoded bytes and what they are.
public struct ChatImage: Hashable, Sendable {
  /// The file's bytes.
  public let bytes: [UInt8]
  /// The MIME type, `image/png` or `image/jpeg`.
  public let mediaType: String

  /// A picture from the bytes of a file.
  public init(bytes: [UInt8], mediaType: String) {
    self.bytes = bytes
    self.mediaType = mediaType
  }
}

/// One piece of a message.
public enum ChatPart: Hashable, Sendable {
  /// Plain text.
  case text(String)
  /// A picture.
  case image(ChatImage)
}

/// Who says a message.
public enum ChatRole: String, Codable, Hashable, Sendable {
  /// Standing instructions.
  case system
  /// The asking side.
  case user
  /// The model.
  case assistant
}

/// One turn of a conversation.
public struct ChatMessage: Hashable, Sendable {
  /// Who speaks.
  public let role: ChatRole
  /// What is said and shown, in order.
  public let parts: [ChatPart]

  /// A turn of several parts.
  public init(_ role: ChatRole, _ parts: [ChatPart]) {
    self.role = role
    self.parts = parts
  }

  /// The text of all parts, joined by line breaks.
  public var text: String {
    parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
  }

  /// The pictures, in order.
  public var images: [ChatImage] { parts.compactMap { if case .image(let image) = $0 { image } else { nil } } }
}

/// How a reply is drawn. A negative number leaves the choice to the server.
public struct ChatSampling: Codable, Hashable, Sendable {
  /// Temperature; 0 is greedy.
  public var temperature: Double
  /// Nucleus of the distribution that is kept, in 0...1.
  public var topP: Double
  /// Most tokens of the reply.
  public var maxTokens: Int

  /// Sampling parameters; a negative number leaves the choice to the server.
  public init(temperature: Double = -1, topP: Double = -1, maxTokens: Int = -1) {
    self.temperature = temperature
    self.topP = topP
    self.maxTokens = maxTokens
  }
}

/// A question to a model. Equal requests to the same model are the same call: caches and recordings rely on it.
public struct ChatRequest: Hashable, Sendable {
  /// What the call is for, such as `answer`. Not sent; part of the identity, and of counters.
  public var purpose: String
  /// The conversation so far, the last turn being the user's.
  public var messages: [ChatMessage]
  /// How the reply is drawn.
  public var sampling: ChatSampling
  /// Which of several draws of the same question this is, from 0. Sent as the seed where a server takes one.
  public var sample: Int

  /// A request.
  public init(purpose: String, messages: [ChatMessage], sampling: ChatSampling = ChatSampling(), sample: Int = 0) {
    self.purpose = purpose
    self.messages = messages
    self.sampling = sampling
    self.sample = sample
  }
}

/// Tokens that a server counted.
public struct ChatUsage: Codable, Hashable, Sendable {
  /// Tokens of the request.
  public var promptTokens: Int
  /// Tokens of the reply.
  public var completionTokens: Int

  /// Counted tokens.
  public init(promptTokens: Int, completionTokens: Int) {
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
  }
}

/// What a model said.
public struct ChatReply: Codable, Hashable, Sendable {
  /// Where a reply came from.
  public enum Source: String, Codable, Hashable, Sendable {
    /// A server answered now; this may have cost money.
    case server
    /// The cache had it.
    case cache
    /// A recording had it.
    case recording
    /// Code in this process made it.
    case embedded
  }

  /// The text of the first choice.
  public var text: String
  /// Why the model stopped, as the server says; empty when it does not.
  public var finishReason: String
  /// Tokens, zero where the server did not count.
  public var usage: ChatUsage
  /// Where the reply came from.
  public var source: Source
  /// Requests that it took, retries included; 0 from a cache.
  public var attempts: Int
  /// Time of the last request in seconds.
  public var seconds: Double

  /// A reply.
  public init(
    text: String, finishReason: String = "", usage: ChatUsage = ChatUsage(promptTokens: 0, completionTokens: 0),
    source: Source, attempts: Int = 1, seconds: Double = 0
  ) {
    self.text = text
    self.finishReason = finishReason
    self.usage = usage
    self.source = source
    self.attempts = attempts
    self.seconds = seconds
  }
}

/// Anything that answers chat requests: a server, a cache in front of one, a recording, or code in this process.
public protocol ChatModel: Sendable {
  /// The model's name, part of a call's identity.
  var name: String { get }
  /// Answers a request.
  ///
  /// - Throws: ``ChatError``; an error is never text.
  func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply
}
