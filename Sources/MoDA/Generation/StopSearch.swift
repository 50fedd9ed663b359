// Texts that end a continuation, looked for while it grows.
// Not here: tokens (Continuation.swift).

/// Passes text on until one of the stops comes, which is held back with all that follows.
package struct StopSearch: Sendable {
  private let stops: [[UInt8]]
  /// The end of the text so far that may be the beginning of a stop.
  private var held: [UInt8] = []
  /// Whether a stop has come.
  package private(set) var isFound = false

  /// - Precondition: no stop is empty.
  package init(_ stops: [String]) {
    precondition(!stops.contains(""), "StopSearch: an empty stop")
    self.stops = stops.map { Array($0.utf8) }
  }

  /// Takes further text in, and returns what no stop can begin with any more.
  package mutating func append(_ text: String) -> String {
    guard !isFound else { return "" }
    guard !stops.isEmpty else { return text }
    held += text.utf8
    if let place = firstStop {
      isFound = true
      defer { held = [] }
      return String(decoding: held[..<place], as: UTF8.self)
    }
    let kept = unfinished
    defer { held.removeFirst(held.count - kept) }
    return String(decoding: held[..<(held.count - kept)], as: UTF8.self)
  }

  /// What is left when no text follows.
  package mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  /// Where the first of the stops begins.
  private var firstStop: Int? {
    held.indices.first { place in stops.contains { held[place...].starts(with: $0) } }
  }

  /// Bytes of the longest end that is the beginning of a stop.
  private var unfinished: Int {
    let most = min(held.count, (stops.map(\.count).max() ?? 1) - 1)
    return (0...max(0, most)).reversed().first { count in
      stops.contains { $0.count > count && $0.starts(with: held.suffix(count)) }
    } ?? 0
  }
}
