// Requests for the views of an item: pictures and the wording around the question.
// Not here: what comes after the first reply in the tool view (ToolLoop.swift).

public import Chat
public import Media

/// Makes the requests of a benchmark.
public struct ViewMaker: Sendable {
  /// How views are made.
  public let config: ViewConfig
  /// How replies are drawn.
  public let sampling: ChatSampling
  private let folder: BenchFolder

  /// A maker for the pictures of a folder.
  public init(folder: BenchFolder, config: ViewConfig, sampling: ChatSampling) {
    self.folder = folder
    self.config = config
    self.sampling = sampling
  }

  /// A request with what is known about its picture.
  public struct Made: Sendable {
    /// The request.
    public var request: ChatRequest
    /// The size of the item's full picture in pixels.
    public var originalSize: ImageSize
    /// The size of the picture that is sent.
    public var sentSize: ImageSize
    /// The full picture, which the tool cuts.
    public var picture: Image
  }

  /// Whether an item has what a view shows.
  public static func canShow(_ item: BenchItem, in view: BenchView) -> Bool {
    switch view {
    case .global, .tool: true
    case .regional: !item.crop.isEmpty || item.box != nil
    case .overlay: item.box != nil
    }
  }

  /// The request of a view.
  ///
  /// - Parameters:
  ///   - item: the item.
  ///   - view: the view.
  ///   - rotation: by how many places the options are moved up; see ``rotated(_:by:)``.
  ///   - sample: which of several draws this is.
  /// - Throws: ``BenchError`` for a picture that is missing, damaged or out of bounds, and for missing evidence.
  public func make(
    _ item: BenchItem, _ view: BenchView, rotation: Int, sample: Int
  ) throws(BenchError) -> Made {
    let bytes = try folder.bytes(item.image)
    let picture = try decode(bytes, item.image)
    let (image, size): (ChatImage, ImageSize)
    switch view {
    case .global, .tool: (image, size) = try shrunk(picture, bytes, item.image)
    case .regional: (image, size) = try region(of: item, picture)
    case .overlay:
      guard let box = item.box else {
        throw .noEvidence(item: item.id, view: view.rawValue, missing: "a box")
      }
      var boxed = picture
      boxed.drawOutline(of: box.expanded(by: config.overlayMargin), style: config.outline)
      (image, size) = try shrunk(boxed, nil, item.image)
    }
    let options = Self.rotated(item.options, by: rotation)
    let text = Wording.question(item.question, options: options, format: item.format, view: view, tool: config.tool)
    let request = ChatRequest(
      purpose: (item.format == .choice ? TeacherPurpose.solve : .answer).rawValue,
      messages: [ChatMessage(.user, [.image(image), .text(text)])], sampling: sampling, sample: sample)
    return Made(request: request, originalSize: picture.size, sentSize: size, picture: picture)
  }

  /// The options moved up by some places: with 1, the second is shown first.
  public static func rotated(_ options: [String], by places: Int) -> [String] {
    guard !options.isEmpty else { return options }
    return options.indices.map { options[($0 + places) % options.count] }
  }

  /// The key of an item whose options are shown rotated.
  public static func key(_ item: BenchItem, rotation: Int) -> AnswerKey {
    guard item.format == .choice, !item.options.isEmpty, let correct = item.key.correctOption else { return item.key }
    let count = item.options.count
    let place = ((correct - rotation) % count + count) % count
    return AnswerKey(
      question: item.question, answer: AnswerKey.letter(place), options: rotated(item.options, by: rotation),
      format: .choice)
  }

  // MARK: Pictures

  private func region(of item: BenchItem, _ picture: Image) throws(BenchError) -> (ChatImage, ImageSize) {
    if !item.crop.isEmpty {
      let bytes = try folder.bytes(item.crop)
      return try shrunk(try decode(bytes, item.crop), bytes, item.crop)
    }
    guard let box = item.box, let cut = picture.cropped(to: box, rounding: .nearest) else {
      throw .noEvidence(
        item: item.id, view: BenchView.regional.rawValue, missing: "a crop, or a box inside the picture")
    }
    func side(_ pixels: Int) -> Int { min(1 << 14, max(1, Int((Double(pixels) * config.cropScale).rounded()))) }
    let enlarged = cut.resized(
      to: ImageSize(width: side(cut.width), height: side(cut.height)), filter: config.filter)
    return try shrunk(enlarged, nil, item.id)
  }

  /// The picture as it is sent: its own bytes where nothing changes, else a PNG.
  private func shrunk(
    _ picture: Image, _ bytes: [UInt8]?, _ place: String
  ) throws(BenchError) -> (ChatImage, ImageSize) {
    let size = config.encoder.size(of: picture.size)
    if size == picture.size, let bytes {
      do {
        return (
          ChatImage(bytes: bytes, mediaType: try ImageFileFormat.detected(in: bytes, place: place).mediaType), size
        )
      } catch {
        throw .unreadable(path: place, reason: "\(error)")
      }
    }
    let sent = size == picture.size ? picture : picture.resized(to: size, filter: config.filter)
    return (try Self.encoded(sent, place), size)
  }

  /// A picture as PNG.
  static func encoded(_ picture: Image, _ place: String) throws(BenchError) -> ChatImage {
    do {
      return ChatImage(bytes: try ImageFile.encode(picture, as: .png(level: 3)), mediaType: "image/png")
    } catch {
      throw .unreadable(path: place, reason: "\(error)")
    }
  }

  private func decode(_ bytes: [UInt8], _ place: String) throws(BenchError) -> Image {
    do {
      return try ImageFile.decode(bytes, place: place, limits: BenchFolder.imageLimits, opacity: .flatten(.white))
    } catch {
      throw .unreadable(path: place, reason: "\(error)")
    }
  }
}

/// The wording of the benchmark's prompts.
enum Wording {
  /// The text of the first turn: one contract for all views, so that they differ in what is seen alone.
  static func question(
    _ question: String, options: [String], format: AnswerFormat, view: BenchView, tool: ToolConfig
  ) -> String {
    var lines = ["Look at the picture closely and answer the question."]
    if view == .overlay { lines.append("Consider only what is inside the red box.") }
    lines.append("Question: \(question)")
    lines += options.enumerated().map { "\(AnswerKey.letter($0.offset)). \($0.element)" }
    lines.append("")
    if view == .tool { lines.append(ToolCall.instructions(tool)) }
    switch format {
    case .choice: lines.append("Reason first if it helps. End with the letter of the right option in answer tags, like")
    case .open:
      lines.append("Reason first if it helps. End with a word, a number or a short phrase in answer tags, like")
    }
    lines.append("<answer>\(format == .choice ? "letter" : "short answer")</answer>")
    return lines.joined(separator: "\n")
  }
}
