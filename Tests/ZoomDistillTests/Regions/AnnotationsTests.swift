// Annotation files of three formats: what is read, and what is refused with which line.
// Not here: the filters that boxes go through afterwards.

import Foundation
import Media
import Testing
import ZoomDistill

/// Files of each format without damage.
private enum Sound {
  static let coco: String = """
    {"info": {"year": 2017}, "licenses": [],
     "images": [{"id": 7, "file_name": "a/one.jpg", "width": 640, "height": 480}, {"id": 9, "file_name": "./two.png"}],
     "categories": [{"id": 3, "name": "traffic light", "supercategory": "outdoor"}, {"id": 1, "name": "dog"}],
     "annotations": [
       {"id": 1, "image_id": 7, "category_id": 3, "bbox": [10.5, 20, 30, 40.25], "iscrowd": 0, "segmentation": [[1, 2]]},
       {"id": 2, "image_id": 7, "category_id": 1, "bbox": [0, 0, 5, 5], "iscrowd": 1, "segmentation": {"counts": [3]}},
       {"id": 3, "image_id": 9, "category_id": 1, "bbox": [1, 2, 0, 4]},
       {"id": 4, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": false}]}
    """

  static let voc: String = """
    <?xml version="1.0" encoding="utf-8"?>
    <!-- made by hand -->
    <annotation verified='yes'>
      <folder>VOC</folder>
      <filename> street &amp; sign.jpg </filename>
      <size><width>500</width><height>375</height><depth>3</depth></size>
      <object>
        <name>traffic &#x6c;ight</name><difficult>0</difficult>
        <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4.5</ymax></bndbox>
        <part><name>lamp</name><bndbox><xmin>0</xmin></bndbox></part>
      </object>
      <object><name>dog</name><bndbox><ymax>8</ymax><xmax>9</xmax><ymin>6</ymin><xmin>5</xmin></bndbox></object>
      <segmented/>
    </annotation>

    """

  static let header: String = "path,name,x1,y1,x2,y2\n"
}

@Suite("Annotations")
struct AnnotationsTests {
  private let folder: ZoomTestFolder

  /// What a test expects of a box.
  private struct Named: Equatable {
    var name: String
    var box: BoundingBox
  }

  private func read(_ url: URL, _ annotations: Annotations = Annotations()) throws -> [String: [Named]] {
    try annotations.read(url).mapValues { $0.map { Named(name: $0.name, box: $0.box) } }
  }

  init() throws { folder = try ZoomTestFolder() }

  private func box(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> BoundingBox {
    BoundingBox(left: left, top: top, right: right, bottom: bottom)
  }

  /// (line, reason) of the error, or nil where there is none.
  private func failure(_ url: URL, _ annotations: Annotations = Annotations()) -> (line: Int, reason: String)? {
    do {
      _ = try annotations.read(url)
      return nil
    } catch {
      guard case .annotations(_, let line, let reason) = error else { return (-1, "\(error)") }
      return (line, reason)
    }
  }

  // MARK: COCO

  @Test("COCO: sides become edges, crowds are left out, order stays")
  func coco() throws {
    let boxes = try read(try folder.write(Sound.coco, "instances.JSON"))
    #expect(
      boxes == [
        "a/one.jpg": [
          Named(name: "traffic light", box: box(10.5, 20, 40.5, 60.25)), Named(name: "dog", box: box(1, 2, 4, 6)),
        ],
        "two.png": [Named(name: "dog", box: box(1, 2, 1, 6))],
      ])
  }

  @Test(
    "COCO: damage is refused and named",
    arguments: [
      ("{", "expected COCO JSON"), ("[]", "expected COCO JSON"), ("{\"images\": []}", "annotations"),
      ("", "expected COCO JSON"),
      (Sound.coco.replacing("\"image_id\": 9", with: "\"image_id\": 8"), "annotations[2].image_id"),
      (Sound.coco.replacing("\"category_id\": 3", with: "\"category_id\": 30"), "annotations[0].category_id"),
      (Sound.coco.replacing("[1, 2, 0, 4]", with: "[1, 2, -1, 4]"), "annotations[2].bbox"),
      (Sound.coco.replacing("[1, 2, 0, 4]", with: "[1, 2, 4]"), "annotations[2].bbox"),
      (Sound.coco.replacing("[1, 2, 0, 4]", with: "[1e308, 2, 1e308, 4]"), "annotations[2].bbox"),
      (Sound.coco.replacing("[1, 2, 0, 4]", with: "[1, 2, \"4\", 4]"), "annotations[2].bbox"),
      (Sound.coco.replacing("a/one.jpg", with: "../one.jpg"), "images[0].file_name"),
      (Sound.coco.replacing("a/one.jpg", with: "/etc/one.jpg"), "images[0].file_name"),
      (Sound.coco.replacing("\"id\": 9", with: "\"id\": 7"), "images[1].id"),
      (Sound.coco.replacing("\"id\": 1, \"name\"", with: "\"id\": 3, \"name\""), "categories[1].id"),
      (Sound.coco.replacing("\"dog\"", with: "\" \\n \""), "categories[1].name"),
      (String(repeating: "[", count: 100_000), "expected COCO JSON"),
    ])
  func cocoDamage(text: String, part: String) throws {
    let problem = try #require(failure(try folder.write(text, "a.json")), "\(text.prefix(80))")
    let reason = problem.reason.replacing("annotations.[2].bbox", with: "annotations[2].bbox")
    #expect(problem.line == 0 && reason.contains(part), "\(problem.reason)")
  }

