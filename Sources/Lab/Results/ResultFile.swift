// Measured figures in `Docs/Results/NAME.json`: every number that the documentation shows.
// Not here: Markdown tables of them (ResultsTable).

public import Foundation

/// What is wrong with a results file.
public enum ResultError: LabError, Equatable {
  /// A file operation failed.
  case file(FileError)
  /// The file is not of the form of a results file.
  case malformed(path: String, reason: String)
  /// A row breaks a rule of the form.
  case invalidRow(id: String, expected: String, got: String)
  /// A marker in a document names what no file has.
  case unknownTable(marker: String, expected: String)

  /// What is wrong, where, and what would be right.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .malformed(let path, let reason): "results file '\(path)' cannot be read: \(reason)."
    case .invalidRow(let id, let expected, let got): "result row '\(id)': expected \(expected), got \(got)."
    case .unknownTable(let marker, let expected): "marker '\(marker)': expected \(expected). Run the benchmark first."
    }
  }
}

/// One measured figure.
public struct ResultRow: Codable, Equatable, Sendable {
  /// A dotted name such as `attention.fwd.f32.T4096.ratio_torch`.
  public var id: String
  /// The figure.
  public var value: Double
  /// Its unit; `ratio` for pure ratios.
  public var unit: String
  /// Number of repeats or seeds.
  public var n: Int
  /// The interquartile range of repeats, or the 95% interval over items or seeds: lower and upper end.
  public var spread: [Double]
  /// The measurement of this package that the figure is made of.
  public var ours: Double?
  /// The measurement of the peer.
  public var peer: Double?
  /// The peer with its version.
  public var peerName: String?
  /// Threads that both used.
  public var threads: Int?
  /// The sizes, by their letters.
  public var shape: [String: Int]?

  enum CodingKeys: String, CodingKey {
    case id, value, unit, n, spread, ours, peer, threads, shape
    case peerName = "peer_name"
  }

  /// Creates a figure.
  public init(
    id: String, value: Double, unit: String, n: Int, spread: Interval, ours: Double? = nil, peer: Double? = nil,
    peerName: String? = nil, threads: Int? = nil, shape: [String: Int]? = nil
  ) {
    self.id = id
    self.value = value
    self.unit = unit
    self.n = n
    self.spread = [spread.lower, spread.upper]
    self.ours = ours
    self.peer = peer
    self.peerName = peerName
    self.threads = threads
    self.shape = shape
  }

  /// The ratio of a peer's time to ours, measured in alternation: above 1 we are faster.
  ///
  /// - Parameters:
  ///   - ours: seconds of each repeat.
  ///   - peer: seconds of the peer's repeats, paired with ours.
  /// - Precondition: at least 7 pairs.
  public static func timeRatio(
    id: String, ours: [Double], peer: [Double], peerName: String, threads: Int, shape: [String: Int]
  ) -> ResultRow {
    precondition(
      ours.count == peer.count && ours.count >= 7,
      "ResultRow.timeRatio: expected at least 7 pairs, got \(ours.count) and \(peer.count) repeats")
    let ratios = zip(peer, ours).map { $0 / $1 }
    return ResultRow(
      id: id, value: Statistics.median(ratios), unit: "ratio", n: ratios.count,
      spread: Statistics.interquartileRange(ratios), ours: Statistics.median(ours), peer: Statistics.median(peer),
      peerName: peerName, threads: threads, shape: shape)
  }

  /// - Throws: ``ResultError/invalidRow(id:expected:got:)``.
  func validate() throws(ResultError) {
    func require(_ condition: Bool, _ expected: String, _ got: String) throws(ResultError) {
      if !condition { throw .invalidRow(id: id, expected: expected, got: got) }
    }
    let parts = id.split(separator: ".", omittingEmptySubsequences: false)
    try require(
      parts.count >= 2 && !parts.contains("") && !id.contains(where: \.isWhitespace),
      "a dotted name without spaces", "'\(id)'")
    let numbers = [value] + spread + [ours, peer].compactMap { $0 }
    try require(numbers.allSatisfy(\.isFinite), "finite numbers", "\(numbers.first { !$0.isFinite } ?? 0)")
    try require(!unit.isEmpty, "a unit", "an empty text")
    try require(n >= 1, "n of at least 1", "\(n)")
    try require(spread.count == 2 && spread[0] <= spread[1], "a spread of a lower and an upper end", "\(spread)")
    try require((peer == nil) == (peerName == nil), "a peer with its name", peer == nil ? "a name" : "a number")
  }
}

