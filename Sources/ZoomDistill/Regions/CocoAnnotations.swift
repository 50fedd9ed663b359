// Boxes from a COCO JSON file.
// Not here: other formats (Annotations.swift).
import Foundation
import Media

/// Reads `images`, `annotations` and `categories`; boxes are `[x, y, width, height]` in pixels.
///
/// Annotations with `iscrowd` cover many things at once and are skipped; segmentations are not read.
///
/// > Source: Lin et al., "Microsoft COCO: common objects in context", ECCV 2014; the format of its annotations.
struct CocoAnnotations {
  let limits: Annotations.Limits

  private struct File: Decodable {
    let images: [Picture]
    let annotations: [Annotation]
    let categories: [Category]

    enum CodingKeys: String, CodingKey { case images, annotations, categories }

    struct Picture: Decodable {
      let id: Int
      let file: String

      enum CodingKeys: String, CodingKey {
        case id
        case file = "file_name"
      }
    }

    struct Annotation: Decodable {
      let picture: Int
      let category: Int
      let box: [Double]
      let isCrowd: Bool

      enum CodingKeys: String, CodingKey {
        case picture = "image_id"
        case category = "category_id"
        case box = "bbox"
        case isCrowd = "iscrowd"
      }

      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        picture = try values.decode(Int.self, forKey: .picture)
        category = try values.decode(Int.self, forKey: .category)
        box = try values.decode([Double].self, forKey: .box)
        // Written as a number by COCO itself and as a truth value by some tools.
        if let number = try? values.decodeIfPresent(Int.self, forKey: .isCrowd) {
          isCrowd = number != 0
        } else {
          isCrowd = try values.decodeIfPresent(Bool.self, forKey: .isCrowd) ?? false
        }
      }
    }

    struct Category: Decodable {
      let id: Int
      let name: String
    }
  }

  func read(_ url: URL) throws(ZoomError) -> [String: [GivenBox]] {
    func failure(_ reason: String) -> ZoomError { .annotations(path: url.path, line: 0, reason: reason) }
    let bytes = try AnnotationFile.bytes(url, limit: limits.fileBytes)
    let file: File
    do {
      file = try JSONDecoder().decode(File.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw failure("expected COCO JSON with images, annotations and categories, got \(Self.text(error))")
    } catch {
      throw failure("expected COCO JSON, got \(error)")
    }
    guard file.annotations.count <= limits.boxes else {
      throw failure("expected at most \(limits.boxes) annotations, got \(file.annotations.count)")
    }
    var paths: [Int: String] = [:]
    for (index, picture) in file.images.enumerated() {
      guard let path = AnnotationFile.path(picture.file) else {
        throw failure("images[\(index)].file_name: expected a relative path, got '\(picture.file)'")
      }
      guard paths.updateValue(path, forKey: picture.id) == nil else {
        throw failure("images[\(index)].id: \(picture.id) stands for two pictures")
      }
    }
    var names: [Int: String] = [:]
    for (index, category) in file.categories.enumerated() {
      guard let name = AnnotationFile.name(category.name) else {
        throw failure("categories[\(index)].name: expected 1 to 200 visible characters")
      }
      guard names.updateValue(name, forKey: category.id) == nil else {
        throw failure("categories[\(index)].id: \(category.id) stands for two categories")
      }
    }
    var boxes: [String: [GivenBox]] = [:]
    for (index, annotation) in file.annotations.enumerated() where !annotation.isCrowd {
      let place = "annotations[\(index)]"
      guard let path = paths[annotation.picture] else {
        throw failure("\(place).image_id: no picture has the id \(annotation.picture)")
      }
      guard let name = names[annotation.category] else {
        throw failure("\(place).category_id: no category has the id \(annotation.category)")
      }
      let sides = annotation.box
      guard sides.count == 4,
        let box = AnnotationFile.box([sides[0], sides[1], sides[0] + sides[2], sides[1] + sides[3]])
      else {
        throw failure("\(place).bbox: expected [x, y, width, height] with sides of 0 or more, got \(sides)")
      }
      boxes[path, default: []].append(GivenBox(name: name, box: box))
    }
    return boxes
  }

  /// What the decoder says, on one line and with the place.
  private static func text(_ error: DecodingError) -> String {
    let (context, what): (DecodingError.Context, String) =
      switch error {
      case .typeMismatch(let type, let context): (context, "another type than \(type)")
      case .valueNotFound(let type, let context): (context, "null instead of \(type)")
      case .keyNotFound(let key, let context): (context, "no '\(key.stringValue)'")
      case .dataCorrupted(let context): (context, context.debugDescription)
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "\(error)")
      }
    let path = context.codingPath.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
    let detail = context.underlyingError.map { ": \($0.localizedDescription)" } ?? ""
    return (path.isEmpty ? what : "\(what) at \(path.drop { $0 == "." })") + detail
  }
}
