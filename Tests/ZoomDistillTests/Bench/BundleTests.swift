// Benchmarks as files: schemas, hostile rows and paths, round trips, checks.

import Foundation
import Media
import Testing
import ZoomDistill

@Suite("Bundles")
struct BundleTests {
  @Test("both namings of columns give the same item")
  func namings() throws {
    let scratch = try BenchScratch()
    try scratch.picture("i/full.png")
    try scratch.picture("i/crop.png", width: 8, height: 8)
    try scratch.save(
      #"{"id": "q1", "query": "<image>\nWhat color?\nA. red\nB. blue", "response": "B", "image": "i/full.png", "crop_image": "i/crop.png", "bbox": [1.5, 2, 30, 40], "question_type": "Color attributes", "format": "MCQ"}"#,
      "one.jsonl")
    try scratch.save(
      "\n"
        + #"{"image": ["i/full.png"], "crop_image": {"path": "i/crop.png"}, "prompt": "What color?\n(A) red\n(B) blue\nAnswer with the letter.", "answer": "B", "bbox": "(1.5, 2, 30, 40)", "question_type": "Color attributes"}"#
        + "\n\n",
      "two.jsonl")
    var first = try scratch.read("one.jsonl").items[0]
    let second = try scratch.read("two.jsonl").items[0]
    #expect(first.placeholders == 1 && first.id == "q1" && second.id == "row-1")
    (first.id, first.placeholders) = (second.id, 0)
    #expect(first == second)
    #expect(first.question == "What color?" && first.options == ["red", "blue"] && first.dimension == .color)
    #expect(first.box == BoundingBox(left: 1.5, top: 2, right: 30, bottom: 40) && first.answerText == "blue")
  }

  @Test("VLMEvalKit's table: quoted cells, base64, pictures shared by index")
  func table() throws {
    let scratch = try BenchScratch()
    try scratch.picture("p.png", width: 200, height: 100)
    var noise = [UInt8](repeating: 0, count: 30 * 30 * 3)
    for index in noise.indices { noise[index] = UInt8(truncatingIfNeeded: index &* 7919) }
    let image = Image(size: ImageSize(width: 30, height: 30), format: .rgb, pixels: noise)
    let base64 = Data(try ImageFile.encode(image, as: .png(level: 0))).base64EncodedString()
    try scratch.save(
      "\u{FEFF}index\timage\tquestion\tA\tB\tanswer\tcategory\r\n"
        + "0\t\(base64)\t\"say \"\"hi\"\"\tnow\nplease\"\tred\tblue\tA\tocr\r\n"
        + "1\t0\tshared?\t\tnan\tyes\tcounting\r\n",
      "t.tsv")
    #expect(throws: BenchError.self) { try scratch.read("t.tsv") }
    let bundle = try scratch.read("t.tsv", unpacking: scratch.url.appending(path: "out"))
    #expect(bundle.items.map(\.question) == ["say \"hi\"\tnow\nplease", "shared?"])
    #expect(bundle.items[0].image == bundle.items[1].image && bundle.items[0].image.hasPrefix("images/"))
    #expect(bundle.items[0].options == ["red", "blue"] && bundle.items[1].format == .open)
    #expect(try bundle.folder.bytes(bundle.items[0].image) == ImageFile.encode(image, as: .png(level: 0)))
    try scratch.save("index\timage_path\tquestion\tanswer\n7\tp.png\thow many?\t3\n", "paths.tsv")
    #expect(try scratch.read("paths.tsv").items[0].image == "p.png")
  }

  @Test("what is written reads back the same, with the same hash, in both forms")
  func roundTrip() throws {
    let scratch = try BenchScratch()
    var bundle = try scratch.bundle(8)
    bundle.items[1].box = BoundingBox(
      left: 31.031663178820484, top: 0.1, right: 44.74399977572666, bottom: 41.13134629047937)
    bundle.items[2].license = "CC-BY-4.0"
    let hash = try bundle.hash()
    let written = try BundleWriter.write(bundle, to: scratch.url.appending(path: "copy"))
    #expect(try written.hash() == hash)
    let read = try scratch.read("copy")
    #expect(read.items == written.items)
    #expect(try read.hash() == hash)
    try BundleWriter.writeTSV(bundle, to: scratch.url.appending(path: "table.tsv"))
    let table = try scratch.read("table.tsv", unpacking: scratch.url.appending(path: "unpacked"))
    #expect(table.items.map(\.question) == bundle.items.map(\.question))
    #expect(table.items.map(\.answer) == bundle.items.map(\.answer))
    #expect(table.items.map(\.options) == bundle.items.map(\.options))
    bundle.items[0].answer = "A"
    #expect(try bundle.hash() != hash)
  }

