// The commands that the README promises: make's help, the scripts behind it, the tables that they generate.

import Foundation
import Testing

@Suite("Commands")
struct CommandTests {
  @Test("make help lists every target, and make alone is help", .enabled(if: Checkout.hasCommand("make")))
  func makeHelp() throws {
    let help = try Checkout.run("make", "--no-print-directory", "help")
    try #require(help.status == 0, "\(help.output)")
    #expect(try Checkout.run("make", "--no-print-directory").output == help.output)
    let makefile = try #require(Checkout.text("Makefile"))
    let phony = makefile.split(separator: "\n").filter { $0.hasPrefix(".PHONY:") }
      .flatMap { $0.dropFirst(".PHONY:".count).split(separator: " ").map(String.init) }
    let listed = help.output.split(separator: "\n").compactMap { line -> String? in
      let words = line.split(separator: " ")
      return words.count > 2 && words[0] == "make" ? String(words[1]) : nil
    }
    #expect(Set(listed) == Set(phony), "targets without a line in help: \(Set(phony).subtracting(listed))")
    let promised = [
      "quickstart", "test", "bench", "lint", "format", "docs", "data", "golden", "clean", "help", "build",
    ]
    #expect(Set(promised).isSubset(of: listed))
  }

  @Test("README names the two commands, and CI runs the one for tests")
  func readmeCommands() throws {
    let readme = try #require(Checkout.text("README.md"))
    #expect(readme.contains("make quickstart") && readme.contains("make test"))
    #expect(try #require(Checkout.text(".ci/run")).contains("make test"))
  }

  @Test("scripts can be executed and name their interpreter")
  func scriptsAreExecutable() throws {
    let scripts = Checkout.files(in: ["Scripts"]).filter { path in
      path.hasSuffix(".sh") || !path.split(separator: "/").last!.contains(".")
    }
    var offences: [Offence] = []
    for path in scripts + [".ci/run"] {
      if !FileManager.default.isExecutableFile(atPath: Checkout.root.appending(path: path).path) {
        offences.append(Offence(path: path, line: 0, what: "not executable"))
      }
      if Checkout.text(path)?.hasPrefix("#!") != true {
        offences.append(Offence(path: path, line: 1, what: "no #! line"))
      }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  @Test("the package's provider hint names only packages that install-deps.sh knows")
  func debianPackages() throws {
    let list = try Checkout.run("sh", "Scripts/install-deps.sh", "--list")
    try #require(list.status == 0, "\(list.output)")
    let known = Set(list.output.split(separator: "\n").map(String.init))
    let manifest = try #require(Checkout.text("Package.swift"))
    let named = manifest.matches(of: /apt: "([^"]+)"/).map { String($0.1) }
    #expect(!named.isEmpty && Set(named).isSubset(of: known), "unknown: \(Set(named).subtracting(known))")
  }

  @Test("generated tables are those of Docs/Results", .enabled(if: Checkout.hasCommand("python3")))
  func resultTables() throws {
    let check = try Checkout.run("python3", "Scripts/results-table.py", "--check")
    #expect(check.status == 0, "\(check.output)")
  }

  @Test("the fetch step's own tests pass", .enabled(if: Checkout.hasCommand("python3")))
  func fetchData() throws {
    let tests = try Checkout.run(
      "python3", "-B", "-m", "unittest", "discover", "-s", "Scripts/fetch_data/tests", "-t", "Scripts")
    #expect(tests.status == 0, "\(tests.output)")
    #expect(!tests.output.contains("Ran 0 tests"))
  }
}
