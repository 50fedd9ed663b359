// The models behind the roles: who answers, in front of a cache and counters.
// Not here: the wording (PromptLibrary.swift), what is done with replies (the stages).
public import Chat
public import Foundation
import Lab

/// The teachers of a build.
public struct Teachers: Sendable {
  /// Who serves which purpose.
  public let config: TeachersConfig
  /// The wording.
  public let prompts: PromptLibrary
  /// What was called and what it cost.
  public let counters: ChatCounters
  private let models: [String: any ChatModel]

  /// Teachers over models by name.
  ///
  /// - Parameter models: every name that a role uses; embedded or not, they are called as they are.
  public init(
    config: TeachersConfig, prompts: PromptLibrary = .standard, models: [String: any ChatModel],
    counters: ChatCounters = ChatCounters()
  ) {
    self.config = config
    self.prompts = prompts
    self.models = models
    self.counters = counters
  }

  /// The teachers that a config names: embedded ones counted, servers counted behind a cache.
  ///
  /// - Parameters:
  ///   - cache: the folder in which replies of servers are kept, so that no call is paid twice.
  ///   - environment: the variables of the process, in which keys are looked up.
  ///   - embedded: makes an embedded teacher.
  /// - Throws: ``ChatError`` for keys, endpoints and the cache, ``ZoomError`` for prompts.
  public static func make(
    _ config: TeachersConfig, cache: URL, environment: [String: String],
    embedded: (EmbeddedTeacher) -> any ChatModel
  ) throws -> Teachers {
    let counters = ChatCounters()
    let limiter = HostLimiter()
    var replies: ChatCache?
    var models: [String: any ChatModel] = [:]
    for name in Set(config.roles.map(\.1.model)).sorted() where !name.isEmpty {
      if let endpoint = config.endpoints[name] {
        let store = try replies ?? ChatCache(cache)
        replies = store
        let key = try ChatKey(for: endpoint, environment: environment)
        let server = try OpenAIChatModel(endpoint, key: key, limiter: limiter, counters: counters)
        models[name] = CachedChatModel(
          CountedChatModel(server, counters: counters, prices: endpoint.prices), cache: store, counters: counters)
      } else if let teacher = EmbeddedTeacher(rawValue: name) {
        models[name] = CountedChatModel(embedded(teacher), counters: counters)
      }
    }
    return Teachers(config: config, prompts: try .reading(config.prompts), models: models, counters: counters)
  }

  /// Whether any teacher is behind a server.
  public var usesServers: Bool { config.roles.contains { config.endpoints[$0.1.model] != nil } }

  /// The answering teachers, in order.
  public var answerers: [TeacherRole] { [config.answer, config.secondAnswer].filter { !$0.model.isEmpty } }

  /// The role of a purpose; the first answering teacher for answers.
  public func role(_ purpose: TeacherPurpose) -> TeacherRole {
    config.roles.first { $0.0 == purpose }?.1 ?? TeacherRole("")
  }

  /// Whether somebody serves a purpose.
  public func serves(_ purpose: TeacherPurpose) -> Bool { !role(purpose).model.isEmpty }

  /// Asks for a reply in the form of its purpose; one without it is asked for again.
  ///
  /// - Parameters:
  ///   - values: the blanks of the prompt.
  ///   - images: the pictures, in the order in which the prompt speaks of them.
  ///   - sample: which of several draws this is, below ``ReplyForm/stride``.
  ///   - role: another role than the purpose's own.
  ///   - form: the form.
  /// - Throws: ``ChatError``; a role without a model is a configuration error.
  package func read<Value>(
    _ purpose: TeacherPurpose, _ values: [String: String] = [:], images: [ChatImage] = [], sample: Int = 0,
    role: TeacherRole? = nil, as form: ReplyForm<Value>
  ) async throws(ChatError) -> Value {
    let role = role ?? self.role(purpose)
    guard let model = models[role.model] else {
      throw .configuration(place: "teachers.\(purpose.rawValue).model", reason: "nobody is named")
    }
    let parts = images.map { ChatPart.image($0) } + [.text(prompts.text(purpose, values))]
    let request = ChatRequest(
      purpose: purpose.rawValue, messages: [ChatMessage(.user, parts)], sampling: role.sampling, sample: sample)
    return try await form.asked(
      of: model, request, tries: config.tries, at: "\(role.model), teachers.\(purpose.rawValue)"
    ).value
  }
}
