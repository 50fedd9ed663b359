// Layers: what each target may import. The table repeats Package.swift on purpose: two places must agree on a change.

import Testing

@Suite("Layering")
struct LayeringTests {
  /// What every Swift target may import besides its own row.
  private static let system: Set<String> = ["Foundation", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin"]

  /// The libraries, lowest layer first.
  private static let libraries: [String: Set<String>] = [
    "Tensor": ["COpenBLAS", "COneDNN", "CKernels"],
    "Text": ["HeapModule"],
    "Lab": ["COpenSSL", "Yams", "ArgumentParser", "Logging"],
    "NN": ["Tensor"],
    "Benchmarks": ["Tensor", "CKernels", "Lab", "Logging"],
    "Media": ["Tensor", "Lab", "CSndFile", "CFFTW", "CSampleRate", "CMySofa", "CImageIO", "CFreeType"],
    "Chat": ["Lab", "FoundationNetworking"],
    "Serving": ["Lab", "NIOCore", "NIOPosix", "NIOHTTP1"],
    "MoDA": ["NN", "Tensor", "Text", "Serving", "Lab", "Logging"],
    "SpatialAudio": ["NN", "Tensor", "CKernels", "Media", "Lab", "Logging"],
    "ZoomDistill": ["Tensor", "Media", "Chat", "Lab", "GRDB", "Logging"],
  ]

  /// C and system targets: no Swift in them.
  private static let foreign: Set<String> = [
    "COpenBLAS", "COpenSSL", "CSndFile", "CFFTW", "CSampleRate", "CMySofa", "CPNG", "CJPEG", "CFreeType", "COneDNN",
    "CImageIO", "CKernels",
  ]

  /// Research targets. None imports another; an executable takes at most one.
  private static let research: Set<String> = ["MoDA", "SpatialAudio", "ZoomDistill"]

  /// What executables may import besides one research target.
  private static let executable: Set<String> = [
    "ArgumentParser", "Benchmarks", "Chat", "Lab", "Logging", "Media", "NN", "Serving", "Tensor", "Text",
  ]

  @Test("every target folder has a row in the table")
  func tableIsComplete() {
    let folders = Set(Checkout.files(in: ["Sources"]).map { $0.split(separator: "/")[1] }.map(String.init))
    let known = Set(Self.libraries.keys).union(Self.foreign).union(["Experiments"])
    #expect(
      folders == known, "only on disk: \(folders.subtracting(known)); only in the table: \(known.subtracting(folders))")
  }

  @Test("no target imports what its layer does not allow")
  func importsFollowTheTable() throws {
    var offences: [Offence] = []
    for path in Checkout.files(in: ["Sources"], extensions: ["swift"]) {
      let parts = path.split(separator: "/").map(String.init)
      let isExecutable = parts[1] == "Experiments"
      let row = Self.libraries[parts[1], default: []]
      let allowed = Self.system.union(isExecutable ? Self.executable.union(Self.research) : row)
      for (line, module) in Self.imports(in: try #require(Checkout.text(path))) where !allowed.contains(module) {
        offences.append(Offence(path: path, line: line, what: "\(parts[1]) may not import \(module)"))
      }
    }
    #expect(offences.isEmpty, "\(offences.listed)")
  }

  @Test("an executable stands on at most one research target")
  func executablesAreThin() throws {
    var used: [String: Set<String>] = [:]
    for path in Checkout.files(in: ["Sources/Experiments"], extensions: ["swift"]) {
      let name = String(path.split(separator: "/")[2])
      let modules = Self.imports(in: try #require(Checkout.text(path))).map(\.module)
      used[name, default: []].formUnion(Self.research.intersection(modules))
    }
    let mixed = used.filter { $0.value.count > 1 }
    #expect(mixed.isEmpty, "\(mixed)")
  }

  @Test(
    "import lines are recognised",
    arguments: [
      ("import Foundation", "Foundation"), ("public import NN", "NN"), ("@testable import Tensor", "Tensor"),
      ("internal import struct Lab.Run", "Lab"), ("@preconcurrency @_exported import A.B", "A"),
      ("  import Text", "Text"),
    ])
  func recognises(line: String, module: String) {
    #expect(Self.imports(in: line).map(\.module) == [module])
  }

  /// (line number, module) of each import in a Swift file; comments and literals do not count.
  private static func imports(in text: String) -> [(line: Int, module: String)] {
    let words: Set<String> = [
      "public", "package", "internal", "private", "fileprivate", "struct", "class", "enum", "protocol", "typealias",
      "func", "let", "var",
    ]
    return SwiftText(text).code.enumerated().compactMap { index, line in
      guard line.contains("import ") else { return nil }
      let tokens = line.split(separator: " ").map(String.init).filter { !words.contains($0) && !$0.hasPrefix("@") }
      guard tokens.count >= 2, tokens[0] == "import" else { return nil }
      return (index + 1, String(tokens[1].prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
    }
  }
}
