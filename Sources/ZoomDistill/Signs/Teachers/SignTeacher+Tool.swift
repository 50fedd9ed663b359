// Playing the loop of the zoom tool: where to zoom next, and when there is enough to answer from.
// Not here: carrying out zooms (Bench/ToolLoop.swift), reading (SignReader.swift).

import Chat
import Foundation
import Media

/// A turn of a conversation with the tool.
enum SignTurn {
  /// The text of a call.
  case zoom(String)
  /// There is enough: a picture, and where the sign is on its retina.
  case read(SignPicture, SignSight)
}

extension SignTeacher {
  /// The side of a sign on the retina, in pixels, from which on it is read without zooming.
  private static let readable = 12.0
  /// What a zoom adds to each side of a place, as a share of its side: places are a little off.
  private static let margin = 0.3
  /// The logarithm of odds from which on a crop shows the asked frame; from near, frames differ by hundreds.
  private static let certain: Float = 20
  /// Places that are worth a zoom.
  private static let places = 5

  /// The next turn of a conversation with the tool: a call, or where to read the answer.
  ///
  /// The best place for the asked frame is zoomed at while it is small on the retina or in doubt. A crop in which another frame
  /// fits better was the wrong place: the next best one is tried.
  func turn(_ question: SignQuestion, _ prompt: SignPrompt, side: Int) throws(ChatError) -> SignTurn {
    let pictures = try pictures(prompt.images.count, prompt)
    guard let full = pictures.first else { throw malformed("expected a picture, got none") }
    let sights = full.sights(question, side: side, most: Self.places) {
      reader.places(for: question, in: $0)
    }
    let crops = pictures.dropFirst().map { crop in
      (crop, crop.sights(question, side: side, most: 1) { reader.places(for: question, in: $0) }.first)
    }
    let best = crops.max { ($0.1?.score ?? -.infinity) < ($1.1?.score ?? -.infinity) }
    // One call was made for each turn of this side, whether it brought a crop or an error.
    let isFound = (best?.1?.score ?? 0) > Self.certain
    if !isFound, prompt.mayZoom, sights.indices.contains(prompt.turns) {
      let sight = sights[prompt.turns]
      let isClear = sight.box.width >= Self.readable && sight.score > Self.certain
      if !isClear || prompt.turns > 0 {
        let call = call(for: sight, question.frame, full, side: side, inPixels: prompt.zoomsInPixels)
        return .zoom("<tool_call>\(try json(call))</tool_call>")
      }
    }
    if let (picture, sight) = best, let sight { return .read(picture, sight) }
    guard let sight = sights.first else { return .read(full, SignSight(box: full.retina(side).bounds, score: 0)) }
    return .read(full, sight)
  }

  private struct Call: Encodable {
    struct Arguments: Encodable {
      var box: [Double]
      var label: String
      var picture = 0

      enum CodingKeys: String, CodingKey {
        case box = "bbox_2d"
        case label
        case picture = "img_idx"
      }
    }
    var name = ToolCall.name
    var arguments: Arguments
  }

  private func call(
    for sight: SignSight, _ frame: SignFrame, _ picture: SignPicture, side: Int, inPixels: Bool
  ) -> Call {
    let retina = ImageSize(width: side, height: side)
    let box = sight.box.expanded(by: Self.margin).clipped(to: retina)
    let shares = CoordinateSpace.perMille.express(box, in: retina)
    let size = picture.image.size
    let scale = inPixels ? (x: Double(size.width) / 1000, y: Double(size.height) / 1000) : (x: 1, y: 1)
    let edges = [shares.left * scale.x, shares.top * scale.y, shares.right * scale.x, shares.bottom * scale.y]
    return Call(arguments: .init(box: edges.map { ($0 * 10).rounded() / 10 }, label: frame.name))
  }
}
