// STUB, replaced at merge.
// Not here: anything.
/// Stub.
public enum AmbisonicFormat: String, Codable, CaseIterable, Sendable {
  /// Stub.
  case acnSN3D = "acn-sn3d"
}
