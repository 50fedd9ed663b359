// Checks of a benchmark that need more than one row, or its pictures.
// Not here: the form of rows (BundleReader.swift).

import Foundation
import Media

/// Something wrong with an item.
public struct BundleProblem: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The item.
  public var id: String
  /// What is wrong: expected, and got.
  public var text: String

  /// The item and what is wrong.
  public var description: String { "\(id): \(text)" }
}

extension BenchBundle {
  /// Everything that is wrong with the items: pictures that are missing, damaged or out of bounds, boxes outside their
  /// picture or without area, letters without an option, options that say the same, wrong numbers of placeholders.
  ///
  /// - Parameter progress: told after each item.
  public func problems(progress: (_ done: Int) -> Void = { _ in }) -> [BundleProblem] {
    var problems: [BundleProblem] = []
    var sizes: [String: Result<ImageSize, BenchError>] = [:]
    let placeholders = items.map(\.placeholders).min() ?? 0
    for (index, item) in items.enumerated() {
      func report(_ text: String) { problems.append(BundleProblem(id: item.id, text: text)) }
      switch size(item.image, &sizes) {
      case .failure(let error): report("image: \(error)")
      case .success(let size):
        if let box = item.box, let text = Self.objection(to: box, in: size) { report(text) }
      }
      if !item.crop.isEmpty, case .failure(let error) = size(item.crop, &sizes) { report("crop: \(error)") }
      if item.placeholders != placeholders || item.placeholders > 1 {
        report("query: expected \(min(placeholders, 1)) <image>, as in the other rows, got \(item.placeholders)")
      }
      for text in Self.objections(to: item) { report(text) }
      progress(index + 1)
    }
    return problems
  }

  private func size(
    _ path: String, _ known: inout [String: Result<ImageSize, BenchError>]
  ) -> Result<ImageSize, BenchError> {
    if let size = known[path] { return size }
    let result: Result<ImageSize, BenchError>
    do throws(BenchError) {
      let bytes = try folder.bytes(path)
      do {
        result = .success(try ImageFile.decode(bytes, place: path, limits: BenchFolder.imageLimits).size)
      } catch {
        result = .failure(.unreadable(path: path, reason: "\(error)"))
      }
    } catch {
      result = .failure(error)
    }
    known[path] = result
    return result
  }

  private static func objection(to box: BoundingBox, in size: ImageSize) -> String? {
    guard box.width > 0 && box.height > 0 else {
      return "bbox: expected positive sides, got \(box.width) x \(box.height)"
    }
    // Half a pixel of rounding is no mistake.
    let whole = BoundingBox(left: -0.5, top: -0.5, right: Double(size.width) + 0.5, bottom: Double(size.height) + 0.5)
    guard box.left >= whole.left, box.top >= whole.top, box.right <= whole.right, box.bottom <= whole.bottom else {
      return "bbox: expected a box inside of \(size.width) x \(size.height), got "
        + "[\(box.left), \(box.top), \(box.right), \(box.bottom)]"
    }
    return nil
  }

  private static func objections(to item: BenchItem) -> [String] {
    guard item.format == .choice else {
      return AnswerNormalization.form(of: item.answer).isEmpty ? ["answer: expected a text, got blanks"] : []
    }
    var texts: [String] = []
    if item.options.count < 2 { texts.append("options: expected two or more, got \(item.options.count)") }
    if item.key.correctOption == nil {
      texts.append("answer: expected the letter or the text of one option, got '\(item.answer.prefix(40))'")
    }
    var forms: [String: Int] = [:]
    for (index, option) in item.options.enumerated() {
      let form = AnswerNormalization.form(of: option)
      if form.isEmpty { texts.append("option \(AnswerKey.letter(index)): expected a text, got blanks") }
      if let earlier = forms.updateValue(index, forKey: form) {
        texts.append(
          "options: \(AnswerKey.letter(earlier)) and \(AnswerKey.letter(index)) both say '\(form.prefix(40))'")
      }
    }
    return texts
  }
}
