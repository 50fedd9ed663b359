// Boxes from a folder of Pascal VOC XML files.
// Not here: XML as such (AnnotationMarkup.swift), other formats (Annotations.swift).
import Foundation
import Media

/// Reads one XML file a picture: `filename`, and of each `object` its `name` and `bndbox`.
///
/// Corners count pixels from 1 and belong to the box, so that the box of `xmin` 1 and `xmax` 3 is three pixels wide from
/// the left edge. A picture lies beside the folder's own structure: the file `a/b.xml` with the file name `c.jpg` is
/// about `a/c.jpg`.
///
/// > Source: Everingham, Winn, "The PASCAL Visual Object Classes Challenge 2012 development kit", annotation format.
struct VocAnnotations {
  let limits: Annotations.Limits

  func read(_ folder: URL) throws(ZoomError) -> [String: [GivenBox]] {
    let root = try InputRoot(folder)
    var boxes: [String: [GivenBox]] = [:]
    var count = 0
    for name in try documents(root) {
      let (path, found) = try document(root.file(name), name: name)
      guard boxes[path] == nil else {
        throw .annotations(path: name, line: 0, reason: "'\(path)' was annotated in another file of the folder already")
      }
      boxes[path] = found
      count += found.count
      guard count <= limits.boxes else {
        throw .annotations(path: folder.path, line: 0, reason: "expected at most \(limits.boxes) boxes")
      }
    }
    return boxes
  }

  /// The XML files by name, sorted, so that errors and order do not depend on the file system.
  private func documents(_ root: InputRoot) throws(ZoomError) -> [String] {
    let folder = root.folder.resolvingSymlinksInPath()
    guard
      let walker = FileManager.default.enumerator(
        at: folder, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
    else { throw .annotations(path: folder.path, line: 0, reason: "the folder cannot be read") }
    var names: [String] = []
    for case let url as URL in walker where url.pathExtension.lowercased() == "xml" {
      let path = url.path
      if path.hasPrefix(folder.path + "/") { names.append(String(path.dropFirst(folder.path.count + 1))) }
      guard names.count <= limits.documents else {
        throw .annotations(path: folder.path, line: 0, reason: "expected at most \(limits.documents) XML files")
      }
    }
    guard !names.isEmpty else { throw .annotations(path: folder.path, line: 0, reason: "no XML file in the folder") }
    return names.sorted()
  }

  private func document(_ url: URL, name: String) throws(ZoomError) -> (path: String, boxes: [GivenBox]) {
    let root = try AnnotationMarkup.parse(
      try AnnotationFile.bytes(url, limit: limits.documentBytes), path: name)
    func failure(_ line: Int, _ reason: String) -> ZoomError { .annotations(path: name, line: line, reason: reason) }
    guard root.name == "annotation" else {
      throw failure(root.line, "expected the element 'annotation', got '\(root.name)'")
    }
    let file = try root.only("filename", path: name)
    let above = name.split(separator: "/").dropLast().joined(separator: "/")
    guard let path = AnnotationFile.path((above.isEmpty ? "" : above + "/") + file.trimmed) else {
      throw failure(file.line, "expected a relative path, got '\(file.trimmed)'")
    }
    var boxes: [GivenBox] = []
    for object in root.children where object.name == "object" {
      let label = try object.only("name", path: name)
      guard let text = AnnotationFile.name(label.trimmed) else {
        throw failure(label.line, "expected a name of 1 to 200 visible characters")
      }
      let corners = try object.only("bndbox", path: name)
      var edges: [Double] = []
      for side in ["xmin", "ymin", "xmax", "ymax"] {
        let element = try corners.only(side, path: name)
        guard let value = Double(element.trimmed), value.isFinite else {
          throw failure(element.line, "expected a number in '\(side)', got '\(element.trimmed)'")
        }
        edges.append(value)
      }
      guard let box = AnnotationFile.box([edges[0] - 1, edges[1] - 1, edges[2], edges[3]]) else {
        throw failure(corners.line, "expected corners in order, got \(edges)")
      }
      boxes.append(GivenBox(name: text, box: box))
    }
    return (path, boxes)
  }
}

extension AnnotationElement {
  /// The one child of a name.
  fileprivate func only(_ name: String, path: String) throws(ZoomError) -> AnnotationElement {
    let found = children.filter { $0.name == name }
    guard found.count == 1 else {
      throw .annotations(path: path, line: line, reason: "expected one '\(name)' in '\(self.name)', got \(found.count)")
    }
    return found[0]
  }
}
