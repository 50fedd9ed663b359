// The two clocks that the library reads, as a value that tests replace.
// Not here: formatting durations (ProgressBar) or measuring kernels (the benchmark tools).

public import Foundation

/// Where the library takes the time from.
public struct TimeSource: Sendable {
  /// The wall clock.
  public var date: @Sendable () -> Date
  /// Seconds of a clock that never jumps; only differences mean something.
  public var seconds: @Sendable () -> Double

  /// Creates a time source from two clocks.
  public init(date: @escaping @Sendable () -> Date, seconds: @escaping @Sendable () -> Double) {
    self.date = date
    self.seconds = seconds
  }

  /// The clocks of the system.
  public static let system = TimeSource(
    date: { Date() }, seconds: { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 })
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension Date {
  /// The date in UTC by a pattern of strftime(3), for example `%Y-%m-%d`.
  func formattedInUTC(_ pattern: String) -> String {
    // Rounded to milliseconds first, so that all fields belong to the same instant.
    var seconds = time_t((timeIntervalSince1970 * 1000).rounded() / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 128)
    let count = strftime(&buffer, buffer.count, pattern, &parts)
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// `2026-11-30T08:15:00.250Z`.
  var timestamp: String {
    let milliseconds = Int64((timeIntervalSince1970 * 1000).rounded()) % 1000
    let padded = String(milliseconds + 1000).dropFirst()
    return formattedInUTC("%Y-%m-%dT%H:%M:%S") + ".\(padded)Z"
  }
}
