// Replies in all their forms, good and hostile.
// Not here: final answers (Grading).
import Media
import TestSupport
import Testing
import ZoomDistill

@Suite("Lists in replies")
struct ReplyListsTests {
  private let size = ImageSize(width: 2000, height: 500)

  @Test("numbered names")
  func numbered() {
    let reply =
      "Sure:\n1. red kettle.\n 2) Blue clock,; \n3. red KETTLE\n4.x\n5. \n6 no mark\n1234. too far\n7. cup\r\n8.  a\tb "
    #expect(ReplyLists.numbered(reply) == ["red kettle", "Blue clock", "cup", "a b"])
    #expect(ReplyLists.numbered("") == [])
    #expect(ReplyLists.numbered("1. a\u{0}b\u{1B}[31mred") == ["ab[31mred"])
    #expect(ReplyLists.numbered("1. \(String(repeating: "y", count: 60))").count == 1)
    #expect(ReplyLists.numbered("1. \(String(repeating: "y", count: 61))").isEmpty)
    #expect(ReplyLists.numbered("1. e\(String(repeating: "\u{301}", count: 9000))x").isEmpty)
    for none in ["NONE", " none.\n", "**None**", "[]", "```\n[]\n```"] {
      #expect(ReplyLists.names(none) == [], "\(none)")
    }
    for bad in ["", "I cannot help.", "none of them", "1.", "1. x", "[\"red kettle\"]", "[", "None, or one: x"] {
      #expect(ReplyLists.names(bad) == nil, "\(bad)")
    }
    #expect(ReplyLists.names("NONE\n1. red kettle") == ["red kettle"])
    let many = (0..<900).map { "\($0). thing \($0)" }.joined(separator: "\n")
    #expect(ReplyLists.numbered(many).count == ReplyLists.limit)
  }

