// Embedded teachers: the form of every reply, and that most of them are right.
import Chat
import Foundation
import Media
import Testing
import ZoomDistill

@Suite("Sign teachers")
struct SignTeacherTests {
  private static let memory = SignMemory()
  private static let teachers = SignTeacherReader.allCases.map { reader in
    var config = SignTeacherConfig()
    config.reader = reader
    return SignTeacher(name: "embedded-\(reader.rawValue)", config: config, memory: memory)
  }
  private static let teacher = teachers[0]
  private static let scenes = (0..<4).map { SignScene(SignWorldConfig(), seed: 51, index: $0) }

  private static func file(_ image: Image) throws -> ChatImage {
    ChatImage(bytes: try ImageFile.encode(image, as: .png(level: 1)), mediaType: "image/png")
  }

  /// The crop of a sign, twice its size, as a JPEG file.
  private static func crop(_ scene: SignScene, _ sign: SignTruth, margin: Double = 0) throws -> ChatImage {
    let box = sign.box.expanded(by: margin).clipped(to: scene.truth.size)
    let size = ImageSize(width: Int((2 * box.width).rounded()), height: Int((2 * box.height).rounded()))
    let bytes = try ImageFile.encode(scene.image.resized(region: box, to: size), as: .jpeg(quality: 95))
    return ChatImage(bytes: bytes, mediaType: "image/jpeg")
  }

  private static func boxed(_ scene: SignScene, _ sign: SignTruth) throws -> ChatImage {
    var image = scene.image
    image.drawOutline(of: sign.box.expanded(by: 0.05).clipped(to: scene.truth.size))
    return try file(image)
  }

  private static func ask(
    _ teacher: SignTeacher, _ purpose: TeacherPurpose, _ text: String, _ images: [ChatImage] = [], sample: Int = 0
  ) async throws -> String {
    let request = ChatRequest(
      purpose: purpose.rawValue, messages: [ChatMessage(.user, images.map { .image($0) } + [.text(text)])],
      sample: sample)
    let reply = try await teacher.reply(to: request)
    #expect(reply.source == .embedded)
    #expect(try await teacher.reply(to: request) == reply)
    return reply.text
  }

