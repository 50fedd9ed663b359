// The report that every run gets without asking: facts, curves of all metrics, config.
// Not here: what only an experiment can tell; it adds its own blocks.

extension Report {
  /// A report of one run, or of several in one set of curves.
  ///
  /// - Parameter runs: at least one run.
  public init(of runs: [RunRecord]) {
    precondition(!runs.isEmpty, "Report(of:): expected at least one run, got none")
    let first = runs[0]
    self.init(
      title: runs.count == 1 ? "Run \(first.name)" : "\(runs.count) runs of \(first.manifest.experiment)",
      subtitle: runs.count == 1 ? first.manifest.experiment : runs.map(\.name).joined(separator: ", "))
    for run in runs {
      if runs.count > 1 { append(.heading(run.name)) }
      append(.facts(Self.facts(of: run)))
    }
    append(contentsOf: Self.curves(of: runs))
    for run in runs {
      append(
        .details(
          runs.count == 1 ? "Configuration" : "Configuration of \(run.name)",
          [
            .code(run.configText, language: "yaml")
          ]))
    }
  }

  /// Adds blocks.
  public mutating func append(contentsOf blocks: [Block]) { self.blocks += blocks }

  /// Status, duration, commit, machine, seeds and notes of a run.
  public static func facts(of run: RunRecord) -> [Fact] {
    let manifest = run.manifest
    var facts = [Fact("Status", RichText(run.isAbandoned ? "killed" : manifest.status.rawValue))]
    if let time = run.metrics.rows.last?.time {
      facts.append(Fact("Time", RichText(ProgressBar.duration(seconds: time))))
    }
    if let session = manifest.sessions.last {
      facts += [
        Fact("Started", RichText(manifest.sessions[0].start)),
        Fact(
          "Commit", .code(String(session.source.commit.prefix(12)) + (session.source.hasChanges ? " + changes" : ""))),
        Fact("Machine", RichText("\(session.machine.cpu), \(session.machine.cores) cores")),
        Fact("System", RichText(session.machine.system)),
      ]
    }
    facts.append(Fact("Config hash", .code(manifest.configHash)))
    if manifest.sessions.count > 1 { facts.append(Fact("Sessions", RichText("\(manifest.sessions.count)"))) }
    for (name, seed) in manifest.seeds.sorted(by: { $0.key < $1.key }) { facts.append(Fact(name, RichText("\(seed)"))) }
    for (name, note) in manifest.notes.sorted(by: { $0.key < $1.key }) { facts.append(Fact(name, RichText(note))) }
    return facts
  }

  /// One chart for each metric, those of one area side by side, with a heading for each area.
  ///
  /// - Parameter names: labels of the runs; their directories' names if not given.
  public static func curves(of runs: [RunRecord], names: [String] = []) -> [Block] {
    var metrics: [String] = []
    for name in runs.flatMap(\.metrics.names) where !metrics.contains(name) { metrics.append(name) }
    var areas: [String] = []
    for area in metrics.map(area) where !areas.contains(area) { areas.append(area) }
    return areas.flatMap { area -> [Block] in
      let figures = metrics.filter { Self.area($0) == area }.map { metric in
        Figure(curve(metric, of: runs, names: names), caption: "")
      }
      return [.heading(area.prefix(1).uppercased() + area.dropFirst()), .gallery(figures)]
    }
  }

  /// The chart of one metric over the steps.
  public static func curve(_ metric: String, of runs: [RunRecord], names: [String] = []) -> Plot {
    let series = runs.enumerated().map { index, run in
      let points = run.metrics.series(metric).map { PlotPoint(x: Double($0.step), y: $0.value) }
      // Long noisy curves need an average to be read; short ones are shown as they are.
      let smoothing = points.count >= 200 ? 0.95 : 0
      return PlotSeries(names.indices.contains(index) ? names[index] : run.name, points: points, smoothing: smoothing)
    }
    let parts = metric.split(separator: "/").dropFirst().joined(separator: "/")
    let (label, unit) = Self.labelAndUnit(parts)
    return Plot(
      title: metric, x: PlotAxis("step"), y: PlotAxis(label, unit: unit), series: series, width: 480, height: 300)
  }

  private static func area(_ metric: String) -> String { String(metric.prefix { $0 != "/" }) }

  /// Words that are units where they end a name; two of them may stand around `per`.
  private static let units: Set = [
    "s", "ms", "us", "min", "h", "bytes", "tokens", "steps", "samples", "items", "images", "nats", "bits", "flops",
    "gflops", "percent", "hz", "khz", "db", "m", "mm", "degrees", "radians", "pixels", "joules", "watts",
  ]

  /// `speed_tokens_per_s` is "speed" in "tokens per s", `gradient_norm` is "gradient norm" in nothing.
  static func labelAndUnit(_ name: String) -> (label: String, unit: String) {
    let words = name.split(whereSeparator: { "_-".contains($0) }).map { String($0) }
    var unitWords = 0
    if let last = words.last, words.count > 1, units.contains(last) {
      let isRatio = words.count > 3 && words[words.count - 2] == "per" && units.contains(words[words.count - 3])
      unitWords = isRatio ? 3 : 1
    }
    return (words.dropLast(unitWords).joined(separator: " "), words.suffix(unitWords).joined(separator: " "))
  }
}
