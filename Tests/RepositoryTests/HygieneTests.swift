// What may not be in a tracked file, wherever it is, and how large a file may grow.

import Foundation
import Testing

@Suite("Hygiene")
struct HygieneTests {
  /// Third-party text: its words are its authors'.
  private static let foreign = ["Data/sample/", "LICENSE", "NOTICE"]

  /// A pattern that no tracked text may contain, and the files that may, with the reason.
  private struct Forbidden {
    let what: String
    let pattern: Regex<Substring>
    var folders: [String] = []
    var allowed: [String: String] = [:]

    init(_ what: String, _ pattern: String, in folders: [String] = [], allowed: [String: String] = [:]) throws {
      self.what = what
      self.pattern = try Regex(pattern, as: Substring.self)
      self.folders = folders
      self.allowed = allowed
    }
  }

  // The patterns are put together from pieces, so that this file does not contain what it looks for.
  private static func everywhere() throws -> [Forbidden] {
    [
      try Forbidden(
        "absolute path", "(?:^|[\"'`\\s=(:])/(?:" + "work|home|root|mnt|opt|Users|usr/local|data" + ")/[A-Za-z]"),
      try Forbidden(
        "path in the temporary folder", "(?:^|[\"'`\\s=(:])/" + "tmp/",
        in: ["Sources", "Configs", "Scripts", "Docs"]),
      try Forbidden(
        "host of a package registry or model hub",
        "py" + "pi\\.org|python" + "hosted|deb\\." + "debian|registry\\.npm" + "js|crates\\." + "io|hugging"
          + "face\\.co/"),
      try Forbidden("private key", "BEGIN [A-Z ]*PRIVATE " + "KEY"),
      try Forbidden(
        "access token", "\\b(?:AK" + "IA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|h" + "f_[A-Za-z]{34})\\b"),
      try Forbidden(
        "address of a private network", "\\b(?:10\\.\\d+|192\\.168|172\\.(?:1[6-9]|2\\d|3[01]))\\.\\d+\\.\\d+\\b"),
      try Forbidden("e-mail address", "[A-Za-z0-9._]+@[A-Za-z0-9-]+\\.(?:com|org|net|edu|io)\\b"),
      try Forbidden("note that work is left", "\\b(?:TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b"),
      try Forbidden(
        "remark on the making", "(?i)co-authored" + "-by|generated (?:by|with) (?:an? )?(?:ai|claude|gpt|copilot)\\b"),
    ]
  }

  @Test("no tracked text holds a machine's paths, hosts, keys or leftovers")
  func forbiddenStrings() throws {
    var offences: [Offence] = []
    let rules = try Self.everywhere()
    for path in Checkout.files where !Self.foreign.contains(where: { path.hasPrefix($0) }) {
      guard !path.hasPrefix("Tests/Fixtures/"), let text = Checkout.text(path) else { continue }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      for rule in rules where rule.allowed[path] == nil {
        guard rule.folders.isEmpty || rule.folders.contains(where: { path.hasPrefix($0 + "/") }) else { continue }
        guard text.contains(rule.pattern) else { continue }
        for (index, line) in lines.enumerated() where line.contains(rule.pattern) {
          offences.append(Offence(path: path, line: index + 1, what: "\(rule.what): \(line.trimmed.prefix(80))"))
        }
      }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  /// Swift that a library may not contain. `scope` is what comes after `Sources/`.
  private static func inCode() throws -> [Forbidden] {
    let libraries = [
      "Sources/Tensor", "Sources/NN", "Sources/Text", "Sources/Lab", "Sources/MoDA", "Sources/Media",
      "Sources/SpatialAudio", "Sources/Chat", "Sources/ZoomDistill",
    ]
    return [
      try Forbidden("unchecked try", "\\btry!", in: ["Sources"]),
      try Forbidden("unchecked cast", "\\bas!", in: ["Sources"]),
      try Forbidden("force unwrap", "[A-Za-z0-9_)\\]>]!(?![=])", in: ["Sources"]),
      try Forbidden("crash on purpose; use precondition or a typed error", "\\bfatal" + "Error\\(", in: ["Sources"]),
      try Forbidden("empty catch", "\\bcatch\\b[^{]*\\{\\s*\\}", in: ["Sources"]),
      try Forbidden("a library prints", "(?:^|[^A-Za-z0-9_.])(?:print|debugPrint|dump|NSLog)\\(", in: libraries),
      try Forbidden(
        "a library reads the environment", "\\bgetenv\\(|processInfo\\.environment", in: libraries,
        allowed: ["Sources/Lab/Run/Provenance.swift": "records the BLAS settings in a run's manifest, decides nothing"]),
      try Forbidden("warning or error switched off", "\\bunsafe" + "Flags\\b", in: ["Sources", "Package.swift"]),
    ]
  }

  @Test("no Swift source crashes on purpose, swallows an error, or talks where it should not")
  func forbiddenCode() throws {
    var offences: [Offence] = []
    let rules = try Self.inCode()
    for path in Checkout.files(in: ["Sources"], extensions: ["swift"]) {
      let file = SwiftText(try #require(Checkout.text(path)))
      for rule in rules where rule.allowed[path] == nil {
        guard rule.folders.contains(where: { path.hasPrefix($0 + "/") }) else { continue }
        for (index, line) in file.code.enumerated() where line.contains(rule.pattern) {
          offences.append(Offence(path: path, line: index + 1, what: "\(rule.what): \(file.raw[index].trimmed)"))
        }
      }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  @Test("no file outgrows its limit")
  func fileSizes() {
    let limits: [(extensions: [String], folders: [String], lines: Int)] = [
      (["swift"], ["Sources", "Tests"], 400), (["c", "h", "inc"], ["Sources"], 600), (["py"], ["Scripts"], 400),
    ]
    var offences: [Offence] = []
    for limit in limits {
      for path in Checkout.files(in: limit.folders, extensions: limit.extensions) {
        let lines = (Checkout.text(path) ?? "").split(separator: "\n", omittingEmptySubsequences: false).count - 1
        if lines > limit.lines {
          offences.append(Offence(path: path, line: lines, what: "more than \(limit.lines) lines"))
        }
      }
    }
    for path in Checkout.files {
      let limit = path.hasPrefix("Tests/Fixtures/") ? 100 * 1024 : 2 * 1024 * 1024
      let size = Checkout.size(path)
      if size > limit { offences.append(Offence(path: path, line: 0, what: "\(size) bytes, allowed \(limit)")) }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  @Test("no file name carries a version or says that it is a copy")
  func fileNames() throws {
    let pattern = try Regex("(?i)[_-]v[0-9]+(?:[._-]|$)|[a-z]V[0-9]+$|[_-](?:old|new|copy|final|backup|bak)$")
    let offences = Checkout.files.filter { path in
      path.split(separator: "/").contains { part in
        part.prefix { $0 != "." }.contains(pattern)
      }
    }
    #expect(offences.isEmpty, "\(offences)")
  }

  @Test("relative links in documents lead somewhere")
  func links() throws {
    var offences: [Offence] = []
    for path in Checkout.files(extensions: ["md"]) where !path.hasPrefix("Data/sample/licences/") {
      let text = try #require(Checkout.text(path))
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        for match in line.matches(of: /\]\(([^)\s#:]+)(?:#[^)]*)?\)/) {
          let target = Checkout.root.appending(path: folder).appending(path: String(match.1))
          if !FileManager.default.fileExists(atPath: target.standardizedFileURL.path) {
            offences.append(Offence(path: path, line: index + 1, what: "link to \(match.1)"))
          }
        }
      }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }
}
