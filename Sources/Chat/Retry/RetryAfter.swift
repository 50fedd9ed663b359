// What a server says about when to come back.
// Not here: what is made of it (RetryPolicy.swift).

package import Foundation

/// The `Retry-After` header.
package enum RetryAfter {
  /// The seconds to wait; 0 if the text says nothing that can be used.
  ///
  /// > Source: RFC 9110, sections 10.2.3 and 5.6.7: seconds, or a date in one of three forms.
  package static func seconds(_ text: String, now: Date) -> Double {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    if let number = Double(trimmed), trimmed.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }) {
      return number.isFinite ? number : 0
    }
    return date(trimmed).map { max(0, $0.timeIntervalSince(now)) } ?? 0
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// A date of HTTP; nil for other text. The three forms are `Sun, 06 Nov 1994 08:49:37 GMT`,
  /// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
  package static func date(_ text: String) -> Date? {
    var words = text.split(whereSeparator: { " -,".contains($0) })
    // The name of the day says nothing new.
    guard words.count >= 5, words.removeFirst().allSatisfy(\.isLetter) else { return nil }
    let isZoned = words.last == "GMT"
    if isZoned { words.removeLast() }
    guard words.count == 4 else { return nil }
    let (day, month, year, time) =
      isZoned ? (words[0], words[1], words[2], words[3]) : (words[1], words[0], words[3], words[2])
    let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, digits: 2...2) }
    guard let day = number(day, digits: 1...2), let number = number(year, digits: 2...4),
      let month = months.firstIndex(of: String(month)), clock.count == 3, let hour = clock[0],
      let minute = clock[1], let second = clock[2]
    else { return nil }
    guard (1...31).contains(day), hour < 24, minute < 60, second <= 60 else { return nil }
    var parts = tm()
    // Two digits are of the years 1970 to 2069.
    parts.tm_year = Int32(year.count == 2 ? (number < 70 ? number + 100 : number) : number - 1900)
    parts.tm_mon = Int32(month)
    parts.tm_mday = Int32(day)
    parts.tm_hour = Int32(hour)
    parts.tm_min = Int32(minute)
    parts.tm_sec = Int32(second)
    return Date(timeIntervalSince1970: Double(timegm(&parts)))
  }

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }
}
