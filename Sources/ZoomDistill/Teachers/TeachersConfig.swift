// Who is asked for what, and how replies are drawn.
// Not here: the purposes (TeacherPurpose.swift), the models themselves (Teachers.swift).
public import Chat
import Lab

/// Endpoints by name, and which of them serves each purpose.
///
/// A role names an endpoint of ``endpoints``, or one of the embedded teachers (`signs`, `reader-a`, `reader-b`,
/// `solver`), or nobody: an empty name. Several purposes may share one name.
public struct TeachersConfig: Codable, Equatable, Sendable {
  /// Servers by name.
  public var endpoints: [String: ChatEndpoint] = [:]
  /// Names objects that appear once.
  public var list = TeacherRole("signs", temperature: 0.7)
  /// Gives the boxes of a name.
  public var ground = TeacherRole("signs", temperature: 0)
  /// Writes questions on a crop.
  public var ask = TeacherRole("signs", temperature: 0.9, topP: 0.8)
  /// Validates them.
  public var validate = TeacherRole("signs", temperature: 0.3, topP: 0.9)
  /// The first answering teacher.
  public var answer = TeacherRole("reader-a", temperature: 0.7, topP: 0.9)
  /// The second one; nobody for one alone.
  public var secondAnswer = TeacherRole("reader-b", temperature: 0.7, topP: 0.9)
  /// Groups answers that rules leave open; nobody for rules alone.
  public var cluster = TeacherRole("", temperature: 0.3)
  /// Writes wrong options.
  public var distract = TeacherRole("signs", temperature: 0.8, maxTokens: 1024)
  /// Tries the finished item, for its difficulty.
  public var solve = TeacherRole("solver", temperature: 1)
  /// Says which of the six dimensions a question has; nobody for the rules.
  public var classify = TeacherRole("signs", temperature: 0)
  /// Replies that a run asks for, until one has the form that was asked for; each is a sample of its own.
  public var tries = 3
  /// A folder with prompts that replace the built-in ones, `<purpose>.txt`; empty for none.
  public var prompts = ""

  /// The roles by purpose, the answering teachers in order.
  public var roles: [(TeacherPurpose, TeacherRole)] {
    [
      (.list, list), (.ground, ground), (.ask, ask), (.validate, validate), (.answer, answer),
      (.answer, secondAnswer), (.cluster, cluster), (.distract, distract), (.solve, solve), (.classify, classify),
    ]
  }

  func check(_ check: inout ConfigCheck) {
    for (name, endpoint) in endpoints.sorted(by: { $0.key < $1.key }) {
      endpoint.validate(into: &check, at: "teachers.endpoints.\(name)")
    }
    check.require((1...100).contains(tries), "teachers.tries", expected: "1 to 100", got: tries)
    let known = Set(endpoints.keys).union(EmbeddedTeacher.allCases.map(\.rawValue)).union([""])
    for (purpose, role) in roles {
      check.require(
        known.contains(role.model), "teachers.\(purpose.rawValue).model",
        expected: "one of " + known.filter { !$0.isEmpty }.sorted().joined(separator: ", ") + ", or nobody",
        got: role.model)
    }
  }
}

/// Teachers inside the program.
public enum EmbeddedTeacher: String, CaseIterable, Codable, Sendable {
  /// Lists, grounds, asks, validates and labels in the sign world, at full resolution.
  case signs
  /// Reads signs by templates, through a retina of 32 × 32.
  case readerA = "reader-a"
  /// Reads signs by gradients, through a retina of 32 × 32.
  case readerB = "reader-b"
  /// Reads by templates through a retina of 24 × 24: tries finished items, in the student's place.
  case solver
}

/// Who serves a purpose, and how the replies are drawn. A negative number leaves the choice to the server.
public struct TeacherRole: Codable, Equatable, Sendable {
  /// An endpoint, an embedded teacher, or empty for nobody.
  public var model: String
  /// Temperature.
  public var temperature: Double
  /// Nucleus.
  public var topP: Double
  /// Most tokens of a reply.
  public var maxTokens: Int

  /// A role.
  public init(_ model: String, temperature: Double = -1, topP: Double = -1, maxTokens: Int = -1) {
    self.model = model
    self.temperature = temperature
    self.topP = topP
    self.maxTokens = maxTokens
  }

  /// How replies are drawn.
  public var sampling: ChatSampling { ChatSampling(temperature: temperature, topP: topP, maxTokens: maxTokens) }
}
