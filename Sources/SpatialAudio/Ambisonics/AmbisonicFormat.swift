// STUB, replaced at merge.
// Not here: anything.
/// Stub.
public enum AmbisonicFormat: String, Codable, CaseIterable, Sendable {
  /// Stub.
  case acnSN3D = "acn-sn3d"
}

import Media
extension AmbisonicFormat {
  func encoded(_ audio: AudioBuffer) -> AudioBuffer { audio }
  var orderName: String { "ACN" }
  var normalizationName: String { "SN3D" }
}
