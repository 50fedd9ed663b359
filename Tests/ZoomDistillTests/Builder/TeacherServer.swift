// The stub teacher behind a real socket, with bad days that are drawn by request number and seed.
// Not here: what it says (StubTeacher.swift), the server itself (TestSupport).
import Foundation
import Lab
import Synchronization
import TestSupport
import ZoomDistill

/// A server that counts what it answered.
final class TeacherServer: Sendable {
  /// What a server does instead of answering.
  enum Fault: String, CaseIterable {
    case busy, busyWithDate, busyWithWait, broken, truncated, wrongType, hangsUp, resets, empty, huge, noChoices
    /// Takes the request and never answers: the client's time-out has to end it.
    case hangs

    /// All that end by themselves.
    static var quick: [Fault] { allCases.filter { $0 != .hangs } }
  }

  /// What happened so far.
  struct Log {
    /// Requests, faulty ones included.
    var requests = 0
    /// The processes to which each request was answered, by the number at the end of their keys; 0 without a key.
    var answers: [String: [Int]] = [:]
    /// Faults by request.
    var faulty: [String: Int] = [:]
    var faults: [Fault: Int] = [:]
    /// Requests by purpose.
    var purposes: [TeacherPurpose: Int] = [:]
    var authorizations: Set<String> = []
  }

  private let server: ScriptedServer
  private let log: SharedLog

  private final class SharedLog: Sendable {
    let value = Mutex(Log())
  }

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - faultShare: faults in a hundred requests; a request meets four of them at most.
  ///   - faults: the kinds, equally likely.
  ///   - mostHangs: how often it hangs at most, since each costs a time-out.
  ///   - answer: may answer in the stub's place.
  init(
    _ teacher: StubTeacher = StubTeacher(), faultShare: Int = 0, faults: [Fault] = Fault.quick, mostHangs: Int = 4,
    seed: UInt64 = 1,
    answer: @escaping @Sendable (ScriptedRequest, Int) -> ScriptedAnswer? = { _, _ in nil }
  ) throws {
    let shared = SharedLog()
    log = shared
    server = try ScriptedServer { request, number in
      if let other = answer(request, number) { return other }
      guard let chat = ScriptedChat(request) else { return .status(400, "no chat request") }
      let process = request.header("Authorization")?.split(separator: "-").last.flatMap { Int($0) } ?? 0
      let identity = ContentDigest.hex(Data(request.body))
      var random = TestRandom(seed: seed &* 1_000_003 &+ UInt64(number))
      let isFaulty = Int.random(in: 0..<100, using: &random) < faultShare
      let fault = faults.randomElement(using: &random) ?? .busy
      let drips = faultShare > 0 && Int.random(in: 0..<40, using: &random) == 0
      let fails = shared.value.withLock { log in
        log.requests += 1
        if let purpose = StubTeacher.purpose(chat.text) { log.purposes[purpose, default: 0] += 1 }
        log.authorizations.insert(request.header("Authorization") ?? "")
        guard isFaulty, log.faulty[identity, default: 0] < 4,
          fault != .hangs || log.faults[.hangs, default: 0] < mostHangs
        else {
          log.answers[identity, default: []].append(process)
          return false
        }
        log.faulty[identity, default: 0] += 1
        log.faults[fault, default: 0] += 1
        return true
      }
      if fails { return Self.answer(fault, &random) }
      let whole = ScriptedAnswer.completion(teacher.reply(to: chat), stream: chat.stream)
      return drips ? whole.dripping(size: 64, seconds: 0.002) : whole
    }
  }

  var baseURL: String { server.baseURL }
  var requests: [ScriptedRequest] { server.requests }
  var snapshot: Log { log.value.withLock { $0 } }

  /// Forgets what was answered: the next client begins anew.
  func forget() { log.value.withLock { $0 = Log() } }

  private static func answer(_ fault: Fault, _ random: inout TestRandom) -> ScriptedAnswer {
    let whole = ScriptedAnswer.completion("<answer>1</answer>")
    switch fault {
    case .busy: return .status(429, "slow down")
    case .busyWithDate: return .status(429, headers: ["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"])
    case .busyWithWait: return .status(503, headers: ["Retry-After": "0.01"])
    case .broken: return .status(500, "it broke")
    case .truncated: return .json(#"{"choices":[{"index":0,"message":{"role":"assista"#)
    case .wrongType: return .http(200, ["Content-Type": "text/html"], body: Array("<h1>Welcome</h1>".utf8))
    case .hangsUp: return whole.cut(after: Int.random(in: 0..<200, using: &random))
    case .resets: return whole.cut(after: Int.random(in: 1..<200, using: &random), reset: true)
    case .empty: return .json("")
    case .huge:
      return .http(200, ["Content-Type": "application/json"], body: [UInt8](repeating: 0x20, count: 10_000_000))
    case .hangs: return ScriptedAnswer([.hang])
    case .noChoices: return .json(#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":0}}"#)
    }
  }
}