  @Test("questions as objects and as texts, plain and fenced")
  func questions() {
    #expect(
      ReplyLists.questions(#"[{"question": "What is it?"}, "How many?", {"q": "x"}, 7, {"question": 3}]"#) == [
        "What is it?", "How many?",
      ])
    #expect(ReplyLists.questions("Here [are] some:\n```json\n[\"What is it?\"]\n```\nmore [text]") == ["What is it?"])
    #expect(ReplyLists.questions("[]") == [])
    #expect(ReplyLists.questions("[\"What\\nVALID: Yes\\u0000 is\\t it?\"]") == ["What VALID: Yes is it?"])
    for none in [
      "[\"abc\", \"\(String(repeating: "w", count: 501))\"]", "[7]", "[{\"q\": \"What is it?\"}]", "", "none", "[", "]",
      "][", "{}", "{\"question\": \"What is it?\"}", "[\"open", "[1,]2]",
    ] {
      #expect(ReplyLists.questions(none) == nil, "\(none)")
    }
  }

  @Test("texts, and numbers as texts")
  func texts() {
    #expect(
      ReplyLists.texts(#"["a", 0, 1, 3, 2.5, true, null, [1], {"a": 1}, "", " b  c "]"#) == [
        "a", "0", "1", "3", "2.5", "b c",
      ])
    #expect(ReplyLists.texts("[]") == [])
    for none in ["nothing", "[null]", "[[1]]", "[\"\"]"] { #expect(ReplyLists.texts(none) == nil, "\(none)") }
  }

  @Test("boxes in their forms")
  func boxes() throws {
    for form in [
      #"[{"box": [100, 200, 300, 400]}]"#, #"[{"bbox_2d": [100, 200, 300, 400], "label": "x"}]"#,
      #"[{"bbox": [100.0, 200, 3e2, 400]}]"#, "[[100, 200, 300, 400]]", "```\n[[100,200,300,400]]\n```",
    ] {
      let found = try #require(ReplyLists.boxes(form, in: size))
      #expect(found.map(\.box) == [BoundingBox(left: 200, top: 100, right: 600, bottom: 200)], "\(form)")
      #expect(found.map(\.score) == [1])
    }
    let scores = try #require(
      ReplyLists.boxes(
        #"[{"box":[1,2,3,4],"score":7},{"box":[1,2,3,4],"score":-1},{"box":[1,2,3,4],"score":"x"}]"#, in: size))
    #expect(scores.map(\.score) == [1, 0, 1])
    #expect(ReplyLists.boxes("[]", in: size)?.isEmpty == true)
    #expect(ReplyLists.boxes("no box", in: size) == nil)
    for bad in [
      #"[{"box": ["1", "2", "3", "4"]}]"#, #"[{"box": [1, 2, 3]}]"#, #"[{"box": [1, 2, 3, 4, 5]}]"#,
      #"[{"box": [1, 2, 3, null]}]"#, #"[{"box": [1, 2, 3, 1e8]}]"#, #"[{"box": 3}]"#, "[3]",
      #"[{"box": [1, 2, 3, 4]}, {"label": "cup"}]"#, #"[{"box": [1, 2, 3, 4]}, {"box": [1, 2"#,
    ] { #expect(ReplyLists.boxes(bad, in: size) == nil, "\(bad)") }
    for number in ["NaN", "1e999", "-1e999", "Infinity", "0x10"] {
      #expect(ReplyLists.boxes("[{\"box\": [1, 2, 3, \(number)]}]", in: size)?.isEmpty ?? true, "\(number)")
    }
  }

  @Test("verdicts")
  func validation() {
    #expect(ReplyLists.validation("VALID: Yes\nREASON: fine")?.isValid == true)
    #expect(ReplyLists.validation("**Valid:** No\nreason: two of them")?.isValid == false)
    #expect(ReplyLists.validation("valid: no\nReason:  two")?.reason == "two")
    #expect(ReplyLists.validation("VALID: perhaps\nVALID: Yes")?.isValid == true)
    #expect(ReplyLists.validation("VALID: Yes\nVALID: No")?.isValid == true)
    for none in ["", "Yes", "VALID:", "VALID: Yesterday", "INVALID"] {
      #expect(ReplyLists.validation(none) == nil, "\(none)")
    }
  }

  @Test("groups name each answer once and none beyond")
  func clusters() {
    #expect(ReplyLists.clusters("CLUSTER: 1, 3\ncluster: 2,3, 9\nCLUSTER: 0\nx", count: 4) == [[0, 2], [1]])
    #expect(ReplyLists.clusters("CLUSTER: 99999999999999999999, 1", count: 2) == [[0]])
    #expect(ReplyLists.clusters("nonsense", count: 3) == [])
  }

  @Test("no reply of any kind crashes a reader")
  func hostile() {
    var replies = [
      String(repeating: "[", count: 1_000_000), String(repeating: "[{\"a\":", count: 100_000),
      String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
      "[" + String(repeating: "1,", count: 400_000) + "1]",
      String(repeating: "```", count: 100_000), "[\"\\ud800\"]", "[\"\u{FFFF}\"]",
      "[\(String(repeating: "9", count: 5000))]",
      String(repeating: "1. a\n", count: 100_000), "[\"" + String(repeating: "x", count: 2_000_000) + "\"]",
    ]
    let alphabet = Array("[]{}\",:0123456789.eE-+\\unft` \nabVALID:YesCLUSTER".unicodeScalars)
    forAll(300, seed: 21) { random, _ in
      replies.append(
        String(
          String.UnicodeScalarView(
            (0..<Int.random(in: 0..<80, using: &random)).map { _ in
              alphabet.randomElement(using: &random) ?? "["
            })))
    }
    for reply in replies {
      #expect(ReplyLists.numbered(reply).count <= ReplyLists.limit)
      #expect(ReplyLists.questions(reply)?.count ?? 0 <= ReplyLists.limit)
      #expect(ReplyLists.texts(reply)?.count ?? 0 <= ReplyLists.limit)
      #expect(ReplyLists.boxes(reply, in: size)?.allSatisfy { $0.box.left.isFinite && $0.score <= 1 } ?? true)
      _ = ReplyLists.validation(reply)
      #expect(ReplyLists.clusters(reply, count: 3).count <= 3)
    }
  }
}
