// Prompts, their blanks, and folders that replace them.
// Not here: what the prompts ask for.
import Foundation
import Testing
import ZoomDistill

@Suite("Prompts")
struct PromptLibraryTests {
  @Test("blanks are filled once, and what values hold is no blank")
  func blanks() {
    let library = PromptLibrary.standard
    let text = library.text(.classify, ["question": "{answer} {question} {", "answer": "} {x}"])
    #expect(text.contains("\nQuestion: {answer} {question} {\nAnswer: } {x}\n"))
    let boxes = library.text(.ground, ["object": "cup"])
    #expect(boxes.contains("Object: cup\n") && boxes.contains(#"[{"box": [x1, y1, x2, y2], "score": 0.9}]"#))
    for purpose in TeacherPurpose.allCases {
      #expect(library.texts[purpose, default: ""].count > 50, "\(purpose)")
      #expect(
        StubTeacher.purpose(library.texts[purpose, default: ""]) == purpose, "two prompts begin alike: \(purpose)")
    }
  }

  @Test("a folder replaces prompts, and must have the same blanks")
  func folder() async throws {
    try await BuildFixture.withFolder { folder in
      #expect(try PromptLibrary.reading("") == .standard)
      #expect(try PromptLibrary.reading(folder.path) == .standard)
      let file = folder.appending(path: "ground.txt")
      try Data("Where? {object} {not a blank} {}".utf8).write(to: file)
      let library = try PromptLibrary.reading(folder.path)
      #expect(library.text(.ground, ["object": "cup"]) == "Where? cup {not a blank} {}")
      #expect(library.digest != PromptLibrary.standard.digest)
      #expect(library.digest(of: .ask) == PromptLibrary.standard.digest(of: .ask))
      for (bytes, word) in [
        (Data("Where?".utf8), "lacks {object}"), (Data("{object} {objekt}".utf8), "unknown {objekt}"),
        (Data([0xFF, 0xFE]), "UTF-8"), (Data(), "lacks {object}"),
      ] {
        try bytes.write(to: file)
        let error = #expect(throws: ZoomError.self) { try PromptLibrary.reading(folder.path) }
        let text = error?.description ?? ""
        #expect(text.contains(word) && text.contains("ground.txt"), "\(text)")
      }
    }
  }
}
