// Names of files, and folders that nothing leads out of.
// Not here: pictures that try (SafetyTests.swift).
import Foundation
import TestSupport
import Testing
import ZoomDistill

@Suite("Files of builds")
struct BuildFolderTests {
  @Test("pieces cannot run into each other, and names are 20 hexadecimal digits")
  func names() {
    let lists = [[], [""], ["", ""], ["ab"], ["a", "b"], ["1:a"], ["a1:b"], ["a", "1:b"], ["\u{0}"], ["../.."]]
    #expect(Set(lists.map { ContentName.of($0) }).count == lists.count)
    for list in lists { #expect(ContentName.of(list).wholeMatch(of: /[0-9a-f]{20}/) != nil, "\(list)") }
    #expect(ContentName.of(bytes: Array("abc".utf8)) == "ba7816bf8f01cfea4141")
  }

  @Test("a folder gives what is in it and nothing else")
  func inputs() async throws {
    try await BuildFixture.withFolder { folder in
      let root = folder.appending(path: "in"), files = FileManager.default
      try files.createDirectory(at: root.appending(path: "sub"), withIntermediateDirectories: true)
      try files.createDirectory(at: folder.appending(path: "inside out"), withIntermediateDirectories: true)
      for path in ["in/a.png", "in/sub/b.JPG", "in/.hidden.png", "in/c.txt", "inside out/d.png", "e.png"] {
        try Data(path.utf8).write(to: folder.appending(path: path))
      }
      try files.createSymbolicLink(atPath: root.path + "/near.png", withDestinationPath: "sub/b.JPG")
      try files.createSymbolicLink(atPath: root.path + "/far.png", withDestinationPath: "../e.png")
      try files.createSymbolicLink(atPath: root.path + "/beside", withDestinationPath: "../inside out")
      let input = try InputRoot(root)
      #expect(input.pictures() == ["a.png", "far.png", "near.png", "sub/b.JPG"])
      for good in ["a.png", "sub/b.JPG", "sub/../a.png", "./a.png", "near.png"] {
        #expect(try input.file(good).path.hasPrefix(root.path + "/"), "\(good)")
      }
      for bad in [
        "far.png", "../e.png", "../inside out/d.png", "beside/d.png", root.path + "/a.png", "", ".", "..", "none.png",
        "a.png\u{0}", "sub/../../e.png", "~/a.png",
      ] {
        #expect(throws: ZoomError.self, "\(bad)") { try input.file(bad) }
      }
      #expect(throws: ZoomError.self) { try InputRoot(folder.appending(path: "nowhere")) }
    }
  }
}
