// The complete description of a dataset build. Defaults live here and only here; a YAML file under Configs/zoom is a
// patch. The published thresholds of the paper's pipeline are the defaults.
// Not here: teachers (TeachersConfig.swift), what the stages do (Builder, Regions, Answers, Items).
public import Lab
public import Media

/// The configuration of `zoom-build`.
///
/// > Source: arXiv 2602.11858 and its public code; each default is that code's value unless its comment says otherwise.
public struct ZoomBuildConfig: ExperimentConfig {
  /// The seed of every draw. A draw depends on it and on what it is for, never on the order of work.
  public var seed: UInt64 = 1
  /// Where pictures come from.
  public var images = ImagesConfig()
  /// Which parts of them are asked about.
  public var regions = RegionsConfig()
  /// How crops are made.
  public var crop = CropConfig()
  /// How questions are written.
  public var questions = QuestionsConfig()
  /// How answers are agreed on.
  public var answers = AnswersConfig()
  /// How items are made of them.
  public var items = ItemsConfig()
  /// Who is asked.
  public var teachers = TeachersConfig()
  /// What is written.
  public var export = ExportConfig()
  /// Pieces of work in flight; 0 for one a thread with embedded teachers and 8 with servers.
  public var concurrency = 0

  /// The defaults: the published thresholds, the sign world and its embedded readers.
  public static let base = ZoomBuildConfig()

  /// A few scenes.
  public static var smoke: ZoomBuildConfig {
    var config = base
    config.images.source = .signs(scenes: 6)
    return config
  }

  /// Checks what types cannot express.
  public func validate() throws(ConfigError) {
    var check = ConfigCheck()
    images.check(&check)
    regions.check(&check)
    check.require((1...16).contains(crop.scale), "crop.scale", expected: "1 to 16", got: crop.scale)
    check.require((0...10).contains(crop.margin), "crop.margin", expected: "0 to 10", got: crop.margin)
    questions.check(&check)
    answers.check(&check)
    items.check(&check)
    teachers.check(&check)
    export.check(&check)
    check.require((0...1024).contains(concurrency), "concurrency", expected: "0 to 1024", got: concurrency)
    try check.finish()
  }
}

/// Where pictures come from.
public enum ImageSource: ConfigChoice, Codable, Equatable, Sendable {
  /// Scenes of the embedded sign world, made in the output folder.
  case signs(scenes: Int)
  /// All PNG and JPEG files of a folder and its folders; `licence` and `origin` go into every exported row.
  case folder(path: String, licence: String, origin: String)
  /// A JSON-lines file with `path` (or `file`), and if known `licence`, `origin` and `boxes`, a picture a line; paths from its
  /// folder.
  case list(path: String)

  /// Each case with its defaults.
  public static let defaults: [ImageSource] = [
    .signs(scenes: 200), .folder(path: "", licence: "unknown", origin: ""), .list(path: ""),
  ]
}

/// Where pictures come from and which are taken.
public struct ImagesConfig: Codable, Equatable, Sendable {
  /// The source.
  public var source = ImageSource.signs(scenes: 200)
  /// Pictures to take at most, drawn by the seed; 0 for all.
  public var limit = 0
  /// Both sides must be longer than this, in pixels. The paper's is 1200, set where photographs are used; the sign
  /// world's pictures have 256.
  public var longerThan = 0
  /// Limits of what is decoded at all.
  public var limits = ImageLimits()
  /// Pictures whose perceptual hashes differ in this many bits of 64 or fewer are near-duplicates, and the later one is
  /// rejected; -1 for no check. Not in the paper's code.
  public var duplicateDistance = 4
  /// Folders with pictures of benchmarks: whatever is a near-duplicate of one of them is rejected.
  public var benchmarks: [String] = []
  /// Longest side of a full picture that is sent to a server, in pixels; larger ones are sent reduced. 0 for none.
  public var sendSide = 4096

