// What the tests of the benchmark share: a folder of its own, small pictures, models that say what they are told.

import Chat
import Foundation
import Media
import Synchronization
import ZoomDistill

/// A folder that goes when the test ends.
final class BenchScratch: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "zoom-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a picture of one colour, 64 × 48 by default.
  func picture(_ path: String, width: Int = 64, height: Int = 48, color: [UInt8] = [200, 10, 30]) throws {
    let image = Image(size: ImageSize(width: width, height: height), color: color)
    try save(Data(ImageFile.encode(image, as: .png(level: 1))), path)
  }

  func save(_ data: Data, _ path: String) throws {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  func save(_ text: String, _ path: String) throws { try save(Data(text.utf8), path) }

  func read(_ path: String, unpacking: URL? = nil) throws -> BenchBundle {
    try BundleReader(unpacking: unpacking).read(url.appending(path: path))
  }

  /// Items over two pictures: choice and open in turn, all dimensions in turn.
  func bundle(_ count: Int) throws -> BenchBundle {
    try picture("a.png")
    try picture("b.png", color: [0, 90, 250])
    let items = (0..<count).map { index in
      let isChoice = index.isMultiple(of: 2)
      return BenchItem(
        id: "item-\(index)", question: "what is it, number \(index)", answer: isChoice ? "B" : "seven",
        options: isChoice ? ["red", "blue", "green"] : [], format: isChoice ? .choice : .open,
        category: Dimension.allCases[index % 6].rawValue, image: index % 4 < 2 ? "a.png" : "b.png",
        box: BoundingBox(left: 8, top: 8, right: 24, bottom: 20))
    }
    return BenchBundle(folder: BenchFolder(url), items: items)
  }
}

/// A model that answers by a function and remembers what it was asked.
final class ScriptedModel: ChatModel {
  let name: String
  private let script: @Sendable (ChatRequest, Int) throws(ChatError) -> String
  private let log = Mutex<[ChatRequest]>([])

  init(_ name: String = "scripted", _ script: @escaping @Sendable (ChatRequest, Int) throws(ChatError) -> String) {
    self.name = name
    self.script = script
  }

  var requests: [ChatRequest] { log.withLock { $0 } }

  func reply(to request: ChatRequest) async throws(ChatError) -> ChatReply {
    let number = log.withLock { log in
      log.append(request)
      return log.count - 1
    }
    return ChatReply(
      text: try script(request, number), usage: ChatUsage(promptTokens: 10, completionTokens: 3), source: .embedded,
      seconds: 0.25)
  }
}

/// The letter of the option with a text in a request.
func letter(of option: String, in request: ChatRequest) -> String {
  let lines = request.messages[0].text.split(separator: "\n")
  return lines.first { $0.dropFirst().hasPrefix(". \(option)") }.map { String($0.prefix(1)) } ?? "none"
}
