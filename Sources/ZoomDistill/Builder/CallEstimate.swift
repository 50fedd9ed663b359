// How many calls the rest of a build takes, and what they cost, before anybody is called.
// Not here: counting the calls that were made (Chat's counters).
import Chat
package import Lab

/// An estimate of the calls that are left. Yields and tokens are those measured in the build so far; before anything
/// was measured they are assumptions, and the table says so.
package struct CallEstimate {
  package let table: Table

  private struct Line {
    let purpose: TeacherPurpose
    let role: TeacherRole
    let calls: Double
  }

  /// Estimates over the pictures that are there; none is taken in.
  ///
  /// - Throws: ``ZoomError``.
  package init(_ build: ZoomBuild) throws(ZoomError) {
    let context = build.context
    let config = context.config
    let listing = ImageListing(config: config.images, seed: config.seed, input: context.input)
    let tallies = try Tallies(context.store)
    let pictures = Double(try listing.pictures().count)
    let openPictures = max(0, pictures - Double(tallies.finished(.image)))
    let names = 8.0
    let regionsEach = tallies.ratio(.region, over: .image, assumed: names)
    let kept = tallies.share(.region, assumed: 0.6)
    let questionsEach = tallies.ratio(.question, over: .region, assumed: Double(config.questions.perRegion))
    let valid = config.questions.validates ? tallies.validShare(assumed: 0.7) : 1
    let agreed = tallies.share(.question, assumed: 0.6) / max(0.01, valid)
    let regions = Double(tallies.open(.region)) + openPictures * regionsEach * kept
    let newQuestions = regions * questionsEach
    let questions = Double(tallies.open(.question)) + newQuestions * valid
    let answered = Double(tallies.withoutItem) + questions * min(1, agreed)
    let votes = Double(config.answers.perTeacher) * (config.answers.measuresDirect ? 2 : 1)
    let teachers = config.teachers
    let usesTeachers = config.regions.strategy == .teachers
    let lines: [Line] = [
      Line(purpose: .list, role: teachers.list, calls: usesTeachers ? openPictures : 0),
      Line(
        purpose: .ground, role: teachers.ground,
        calls: usesTeachers ? openPictures * regionsEach * Double(config.regions.groundingSamples) : 0),
      Line(purpose: .ask, role: teachers.ask, calls: regions),
      Line(purpose: .validate, role: teachers.validate, calls: config.questions.validates ? newQuestions : 0),
      Line(purpose: .answer, role: teachers.answer, calls: questions * votes),
      Line(purpose: .answer, role: teachers.secondAnswer, calls: questions * votes),
      Line(purpose: .classify, role: teachers.classify, calls: answered),
      Line(purpose: .distract, role: teachers.distract, calls: answered),
      Line(purpose: .solve, role: teachers.solve, calls: answered * Double(config.items.attempts)),
    ]
    let usage = try context.store.usage()
    var rows: [[Table.Cell]] = []
    var total = (calls: 0.0, cost: 0.0)
    for line in lines where !line.role.model.isEmpty {
      let past = usage.filter { $0.purpose == line.purpose.rawValue && $0.count.replies > 0 }.first?.count
      let tokens = past.map {
        (Double($0.promptTokens) / Double($0.replies), Double($0.completionTokens) / Double($0.replies))
      }
      let (prompt, completion) = tokens ?? (1500, 150)
      let prices = teachers.endpoints[line.role.model]?.prices ?? ChatPrices()
      let cost = line.calls * (prompt * prices.promptPerMillion + completion * prices.completionPerMillion) / 1e6
      total = (total.calls + line.calls, total.cost + cost)
      rows.append([
        Table.Cell(RichText(line.purpose.rawValue)), Table.Cell(RichText(line.role.model)),
        .integer(Int(line.calls.rounded())), .number(cost, decimals: 2),
        Table.Cell(RichText(past == nil ? "assumed" : "measured")),
      ])
    }
    rows.append(["all", "", .integer(Int(total.calls.rounded())), .number(total.cost, decimals: 2), ""])
    table = Table(
      columns: [.text("purpose"), .text("teacher"), .number("calls left"), .number("cost"), .text("tokens a call")],
      rows: rows,
      caption: tallies.isEmpty
        ? "Nothing is built yet: yields are assumed (\(Int(names)) names a picture, 60 % of regions kept, 70 % of "
          + "questions valid, 60 % of them with an answer). Retries are not in it."
        : "Yields as measured in this build so far. Retries are not in it.")
  }

  /// Rows of the state by table, state and verdict.
  private struct Tallies {
    private var rows: [BuildTable: [(state: WorkState, verdict: Verdict, count: Int)]] = [:]
    let withoutItem: Int

    init(_ store: BuildStore) throws(ZoomError) {
      for table in BuildTable.allCases { rows[table] = try store.tally(table) }
      withoutItem = try store.questionsWithoutItem(limit: 0).count
    }

    var isEmpty: Bool { count(.region) { _, _ in true } == 0 }

    private func count(_ table: BuildTable, where isCounted: (WorkState, Verdict) -> Bool) -> Int {
      rows[table, default: []].filter { isCounted($0.state, $0.verdict) }.reduce(0) { $0 + $1.count }
    }

    func finished(_ table: BuildTable) -> Int { count(table) { state, _ in state == .done || state == .rejected } }

    func open(_ table: BuildTable) -> Int { count(table) { state, _ in state == .pending || state == .failed } }

    /// Rows that went through, of those that were decided.
    func share(_ table: BuildTable, assumed: Double) -> Double {
      let decided = count(table) { state, _ in state != .failed }
      guard decided > 0 else { return assumed }
      return Double(count(table) { state, _ in state == .done || state == .pending }) / Double(decided)
    }

    func validShare(assumed: Double) -> Double {
      let all = count(.question) { _, _ in true }
      guard all > 0 else { return assumed }
      return 1 - Double(count(.question) { _, verdict in verdict == .validation || verdict == .repeated }) / Double(all)
    }

    func ratio(_ table: BuildTable, over parent: BuildTable, assumed: Double) -> Double {
      let parents = count(parent) { state, _ in state == .done }
      guard parents > 0 else { return assumed }
      return Double(count(table) { _, _ in true }) / Double(parents)
    }
  }
}
