// What models are shown: pictures, wording, rotations, the zoom tool.

import Chat
import Foundation
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Views")
struct ViewTests {
  private func maker(_ bundle: BenchBundle, _ change: (inout ViewConfig) -> Void = { _ in }) -> ViewMaker {
    var config = ViewConfig()
    change(&config)
    return ViewMaker(folder: bundle.folder, config: config, sampling: ChatSampling(temperature: 0))
  }

  @Test("the global view sends the file as it is, the regional view the crop, the overlay a box around the evidence")
  func pictures() throws {
    let scratch = try BenchScratch()
    let bundle = try scratch.bundle(2)
    let maker = maker(bundle) { $0.overlayMargin = 0 }
    let global = try maker.make(bundle.items[0], .global, rotation: 0, sample: 0)
    #expect(global.request.messages[0].images[0].bytes == (try bundle.folder.bytes("a.png")))
    let regional = try maker.make(bundle.items[0], .regional, rotation: 0, sample: 0)
    #expect(regional.sentSize == ImageSize(width: 32, height: 24) && regional.originalSize.width == 64)
    let overlay = try maker.make(bundle.items[0], .overlay, rotation: 0, sample: 0)
    let image = try ImageFile.decode(overlay.request.messages[0].images[0].bytes)
    for y in 0..<48 {
      for x in 0..<64 {
        let isRed = Array(image.pixels[(y * 64 + x) * 3..<(y * 64 + x) * 3 + 3]) == [255, 0, 0]
        let inside = (8..<24).contains(x) && (8..<20).contains(y)
        let around = (6..<26).contains(x) && (6..<22).contains(y)
        #expect(isRed == (around && !inside), "\(x), \(y)")
      }
    }
    #expect(overlay.request.messages[0].text.contains("red box"))
    #expect(!global.request.messages[0].text.contains("red box"))
  }

  @Test("views differ in what is seen alone, and missing evidence is an error")
  func wording() throws {
    let scratch = try BenchScratch()
    var bundle = try scratch.bundle(2)
    let maker = maker(bundle)
    for item in bundle.items {
      let texts = try [BenchView.global, .regional].map {
        try maker.make(item, $0, rotation: 0, sample: 0).request.messages[0].text
      }
      #expect(texts[0] == texts[1] && texts[0].contains("Question: \(item.question)\n"))
      #expect(!texts[0].contains(item.answer == "seven" ? "seven" : "B</answer>"))
    }
    bundle.items[0].box = nil
    #expect(!ViewMaker.canShow(bundle.items[0], in: .regional) && ViewMaker.canShow(bundle.items[0], in: .tool))
    #expect(throws: BenchError.self) { try maker.make(bundle.items[0], .overlay, rotation: 0, sample: 0) }
    bundle.items[1].box = BoundingBox(left: 100, top: 100, right: 120, bottom: 120)
    #expect(throws: BenchError.self) { try maker.make(bundle.items[1], .regional, rotation: 0, sample: 0) }
  }

  @Test("the key follows the rotation of the options")
  func rotations() throws {
    let item = BenchItem(
      id: "x", question: "?", answer: "C", options: ["a1", "b2", "c3", "d4"], format: .choice, image: "x.png")
    for rotation in 0..<4 {
      let key = ViewMaker.key(item, rotation: rotation)
      let correct = try #require(key.correctOption)
      #expect(key.options[correct] == "c3" && key.options == ViewMaker.rotated(item.options, by: rotation))
    }
  }

  @Test("large pictures are shrunk to the encoder's area, and evidence with them")
  func encoder() throws {
    let encoder = EncoderInput(maxPixels: 1000, patch: 4)
    let size = encoder.size(of: ImageSize(width: 64, height: 48))
    #expect(size.area <= 1000 && size.area > 900, "\(size)")
    #expect(encoder.size(of: ImageSize(width: 20, height: 50)) == ImageSize(width: 20, height: 50))
    let box = BoundingBox(left: 0, top: 0, right: 32, bottom: 24)
    let tokens = encoder.tokens(box, in: ImageSize(width: 64, height: 48))
    #expect(abs(tokens - Double(size.area) / 4 / 16) < 1e-9, "\(tokens)")
    #expect(EncoderInput(maxPixels: 0, patch: 32).tokens(box, in: ImageSize(width: 64, height: 48)) == 0.75)
  }
}

