// What is kept of each question that was asked.
// Not here: the file (ResultLog.swift), whether the reply is right (BenchScore.swift).

public import Chat
import Foundation
import Lab

/// One question to the model: an item in a view, with its options in some order, drawn once.
public struct BenchUnit: Codable, Hashable, Sendable {
  /// The item's id.
  public var item: String
  /// What the model sees.
  public var view: BenchView
  /// By how many places the options are moved up.
  public var rotation: Int
  /// Which draw it is.
  public var sample: Int

  /// A question.
  public init(item: String, view: BenchView, rotation: Int = 0, sample: Int = 0) {
    self.item = item
    self.view = view
    self.rotation = rotation
    self.sample = sample
  }
}

/// A question with what came of it.
public struct BenchRecord: Codable, Hashable, Sendable {
  /// The question.
  public var unit: BenchUnit
  /// The raw reply; empty for an error.
  public var reply: String
  /// Why the model stopped.
  public var finishReason: String
  /// Where the reply came from; empty for an error.
  public var source: String
  /// Tokens of all passes, as the server counted.
  public var usage: ChatUsage
  /// Time of all passes in seconds.
  public var seconds: Double
  /// Calls to the model.
  public var passes: Int
  /// The size of the picture that was sent, in pixels.
  public var sentWidth: Int
  /// The size of the picture that was sent, in pixels.
  public var sentHeight: Int
  /// The evidence in tokens of the encoder in the global view; -1 without a box.
  public var evidenceTokens: Double
  /// Turns with the tool.
  public var hops: [ToolHop]
  /// The call's identity: a digest of the model's name and the first request.
  public var request: String
  /// Why there is no reply; empty for success. An error is never an answer.
  public var error: String
  /// The kind of the error, for counting; empty for success.
  public var errorKind: String

  /// A record.
  package init(
    unit: BenchUnit, reply: String, finishReason: String, source: String, usage: ChatUsage, seconds: Double,
    passes: Int,
    sentWidth: Int, sentHeight: Int, evidenceTokens: Double, hops: [ToolHop], request: String, error: String,
    errorKind: String
  ) {
    self.unit = unit
    self.reply = reply
    self.finishReason = finishReason
    self.source = source
    self.usage = usage
    self.seconds = seconds
    self.passes = passes
    self.sentWidth = sentWidth
    self.sentHeight = sentHeight
    self.evidenceTokens = evidenceTokens
    self.hops = hops
    self.request = request
    self.error = error
    self.errorKind = errorKind
  }

  /// A record without a reply.
  static func failure(_ unit: BenchUnit, _ error: String, kind: String) -> BenchRecord {
    BenchRecord(
      unit: unit, reply: "", finishReason: "", source: "", usage: ChatUsage(promptTokens: 0, completionTokens: 0),
      seconds: 0, passes: 0, sentWidth: 0, sentHeight: 0, evidenceTokens: -1, hops: [], request: "", error: error,
      errorKind: kind)
  }
}

/// What results belong to; the first line of their file.
public struct BenchHeader: Codable, Hashable, Sendable {
  /// The hash of the bundle.
  public var bundle: String
  /// The model's name.
  public var model: String
  /// A digest of what else changes replies: sampling, views, wording.
  public var settings: String

  /// The header of a run.
  ///
  /// - Throws: ``BenchError``.
  public init(bundle: String, model: String, config: BenchConfig) throws(BenchError) {
    struct Settings: Encodable {
      var sampling: ChatSampling
      var view: ViewConfig
      var wording: [String]
      var seed: UInt64
    }
    let wording = BenchView.allCases.flatMap { view in
      AnswerFormat.allCases.map {
        Wording.question("?", options: $0 == .choice ? ["x"] : [], format: $0, view: view, tool: config.view.tool)
      }
    }
    self.bundle = bundle
    self.model = model
    settings = ContentDigest.hex(
      Data(
        try BenchJSON.line(
          Settings(sampling: config.sampling, view: config.view, wording: wording, seed: config.seed)
        ).utf8))
  }
}
