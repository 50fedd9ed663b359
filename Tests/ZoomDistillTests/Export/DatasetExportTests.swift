// Datasets on disk: every row leads to its picture, splits do not share pictures, and bytes repeat.
// Not here: archives (TarWriterTests.swift).
import Foundation
import Lab
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Datasets")
struct DatasetExportTests {
  private func rows(_ root: URL, _ path: String) throws -> [[String: Any]] {
    try String(contentsOf: root.appending(path: path), encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test("tables, pictures, splits and shards agree", arguments: TrainingView.allCases)
  func layouts(view: TrainingView) async throws {
    try await BuildFixture.withFolder { folder in
      let pictures = try BuildFixture.pictures(6, in: folder)
      // A name that no tool knows; its content is a PNG all the same.
      try FileManager.default.moveItem(
        at: pictures.appending(path: "p1.png"), to: pictures.appending(path: "p1.\(String(repeating: "Ü", count: 60))"))
      let names = try FileManager.default.contentsOfDirectory(atPath: pictures.path)
      let list = pictures.appending(path: "list.jsonl")
      try Data(
        names.map { "{\"path\": \(ScriptedAnswer.quoted($0)), \"licence\": \"CC\\tBY\"}" }.joined(separator: "\n").utf8
      )
      .write(to: list)
      let server = try TeacherServer()
      var config = BuildFixture.config(server, pictures: pictures)
      config.images.source = .list(path: list.path)
      config.export.view = view
      config.export.shardItems = 4
      let (build, _, summary) = try await BuildFixture.build(config, folder.appending(path: "out"))
      let root = build.context.folder.export
      let items = try build.context.exportRows()
      #expect(items.count == summary.items.values.reduce(0, +) && items.count > 8)
      #expect(Set(items.map(\.source.path)).contains { $0.contains("Ü") })

      var splits: [String: Set<String>] = [:]
      for item in items {
        splits[item.source.path, default: []].insert(item.split)
        #expect(item.options.count == 4 && Set(item.options).count == 4)
        #expect(item.letter == ["A", "B", "C", "D"][item.options.firstIndex(of: item.answer) ?? 0])
        #expect(item.prompt.hasSuffix(FilterStage.boxHint) == item.boxed)
        let image = try ImageFile.read(root.appending(path: item.image))
        #expect(image.size == ImageSize(width: item.width, height: item.height))
        let crop = try ImageFile.read(root.appending(path: item.crop_image))
        #expect(abs(Double(crop.width) - 2 * (item.bbox[2] - item.bbox[0])) <= 4)
        let source = try ImageFile.read(pictures.appending(path: item.source.path))
        #expect((image == source) != item.boxed)
      }
      #expect(splits.values.allSatisfy { $0.count == 1 }, "a picture is in two splits")
      #expect(Set(items.map(\.boxed)) == (view == .boxed ? [true] : view == .plain ? [false] : [true, false]))
      #expect(try rows(root, "dataset.jsonl").compactMap { $0["id"] as? String } == items.map(\.id))
      for (split, count) in summary.items { try check(root, split, items.filter { $0.split == split }, count) }
      let sources = try String(contentsOf: root.appending(path: "SOURCES.tsv"), encoding: .utf8).split(separator: "\n")
      #expect(sources.dropFirst().allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 4 })

      let before = try BuildFixture.files(root)
      #expect(try DatasetExport(build.context).write() == summary)
      #expect(try BuildFixture.files(root) == before)
      let text = try #require(before["manifest.json"])
      let manifest = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
      let digests = try #require(manifest["files"] as? [String: String])
      #expect(Set(digests.keys) == Set(before.keys).subtracting(["manifest.json"]))
      for (path, digest) in digests { #expect(before[path].map { ContentDigest.hex($0) } == digest, "\(path)") }
    }
  }

  private func check(_ root: URL, _ split: String, _ items: [ExportRow], _ count: Int) throws {
    let reinforcement = try rows(root, "rl/\(split).jsonl"), chats = try rows(root, "sft/\(split).jsonl")
    let metadata = try rows(root, "\(split)/metadata.jsonl")
    let counts = [items.count, reinforcement.count, chats.count, metadata.count]
    #expect(counts.allSatisfy { $0 == count }, "\(split): \(counts)")
    for (row, item) in zip(reinforcement, items) {
      let problem = try #require(row["problem"] as? String)
      #expect(problem.components(separatedBy: "<image>").count == 2 && problem.hasPrefix("<image>"))
      #expect(row["images"] as? [String] == [item.image] && row["answer"] as? String == item.letter)
      for key in ["data_source", "ability"] { #expect((row[key] as? String)?.isEmpty == false) }
      #expect((row["extra_info"] as? [String: String])?["question"] == item.question)
    }
    for (row, item) in zip(metadata, items) { #expect(item.image == "\(split)/\(row["file_name"] as? String ?? "")") }
    for (row, item) in zip(chats, items) { #expect(row["id"] as? String == item.id) }
    var archived: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: root.path + "/shards").sorted()
    where name.hasPrefix(split) {
      let entries = try TarWriterTests.entries(Array(try Data(contentsOf: root.appending(path: "shards/\(name)"))))
      #expect(entries.count <= 8 && entries.count % 2 == 0)
      for pair in stride(from: 0, to: entries.count, by: 2) {
        let row = try JSONDecoder().decode(ExportRow.self, from: Data(entries[pair + 1].content))
        #expect(entries[pair].name.hasPrefix(row.id + ".") && entries[pair + 1].name == "\(row.id).json")
        #expect(try Data(contentsOf: root.appending(path: row.image)) == Data(entries[pair].content))
        archived.append(row.id)
      }
    }
    #expect(archived == items.map(\.id))
  }

  @Test("nothing to export is an error with a hint")
  func empty() async throws {
    try await BuildFixture.withFolder { folder in
      let server = try TeacherServer()
      let build = try BuildFixture.open(
        BuildFixture.config(server, pictures: try BuildFixture.pictures(1, in: folder)), folder.appending(path: "out"))
      #expect(throws: ZoomError.self) { try DatasetExport(build.context).write() }
    }
  }
}
