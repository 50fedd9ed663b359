// The scanner behind the rules is tested itself: a rule that sees nothing would pass for ever.

import Testing

@Suite("Swift text with comments and literals blanked")
struct SwiftTextTests {
  @Test(
    "comments and literals go, code stays",
    arguments: [
      ("let a = 1 // try!", "let a = 1"),
      ("/* try! /* nested */ still */ let b = 2", "let b = 2"),
      ("let c = \"try! \\\" more\" + d", "let c = \" \" + d"),
      ("let e = #\"a \" quote try!\"# + f", "let e = \" \" + f"),
      ("let g = \"\"\"\n  try!\n  \"\"\" + h", "let g = \"\"\" \n \n \"\"\" + h"),
      ("let i = \"\\(try! f(\"x\"))\" + j", "let i = \" \" + j"),
      ("let k = try! l()", "let k = try! l()"),
    ])
  func blanks(text: String, expected: String) {
    let squeezed = SwiftText(text).code.map { $0.split(separator: " ").joined(separator: " ") }
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(separator: " ").joined(separator: " ") }
    // A blanked literal is `" "` or `""`; both mean the same to the rules.
    #expect(squeezed.map(withoutBlanksInQuotes) == wanted.map(withoutBlanksInQuotes))
  }

  @Test("the number of lines never changes")
  func keepsLines() {
    for path in Checkout.files(in: ["Sources", "Tests"], extensions: ["swift"]) {
      guard let text = Checkout.text(path) else { continue }
      let scanned = SwiftText(text)
      #expect(scanned.raw.count == scanned.code.count, "\(path)")
    }
  }

  private func withoutBlanksInQuotes(_ line: String) -> String {
    line.replacing("\" \"", with: "\"\"").replacing("\"\"\" ", with: "\"\"\"")
  }
}
