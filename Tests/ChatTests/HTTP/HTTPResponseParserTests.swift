// Answers of HTTP in pieces, in odd forms, and hostile.

import Chat
import Foundation
import TestSupport
import Testing

@Suite("HTTP response parser")
struct HTTPResponseParserTests {
  /// What a parser makes of bytes that come in pieces, before the connection ends.
  private static func parse(
    _ bytes: [UInt8], pieces size: Int = .max, ends: Bool = true, limit: Int = 1000
  ) -> Result<HTTPAnswer, HTTPFailure> {
    var parser = HTTPResponseParser(byteLimit: limit)
    do throws(HTTPFailure) {
      var rest = bytes[...]
      while !rest.isEmpty {
        try parser.take(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      if ends { try parser.end() }
      guard parser.isDone, let answer = parser.answer else { return .failure(.broken("incomplete")) }
      return .success(answer)
    } catch {
      return .failure(error)
    }
  }

  private static func body(_ text: String, ends: Bool = false) -> String? {
    for size in [Int.max, 1, 3] {
      guard case .success(let answer) = parse(Array(text.utf8), pieces: size, ends: ends) else { return nil }
      if size == 3 { return String(decoding: answer.body, as: UTF8.self) }
    }
    return nil
  }

  @Test("bodies by length, in chunks, and until the end")
  func bodies() {
    #expect(Self.body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc") == "abc")
    #expect(Self.body("HTTP/1.1 200\r\ncontent-length:3\r\n\r\nabc") == "abc")
    #expect(Self.body("HTTP/1.1 200 OK\ncontent-length: 3\n\nabc") == "abc")
    #expect(Self.body("\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == "")
    #expect(Self.body("HTTP/1.1 204 No\r\n\r\n") == "")
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(Self.body(chunked + "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n") == "abc0123456789")
    #expect(Self.body(chunked + "0\r\nTrailer: x\r\n\r\n") == "")
    #expect(Self.body("HTTP/1.0 200 OK\r\n\r\nabc", ends: true) == "abc")
    #expect(
      Self.body("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n") == "")
  }

  @Test("the headers that matter")
  func headers() throws {
    let text =
      "HTTP/1.1 429 Slow\r\nCONTENT-TYPE:  text/plain ; x=y \r\nRetry-After: 7\r\nX: é\r\n"
      + "Location: https://Other.invalid:8/x?y\r\nContent-Length: 0\r\n\r\n"
    let answer = try Self.parse(Array(text.utf8)).get()
    #expect(answer.status == 429 && answer.contentType == "text/plain ; x=y" && answer.retryAfter == "7")
    #expect(answer.redirectHost == "Other.invalid")
  }

  @Test(
    "whether the connection goes on",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
      ("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", false),
      ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
      ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", true),
      ("HTTP/1.1 200 OK\r\n\r\n", false), ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore", false),
    ])
  func persistence(text: String, keepsOpen: Bool) throws {
    var parser = HTTPResponseParser(byteLimit: 9)
    try parser.take(Array(text.utf8))
    #expect(parser.keepsOpen == keepsOpen)
  }

  @Test(
    "what is no answer",
    arguments: [
      "", "\r\n", "HTTP", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
      "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 99 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
      "HTTP/1.1 200 OK\r\n: x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\na",
      "HTTP/1.1 101 Switch\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "\u{0}\u{1}\u{2}",
    ])
  func broken(text: String) {
    for size in [Int.max, 1] {
      guard case .failure(.broken) = Self.parse(Array(text.utf8), pieces: size) else {
        Issue.record("expected a broken answer")
        return
      }
    }
  }

  @Test("nothing grows without end")
  func limits() {
    let head = "HTTP/1.1 200 OK\r\n"
    let long = Array(String(repeating: "x", count: 70_000).utf8)
    #expect(Self.parse(Array((head + "Content-Length: 9999\r\n\r\n").utf8) + long) == .failure(.tooLarge(limit: 1000)))
    #expect(Self.parse(Array((head + "\r\n").utf8) + long) == .failure(.tooLarge(limit: 1000)))
    for start in [
      "", head, head + "Transfer-Encoding: chunked\r\n\r\n", head + "Transfer-Encoding: chunked\r\n\r\n0\r\n",
    ] {
      guard case .failure(.broken) = Self.parse(Array(start.utf8) + long, pieces: 1000, ends: false) else {
        Issue.record("expected an end of patience after \(start.count) bytes")
        continue
      }
    }
  }

  @Test("pieces of any size give what the whole gives, for damaged bytes too")
  func anyBytes() {
    let texts = [
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: a\r\n\r\nabcde",
      "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    ]
    forAll(400) { random, seed in
      var bytes = Array((texts.randomElement(using: &random) ?? "").utf8)
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        if Bool.random(using: &random) {
          bytes.remove(at: index)
        } else {
          bytes[index] = UInt8.random(in: 0...255, using: &random)
        }
      }
      let size = Int.random(in: 1...7, using: &random)
      let (whole, pieces) = (Self.parse(bytes), Self.parse(bytes, pieces: size))
      switch (whole, pieces) {
      case (.success(let a), .success(let b)): #expect(a == b, "seed \(seed)")
      case (.failure, .failure): break
      default: Issue.record("seed \(seed): \(whole) as a whole, \(pieces) in pieces")
      }
    }
  }
}