/// The machine of a measurement, with what decides speed on it.
public struct ResultMachine: Codable, Equatable, Sendable {
  /// The processor's model.
  public var cpu: String
  /// Logical processors that are on line.
  public var cores: Int
  /// The instruction set that the kernels used.
  public var isa: String
  /// The BLAS with its version and core.
  public var blas: String
  /// Environment variables of the numeric libraries that were set.
  public var environment: [String: String]

  /// Describes this machine; the numeric libraries are the caller's to name.
  public init(isa: String, blas: String) {
    let machine = Machine.current()
    self.init(
      cpu: machine.cpu, cores: machine.cores, isa: isa, blas: blas, environment: RecordedEnvironment.current())
  }

  /// Creates a description.
  public init(cpu: String, cores: Int, isa: String, blas: String, environment: [String: String]) {
    self.cpu = cpu
    self.cores = cores
    self.isa = isa
    self.blas = blas
    self.environment = environment
  }
}

/// All figures of one command.
public struct ResultFile: Codable, Equatable, Sendable {
  /// The name, also of the file.
  public var name: String
  /// The command that measured.
  public var command: String
  /// The commit, with `+changes` where files differed.
  public var commit: String
  /// The day, `yyyy-mm-dd` in UTC.
  public var date: String
  /// The machine.
  public var machine: ResultMachine
  /// The figures.
  public var rows: [ResultRow]

  /// Creates the figures of a command, with the commit and the day of now.
  public init(
    name: String, command: String, machine: ResultMachine, rows: [ResultRow],
    source: SourceState = .current(), date: Date = Date()
  ) {
    self.name = name
    self.command = command
    self.machine = machine
    self.rows = rows
    commit = source.summary
    self.date = date.formattedInUTC("%Y-%m-%d")
  }

  /// Reads and checks a file.
  ///
  /// - Throws: ``ResultError``.
  public init(reading file: URL) throws(ResultError) {
    let bytes: [UInt8]
    do {
      bytes = try TextFile.readBytes(file)
    } catch {
      throw .file(error)
    }
    do {
      self = try JSONDecoder().decode(ResultFile.self, from: Data(bytes))
    } catch {
      throw .malformed(path: file.displayPath, reason: "\(error)")
    }
    for row in rows { try row.validate() }
  }

  /// Writes `<name>.json` into a directory, which is created if need be.
  ///
  /// - Throws: ``ResultError``; an earlier file is then unchanged.
  public func write(to directory: URL) throws(ResultError) {
    for row in rows { try row.validate() }
    do {
      try Directory.create(directory)
      try AtomicFile.write(json, to: directory.appending(path: "\(name).json"))
    } catch {
      throw .file(error)
    }
  }

  /// JSON with one row a line, so that changes are easy to see.
  var json: String {
    let environment = machine.environment.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
    let machineValue = JSONValue.object([
      ("cpu", .string(machine.cpu)), ("cores", .integer(machine.cores)), ("isa", .string(machine.isa)),
      ("blas", .string(machine.blas)), ("environment", .object(environment)),
    ])
    let head: [(String, JSONValue)] = [
      ("name", .string(name)), ("command", .string(command)), ("commit", .string(commit)), ("date", .string(date)),
      ("machine", machineValue),
    ]
    let lines = head.map { "  \(JSONValue.quoted($0.0)): \($0.1.text)" }
    let body = rows.map { "    \($0.json.text)" }.joined(separator: ",\n")
    return "{\n" + lines.joined(separator: ",\n") + ",\n  \"rows\": [\n" + body + "\n  ]\n}\n"
  }
}

extension ResultRow {
  fileprivate var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("id", .string(id)), ("value", .number(value)), ("unit", .string(unit)), ("n", .integer(n)),
      ("spread", .array(spread.map { .number($0) })),
    ]
    if let ours { members.append(("ours", .number(ours))) }
    if let peer { members.append(("peer", .number(peer))) }
    if let peerName { members.append(("peer_name", .string(peerName))) }
    if let threads { members.append(("threads", .integer(threads))) }
    if let shape {
      members.append(("shape", .object(shape.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })))
    }
    return .object(members)
  }
}
