// Waiting for what other tasks bring about.
// Not here: time as such, which no test asserts.

/// Waits until something holds that other tasks bring about; false after far longer than that takes, ten seconds or more.
public func eventually(_ condition: @Sendable () async throws -> Bool) async rethrows -> Bool {
  for _ in 0..<2000 {
    if try await condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return false
}
