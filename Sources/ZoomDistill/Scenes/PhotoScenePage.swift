// A page that shows photographic scenes: the whole with boxes, and each thing at full size with question and answer.
// Not here: the folder they lie in (PhotoSceneFolder.swift), reports as such (Lab).

import Foundation
public import Lab
import Media

/// Scenes as a report.
public struct PhotoScenePage: Sendable {
  private let total: [PhotoSceneTruth]
  private let scenes: [(truth: PhotoSceneTruth, image: Image)]

  /// The longer side of a whole scene on the page, and of a thing, in pixels.
  private static let sceneSide = 1280
  private static let thingSide = 320

  /// A page.
  ///
  /// - Parameters:
  ///   - folder: where the scenes are.
  ///   - ids: which scenes are shown.
  /// - Throws: ``SignFolderError`` for a folder without truth, or without one of the scenes; `ImageError`.
  public init(_ folder: PhotoSceneFolder, ids: [String]) throws {
    total = try folder.truths()
    var known: [String: PhotoSceneTruth] = [:]
    for truth in total { known[truth.id] = truth }
    scenes = try ids.map { id in
      guard let truth = known[id] else {
        throw SignFolderError.folder(
          path: folder.url.relativePath, problem: "expected scene '\(id)', got none of this name.")
      }
      let image = try ImageFile.read(folder.picture(id))
      guard image.size == truth.size else {
        throw SignFolderError.folder(
          path: folder.url.relativePath, problem: "expected \(truth.size) in the picture '\(id)', got \(image.size).")
      }
      return (truth, image)
    }
  }

  /// The page.
  ///
  /// - Throws: `ImageError` where a picture cannot be encoded.
  public func report() throws -> Report {
    var report = Report(
      title: "Photographic scenes", subtitle: "\(scenes.count) of \(total.count) scenes, with the truth about them")
    report.append(.table(dimensions))
    for (truth, image) in scenes {
      report.append(.heading("\(truth.id), \(truth.size.width) x \(truth.size.height)"))
      report.append(
        .figure(
          .init(
            .svg(try Self.drawing(truth, image)),
            caption: "Green: asked about. Blue: the name appears twice. Gray: nobody asks.")))
      report.append(.gallery(try truth.things.filter { !$0.questions.isEmpty }.map { try Self.detail($0, image) }))
      report.append(.details("Origin of \(truth.id)", [.list(truth.assets.map { RichText($0.credit) })]))
    }
    return report
  }

  private var dimensions: Table {
    let things = total.flatMap { scene in scene.things.map { ($0, $0.box.area / Double(scene.size.area)) } }
    func percent(_ share: Double) -> Table.Cell { .number(100 * share, decimals: 3) }
    return Table(
      columns: [
        .text("dimension"), .number("things"), .number("named twice"), .number("least area (%)"),
        .number("median (%)"), .number("most (%)"),
      ],
      rows: Dimension.allCases.compactMap { dimension in
        let part = things.filter { $0.0.content.dimension == dimension }
        let areas = part.map(\.1).sorted()
        guard let least = areas.first, let most = areas.last else { return nil }
        return [
          Table.Cell(RichText(dimension.rawValue)), .integer(part.count), .integer(part.count { $0.0.isDuplicate }),
          percent(least), percent(areas[areas.count / 2]), percent(most),
        ]
      })
  }

  /// A JPEG as it stands in a page.
  private static func embedded(_ image: Image) throws -> String {
    "data:image/jpeg;base64,\(Data(try ImageFile.encode(image, as: .jpeg(quality: 85))).base64EncodedString())"
  }

  private static func reduced(_ image: Image, _ side: Int) -> Image {
    let factor = Double(side) / Double(max(image.width, image.height))
    guard factor < 1 else { return image }
    func length(_ pixels: Int) -> Int { max(1, Int((Double(pixels) * factor).rounded())) }
    return image.resized(to: ImageSize(width: length(image.width), height: length(image.height)))
  }

  private static func color(_ thing: PhotoThing) -> String {
    thing.questions.isEmpty ? "#757575" : thing.isDuplicate ? "#1565c0" : "#2e7d32"
  }

  private static func drawing(_ truth: PhotoSceneTruth, _ image: Image) throws -> String {
    let (width, height) = (truth.size.width, truth.size.height)
    let line = Double(max(width, height)) / 500
    func text(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(sceneSide)" role="img">
      <image width="\(width)" height="\(height)" href="\(try embedded(reduced(image, sceneSide)))"/>

      """
    for thing in truth.things {
      let box = thing.box
      svg += """
        <rect x="\(text(box.left - line))" y="\(text(box.top - line))" width="\(text(box.width + 2 * line))" \
        height="\(text(box.height + 2 * line))" fill="none" stroke="\(color(thing))" stroke-width="\(text(line))"/>

        """
    }
    return svg + "</svg>"
  }

  /// A thing with a little around it, at most at its own size.
  private static func detail(_ thing: PhotoThing, _ image: Image) throws -> Report.Figure {
    let part = thing.box.expanded(by: 0.08).pixels(in: image.size, rounding: .outward)
    let crop = reduced(image.cropped(to: part), thingSide)
    let question = thing.questions.first.map { "\($0.texts[0]) \($0.answer)" } ?? thing.name
    return .init(
      .image(Data(try ImageFile.encode(crop, as: .png(strategy: .runs))), mediaType: "image/png"),
      caption: question + (thing.isDuplicate ? " (named twice)" : ""))
  }
}