  @Test("list names the frames, each once, and ground finds their boxes")
  func listAndGround() async throws {
    struct Instance: Decodable {
      var box: [Double]
      var score: Double
    }
    for scene in Self.scenes {
      let image = try Self.file(scene.image)
      let lines = try await Self.ask(Self.teacher, .list, "List the objects.", [image]).split(separator: "\n")
      let names = try lines.enumerated().map { number, line in
        let parts = line.split(separator: ". ", maxSplits: 1)
        #expect(parts.first.map(String.init) == "\(number + 1)")
        return String(try #require(parts.last))
      }
      #expect(Set(names).count == names.count)
      for sign in scene.truth.signs where !sign.isFaint { #expect(names.contains(sign.frame.name)) }
      for sign in scene.truth.signs where sign.isPlain {
        let text = try await Self.ask(Self.teacher, .ground, "Find it.\nObject: \(sign.frame.name)", [image])
        let found = try JSONDecoder().decode([Instance].self, from: Data(text.utf8))
        #expect(found.count == 1, "\(sign.frame): \(text)")
        let edges = try #require(found.first?.box)
        let box = CoordinateSpace.perMille.pixels(
          BoundingBox(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3]), in: scene.truth.size)
        #expect(box.intersectionOverUnion(sign.box) > 0.85)
        #expect((0.75...1).contains(found[0].score))
      }
    }
    let stranger = try await Self.ask(
      Self.teacher, .ground, "Object: red kettle", [try Self.file(Self.scenes[0].image)])
    #expect(stranger == "[]")
  }

  @Test("ask writes three questions about the crop, and validate tells the good from the bad")
  func askAndValidate() async throws {
    var good = 0, bad = 0, rejected = 0, total = 0
    for scene in Self.scenes {
      let full = try Self.file(scene.image)
      for sign in scene.truth.signs where !sign.isFaint && !sign.isOversized {
        let crop = try Self.crop(scene, sign)
        let text = try await Self.ask(Self.teacher, .ask, "Ask three questions.", [crop])
        let asked = try JSONDecoder().decode([[String: String]].self, from: Data(text.utf8))
        #expect(asked.count == 3)
        for question in asked.compactMap({ $0["question"] }) {
          total += 1
          let verdict = try await Self.ask(Self.teacher, .validate, "Question: \(question)", [full, crop])
          let lines = verdict.split(separator: "\n")
          #expect(lines.count == 2 && lines[1].hasPrefix("REASON: "))
          let isValid = lines[0] == "VALID: Yes"
          #expect(isValid || lines[0] == "VALID: No")
          let parsed = SignQuestion(question)
          let isRight = parsed == SignQuestion(dimension: sign.dimension, frame: sign.frame) && !sign.isDuplicate
          if isRight { good += isValid ? 1 : 0 } else { bad += isValid ? 1 : 0 }
          rejected += isValid ? 0 : 1
        }
      }
    }
    #expect(total > 60 && rejected > 5 && rejected < total / 2, "\(rejected) of \(total) rejected")
    #expect(Double(bad) <= 0.05 * Double(good), "\(bad) bad and \(good) good questions are valid")
  }

  @Test("answers from crops are right, those from whole scenes often")
  func answers() async throws {
    var crop = 0, region = 0, boxed = 0, free = 0, total = 0
    for scene in Self.scenes {
      let full = try Self.file(scene.image)
      for sign in scene.truth.signs where sign.isPlain && !sign.isFaded {
        let line = "Question: \(SignQuestion(dimension: sign.dimension, frame: sign.frame).text(paraphrase: 1))?"
        let box = CoordinateSpace.perMille.express(sign.box, in: scene.truth.size)
        let place = "Region: [\(Int(box.left)), \(Int(box.top)), \(Int(box.right)), \(Int(box.bottom))]"
        let outlined = try Self.boxed(scene, sign), near = try Self.crop(scene, sign, margin: 0.1)
        for teacher in Self.teachers {
          total += 1
          let right = "<answer>\(sign.answer)</answer>"
          crop += try await Self.ask(teacher, .answer, line, [near]) == right ? 1 : 0
          region += try await Self.ask(teacher, .answer, "\(line)\n\(place)", [full]) == right ? 1 : 0
          boxed += try await Self.ask(teacher, .answer, line, [outlined]) == right ? 1 : 0
          free += try await Self.ask(teacher, .answer, line, [full]) == right ? 1 : 0
        }
      }
    }
    let count = Double(total)
    #expect(Double(crop) / count > 0.97, "\(crop) of \(total)")
    #expect((0.6...0.95).contains(Double(region) / count), "\(region) of \(total)")
    // A thin red line is nearly lost on 32 pixels, and without a place the sign has to be found among ten.
    #expect(Double(boxed) / count > 0.4, "\(boxed) of \(total)")
    #expect(free < boxed && boxed < crop, "\(free) and \(boxed) of \(total)")
  }

  @Test("a wide retina finds red boxes, and signs without them more often than chance")
  func wide() async throws {
    var config = SignTeacherConfig()
    config.retina = 96
    let teacher = SignTeacher(name: "wide", config: config, memory: Self.memory)
    var boxed = 0, free = 0, total = 0
    for scene in Self.scenes.prefix(2) {
      let full = try Self.file(scene.image)
      for sign in scene.truth.signs where sign.isPlain && !sign.isFaded {
        let line = "Question: \(SignQuestion(dimension: sign.dimension, frame: sign.frame).text(paraphrase: 2))?"
        let right = "<answer>\(sign.answer)</answer>"
        boxed += try await Self.ask(teacher, .answer, line, [try Self.boxed(scene, sign)]) == right ? 1 : 0
        free += try await Self.ask(teacher, .answer, line, [full]) == right ? 1 : 0
        total += 1
      }
    }
    #expect(Double(boxed) / Double(total) > 0.9, "\(boxed) of \(total)")
    #expect(Double(free) / Double(total) > 0.3, "\(free) of \(total)")
  }

  @Test("solve picks a letter, and more right ones than chance")
  func solve() async throws {
    var right = 0, total = 0
    for scene in Self.scenes {
      for sign in scene.truth.signs where sign.isPlain {
        let question = SignQuestion(dimension: sign.dimension, frame: sign.frame)
        let wrong = question.candidates.filter { $0 != sign.answer }.prefix(3)
        let place = total % 4
        var options = Array(wrong)
        options.insert(sign.answer, at: place)
        let lines = zip("ABCD", options).map { "\($0). \($1.capitalized)" }.joined(separator: "\n")
        let text = "Question: \(question.text(paraphrase: 0))?\n\nOnly inside the red box.\n\n\(lines)\n\nAnswer!"
        let reply = try await Self.ask(Self.teacher, .solve, text, [try Self.boxed(scene, sign)])
        #expect(["A", "B", "C", "D"].map { "<answer>\($0)</answer>" }.contains(reply))
        right += reply == "<answer>\(Array("ABCD")[place])</answer>" ? 1 : 0
        total += 1
      }
    }
    #expect(Double(right) / Double(total) > 0.5, "\(right) of \(total)")
  }

  @Test("temperature 0 looks once")
  func greedy() async throws {
    let scene = Self.scenes[0]
    let sign = scene.truth.signs[0]
    let text = SignQuestion(dimension: .ocr, frame: sign.frame).text(paraphrase: 0)
    var replies: Set<String> = []
    for sample in 0..<4 {
      let request = ChatRequest(
        purpose: "answer",
        messages: [ChatMessage(.user, [.image(try Self.file(scene.image)), .text("Question: \(text)")])],
        sampling: ChatSampling(temperature: 0), sample: sample)
      replies.insert(try await Self.teacher.reply(to: request).text)
    }
    #expect(replies.count == 1)
  }

  @Test("cluster, distract, classify and judge need no reading")
  func textOnly() async throws {
    let answers = "Question: how many dots are on the circle?\n1. Three\n2. 3\n3. two dots\n4. 3."
    #expect(try await Self.ask(Self.teacher, .cluster, answers) == "CLUSTER: 1, 2, 4\nCLUSTER: 3")
    let text = "Question: which half of the tee is filled?\nAnswer: the left half"
    let options = try JSONDecoder().decode(
      [String].self, from: Data(try await Self.ask(Self.teacher, .distract, text).utf8))
    #expect(Set(options) == ["right", "top", "bottom"])
    #expect(try await Self.ask(Self.teacher, .classify, text) == "<answer>structure</answer>")
    #expect(try await Self.ask(Self.teacher, .classify, "Question: hm?\nAnswer: red") == "<answer>color</answer>")
    for (reply, verdict) in [("Left.", "Yes"), ("<answer>left side</answer>", "Yes"), ("right", "No"), ("", "No")] {
      let judged = try await Self.ask(Self.teacher, .judge, "Question: q\nAnswer: left\nReply: \(reply)")
      #expect(judged == "<answer>\(verdict)</answer>", "\(reply)")
    }
  }

  @Test("requests that are not of the form are errors that say so")
  func malformed() async throws {
    let image = try Self.file(Self.scenes[0].image)
    let broken = ChatImage(bytes: [1, 2, 3], mediaType: "image/png")
    let cases: [(String, String, [ChatImage], String)] = [
      ("poem", "", [image], "purpose"), ("list", "", [], "pictures"), ("list", "", [broken], "3 bytes"),
      ("ground", "", [image], "Object"), ("answer", "What?", [image], "Question"),
      ("validate", "Question: q", [image], "2 pictures"), ("solve", "Question: q", [image], "options"),
      ("judge", "Answer: 3", [], "Reply"),
    ]
    for (purpose, text, images, part) in cases {
      let parts = images.map { ChatPart.image($0) } + [.text(text)]
      let error = await #expect(throws: ChatError.self) {
        try await Self.teacher.reply(to: ChatRequest(purpose: purpose, messages: [ChatMessage(.user, parts)]))
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(part), "\(purpose): \(String(describing: error))")
    }
  }

  @Test("hostile text in prompts crashes nothing")
  func hostile() async throws {
    let image = try Self.file(Self.scenes[0].image)
    let texts = [
      "Question: what digit is on the circle\nRegion: [1e308, nan, 5, 5]",
      "Question: what digit is on the circle\nRegion: [900, 900, 100, 100]",
      "Question: what digit is on the circle\nRegion: [-5000, -5000, 9000, 9000]",
      "Question: what digit is on the circle\nRegion: [0, 0, 0.001, 0.001]",
      "Question:\nRegion:", "Question: \u{0}\u{FFFD}", "question: WHAT DIGIT IS ON THE CIRCLE\nregion: 1 2 3",
    ]
    for text in texts {
      let reply = try await Self.ask(Self.teacher, .answer, text, [image])
      #expect(reply.hasPrefix("<answer>") && reply.hasSuffix("</answer>"))
    }
    let cluster = try await Self.ask(Self.teacher, .cluster, "1. a\n99999999999999999999. b\n2.\n-1. c")
    #expect(cluster == "CLUSTER: 1\nCLUSTER: 2")
    #expect(try await Self.ask(Self.teacher, .cluster, "nothing") == "")
  }
}