  func check(_ check: inout ConfigCheck) {
    switch source {
    case .signs(let scenes):
      check.require(
        (1...1_000_000).contains(scenes), "images.source.signs.scenes", expected: "1 to 1000000", got: scenes)
    case .folder(let path, _, _):
      check.require(!path.isEmpty, "images.source.folder.path", expected: "a folder", got: "nothing")
    case .list(let path):
      check.require(!path.isEmpty, "images.source.list.path", expected: "a JSON-lines file", got: "nothing")
    }
    check.require(limit >= 0, "images.limit", expected: "0 or more", got: limit)
    check.require(longerThan >= 0, "images.longerThan", expected: "0 or more", got: longerThan)
    check.require(
      (-1...32).contains(duplicateDistance), "images.duplicateDistance", expected: "-1 to 32", got: duplicateDistance)
    check.require(
      sendSide == 0 || sendSide >= 64, "images.sendSide", expected: "0, or 64 and more", got: sendSide)
  }
}

/// How regions are found.
public enum ProposalStrategy: String, Codable, CaseIterable, Sendable {
  /// A teacher names objects that appear once, a grounding teacher gives all boxes of each name: the paper's way.
  case teachers
  /// Boxes of an annotation file: COCO JSON, a folder of Pascal VOC XML, or CSV.
  case annotations
  /// Blocks of text and small salient things, from the pixels alone.
  case salient
  /// Boxes that came with the list of pictures, as a scene generator knows them.
  case given
}

/// Which parts of a picture are asked about.
public struct RegionsConfig: Codable, Equatable, Sendable {
  /// How regions are found.
  public var strategy = ProposalStrategy.teachers
  /// The annotations, for that strategy.
  public var annotations = ""
  /// Samples of the grounding teacher for a name; all must give exactly one box.
  public var groundingSamples = 1
  /// Least overlap (IoU) between the boxes of those samples.
  public var groundingAgreement = 0.7
  /// Least confidence.
  public var score = 0.75
  /// Regions at or above this share of the picture are too large: zooming would gain nothing.
  public var area = 0.10
  /// Least short side in pixels. Not in the paper's code.
  public var shortSide = 8.0
  /// Most length over width. Not in the paper's code.
  public var aspect = 10.0
  /// Least area in patches of the student, and the side of its patch in pixels of the full picture. Not in the paper's
  /// code; 0 for no check.
  public var studentTokens = 0.0
  /// The side of a patch of the student in pixels.
  public var studentPatch = 28.0
  /// Overlap (IoU) from which the weaker of two regions is dropped. Not in the paper's code.
  public var overlap = 0.8
  /// Regions of a picture at most, the most confident ones; 0 for all.
  public var perImage = 0
  /// Fewest names that a list must have; with fewer the picture is rejected.
  public var leastNames = 3

  func check(_ check: inout ConfigCheck) {
    check.require(
      strategy != .annotations || !annotations.isEmpty, "regions.annotations", expected: "a file", got: "nothing")
    check.require(
      (1...16).contains(groundingSamples), "regions.groundingSamples", expected: "1 to 16", got: groundingSamples)
    for (key, value) in [
      ("groundingAgreement", groundingAgreement), ("score", score), ("area", area), ("overlap", overlap),
    ] { check.require((0...1).contains(value), "regions.\(key)", expected: "0 to 1", got: value) }
    check.require(shortSide >= 1, "regions.shortSide", expected: "1 or more", got: shortSide)
    check.require(aspect >= 1, "regions.aspect", expected: "1 or more", got: aspect)
    check.require(studentTokens >= 0, "regions.studentTokens", expected: "0 or more", got: studentTokens)
    check.require(studentPatch >= 1, "regions.studentPatch", expected: "1 or more", got: studentPatch)
    check.require(perImage >= 0, "regions.perImage", expected: "0 or more", got: perImage)
    check.require(leastNames >= 1, "regions.leastNames", expected: "1 or more", got: leastNames)
  }
}

/// How crops are made.
public struct CropConfig: Codable, Equatable, Sendable {
  /// Enlargement in each direction.
  public var scale = 2.0
  /// What is added on each side of the box, as a share of its shorter side. The paper's code adds nothing.
  public var margin = 0.0
  /// The file. The paper's code writes JPEG of quality 95; PNG keeps the strokes of small signs.
  public var encoding = ImageEncoding.png()

  /// The part of a picture that the crop of a box shows, which may reach beyond the picture's edges.
  func part(of box: BoundingBox) -> BoundingBox {
    let added = margin * min(box.width, box.height)
    return BoundingBox(
      left: box.left - added, top: box.top - added, right: box.right + added, bottom: box.bottom + added)
  }
}