  @Test(
    "malformed rows are errors with their line",
    arguments: [
      "not json", "[1, 2]", "{}", #"{"query": "q", "response": "a"}"#, #"{"query": "q", "image": "a.png"}"#,
      #"{"query": "", "response": "a", "image": "a.png"}"#,
      #"{"query": "q", "prompt": "r", "response": "a", "image": "a.png"}"#,
      #"{"query": "q", "response": "a", "image": "a.png", "bbox": [1, 2, 3]}"#,
      #"{"query": "q", "response": "a", "image": "a.png", "bbox": [1, 2, 3, true]}"#,
      #"{"query": "q", "response": "a", "image": "a.png", "bbox": "1,2,3,1e400"}"#,
      #"{"query": "q", "response": "a", "image": "a.png", "format": "essay"}"#,
      #"{"query": "q", "response": "a", "image": "a.png", "options": "A,B"}"#,
      #"{"query": "q\nA. x\nB. y", "response": "a", "image": "a.png", "options": ["x", "z"]}"#,
      #"{"query": {"a": 1}, "response": "a", "image": "a.png"}"#,
      #"{"query": "q", "response": "a", "image": ["a", "b"]}"#,
    ])
  func malformed(row: String) throws {
    let scratch = try BenchScratch()
    try scratch.save(#"{"query": "q", "response": "a", "image": "a.png"}"# + "\n" + row + "\n", "bad.jsonl")
    let error = #expect(throws: BenchError.self) { try scratch.read("bad.jsonl") }
    #expect(error?.description.contains("bad.jsonl', line 2") == true, "\(String(describing: error))")
  }

  @Test("damaged tables, repeated ids, empty and unknown files are errors")
  func damaged() throws {
    let scratch = try BenchScratch()
    let cases: [(String, String)] = [
      ("open.tsv", "index\tquestion\n1\t\"no end"), ("columns.tsv", "index\tquestion\n1\tx\ty\n"),
      ("twice.tsv", "index\tindex\n1\t2\n"), ("after.tsv", "a\tb\n\"x\"y\tz\n"), ("empty.jsonl", "\n\n"),
      ("empty.tsv", ""), ("kind.csv", "a,b\n"),
      (
        "ids.jsonl",
        String(repeating: #"{"id": "x", "query": "q", "response": "a", "image": "a.png"}"# + "\n", count: 2)
      ),
      ("base64.tsv", "index\timage\tquestion\tanswer\n1\t\(String(repeating: "A", count: 1000))\tq\ta\n"),
    ]
    for (name, text) in cases {
      try scratch.save(text, name)
      #expect(throws: BenchError.self, "\(name)") {
        try scratch.read(name, unpacking: scratch.url.appending(path: "out"))
      }
    }
    try scratch.save(Data([0x61, 0x09, 0x62, 0x0A, 0xFF, 0xFE, 0x09, 0x63]), "bytes.tsv")
    #expect(throws: BenchError.self) { try scratch.read("bytes.tsv") }
    #expect(throws: BenchError.self) { try scratch.read("missing.jsonl") }
  }

  @Test("paths never leave the folder")
  func paths() throws {
    let outside = try BenchScratch()
    try outside.picture("secret.png")
    let scratch = try BenchScratch()
    try scratch.picture("in/a.png")
    try FileManager.default.createSymbolicLink(
      at: scratch.url.appending(path: "link.png"), withDestinationURL: outside.url.appending(path: "secret.png"))
    try FileManager.default.createSymbolicLink(
      at: scratch.url.appending(path: "folder"), withDestinationURL: outside.url)
    try FileManager.default.createSymbolicLink(
      at: scratch.url.appending(path: "inside.png"), withDestinationURL: scratch.url.appending(path: "in/a.png"))
    let folder = BenchFolder(scratch.url)
    for path in [
      "", "in", "in/../in/a.png", "../\(outside.url.lastPathComponent)/secret.png", outside.url.path + "/secret.png",
      "~/x",
      "link.png", "folder/secret.png", "missing.png", "a\u{0}.png", "in\\a.png", String(repeating: "x", count: 2000),
    ] {
      #expect(throws: BenchError.self, "\(path)") { try folder.bytes(path) }
    }
    #expect(try folder.bytes("in/a.png") == folder.bytes("inside.png"))
  }

  @Test("verify names every kind of mistake, and nothing in a sound bundle")
  func verify() throws {
    let scratch = try BenchScratch()
    var bundle = try scratch.bundle(10)
    #expect(bundle.problems().isEmpty)
    bundle.items[0].image = "gone.png"
    bundle.items[1].box = BoundingBox(left: 60, top: 8, right: 66, bottom: 20)
    bundle.items[2].answer = "D"
    bundle.items[4].options = ["red", "Blue", "blue."]
    bundle.items[5].placeholders = 2
    bundle.items[6].options = ["red"]
    bundle.items[7].answer = " "
    bundle.items[8].box = BoundingBox(left: 9, top: 9, right: 9, bottom: 12)
    bundle.items[9].crop = "damaged.png"
    try scratch.save(Data(try bundle.folder.bytes("a.png").prefix(40)), "damaged.png")
    let problems = Dictionary(grouping: bundle.problems(), by: \.id)
    #expect(Set(problems.keys) == Set([0, 1, 2, 4, 5, 6, 7, 8, 9].map { "item-\($0)" }), "\(problems)")
  }

  @Test("the benchmark of signs is the same bundle for the same seed")
  func signs() throws {
    let scratch = try BenchScratch()
    let first = try #require(
      try BundleWriter.write(SignBenchmark(seed: 4, count: 7), to: scratch.url.appending(path: "one")))
    let second = try #require(
      try BundleWriter.write(SignBenchmark(seed: 4, count: 7), to: scratch.url.appending(path: "two")))
    #expect(try first.hash() == second.hash())
    #expect(try first.hash() == scratch.read("one").hash())
    #expect(first.problems().isEmpty)
    let other = try BundleWriter.write(SignBenchmark(seed: 5, count: 7), to: scratch.url.appending(path: "three"))
    #expect(try first.hash() != other?.hash())
  }
}