  // MARK: Pascal VOC

  @Test("VOC: corners are pixels from 1, folders stay, parts do not count")
  func voc() throws {
    try folder.write(Sound.voc, "voc/train/a.xml")
    try folder.write(Sound.voc.replacing("street &amp; sign.jpg", with: "b.png"), "voc/b.XML")
    try folder.write("<annotation><filename>empty.png</filename></annotation>", "voc/c.xml")
    try folder.write("no annotation", "voc/readme.txt")
    let boxes = try read(folder.url.appending(path: "voc"))
    let expected = [
      Named(name: "traffic light", box: box(0, 1, 3, 4.5)), Named(name: "dog", box: box(4, 5, 9, 8)),
    ]
    #expect(boxes == ["train/street & sign.jpg": expected, "b.png": expected, "empty.png": []])
  }

  @Test(
    "VOC: damage is refused with its line",
    arguments: [
      (Sound.voc.replacing("<!-- made by hand -->", with: "<!DOCTYPE a [<!ENTITY x \"y\">]>"), 2, "document types"),
      (
        Sound.voc.replacing("<!-- made by hand -->", with: "<!DOCTYPE a SYSTEM \"http://x/y.dtd\">"), 2,
        "document types"
      ),
      (Sound.voc.replacing("&amp;", with: "&lol;"), 5, "entities are refused"),
      (Sound.voc.replacing("&amp;", with: "&"), 5, "reference"),
      (Sound.voc.replacing("&#x6c;", with: "&#0;"), 8, "entities"),
      (Sound.voc.replacing("&#x6c;", with: "&#x110000;"), 8, "entities"),
      (Sound.voc.replacing("<segmented/>", with: "<segmented>"), 14, "expected '</segmented>'"),
      (Sound.voc.replacing("<segmented/>", with: "<![CDATA[x]]>"), 13, "expected an element or text"),
      (Sound.voc.replacing("<segmented/>", with: "<seg mented/>"), 13, "expected '='"),
      (Sound.voc.replacing("<segmented/>", with: "<seg a=\"x<y\"/>"), 13, "quoted value"),
      (Sound.voc.replacing("<segmented/>", with: "<!-- "), 13, "expected '-->'"),
      (Sound.voc.replacing("<xmin>1<", with: "<xmin>one<"), 9, "expected a number in 'xmin'"),
      (Sound.voc.replacing("<xmin>1<", with: "<xmin>nan<"), 9, "expected a number in 'xmin'"),
      (Sound.voc.replacing("<xmin>1<", with: "<xmin>11<"), 9, "corners in order"),
      (Sound.voc.replacing("<xmin>1</xmin>", with: ""), 9, "expected one 'xmin'"),
      (Sound.voc.replacing("<filename>", with: "<filename>../"), 5, "expected a relative path"),
      (Sound.voc.replacing("<name>dog</name>", with: "<name> </name>"), 12, "expected a name"),
      (Sound.voc.replacing("<name>dog</name>", with: "<name>a</name><name>b</name>"), 12, "expected one 'name'"),
      (Sound.voc.replacing("annotation", with: "annotations"), 3, "expected the element 'annotation'"),
      (Sound.voc + "<more/>", 15, "expected the end"), ("", 1, "expected an element"),
      ("text", 1, "expected an element"),
      (String(repeating: "<a>", count: 60), 1, "within each other"),
      ("<annotation>" + String(repeating: "<a/>", count: 200_001), 1, "elements"),
    ])
  func vocDamage(text: String, line: Int, part: String) throws {
    try folder.write(text, "voc/a.xml")
    let voc = folder.url.appending(path: "voc")
    let problem = try #require(failure(voc), "\(text.prefix(80))")
    #expect(problem.line == line && problem.reason.contains(part), "\(problem)")
  }

  @Test("VOC: other text than UTF-8, two files about one picture, links out of the folder, and no file")
  func vocFolders() throws {
    let voc = folder.url.appending(path: "voc")
    try folder.write(Data([0x3C, 0x61, 0xFF, 0xFE]), "voc/a.xml")
    #expect(failure(voc)?.reason.contains("UTF-8") == true)
    try folder.write(Sound.voc, "voc/a.xml")
    try folder.write(Sound.voc, "voc/b.xml")
    #expect(failure(voc)?.reason.contains("already") == true)
    try folder.write(Sound.voc, "elsewhere.xml")
    try FileManager.default.removeItem(at: voc.appending(path: "b.xml"))
    try FileManager.default.createSymbolicLink(
      at: voc.appending(path: "b.xml"), withDestinationURL: folder.url.appending(path: "elsewhere.xml"))
    #expect(failure(voc)?.reason.contains("leads out") == true)
    try FileManager.default.createDirectory(at: folder.url.appending(path: "none"), withIntermediateDirectories: true)
    #expect(failure(folder.url.appending(path: "none"))?.reason.contains("no XML file") == true)
  }

