// zoom-scenes: scratch
import ZoomDistill
import Lab
import Tensor
import Media
func show(_ s: ReaderStudy) {
for row in s.table.rows { print(row.map { "\($0.value.map { ($0 * 1000).rounded() / 1000 } ?? 0)" }.joined(separator: "\t")) }
}
show(ReaderStudy(seed: 1, scenes: 200, margin: 0.0))
show(ReaderStudy(seed: 2, scenes: 200, margin: 0.1))
let templates = SignTemplates()
let proposer = SignProposer(templates)
var stats: [String: [Double]] = [:]
var spurious = 0
for i in 0..<100 {
  let scene = SignScene(SignWorldConfig(), seed: 5, index: i)
  let found = proposer.signs(in: scene.image)
  for s in scene.truth.signs {
    let kind = s.isOversized ? "big" : s.isFaint ? "faint" : s.isFaded ? "faded" : s.isDuplicate ? "dup" : "plain"
    let m = found.filter { $0.frame == s.frame && $0.box.intersectionOverUnion(s.box) > 0.5 }
    stats[kind, default: []].append(m.first?.score ?? 0)
    stats[kind + "-iou", default: []].append(m.first?.box.intersectionOverUnion(s.box) ?? 0)
    if kind != "faint" && (m.first?.score ?? 0) < 0.75 { print(i, kind, s.frame, s.box, m, found.filter { $0.box.intersectionOverUnion(s.box) > 0.2 }) }
  }
  let bad = found.filter { f in !scene.truth.signs.contains { $0.frame == f.frame && $0.box.intersectionOverUnion(f.box) > 0.5 } }
  spurious += bad.count
  if !bad.isEmpty && i < 20 { print(i, bad.map { "\($0.frame) \($0.score) \($0.box)" }) }
}
for (k, v) in stats.sorted(by: { $0.key < $1.key }) { let s = v.sorted(); print(k, s.count, s.first!, s[s.count / 10], s[s.count / 2], s.last!) }
print("spurious", spurious)
let clock = ContinuousClock()
let scene = SignScene(SignWorldConfig(), seed: 5, index: 0)
print("scene", clock.measure { for i in 0..<20 { _ = SignScene(SignWorldConfig(), seed: 5, index: i) } } / 20)
print("proposer", clock.measure { for _ in 0..<20 { _ = proposer.signs(in: scene.image) } } / 20)
print("retina", clock.measure { for _ in 0..<20 { _ = Retina(scene.image, side: 32) } } / 20)
let full = Retina(scene.image, side: 32)
for kind in SignReader.Kind.allCases { let reader = SignReader(kind, templates: templates)
for d in [Dimension.ocr, .counting, .color] {
let q = SignQuestion(dimension: d, frame: .circle)
_ = reader.read(q, from: full, at: .crop, sample: 0)
print(kind, d, "crop", clock.measure { for i in 0..<100 { _ = reader.read(q, from: full, at: .crop, sample: i) } } / 100)
print(kind, d, "box", clock.measure { for i in 0..<100 { _ = reader.read(q, from: full, at: .box(full.bounds), sample: i) } } / 100)
print(kind, d, "any", clock.measure { for i in 0..<10 { _ = reader.read(q, from: full, at: .anywhere, sample: i) } } / 10)
}}
