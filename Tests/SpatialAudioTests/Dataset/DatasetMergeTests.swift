// Shards in one or many folders become one dataset with one hash.
// Not here: rendering (DatasetRenderTests.swift).

import Foundation
import Lab
import SpatialAudio
import Testing

@Suite("Dataset merge")
struct DatasetMergeTests {
  @Test("shards in folders of their own give the same dataset as one folder")
  func shards() throws {
    let fixture = try DatasetFixture(scenes: 5)
    try fixture.render()
    let one = try fixture.folder().merge()
    for part in 1...3 { try fixture.render("part\(part)", part: part, of: 3) }
    let parts = (1...3).map { fixture.folder("part\($0)") }
    let merged = try parts[0].merge([parts[1], parts[2], parts[0]])
    #expect(merged.hash == one.hash && merged == one)
    #expect(merged.entries.count == 5)
    #expect(try parts[0].manifest() == merged)
    #expect(try parts[0].verify().isEmpty && parts[1].completeScenes().isEmpty)
    let lines = try String(contentsOf: fixture.file("scenes.jsonl"), encoding: .utf8).split(separator: "\n")
    let scenes = try lines.map { try JSONDecoder().decode(SceneMetadata.self, from: Data($0.utf8)) }
    #expect(scenes == (try fixture.folder().allMetadata()))
  }

  @Test("missing shards, other datasets and damage are refused")
  func refusals() throws {
    let fixture = try DatasetFixture()
    try fixture.render(part: 1, of: 2)
    #expect(message { _ = try fixture.folder().merge() }.contains("expected 3 scenes, got 2"))
    try fixture.render(part: 2, of: 2)
    try fixture.damage("audio/test-000000.wav")
    let damaged = message { _ = try fixture.folder().merge() }
    #expect(damaged.contains("scene test-000000") && damaged.contains("expected SHA-256"), "\(damaged)")
    try fixture.render()
    fixture.config.seed = 5
    try fixture.render("other")
    let other = message { _ = try fixture.folder().merge([fixture.folder("other")]) }
    #expect(other.contains("other") && other.contains("got another one"), "\(other)")
    #expect(try fixture.folder("other").completeScenes().count == 3)
    let none = message { _ = try fixture.folder("nowhere").merge() }
    #expect(none.contains("expected a dataset with dataset.json, got none"), "\(none)")
  }

  @Test("after a merge verify also finds changed labels, changed metadata and lost scenes")
  func verify() throws {
    let fixture = try DatasetFixture()
    try fixture.render()
    _ = try fixture.folder().merge()
    let labels = fixture.file("labels/test-000000.csv")
    try (Data(contentsOf: labels) + Data("9,0,0,0,0,100\n".utf8)).write(to: labels)
    let metadata = fixture.file("metadata/test-000001.json")
    try (Data(contentsOf: metadata) + Data("\n".utf8)).write(to: metadata)
    try FileManager.default.removeItem(at: fixture.file("metadata/test-000002.json"))
    var told = 0
    let problems = try fixture.folder().verify { done, _ in told = done }
    #expect(
      problems.map(\.description) == [
        "scene test-000000: labels differ from manifest.json", "scene test-000001: metadata differ from manifest.json",
        "scene test-000002: in manifest.json, but metadata/test-000002.json is missing",
      ])
    #expect(told == 2)
    try Data("[]".utf8).write(to: fixture.file("manifest.json"))
    #expect(message { _ = try fixture.folder().manifest() }.contains("manifest.json: damaged"))
  }
}
