// The words of pictures whose text is known, as lists of pictures carry them.
// Not here: questions about words (WordQuestion.swift), the pictures of a build (ImageListing.swift).

package import Foundation
package import Media

/// A word of a picture as it is.
package struct PictureWord: Hashable, Sendable {
  /// The word with its marks.
  package let text: String
  /// Its box in pixels of the picture.
  package let box: BoundingBox

  package init(_ text: String, _ box: BoundingBox) {
    self.text = text
    self.box = box
  }

  /// The word without the marks at its ends; as it is where it has nothing else.
  package var bare: String {
    let bare = text.trimmingCharacters(in: CharacterSet.alphanumerics.inverted)
    return bare.isEmpty ? text : bare
  }

  /// What two spellings of one word have in common: case and marks at the ends do not count.
  var form: String { bare.lowercased() }
}

/// A picture whose words are known. A build never reads this: it is for scoring and for questions with exact answers.
package struct WordedPicture: Hashable, Sendable {
  /// The picture, from the folder of its list.
  package let path: String
  /// Its words in reading order.
  package let words: [PictureWord]
  /// Its licence; `unknown` where the list does not tell.
  package let licence: String
  /// Where it comes from; empty where the list does not tell.
  package let origin: String

  package init(path: String, words: [PictureWord], licence: String, origin: String) {
    self.path = path
    self.words = words
    self.licence = licence
    self.origin = origin
  }

  private struct Line: Decodable {
    let path, file, licence, origin, source: String?
    let author: String?
    let words: [Word]?

    struct Word: Decodable {
      let text: String
      let box: [Double]
    }
  }

  /// The pictures of a list that carry `words`: objects with `text` and a `box` of left, top, right and bottom in
  /// pixels, in reading order. Lines without words are left out.
  ///
  /// - Throws: ``ZoomError/source(path:reason:)`` naming the line.
  package static func list(_ file: URL) throws(ZoomError) -> [WordedPicture] {
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw .source(path: file.relativePath, reason: "expected a file of JSON lines")
    }
    var pictures: [WordedPicture] = []
    for (number, bytes) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where !bytes.isEmpty {
      func refused(_ reason: String) -> ZoomError {
        .source(path: file.relativePath, reason: "line \(number + 1): \(reason)")
      }
      guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)), let path = line.path ?? line.file
      else { throw refused("expected an object with 'path', and 'words' of 'text' and 'box', got something else") }
      guard let words = line.words else { continue }
      for word in words {
        let box = word.box
        guard box.count == 4, box.allSatisfy(\.isFinite), box[0] <= box[2], box[1] <= box[3] else {
          throw refused("expected the box of '\(word.text.prefix(40))' as left, top, right, bottom, got \(box)")
        }
      }
      let origin = [line.author, line.origin ?? line.source].compactMap(\.self).joined(separator: ", ")
      pictures.append(
        WordedPicture(
          path: path,
          words: words.map {
            PictureWord($0.text, BoundingBox(left: $0.box[0], top: $0.box[1], right: $0.box[2], bottom: $0.box[3]))
          }, licence: line.licence ?? "unknown", origin: origin))
    }
    return pictures
  }
}
