// One picture, one region and one question in a state of their own, with teachers that are closures.
// Not here: whole builds (BuildFixture.swift).
import Chat
import Foundation
import Synchronization
import Testing
import ZoomDistill

/// A teacher in this process.
struct ClosureTeacher: ChatModel {
  let name: String
  var source = ChatReply.Source.embedded
  let answer: @Sendable (ChatRequest) throws(ChatError) -> String

  func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    ChatReply(text: try answer(request), source: source)
  }
}

/// A context for single stages.
struct StageFixture {
  let context: BuildContext

  /// Teachers `one` and `two` of every role that a test needs are `answer`.
  init(
    in folder: URL, _ change: (inout ZoomBuildConfig) -> Void = { _ in },
    answer: @escaping @Sendable (ChatRequest) throws(ChatError) -> String
  ) throws {
    let pictures = try BuildFixture.pictures(1, in: folder)
    var config = ZoomBuildConfig.base
    config.images.source = .folder(path: pictures.path, licence: "CC0-1.0", origin: "made")
    for role in [
      \TeachersConfig.list, \.ground, \.ask, \.validate, \.answer, \.distract, \.solve, \.classify,
    ] { config.teachers[keyPath: role].model = "one" }
    config.teachers.secondAnswer.model = "two"
    change(&config)
    let build = BuildFolder(folder.appending(path: "out"))
    try FileManager.default.createDirectory(at: build.root, withIntermediateDirectories: true)
    let models = Dictionary(
      uniqueKeysWithValues: ["one", "two"].map { ($0, ClosureTeacher(name: $0, answer: answer) as any ChatModel) })
    context = BuildContext(
      config: config, folder: build, store: try BuildStore(build.state),
      teachers: Teachers(config: config.teachers, models: models), input: try InputRoot(pictures))
    let open = ["state": "done", "verdict": "none", "reason": ""]
    let image: ImageRecord = try Self.record(
      [
        "id": ContentName.of(["picture"]), "path": "p0.png", "width": 317, "height": 241, "hash": "",
        "licence": "CC0-1.0", "origin": "made",
      ], open)
    var region: RegionRecord = try Self.record(
      [
        "id": ContentName.of(["region"]), "image": image.id, "name": "red kettle", "left": 20, "top": 30, "right": 80,
        "bottom": 70, "score": 1,
      ], open)
    let question: QuestionRecord = try Self.record(
      [
        "id": ContentName.of(["question"]), "region": region.id, "text": "How many dots?", "dimension": "counting",
        "answer": "12", "agreed": 8, "votes": 8,
      ], open)
    try context.store.add([image])
    region.state = .pending
    try context.store.save(image, [region])
    try context.store.save(region, [question])
  }

  /// A record from its columns: a row of the state is the only other way to one.
  private static func record<Record: Decodable>(_ columns: [String: Any], _ more: [String: String]) throws -> Record {
    let data = try JSONSerialization.data(withJSONObject: columns.merging(more) { $1 })
    return try JSONDecoder().decode(Record.self, from: data)
  }

  /// The open region.
  var regionWork: RegionWork { get throws { try #require(try context.store.openRegions(limit: 1).first) } }
  /// The answered question.
  var questionWork: QuestionWork { get throws { try #require(try context.store.questionsWithoutItem(limit: 1).first) } }
}

/// Counts calls over tasks.
final class CallLog: Sendable {
  private let calls = Mutex<[ChatRequest]>([])
  var requests: [ChatRequest] { calls.withLock { $0 } }
  func add(_ request: ChatRequest) -> Int {
    calls.withLock { calls in
      calls.append(request)
      return calls.count - 1
    }
  }
}
