// A study as data: one base configuration, arms that change it, seeds, and the contrasts that it is made for.
// Not here: what is done already (StudyPlan.swift), running (StudyRunner.swift), tables (StudyReport.swift).
public import Lab

/// The configuration of `moda-study`: arms × seeds over one base configuration of `moda-lm`.
public struct StudyConfig: ExperimentConfig {
  /// What the study is called in its report and results file.
  public var name = "study"
  /// What it asks, for the report.
  public var question = ""
  /// The configuration file of `moda-lm` that every arm changes.
  public var base = "Configs/moda/quickstart.yaml"
  /// What all arms change in it, each as after `--set`.
  public var set: [String] = []
  /// The folder of the runs; each is `<arm>-s<seed>`.
  public var runs = "Runs/study"
  /// The seeds of every arm that has none of its own. Runs of one seed see the same batches and share initial values.
  public var seeds: [UInt64] = [1, 2, 3]
  /// What is trained.
  public var arms: [StudyArm] = []
  /// What is asked of it.
  public var contrasts: [StudyContrast] = []

  /// An empty study.
  public static let base = StudyConfig()
  /// The same: a study is as small as its base configuration.
  public static let smoke = StudyConfig()

  /// Checks names and seeds.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    check.require(Self.isName(name), "name", expected: "letters, digits, '.' and '-'", got: name)
    check.require(!seeds.isEmpty, "seeds", expected: "at least one", got: "none")
    let names = arms.map(\.name)
    for (index, arm) in arms.enumerated() {
      check.require(
        Self.isName(arm.name), "arms[\(index)].name", expected: "letters, digits, '.' and '-'", got: arm.name)
      check.require(
        names.firstIndex(of: arm.name) == index, "arms[\(index)].name", expected: "a name of its own", got: arm.name)
      let own = seeds(of: arm)
      check.require(
        Set(own).count == own.count, "arms[\(index)].seeds", expected: "each seed once", got: "\(own)")
    }
    for (index, contrast) in contrasts.enumerated() {
      check.require(
        !contrast.plus.isEmpty && contrast.plus.count == contrast.minus.count, "contrasts[\(index)].plus",
        expected: "as many arms as in minus, at least one", got: "\(contrast.plus.count) and \(contrast.minus.count)")
      for arm in contrast.plus + contrast.minus where !names.contains(arm) {
        check.require(
          false, "contrasts[\(index)]", expected: "one of the arms \(names.joined(separator: ", "))", got: arm)
      }
    }
    try check.finish()
  }

  /// The seeds of an arm.
  public func seeds(of arm: StudyArm) -> [UInt64] { arm.seeds.isEmpty ? seeds : arm.seeds }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
      && !text.hasPrefix(".")
  }
}

/// One variant of the base configuration.
public struct StudyArm: Codable, Equatable, Sendable {
  /// A short name, also of the run folders.
  public var name: String
  /// What it changes, each as after `--set`: `model.blocks=24`.
  public var set: [String]
  /// Seeds of its own; empty for the study's.
  public var seeds: [UInt64]
  /// The paper's figure for this row; 0 for none.
  public var published: Double

  /// An arm.
  public init(name: String, set: [String] = [], seeds: [UInt64] = [], published: Double = 0) {
    self.name = name
    self.set = set
    self.seeds = seeds
    self.published = published
  }

  /// Reads an arm; what is missing has its default, since elements of a list have no defaults of their own.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    set = try values.decodeIfPresent([String].self, forKey: .set) ?? []
    seeds = try values.decodeIfPresent([UInt64].self, forKey: .seeds) ?? []
    published = try values.decodeIfPresent(Double.self, forKey: .published) ?? 0
  }
}

/// A sum of arms' losses minus a sum of others': a difference of two arms, or of two differences.
///
/// `plus: [moda], minus: [base]` asks whether MoDA's loss is lower; `plus: [post-moda, pre-base], minus: [post-base,
/// pre-moda]` asks whether it gains more in post-norm than in pre-norm.
public struct StudyContrast: Codable, Equatable, Sendable {
  /// What is expected of the value.
  public enum Expectation: String, Codable, Sendable, CaseIterable {
    /// Below zero.
    case negative
    /// Above zero.
    case positive
    /// Nothing; it is only measured.
    case open
  }

  /// What it says, as a sentence of the report.
  public var claim: String
  /// Arms whose loss is added.
  public var plus: [String]
  /// Arms whose loss is taken away.
  public var minus: [String]
  /// The sign that the paper gives it.
  public var expects: Expectation
  /// The paper's value; 0 for none.
  public var published: Double

  /// A contrast.
  public init(
    claim: String, plus: [String], minus: [String], expects: Expectation = .negative, published: Double = 0
  ) {
    self.claim = claim
    self.plus = plus
    self.minus = minus
    self.expects = expects
    self.published = published
  }

  /// Reads a contrast; what is missing has its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    claim = try values.decode(String.self, forKey: .claim)
    plus = try values.decode([String].self, forKey: .plus)
    minus = try values.decode([String].self, forKey: .minus)
    expects = try values.decodeIfPresent(Expectation.self, forKey: .expects) ?? .negative
    published = try values.decodeIfPresent(Double.self, forKey: .published) ?? 0
  }
}
