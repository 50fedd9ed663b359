// The loop of the tool view: a model asks for crops until it answers or its hops are used up.
// Not here: reading calls (ToolCall.swift), cutting (CropPolicy.swift).

public import Chat
public import Media

/// Settings of the tool view.
public struct ToolConfig: Codable, Equatable, Sendable {
  /// Most crops for an item; calls that failed count too.
  public var hops: Int
  /// What the tool does with a box.
  public var crop: CropPolicy

  /// Settings.
  public init(hops: Int = 5, crop: CropPolicy = CropPolicy()) {
    self.hops = hops
    self.crop = crop
  }
}

/// One turn of the loop in which the model used the tool.
public struct ToolHop: Codable, Hashable, Sendable {
  /// Which picture was cut; -1 for a call that could not be read.
  public var image: Int
  /// The region in pixels of the original picture; nil for a failed call.
  public var box: BoundingBox?
  /// What the model said it looked for.
  public var label: String
  /// Why the call failed; empty for success.
  public var error: String
  /// Time of the model's turn in seconds.
  public var seconds: Double
  /// Tokens of the model's turn.
  public var usage: ChatUsage
}

/// What a loop ended with.
public struct ToolOutcome: Sendable {
  /// The last reply.
  public var reply: ChatReply
  /// Calls to the model.
  public var passes: Int
  /// Turns with the tool, in order.
  public var hops: [ToolHop]
  /// Tokens of all turns.
  public var usage: ChatUsage
  /// Time of all turns in seconds.
  public var seconds: Double
}

/// Runs the loop against any model.
public struct ToolLoop: Sendable {
  private let config: ToolConfig

  /// A loop.
  public init(_ config: ToolConfig) { self.config = config }

  /// A picture of the conversation, and where it lies in the original.
  private struct Shown {
    var picture: Image
    var region: BoundingBox
  }

  /// Asks until there is an answer. Failed calls are answered with their reason, and the loop goes on; after the last
  /// hop the model is told to answer.
  ///
  /// - Parameters:
  ///   - request: the first turn, whose picture is `picture`, perhaps shrunk.
  ///   - picture: the original, from which crops are cut.
  ///   - shown: the size at which the model sees the original, for boxes in pixels.
  /// - Throws: ``ChatError`` of the model.
  public func run(
    _ request: ChatRequest, picture: Image, shown: ImageSize, model: any ChatModel
  ) async throws(ChatError) -> ToolOutcome {
    var request = request
    let whole = BoundingBox(left: 0, top: 0, right: Double(picture.width), bottom: Double(picture.height))
    var pictures = [Shown(picture: picture, region: whole)]
    var sizes = [shown]
    var hops: [ToolHop] = []
    var usage = ChatUsage(promptTokens: 0, completionTokens: 0)
    var seconds = 0.0
    while true {
      let reply = try await model.reply(to: request)
      usage.promptTokens += reply.usage.promptTokens
      usage.completionTokens += reply.usage.completionTokens
      seconds += reply.seconds
      guard hops.count < config.hops, let call = ToolCall.read(reply.text) else {
        return ToolOutcome(reply: reply, passes: hops.count + 1, hops: hops, usage: usage, seconds: seconds)
      }
      var hop = ToolHop(
        image: -1, box: nil, label: "", error: "", seconds: reply.seconds, usage: reply.usage)
      var answer: [ChatPart]
      switch call.flatMap({ cut($0, pictures, sizes, &hop) }) {
      case .failure(let problem):
        hop.error = problem.text
        answer = [.text("Error: \(problem.text).")]
      case .success(let (shown, image)):
        answer = [.text("Image \(pictures.count), a crop of image \(hop.image):"), .image(image)]
        pictures.append(shown)
        sizes.append(shown.picture.size)
      }
      hops.append(hop)
      if hops.count == config.hops { answer.append(.text("\(ToolCall.noneLeft) Answer now, in answer tags.")) }
      request.messages += [ChatMessage(.assistant, [.text(reply.text)]), ChatMessage(.user, answer)]
    }
  }

  /// Cuts what a call asks for.
  private func cut(
    _ call: ToolCall, _ pictures: [Shown], _ sizes: [ImageSize], _ hop: inout ToolHop
  ) -> Result<(Shown, ChatImage), ToolProblem> {
    hop.label = call.label
    guard pictures.indices.contains(call.image) else {
      return .failure(ToolProblem("img_idx \(call.image) does not exist: there are images 0 to \(pictures.count - 1)"))
    }
    hop.image = call.image
    let source = pictures[call.image]
    let size = source.picture.size
    var box = call.box
    if config.crop.coordinates == .pixels {
      // The model sees the original shrunk, the tool cuts it in full.
      box = box.scaled(
        x: Double(size.width) / Double(sizes[call.image].width),
        y: Double(size.height) / Double(sizes[call.image].height))
    }
    return config.crop.plan(box, in: size).flatMap { plan in
      let part = source.picture.resized(region: plan.region, to: plan.size, filter: config.crop.filter)
      let scale = (
        x: source.region.width / Double(size.width), y: source.region.height / Double(size.height)
      )
      var region = plan.region.scaled(x: scale.x, y: scale.y)
      region = BoundingBox(
        left: source.region.left + region.left, top: source.region.top + region.top,
        right: source.region.left + region.right, bottom: source.region.top + region.bottom)
      hop.box = region
      do {
        return .success((Shown(picture: part, region: region), try ViewMaker.encoded(part, "crop")))
      } catch {
        return .failure(ToolProblem("the crop could not be made"))
      }
    }
  }
}