  // MARK: CSV

  @Test("CSV: any order of columns, quotes, both line ends, three spaces")
  func table() throws {
    let text =
      "\u{FEFF}name,path,x1,y1,x2,y2,space\r\n\"a \"\"big\"\", red\ndog\",one.png,1,2,3.5,4,\r\n"
      + "cat, a/two.png ,0.1,0.2,0.5,1,unit\ncat,a/two.png,100,0,1000,500,PerMille\n\ncat,one.png,5,5,5,6,pixels"
    let annotations = Annotations { $0 == "a/two.png" ? ImageSize(width: 200, height: 100) : nil }
    let boxes = try read(try folder.write(text, "a.csv"), annotations)
    #expect(
      boxes["one.png"] == [
        Named(name: "a \"big\", red dog", box: box(1, 2, 3.5, 4)), Named(name: "cat", box: box(5, 5, 5, 6)),
      ])
    let two = try #require(boxes["a/two.png"])
    for (got, expected) in zip(two, [box(20, 20, 100, 100), box(20, 0, 200, 50)]) {
      #expect(abs(got.box.left - expected.left) + abs(got.box.top - expected.top) < 1e-9, "\(got)")
      #expect(abs(got.box.right - expected.right) + abs(got.box.bottom - expected.bottom) < 1e-9, "\(got)")
    }
    #expect(boxes.count == 2 && two.count == 2)
  }

  @Test(
    "CSV: damage is refused with its line",
    arguments: [
      ("", 1, "expected a header"), ("path,name,x1,y1,x2\n", 1, "a column 'y2'"),
      ("path,name,x1,y1,x2,y2,lable\n", 1, "got 'lable'"), ("path,path,name,x1,y1,x2,y2\n", 1, "twice"),
      (Sound.header + "a.png,dog,1,2,3\n", 2, "expected 6 fields, got 5"),
      (Sound.header + "a.png,dog,1,2,3,4\na.png,dog,1,2,3,4,5\n", 3, "got 7"),
      (Sound.header + "a.png,\"d\no\ng\",1,2,3,4\na.png,dog,x,2,3,4\n", 5, "x1: expected a number"),
      (Sound.header + "a.png,dog,inf,2,3,4\n", 2, "x1: expected a number"),
      (Sound.header + "a.png,dog,4,2,3,4\n", 2, "expected x1 <= x2"),
      (Sound.header + "../a.png,dog,1,2,3,4\n", 2, "relative path"),
      (Sound.header + "/a.png,dog,1,2,3,4\n", 2, "relative path"), (Sound.header + "a.png,,1,2,3,4\n", 2, "name"),
      (Sound.header + "a.png,\"dog,1,2,3,4\n", 2, "not closed"),
      (Sound.header + "a.png,\"dog\"s,1,2,3,4\n", 2, "expected a comma"),
      (Sound.header + "a.png,do\"g,1,2,3,4\n", 2, "quotation mark"),
      (Sound.header.replacing("y2\n", with: "y2,space\n") + "a.png,dog,1,2,3,4,cells\n", 2, "space: expected pixels"),
      (Sound.header.replacing("y2\n", with: "y2,space\n") + "a.png,dog,0,0,1,1,unit\n", 2, "needs the size"),
      (Sound.header + "a.png," + String(repeating: "d", count: 70_000) + ",1,2,3,4\n", 2, "at most 65536 bytes"),
    ])
  func tableDamage(text: String, line: Int, part: String) throws {
    let problem = try #require(failure(try folder.write(text, "a.csv")), "\(text.prefix(80))")
    #expect(problem.line == line && problem.reason.contains(part), "\(problem)")
  }

  @Test("other files, missing ones and large ones are refused")
  func others() throws {
    #expect(failure(try folder.write("x", "a.txt"))?.reason.contains("'.txt'") == true)
    #expect(failure(folder.url.appending(path: "nothing.csv"))?.reason.contains("no such file") == true)
    var limits = Annotations.Limits()
    limits.fileBytes = 30
    let long = try folder.write(Sound.header + "a.png,dog,1,2,3,4\n", "a.csv")
    #expect(failure(long, Annotations(limits: limits)) != nil)
    limits = Annotations.Limits()
    limits.boxes = 1
    let two = try folder.write(Sound.header + "a.png,dog,1,2,3,4\nb.png,dog,1,2,3,4\n", "b.csv")
    #expect(failure(two, Annotations(limits: limits))?.line == 3)
  }
}
