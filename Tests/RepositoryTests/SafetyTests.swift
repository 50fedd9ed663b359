// Claims that the compiler cannot check: each has its argument beside it and its row in Docs/Workarounds.md.

import Testing

@Suite("Safety arguments")
struct SafetyTests {
  private static let claims = ["@unchecked Sendable", "nonisolated(unsafe)"]
  private static let register = "Docs/Workarounds.md"

  /// How many lines above (and below) a claim its `// Safety:` paragraph may begin.
  private static let reach = (above: 14, below: 4)

  @Test("each unchecked claim has a Safety paragraph beside it")
  func claimsAreArgued() throws {
    var offences: [Offence] = []
    for (path, line, claim) in Self.found() {
      let raw = SwiftText(try #require(Checkout.text(path))).raw
      let nearby = raw[max(0, line - 1 - Self.reach.above)..<min(raw.count, line + Self.reach.below)]
      if !nearby.contains(where: { $0.contains("// Safety:") || $0.contains("/// Safety:") || $0.contains("- Safety:") }
      ) {
        offences.append(Offence(path: path, line: line, what: "'\(claim)' without a '// Safety:' paragraph"))
      }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  @Test("the register of workarounds lists exactly the claims in Sources")
  func registerIsTrue() throws {
    var counted: [String: Int] = [:]
    for (path, _, claim) in Self.found() { counted["`\(path)` | `\(claim)`", default: 0] += 1 }
    var listed: [String: Int] = [:]
    let text = try #require(Checkout.text(Self.register), "\(Self.register) is missing")
    let table = try #require(text.section(from: "<!-- unsafe:begin -->", to: "<!-- unsafe:end -->"))
    for line in table.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ").trimmed }
      try #require(cells.count >= 4, "\(Self.register): expected | `file` | `claim` | count | why |, got \(line)")
      listed["\(cells[0]) | \(cells[1])"] = Int(cells[2]) ?? -1
    }
    let wrong = Set(counted.keys).union(listed.keys).filter { counted[$0] != listed[$0] }.sorted()
    let rows = wrong.map { "| \($0) | \(counted[$0, default: 0]) |   (listed: \(listed[$0, default: 0]))" }
    #expect(wrong.isEmpty, "\(Self.register) should have these rows:\n\(rows.joined(separator: "\n"))")
  }

  private static func found() -> [(path: String, line: Int, claim: String)] {
    var result: [(String, Int, String)] = []
    for path in Checkout.files(in: ["Sources"], extensions: ["swift"]) {
      guard let text = Checkout.text(path) else { continue }
      for (index, line) in SwiftText(text).code.enumerated() {
        for claim in claims where line.contains(claim) { result.append((path, index + 1, claim)) }
      }
    }
    return result
  }
}

extension StringProtocol {
  /// Without blanks at both ends.
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// What stands between two marks, or nil where one is missing.
  func section(from start: String, to end: String) -> String? {
    guard let first = range(of: start), let last = self[first.upperBound...].range(of: end) else { return nil }
    return String(self[first.upperBound..<last.lowerBound])
  }

  private func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
