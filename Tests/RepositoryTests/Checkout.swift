// The project as files: which ones belong to it, their text, and commands run in it.
// No rule lives here; each rule has a suite of its own.

import Foundation

/// The folder that the tests were built from.
enum Checkout {
  /// The project's root, found from this file's place.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Paths of all files that belong to the project, relative to the root and sorted.
  ///
  /// In a git checkout these are the tracked files and the new ones that git does not ignore; elsewhere everything
  /// outside of the build, run and cache folders.
  static let files: [String] = {
    let listed = try? run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    guard let listed, listed.status == 0 else { return filesOnDisk() }
    let names = listed.output.split(separator: "\0").map(String.init)
    return Set(names).filter { isRegularFile($0) }.sorted()
  }()

  /// Files below one of `folders` whose names end in one of `extensions`; no argument means all.
  static func files(in folders: [String] = [], extensions: [String] = []) -> [String] {
    files.filter { path in
      (folders.isEmpty || folders.contains { path.hasPrefix($0 + "/") })
        && (extensions.isEmpty || extensions.contains { path.hasSuffix("." + $0) })
    }
  }

  /// The text of a file, or nil where it is not UTF-8 (fixtures, weights).
  static func text(_ path: String) -> String? {
    guard let data = try? Data(contentsOf: root.appending(path: path)) else { return nil }
    return String(data: data, encoding: .utf8)
  }

  /// The size of a file in bytes.
  static func size(_ path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: root.appending(path: path).path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  /// Whether a command of this name is on the PATH.
  static func hasCommand(_ name: String) -> Bool {
    (try? run("sh", "-c", "command -v \(name)"))?.status == 0
  }

  /// Runs a command in the root; standard error is part of the output.
  static func run(_ arguments: String...) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.currentDirectoryURL = root
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  private static func filesOnDisk() -> [String] {
    let skipped: Set<String> = [".build", ".git", ".venv", "Runs", "cache", "__pycache__"]
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
      for name in names where !skipped.contains(name) {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        if isRegularFile(path) { found.append(path) } else { folders.append(path) }
      }
    }
    return found.sorted()
  }

  private static func isRegularFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }
}

/// A place that breaks a rule, written as compilers write it.
struct Offence: CustomStringConvertible {
  let path: String
  let line: Int
  let what: String

  var description: String { line > 0 ? "\(path):\(line): \(what)" : "\(path): \(what)" }
}

extension [Offence] {
  /// All offences, one a line, for the message of one expectation.
  var listed: String { "\(count) found:\n" + map(\.description).joined(separator: "\n") }
}
