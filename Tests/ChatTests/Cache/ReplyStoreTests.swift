// The file of replies: what is written, what is repaired, what is refused.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("Reply store")
struct ReplyStoreTests {
  private static func stored(_ text: String, _ question: String) -> (StoredReply, RequestKey) {
    let request = request(question)
    let key = RequestKey(request, model: "m")
    let reply = ChatReply(
      text: text, finishReason: "stop", usage: ChatUsage(promptTokens: 3, completionTokens: 4), source: .server,
      attempts: 2, seconds: 0.25)
    return (StoredReply(reply, to: request, model: "m", key: key), key)
  }

  private static func key(_ question: String) -> RequestKey { RequestKey(request(question), model: "m") }

  /// A file with replies `A0`, `A1`, … to `q0`, `q1`, ….
  private static func filled(_ count: Int) async throws -> TestFolder {
    let folder = try TestFolder()
    let store = try ReplyStore(folder.url, access: .appending)
    for index in 0..<count {
      let (reply, key) = stored("A\(index)", "q\(index)")
      try await store.append(reply, for: key, sync: false)
    }
    return folder
  }

  @Test("replies come back as they were, now and after opening again")
  func roundTrip() async throws {
    let folder = try TestFolder()
    let texts = [
      "plain", "", "line\nbreak\r\n\"quoted\" \\ \u{0}\u{2028}", "é😀", String(repeating: "long ", count: 9999),
    ]
    do {
      let store = try ReplyStore(folder.url, access: .appending)
      for text in texts {
        let (reply, key) = Self.stored(text, text)
        try await store.append(reply, for: key, sync: true)
        #expect(try store.reply(to: key, from: .cache)?.text == text)
      }
    }
    let store = try ReplyStore(folder.url, access: .appending)
    #expect(store.report.isClean && store.count == texts.count)
    for text in texts {
      let reply = try #require(try store.reply(to: Self.key(text), from: .recording))
      #expect(reply.text == text && reply.finishReason == "stop" && reply.source == .recording)
      #expect(reply.usage == ChatUsage(promptTokens: 3, completionTokens: 4) && reply.attempts == 0)
      #expect(reply.seconds == 0.25)
    }
    #expect(try store.reply(to: Self.key("other"), from: .cache) == nil)
    let lines = String(decoding: try folder.bytes(), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == texts.count + 1 && lines[0] == #"{"format":"chat-replies","version":1}"#)
  }

  @Test("many tasks write at once")
  func parallelAppends() async throws {
    let folder = try TestFolder()
    let store = try ReplyStore(folder.url, access: .appending)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          // Each question is written twice, and the first reply stays.
          let (reply, key) = Self.stored("A\(index)", "q\(index / 2)")
          try await store.append(reply, for: key, sync: index % 50 == 0)
        }
      }
      try await group.waitForAll()
    }
    #expect(store.count == 100)
    let again = try ReplyStore(folder.url, access: .reading)
    #expect(again.count == 100 && again.report.isClean)
    for index in 0..<100 {
      let key = Self.key("q\(index)")
      let text = try #require(try again.reply(to: key, from: .cache)).text
      #expect(try store.reply(to: key, from: .cache)?.text == text)
      #expect(text == "A\(2 * index)" || text == "A\(2 * index + 1)")
    }
  }

  @Test("a file that was cut anywhere loses the cut line and no other, and can be written again")
  func torn() async throws {
    let whole = try await Self.filled(3).bytes()
    let ends = whole.indices.filter { whole[$0] == 0x0A }.map { $0 + 1 }
    for length in stride(from: 0, through: whole.count, by: 7) {
      let folder = try TestFolder()
      try Data(whole[..<length]).write(to: folder.replies)
      do {
        let store = try ReplyStore(folder.url, access: .appending)
        // A line that only lacks its break is whole.
        let kept = ends.filter { $0 <= length }.count - 1 + (ends.contains(length + 1) && length + 1 > ends[0] ? 1 : 0)
        #expect(store.count == max(0, kept), "cut at \(length)")
        let (reply, key) = Self.stored("new", "new")
        try await store.append(reply, for: key, sync: true)
        for index in 0..<max(0, kept) {
          #expect(try store.reply(to: Self.key("q\(index)"), from: .cache)?.text == "A\(index)")
        }
        if store.report.tornBytes > 0 {
          let aside = try folder.bytes("replies.torn")
          let lost = whole[(length - store.report.tornBytes)..<length]
          #expect(aside == Array(lost) + [0x0A], "cut at \(length)")
        }
      }
      let again = try ReplyStore(folder.url, access: .appending)
      #expect(again.report.isClean, "cut at \(length): \(again.report)")
      #expect(try again.reply(to: Self.key("new"), from: .cache)?.text == "new")
    }
  }

  @Test("reading alone changes nothing, even where the end is torn")
  func readingIsPure() async throws {
    let folder = try await Self.filled(2)
    let torn = try folder.bytes().dropLast(5)
    try Data(torn).write(to: folder.replies)
    let store = try ReplyStore(folder.url, access: .reading)
    #expect(store.count == 1 && store.report.tornBytes > 0)
    #expect(try folder.bytes() == Array(torn))
    #expect(throws: ChatError.self) { try ReplyStore(folder.url.appending(path: "none"), access: .reading) }
  }

  @Test("lines of garbage are passed over, counted and kept")
  func garbage() async throws {
    let good = try await Self.filled(2).bytes()
    let lines = good.split(separator: 0x0A).map(Array.init)
    let extra: [UInt8] = [0, 0, 0, 0xFF]
    let bad: [[UInt8]] = [
      extra, Array("{}".utf8), Array("[]".utf8), [], Array(lines[1].dropLast(3)),
      Array(String(decoding: lines[1], as: UTF8.self).replacing("\"key\":\"", with: "\"key\":\"Z").utf8),
      Array(String(decoding: lines[1], as: UTF8.self).replacing("\"seconds\":0.25", with: "\"seconds\":\"0\"").utf8),
      Array(#"{"format":"chat-replies","version":1}"#.utf8),
    ]
    let all: [[UInt8]] = [lines[0]] + bad + [lines[1]] + bad + [lines[2]]
    let content = all.flatMap { (line: [UInt8]) -> [UInt8] in line + [0x0A] }
    let folder = try TestFolder()
    try Data(content).write(to: folder.replies)
    let store = try ReplyStore(folder.url, access: .appending)
    #expect(store.report.garbageLines == 2 * bad.count && store.count == 2)
    #expect(try store.reply(to: Self.key("q1"), from: .cache)?.text == "A1")
    #expect(try folder.bytes() == content)
  }

  @Test("the first of two lines with one key counts")
  func duplicates() async throws {
    let folder = try await Self.filled(1)
    let lines = try folder.bytes().split(separator: 0x0A).map(Array.init)
    let other = Array(String(decoding: lines[1], as: UTF8.self).replacing("\"A0\"", with: "\"B0\"").utf8)
    try Data((lines + [other, lines[1]]).flatMap { $0 + [0x0A] }).write(to: folder.replies)
    let store = try ReplyStore(folder.url, access: .appending)
    #expect(store.report.duplicates == 2 && store.count == 1)
    #expect(try store.reply(to: Self.key("q0"), from: .cache)?.text == "A0")
  }

  @Test(
    "a file of another version or another kind is refused and left alone",
    arguments: [
      (#"{"format":"chat-replies","version":2}"# + "\n", "version 2"),
      (#"{"format":"chat-replies"}"# + "\n", "version 1"),
      ("{\"other\":1}\nmore\n", "something else"), ("no line break", "something else"), ("\n", "something else"),
      ("\u{0}\u{0}\u{0}", "something else"), (String(repeating: "x", count: 3 << 20), "something else"),
    ])
  func foreign(content: String, reason: String) throws {
    let folder = try TestFolder()
    try folder.write(content)
    for access in [ReplyStore.Access.appending, .reading] {
      #expect { try ReplyStore(folder.url, access: access) } throws: { "\($0)".contains(reason) }
    }
    #expect(String(decoding: try folder.bytes(), as: UTF8.self) == content)
  }

  @Test("one process at a time, readers beside it")
  func lock() async throws {
    let folder = try await Self.filled(1)
    do {
      let first = try ReplyStore(folder.url, access: .appending)
      #expect { try ReplyStore(folder.url, access: .appending, patience: 0.01) } throws: {
        "\($0)".contains("another run")
      }
      #expect(try ReplyStore(folder.url, access: .reading).count == 1)
      withExtendedLifetime(first) {}
    }
    #expect(try ReplyStore(folder.url, access: .appending).count == 1)
  }

  @Test("places that cannot be used are errors")
  func badPlaces() async throws {
    let folder = try TestFolder()
    try folder.write("x", to: "file")
    #expect(throws: ChatError.self) { try ReplyStore(folder.url.appending(path: "file"), access: .appending) }
    try FileManager.default.createDirectory(at: folder.replies, withIntermediateDirectories: false)
    #expect(throws: ChatError.self) { try ReplyStore(folder.url, access: .appending) }
    #expect(throws: ChatError.self) { try ReplyStore(folder.url, access: .reading) }
  }

  @Test("a file that another program shortened is noticed")
  func shortened() async throws {
    let folder = try await Self.filled(2)
    let store = try ReplyStore(folder.url, access: .reading)
    try folder.write(StoredReply.header + "\n")
    #expect(throws: ChatError.self) { try store.reply(to: Self.key("q1"), from: .cache) }
  }
}