@Suite("Zoom tool")
struct ToolLoopTests {
  private func call(_ box: String, image: String = "0", label: String = "\"x\"") -> String {
    """
    Let me look. <tool_call>{"name": "image_zoom_in_tool", "arguments": {"bbox_2d": \(box), "label": \(label), \
    "img_idx": \(image)}}</tool_call>
    """
  }

  private func run(
    _ config: ToolConfig = ToolConfig(), size: ImageSize = ImageSize(width: 200, height: 100), shown: ImageSize? = nil,
    _ script: @escaping @Sendable (ChatRequest, Int) throws(ChatError) -> String
  ) async throws -> (ToolOutcome, ScriptedModel) {
    let model = ScriptedModel("scripted", script)
    let picture = Image(size: size, color: [1, 2, 3])
    let request = ChatRequest(purpose: "answer", messages: [ChatMessage(.user, [.text("?")])])
    return (try await ToolLoop(config).run(request, picture: picture, shown: shown ?? size, model: model), model)
  }

  @Test("a crop of a crop is traced in pixels of the original")
  func nested() async throws {
    let first = call("[500, 0, 1000, 1000]")
    let second = call("[0, 500, 500, 1000]", image: "1")
    let (outcome, model) = try await run { _, number in [first, second, "<answer>B</answer>"][number] }
    #expect(outcome.passes == 3 && outcome.reply.text == "<answer>B</answer>" && outcome.seconds == 0.75)
    #expect(outcome.usage == ChatUsage(promptTokens: 30, completionTokens: 9))
    let expected = [
      BoundingBox(left: 100, top: 0, right: 200, bottom: 100), BoundingBox(left: 100, top: 50, right: 150, bottom: 100),
    ]
    for (hop, box) in zip(outcome.hops, expected) {
      let got = try #require(hop.box)
      #expect(abs(got.left - box.left) < 0.01 && abs(got.bottom - box.bottom) < 0.01, "\(got)")
      #expect(got.intersectionOverUnion(box) > 0.999 && hop.error.isEmpty)
    }
    let sizes = try model.requests[2].messages.flatMap(\.images).map { try ImageFile.decode($0.bytes).size }
    #expect(sizes.allSatisfy { $0.width % 32 == 0 && $0.area >= 262_144 } && sizes.count == 2, "\(sizes)")
    #expect(model.requests[2].messages.map(\.role) == [.user, .assistant, .user, .assistant, .user])
  }

