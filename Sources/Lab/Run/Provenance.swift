// What a result depends on besides its config: the source's commit, the machine, the environment.
// Not here: versions of the numeric libraries; their owners pass them as notes.

import Foundation

/// The state of the source tree.
public struct SourceState: Codable, Equatable, Sendable {
  /// The commit, or `unknown` outside a git work tree.
  public var commit: String
  /// Whether tracked files differ from the commit, documents aside, which measuring commands write.
  public var hasChanges: Bool

  /// Creates a state.
  public init(commit: String, hasChanges: Bool) {
    self.commit = commit
    self.hasChanges = hasChanges
  }

  /// Where git cannot tell.
  public static let unknown = SourceState(commit: "unknown", hasChanges: false)

  /// The state of the work tree around the current directory, by the `git` command.
  public static func current() -> SourceState {
    guard let commit = git("rev-parse", "HEAD"), !commit.isEmpty else { return .unknown }
    let changes =
      git("status", "--porcelain", "--untracked-files=no", "--", ":(exclude)Docs", ":(exclude)README.md") ?? ""
    return SourceState(commit: commit, hasChanges: !changes.isEmpty)
  }

  /// `commit`, with `+changes` where files differ.
  public var summary: String { hasChanges ? commit + "+changes" : commit }

  private static func git(_ arguments: String...) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// The machine that a run or a measurement used. Its name is not recorded.
public struct Machine: Codable, Equatable, Sendable {
  /// The processor's model.
  public var cpu: String
  /// Logical processors that are on line.
  public var cores: Int
  /// Bytes of main memory.
  public var memory: Int
  /// The operating system and its kernel.
  public var system: String

  /// Creates a description.
  public init(cpu: String, cores: Int, memory: Int, system: String) {
    self.cpu = cpu
    self.cores = cores
    self.memory = memory
    self.system = system
  }

  /// This machine, as /proc and /etc tell; parts that they do not tell are `unknown`.
  public static func current() -> Machine {
    let cpu = field("model name", in: "/proc/cpuinfo", separator: ":") ?? "unknown"
    let name = field("PRETTY_NAME", in: "/etc/os-release", separator: "=")?.filter { $0 != "\"" } ?? "unknown"
    var kernel = utsname()
    uname(&kernel)
    let release = withUnsafeBytes(of: kernel.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    return Machine(
      cpu: cpu, cores: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))),
      memory: max(0, pages * sysconf(Int32(_SC_PAGESIZE))), system: "\(name), Linux \(release)")
  }

  private static func field(_ name: String, in file: String, separator: Character) -> String? {
    guard let text = try? TextFile.read(URL(fileURLWithPath: file)) else { return nil }
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: separator, maxSplits: 1)
      if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }
}

/// Environment variables that change what libraries do, for the record.
public enum RecordedEnvironment {
  /// All variables of OpenBLAS and OpenMP that are set. Nothing in the library acts on them.
  public static func current() -> [String: String] {
    ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("OPENBLAS_") || $0.key.hasPrefix("OMP_") }
  }
}