/// How questions are written and validated.
public struct QuestionsConfig: Codable, Equatable, Sendable {
  /// Questions of a region.
  public var perRegion = 3
  /// Whether a teacher that sees picture and crop must agree that a question holds for both.
  public var validates = true

  func check(_ check: inout ConfigCheck) {
    check.require((1...16).contains(perRegion), "questions.perRegion", expected: "1 to 16", got: perRegion)
  }
}

/// How answers are agreed on.
public struct AnswersConfig: Codable, Equatable, Sendable {
  /// Answers of each answering teacher.
  public var perTeacher = 4
  /// Least share of all answers, missing ones included, that must say the same: 6 of 8.
  public var agreement = 0.75
  /// Whether each answering teacher must have given at least one of them. Not in the paper's code.
  public var fromEveryTeacher = true
  /// Whether the same questions are also answered on the full picture, to measure what the crop is worth. Only counted
  /// where the truth is known; these answers are never exported.
  public var measuresDirect = false

  func check(_ check: inout ConfigCheck) {
    check.require((1...64).contains(perTeacher), "answers.perTeacher", expected: "1 to 64", got: perTeacher)
    check.require(
      agreement > 0.5 && agreement <= 1, "answers.agreement", expected: "above 0.5, at most 1", got: agreement)
  }
}

/// What becomes of an item whose difficulty could not be measured.
public enum UnmeasuredItems: String, Codable, CaseIterable, Sendable {
  /// It is exported, marked as unmeasured.
  case keep
  /// It is left out until it is measured.
  case hold
}

/// How items are made and filtered.
public struct ItemsConfig: Codable, Equatable, Sendable {
  /// What the box grows by on each side before it is drawn, as a share of its sides.
  public var expand = 0.05
  /// How the box is drawn: outside of the evidence with a width that follows the picture, or 5 pixels inwards as in the
  /// paper's code.
  public var outline = BoxOutline.outside()
  /// Wrong options beside the right one.
  public var distractors = 3
  /// Tries for enough wrong options that differ from the answer and from each other.
  public var distractorTries = 4
  /// Attempts of the solver; 0 for no difficulty filter.
  public var attempts = 4
  /// Items that the solver gets right more often than this are too easy.
  public var solvedAtMost = 1
  /// What becomes of items that could not be measured.
  public var unmeasured = UnmeasuredItems.hold
  /// Share of kept and of dropped items that the audit page shows, drawn by the seed.
  public var audit = 0.05
  /// The file of the picture with the box.
  public var encoding = ImageEncoding.png(level: 6, strategy: .runs)

  func check(_ check: inout ConfigCheck) {
    check.require((0...1).contains(expand), "items.expand", expected: "0 to 1", got: expand)
    check.require((1...9).contains(distractors), "items.distractors", expected: "1 to 9", got: distractors)
    check.require(
      (1...32).contains(distractorTries), "items.distractorTries", expected: "1 to 32", got: distractorTries)
    check.require((0...64).contains(attempts), "items.attempts", expected: "0 to 64", got: attempts)
    check.require(solvedAtMost >= 0, "items.solvedAtMost", expected: "0 or more", got: solvedAtMost)
    check.require((0...1).contains(audit), "items.audit", expected: "0 to 1", got: audit)
  }
}

/// The picture that a student is trained on.
public enum TrainingView: String, Codable, CaseIterable, Sendable {
  /// The full picture with the box, and a question that mentions it: the paper's.
  case boxed
  /// The full picture as it is.
  case plain
  /// One half of the items each, drawn by the seed.
  case mixed
}

/// What is written.
public struct ExportConfig: Codable, Equatable, Sendable {
  /// The picture that a student is trained on.
  public var view = TrainingView.boxed
  /// Items of a tar shard; 0 for no shards.
  public var shardItems = 1000
  /// Share of pictures in the validation split, by a hash of their content.
  public var validation = 0.05

  func check(_ check: inout ConfigCheck) {
    check.require(shardItems >= 0, "export.shardItems", expected: "0 or more", got: shardItems)
    check.require((0...1).contains(validation), "export.validation", expected: "0 to 1", got: validation)
  }
}
