// An embedded teacher: a chat model that reads signs and speaks the forms of TeacherPurpose.
// Not here: what it replies to each purpose (SignTeacher+Looking.swift, SignTeacher+Text.swift), how it reads
// (SignReader.swift).

public import Chat
import Foundation
import Media

/// How an embedded teacher sees.
public struct SignTeacherConfig: Codable, Equatable, Hashable, Sendable {
  /// How it compares.
  public var reader = SignTeacherReader.templates
  /// Pixels along each side of its retina.
  public var retina = 32
  /// Pixels along each side of its retina when it solves questions with options.
  public var solvingRetina = 40
  /// Standard deviation of the noise on its retina, white being 1.
  public var noise = 0.04
  /// Share of its questions that nobody can answer, which validation has to find.
  public var unanswerable = 0.15

  /// The defaults.
  public init() {}
}

/// How an embedded teacher compares what it sees.
public enum SignTeacherReader: String, CaseIterable, Codable, Hashable, Sendable {
  /// The nearest template by masked squared difference.
  case templates
  /// The nearest example by histograms of gradients.
  case gradients

  var kind: SignReader.Kind { self == .templates ? .templates : .gradients }
}

/// A teacher in this process. It gets what a server would get, encoded pictures and text, and knows nothing else.
///
/// At temperature 0 it looks once, without jitter and noise; otherwise each sample is a look of its own. Equal requests
/// get equal replies.
public struct SignTeacher: ChatModel {
  /// The model's name.
  public let name: String
  /// How it sees.
  public let config: SignTeacherConfig
  let memory: SignMemory
  let reader: SignReader

  /// A teacher; teachers of a process should share their memory.
  public init(name: String, config: SignTeacherConfig = SignTeacherConfig(), memory: SignMemory) {
    self.name = name
    self.config = config
    self.memory = memory
    reader = SignReader(config.reader.kind, templates: memory.templates, noise: config.noise)
  }

  /// Answers a request.
  ///
  /// - Throws: ``Chat/ChatError/malformed(server:reason:)`` for a request that is not of the form of its purpose.
  public func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    guard let purpose = TeacherPurpose(rawValue: request.purpose) else {
      throw malformed("expected a purpose of TeacherPurpose, got '\(request.purpose)'")
    }
    let prompt = SignPrompt(request)
    let sample = request.sampling.temperature == 0 ? nil : request.sample
    let text: String =
      switch purpose {
      case .list: try list(prompt)
      case .ground: try ground(prompt)
      case .ask: try ask(prompt, sample: request.sample)
      case .validate: try validate(prompt)
      case .answer: try answer(prompt, sample: sample)
      case .cluster: cluster(prompt)
      case .distract: try distract(prompt, sample: request.sample)
      case .solve: try solve(prompt, sample: sample)
      case .classify: try classify(prompt)
      case .judge: try judge(prompt)
      }
    return ChatReply(text: text, finishReason: "stop", source: .embedded)
  }

  func malformed(_ reason: String) -> ChatError { .malformed(server: name, reason: reason) }

  /// A named line that a purpose cannot do without.
  func required(_ name: String, _ prompt: SignPrompt) throws(ChatError) -> String {
    guard let text = prompt.line(name) else { throw malformed("expected a line '\(name): …', got none") }
    return text
  }

  /// The pictures of a request, exactly as many as a purpose needs.
  func pictures(_ count: Int, _ prompt: SignPrompt) throws(ChatError) -> [SignPicture] {
    guard prompt.images.count == count else {
      throw malformed("expected \(count) pictures, got \(prompt.images.count)")
    }
    var pictures: [SignPicture] = []
    for image in prompt.images {
      guard let picture = memory.picture(image) else {
        throw malformed("expected a picture, got \(image.bytes.count) bytes of '\(image.mediaType)' that are none")
      }
      pictures.append(picture)
    }
    return pictures
  }

  /// A value as one line of JSON.
  func json(_ value: some Encodable) throws(ChatError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw malformed("a reply that JSON cannot hold: \(error)")
    }
  }
}
