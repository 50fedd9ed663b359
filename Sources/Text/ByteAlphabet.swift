// Lives here: the printable stand-ins for the 256 bytes in which byte-level vocabularies are written.
// Not here: what tokens mean (BytePairVocabulary.swift).

/// The one-to-one map between bytes and Unicode scalars of byte-level BPE files.
///
/// Printable bytes of Latin-1 stand for themselves; the other 68 take scalars from U+0100 on, in order. A space is
/// written `Ġ` (U+0120), a line feed `Ċ` (U+010A).
///
/// > Source: `bytes_to_unicode` of the GPT-2 encoder.
enum ByteAlphabet {
  /// The scalar that stands for each byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      if isPrintable(byte) { return Unicode.Scalar(byte) }
      defer { next += 1 }
      return Unicode.Scalar(next) ?? "\u{FFFD}"
    }
  }()

  /// The bytes in the order of their scalars: the order in which a trained vocabulary lists them.
  static let bytesByScalar: [UInt8] = (UInt8.min...UInt8.max).sorted {
    scalars[Int($0)].value < scalars[Int($1)].value
  }

  private static let bytesOfScalars: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for byte in UInt8.min...UInt8.max { bytes[Int(scalars[Int(byte)].value)] = byte }
    return bytes
  }()

  private static func isPrintable(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
  }

  /// The byte that a scalar stands for, or nil.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    Int(scalar.value) < bytesOfScalars.count ? bytesOfScalars[Int(scalar.value)] : nil
  }

  /// The bytes that a token text stands for, or nil if a scalar of it stands for none.
  static func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard let byte = byte(of: scalar) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  /// The token text of bytes.
  static func text(of bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalars[Int(byte)]) }
    return String(text)
  }
}
