// The token that clients must send, from a file or the environment: command lines are seen by everybody.
// Not here: comparing it (HTTPServer.swift).
public import Foundation
import Lab

/// Where a server's token comes from.
public enum ServerToken {
  /// The name of the variable that holds a token.
  public static let variable = "MODA_SERVE_TOKEN"

  /// The token in a file, without the white space around it.
  ///
  /// - Throws: ``ServerError/token(path:reason:)``.
  public static func read(_ file: URL) throws(ServerError) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw .token(path: file.relativePath, reason: "an error: \(error.localizedDescription)")
    }
    return try check(String(decoding: data, as: UTF8.self), path: file.relativePath)
  }

  /// The token in an environment; empty where the variable is missing.
  ///
  /// - Throws: ``ServerError/token(path:reason:)`` if the variable is there and empty, or holds what no header can.
  public static func read(environment: [String: String]) throws(ServerError) -> String {
    guard let value = environment[variable] else { return "" }
    return try check(value, path: "variable \(variable)")
  }

  private static func check(_ text: String, path: String) throws(ServerError) -> String {
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !token.isEmpty else { throw .token(path: path, reason: "nothing") }
    guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .token(path: path, reason: "other characters")
    }
    return token
  }
}
