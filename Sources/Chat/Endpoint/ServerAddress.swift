// The address of a server, checked once, and the short form of it that messages show.
// Not here: talking to it (HTTP).

package import Foundation

/// Where chat completions are posted to.
package struct ServerAddress: Hashable, Sendable {
  /// `{base}/chat/completions`.
  package let completions: URL
  /// `host:port`, or `host` where the port is the scheme's own: what errors name, without path or user.
  package let label: String
  /// Scheme, host and port: what requests are counted by.
  package let host: String
  /// Whether the scheme is `https`.
  package let usesTLS: Bool
  /// Whether nobody on the way can read along: TLS, or this machine.
  package let isPrivate: Bool

  /// Reads the base of an address.
  ///
  /// - Throws: ``ChatError/configuration(place:reason:)``, without the address, which may hold a key.
  package init(base: String) throws(ChatError) {
    let problem = Self.problem(with: base)
    guard problem.isEmpty, let parts = URLComponents(string: base), let host = parts.host,
      let scheme = parts.scheme?.lowercased()
    else { throw .configuration(place: "baseURL", reason: problem.isEmpty ? "not an address" : problem) }
    var path = parts.path
    while path.hasSuffix("/") { path.removeLast() }
    var target = parts
    target.path = path + "/chat/completions"
    guard let url = target.url else { throw .configuration(place: "baseURL", reason: "not an address") }
    completions = url
    label = parts.port.map { "\(host):\($0)" } ?? host
    self.host = "\(scheme)://\(host.lowercased()):\(parts.port ?? (scheme == "https" ? 443 : 80))"
    usesTLS = scheme == "https"
    isPrivate = usesTLS || Self.isLoopback(host)
  }

  /// What is wrong with the base of an address, in words that do not repeat it; empty if nothing is.
  package static func problem(with base: String) -> String {
    guard !base.isEmpty else { return "nothing" }
    guard base.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return "an address with blanks" }
    guard let parts = URLComponents(string: base), let host = parts.host, !host.isEmpty else {
      return "something without a host"
    }
    guard ["http", "https"].contains(parts.scheme?.lowercased() ?? "") else { return "a scheme other than http(s)" }
    guard parts.user == nil, parts.password == nil else { return "an address with a user or password" }
    guard parts.query == nil, parts.fragment == nil else { return "an address with '?' or '#'" }
    guard parts.port.map({ (1...65_535).contains($0) }) ?? true else { return "a port outside 1 to 65535" }
    return ""
  }

  /// Whether a host is this machine, by its name or number.
  package static func isLoopback(_ host: String) -> Bool {
    let name = host.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    if name == "localhost" || name == "::1" { return true }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers.first == 127 && !numbers.contains(nil)
  }
}