  @Test(
    "bad calls come back as text, and nothing is evaluated",
    arguments: [
      "<tool_call>9**9**9**9</tool_call>", "<tool_call>{\"name\": \"image_zoom_in_tool\"}</tool_call>",
      "<tool_call>{\"name\": \"shell\", \"arguments\": {\"bbox_2d\": [0,0,1,1], \"label\": \"x\", \"img_idx\": 0}}</tool_call>",
      "<tool_call>{\"name\": \"image_zoom_in_tool\", \"arguments\": {\"bbox_2d\": [0,0,1,1], \"label\": \"x\", \"img_idx\": 0, \"f\": 1}}</tool_call>",
      "<tool_call>{\"name\": \"image_zoom_in_tool\", \"arguments\": {\"bbox_2d\": [0,0,1,true], \"label\": \"x\", \"img_idx\": 0}}</tool_call>",
      "<tool_call>{\"name\": \"image_zoom_in_tool\", \"arguments\": {\"bbox_2d\": [0,0,\"9*9\",9], \"label\": \"x\", \"img_idx\": 0}}</tool_call>",
      "<tool_call>{\"name\": \"image_zoom_in_tool\", \"arguments\": {\"bbox_2d\": [0,0,9,9], \"label\": \"x\", \"img_idx\": 7}}</tool_call>",
      "<tool_call>{\"name\": \"image_zoom_in_tool\", \"arguments\": {\"bbox_2d\": [9,0,9,9], \"label\": \"x\", \"img_idx\": 0}}</tool_call>",
      "<tool_call>{\"name\": \"image_zoom_in_tool\", \"arguments\": {\"bbox_2d\": [5000,5000,6000,6000], \"label\": \"x\", \"img_idx\": 0}}</tool_call>",
      "<tool_call>{\"name\": \"image_zoom_in_tool\", \"arguments\": {\"bbox_2d\": [0,0,1e300,9], \"label\": \"x\", \"img_idx\": 0.5}}</tool_call>",
      "<tool_call>{}", "<tool_call>{}</tool_call><tool_call>{}</tool_call>",
      "<tool_call>\(String(repeating: "[", count: 4000))</tool_call>",
      "<tool_call>\(String(repeating: "x", count: 9000))</tool_call>",
    ])
  func badCalls(text: String) async throws {
    let (outcome, model) = try await run { _, number in number == 0 ? text : "<answer>A</answer>" }
    #expect(outcome.hops.count == 1 && outcome.hops[0].box == nil && !outcome.hops[0].error.isEmpty, "\(outcome.hops)")
    #expect(model.requests[1].messages.last?.text.hasPrefix("Error: ") == true)
    #expect(outcome.reply.text == "<answer>A</answer>")
  }

  @Test("the hops are bounded, and the last reply is the answer whatever it says")
  func budget() async throws {
    let zoom = call("[0, 0, 500, 500]")
    let (outcome, model) = try await run(ToolConfig(hops: 3)) { _, _ in zoom }
    #expect(outcome.hops.count == 3 && outcome.passes == 4 && model.requests.count == 4)
    #expect(model.requests[3].messages.last?.text.contains("No zooms are left") == true)
    let (none, _) = try await run(ToolConfig(hops: 0)) { _, _ in zoom }
    #expect(none.passes == 1 && none.hops.isEmpty)
  }

  @Test("boxes in pixels are those of the picture that the model sees")
  func pixels() async throws {
    let zoom = call("[50, 0, 100, 50]")
    let (outcome, _) = try await run(
      ToolConfig(crop: CropPolicy(coordinates: .pixels)), shown: ImageSize(width: 100, height: 50)
    ) { _, number in number == 0 ? zoom : "" }
    #expect(outcome.hops[0].box == BoundingBox(left: 100, top: 0, right: 200, bottom: 100))
  }

  @Test("every plan keeps within the picture and the bounds of the policy")
  func plans() {
    let policy = CropPolicy()
    forAll(300) { random, seed in
      let size = ImageSize(
        width: Int.random(in: 1...3000, using: &random), height: Int.random(in: 1...3000, using: &random))
      let edges = (0..<4).map { _ in Double.random(in: -100...1100, using: &random) }
      let box = BoundingBox(
        left: min(edges[0], edges[1]), top: min(edges[2], edges[3]), right: max(edges[0], edges[1]),
        bottom: max(edges[2], edges[3]))
      guard case .success(let plan) = policy.plan(box, in: size) else { return }
      #expect(plan.region == plan.region.clipped(to: size) && plan.region.area > 0, "seed \(seed)")
      #expect(min(plan.region.width, plan.region.height) >= Double(min(32, size.width, size.height)), "seed \(seed)")
      #expect(plan.size.width % 32 == 0 && plan.size.height % 32 == 0, "seed \(seed)")
      #expect(plan.size.area >= policy.minArea && plan.size.area <= policy.maxArea, "seed \(seed): \(plan)")
    }
    guard
      case .success(let plan) = policy.plan(
        BoundingBox(left: 0, top: 0, right: 64, bottom: 64), in: ImageSize(width: 1000, height: 1000))
    else {
      Issue.record("no plan")
      return
    }
    #expect(plan.size == ImageSize(width: 512, height: 512))
  }
}
