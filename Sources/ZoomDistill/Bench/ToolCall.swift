// Calls of the zoom tool in a model's text: read strictly, nothing in them is evaluated.
// Not here: carrying them out (ToolLoop.swift).

import Foundation
import Media

/// A call of the zoom tool.
struct ToolCall: Equatable {
  static let name = "image_zoom_in_tool"
  /// Most bytes between the tags.
  private static let limit = 4096

  /// The box in the unit of the policy.
  var box: BoundingBox
  /// What the model says it looks for.
  var label: String
  /// Which picture: 0 is the original, later numbers are crops in their order.
  var image: Int

  /// The one call of a reply; nil for a reply without one.
  ///
  /// A call is `<tool_call>{"name": …, "arguments": {"bbox_2d": […], "label": "…", "img_idx": 0}}</tool_call>` with
  /// exactly these keys. Reasoning before it is skipped.
  static func read(_ reply: String) -> Result<ToolCall, ToolProblem>? {
    let scanner = MarkupScanner(ReplyGrammar.withoutReasoning(reply))
    let tags = scanner.tags(["tool_call"])
    guard let open = tags.firstIndex(where: { !$0.isClosing }) else { return nil }
    guard tags.count(where: { !$0.isClosing }) == 1 else {
      return .failure(ToolProblem("make one tool call at a time"))
    }
    guard let close = tags[open...].first(where: \.isClosing) else {
      return .failure(ToolProblem("the tool call has no </tool_call>"))
    }
    let content = tags[open].range.upperBound..<close.range.lowerBound
    guard content.count <= limit else { return .failure(ToolProblem("the tool call is too long")) }
    return parse(scanner.text(content))
  }

  private static func parse(_ text: String) -> Result<ToolCall, ToolProblem> {
    guard let call = JSONCell.object(Data(text.utf8)) else {
      return .failure(ToolProblem("the tool call is no JSON object"))
    }
    guard Set(call.keys) == ["name", "arguments"], call["name"] == .text(name),
      case .object(let arguments)? = call["arguments"]
    else { return .failure(ToolProblem("the tool call needs \"name\": \"\(name)\" and \"arguments\", nothing else")) }
    guard Set(arguments.keys) == ["bbox_2d", "label", "img_idx"] else {
      return .failure(ToolProblem("arguments are bbox_2d, label and img_idx, all of them and nothing else"))
    }
    guard case .list(let list)? = arguments["bbox_2d"], list.count == 4, list.allSatisfy({ $0.number != nil }) else {
      return .failure(ToolProblem("bbox_2d must be a list of four numbers"))
    }
    let numbers = list.compactMap(\.number)
    guard let label = arguments["label"]?.text, label.utf8.count <= 256 else {
      return .failure(ToolProblem("label must be a short text"))
    }
    guard let index = arguments["img_idx"]?.number, index == index.rounded(), (0..<1000).contains(index) else {
      return .failure(ToolProblem("img_idx must be a whole number from 0"))
    }
    let box = BoundingBox(left: numbers[0], top: numbers[1], right: numbers[2], bottom: numbers[3])
    return .success(ToolCall(box: box, label: label, image: Int(index)))
  }

  /// What a model is told after its last zoom, at the beginning of a line.
  static let noneLeft = "No zooms are left."

  /// The unit of boxes, as a line of the explanation begins.
  static func unit(_ coordinates: ToolCoordinates) -> String {
    "bbox_2d is in " + (coordinates == .perMille ? "0 to 1000 of width and height" : "pixels of that image")
  }

  /// How the tool is explained to a model.
  static func instructions(_ config: ToolConfig) -> String {
    return """
      You may zoom in, at most \(config.hops) times. To do so, end your turn with one tool call and wait for the crop:
      <tool_call>{"name": "\(name)", "arguments": {"bbox_2d": [x1, y1, x2, y2], "label": "what it is", "img_idx": 0}}</tool_call>
      \(unit(config.crop.coordinates)); img_idx 0 is the original image, later numbers are the crops in their order.
      """
  }
}
