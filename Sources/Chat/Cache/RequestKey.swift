// The identity of a call as a number that caches and recordings find it by.
// Not here: where replies are kept (ReplyStore.swift).

import Foundation
import Lab

/// The SHA-256 of everything that makes a call the same call.
public struct RequestKey: Hashable, Sendable, CustomStringConvertible {
  private let words: SIMD4<UInt64>

  /// Changes when the encoding changes.
  private static let format = 1

  /// The key of a request to a model. Pictures enter by their digests and types; no setting of the server does.
  ///
  /// Each text is preceded by its length and each list by its count, so that no two requests are the same bytes. Texts
  /// are taken in their composed Unicode form, since Swift holds texts for equal that differ only in that.
  public init(_ request: ChatRequest, model: String) {
    var encoder = CanonicalEncoder()
    encoder.add("chat-request")
    encoder.add(Self.format)
    encoder.add(model)
    encoder.add(request.purpose)
    encoder.add(Self.choice(request.sampling.temperature))
    encoder.add(Self.choice(request.sampling.topP))
    encoder.add(max(-1, request.sampling.maxTokens))
    encoder.add(request.sample)
    encoder.add(request.messages.count)
    for message in request.messages {
      encoder.add(message.role.rawValue)
      encoder.add(message.parts.count)
      for part in message.parts {
        switch part {
        case .text(let text):
          encoder.add("text")
          encoder.add(text)
        case .image(let image):
          encoder.add("image")
          encoder.add(image.mediaType)
          encoder.add(ContentDigest.hex(Data(image.bytes)))
        }
      }
    }
    words = encoder.digest()
  }

  /// A key from its 64 hexadecimal digits, in small letters; nil for other text.
  package init?(hex: some StringProtocol) {
    guard let words = SIMD4<UInt64>(hex: hex) else { return nil }
    self.words = words
  }

  /// The 64 hexadecimal digits.
  public var description: String {
    (0..<4).map { index in
      let digits = String(words[index], radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// A sampling number in a form that is the same for the same choice: every negative one leaves it to the server.
  private static func choice(_ value: Double) -> Int {
    guard value >= 0 else { return -1 }
    // Positive numbers keep their order and identity as bits; minus zero is zero.
    return Int(truncatingIfNeeded: (value + 0).bitPattern)
  }
}

/// Bytes that stand for values without ambiguity, digested as they come.
private struct CanonicalEncoder {
  private var bytes: [UInt8] = []

  mutating func add(_ value: Int) {
    withUnsafeBytes(of: Int64(value).littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ text: String) {
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
    let content = Array((isPlain ? text : text.precomposedStringWithCanonicalMapping).utf8)
    add(content.count)
    bytes.append(contentsOf: content)
  }

  func digest() -> SIMD4<UInt64> {
    guard let words = SIMD4<UInt64>(hex: ContentDigest.hex(Data(bytes))) else {
      preconditionFailure("RequestKey: expected a digest of 64 hexadecimal digits")
    }
    return words
  }
}

extension SIMD4<UInt64> {
  /// Four words from 64 hexadecimal digits, the first digits in the first word.
  fileprivate init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    self.init()
    for (index, digit) in digits.enumerated() {
      let value: UInt64
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
      self[index / 16] = self[index / 16] << 4 | value
    }
  }
}
