// Head-related impulse responses from SOFA files, through libmysofa.
// Not here: decoders that use them (SpatialAudio, Binaural).

import CMySofa
public import Foundation

/// Impulse responses from directions around a head to its two ears.
public struct HeadRelatedTransfer: Equatable, Sendable {
  /// Samples per second, in Hz.
  public let sampleRate: Int
  /// Unit vectors from the head to the sources, X front, Y left, Z up.
  public let directions: [SIMD3<Double>]
  /// The responses at the left ear, one for each direction, all of one length.
  public let left: [[Float]]
  /// The responses at the right ear.
  public let right: [[Float]]
  /// The database and its licence as the file states them; for display beside what was made with it.
  public let attribution: String

  /// Taps of each response.
  public var tapCount: Int { left.first?.count ?? 0 }

  /// Creates a set of responses.
  ///
  /// - Precondition: there is a direction, a response of each ear for each, and all responses have one length above 0.
  public init(
    sampleRate: Int, directions: [SIMD3<Double>], left: [[Float]], right: [[Float]], attribution: String = ""
  ) {
    let taps = left.first?.count ?? 0
    precondition(
      sampleRate > 0 && taps > 0 && left.count == directions.count && right.count == directions.count
        && (left + right).allSatisfy { $0.count == taps },
      "HeadRelatedTransfer: expected two responses of one length for each of \(directions.count) directions, got"
        + " \(left.count) and \(right.count)")
    self.sampleRate = sampleRate
    self.directions = directions
    self.left = left
    self.right = right
    self.attribution = attribution
  }

  /// Reads a SOFA file; delays that it lists apart are put into the responses, rounded to samples.
  ///
  /// Files that were cut are noticed here. Against bytes changed on purpose libmysofa is no safe reader: take files from
  /// sources that you trust.
  ///
  /// > Source: AES69-2022, convention SimpleFreeFieldHRIR.
  ///
  /// - Throws: ``MediaError``: unreadable, damaged, or without two ears.
  public init(contentsOf url: URL) throws(MediaError) {
    let bytes = try Self.bytes(of: url)
    try Self.checkLength(bytes, path: url.path)
    var status: Int32 = 0
    let loaded = bytes.withUnsafeBytes { buffer in
      mysofa_load_data(buffer.bindMemory(to: CChar.self).baseAddress, buffer.count, &status)
    }
    guard let loaded else {
      throw .notHeadRelated(path: url.path, reason: "libmysofa says \(Self.reason(status))")
    }
    defer { mysofa_free(loaded) }
    let check = mysofa_check(loaded)
    guard check == Int32(MYSOFA_OK) else {
      throw .notHeadRelated(path: url.path, reason: "libmysofa says \(Self.reason(check))")
    }
    mysofa_tocartesian(loaded)
    self = try Self.converted(loaded.pointee, path: url.path)
  }

  // MARK: The measurement that comes with libmysofa

  /// The measurement of the KEMAR head that comes with libmysofa, where the system has it.
  ///
  /// > Source: Gardner and Martin, "HRTF measurements of a KEMAR", 1995.
  public static var installedFile: URL? {
    candidateFiles.first { FileManager.default.isReadableFile(atPath: $0.path) }
  }

  /// Where packages of libmysofa put their data, below the usual prefixes.
  static var candidateFiles: [URL] {
    let prefixes = ["/usr", "/usr/local"]
    let names = ["MIT_KEMAR_normal_pinna.sofa", "default.sofa"]
    return prefixes.flatMap { prefix in
      names.map { URL(filePath: prefix).appending(path: "share/libmysofa").appending(path: $0) }
    }
  }

  /// Reads ``installedFile``.
  ///
  /// - Throws: ``MediaError``; the places that were searched are named.
  public static func installed() throws(MediaError) -> HeadRelatedTransfer {
    guard let file = installedFile else {
      let places = candidateFiles.map(\.path).joined(separator: ", ")
      throw .cannotRead(
        path: "head-related impulse responses",
        reason: "expected one of \(places), got none. Hint: install libmysofa's data or name a SOFA file")
    }
    return try HeadRelatedTransfer(contentsOf: file)
  }

  /// The same responses at another sample rate, with the same gains.
  ///
  /// - Throws: ``MediaError``; see ``AudioBuffer/resampled(to:)``.
  public func resampled(to rate: Int) throws(MediaError) -> HeadRelatedTransfer {
    if rate == sampleRate { return self }
    let all = try AudioBuffer(sampleRate: sampleRate, channels: left + right).resampled(to: rate)
    // More taps would sum to more.
    let scale = Float(sampleRate) / Float(rate)
    let scaled = all.channels.map { $0.map { $0 * scale } }
    return HeadRelatedTransfer(
      sampleRate: rate, directions: directions, left: Array(scaled[..<left.count]),
      right: Array(scaled[left.count...]), attribution: attribution)
  }
}

extension HeadRelatedTransfer {
  /// The largest file that is read, in bytes.
  private static let byteLimit = 256 << 20

  private static func bytes(of url: URL) throws(MediaError) -> Data {
    do {
      let values = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
      guard values[.type] as? FileAttributeType == .typeRegular else {
        throw MediaError.cannotRead(path: url.path, reason: "expected a regular file")
      }
      let size = (values[.size] as? Int) ?? 0
      guard size > 0 else { throw MediaError.empty(path: url.path) }
      guard size <= byteLimit else {
        throw MediaError.notHeadRelated(path: url.path, reason: "expected at most \(byteLimit) bytes, got \(size)")
      }
      return try Data(contentsOf: url)
    } catch let error as MediaError {
      throw error
    } catch {
      throw .cannotRead(path: url.path, reason: error.localizedDescription)
    }
  }

  /// Compares the length with what the container's first block says: libmysofa crashes on files that were cut.
  ///
  /// > Source: The HDF Group, "HDF5 file format specification", II.A: superblocks 0 to 3.
  private static func checkLength(_ bytes: Data, path: String) throws(MediaError) {
    let head = [UInt8](bytes.prefix(64))
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    guard head.count == 64, head.starts(with: signature) else {
      throw .notHeadRelated(path: path, reason: "expected an HDF5 file, got other bytes")
    }
    let place: Int? =
      switch head[8] {
      case 0: 40
      case 1: 44
      case 2, 3: 28
      default: nil
      }
    guard let place, head[head[8] < 2 ? 13 : 9] == 8 else {
      throw .notHeadRelated(path: path, reason: "expected an HDF5 superblock 0 to 3 with addresses of 8 bytes")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(head[place + $1]) << (8 * UInt64($1)) }
    guard length == UInt64(bytes.count) else {
      throw .truncated(path: path, unit: "bytes", expected: Int(clamping: length), actual: bytes.count)
    }
  }

  private static func converted(_ raw: MYSOFA_HRTF, path: String) throws(MediaError) -> HeadRelatedTransfer {
    let (count, ears, taps) = (Int(raw.M), Int(raw.R), Int(raw.N))
    func refuse(_ reason: String) -> MediaError { .notHeadRelated(path: path, reason: reason) }
    guard ears == 2 else { throw refuse("expected 2 receivers, got \(ears)") }
    guard (1...100_000).contains(count), (1...65_536).contains(taps), count * taps <= 1 << 27 else {
      throw refuse("expected up to 100000 directions and 65536 taps, got \(count) and \(taps)")
    }
    guard let responses = values(raw.DataIR, count: count * ears * taps) else {
      throw refuse("expected \(count * ears * taps) taps, got \(raw.DataIR.elements)")
    }
    guard let places = values(raw.SourcePosition, count: 3 * count) else {
      throw refuse("expected \(3 * count) source coordinates, got \(raw.SourcePosition.elements)")
    }
    guard let rate = values(raw.DataSamplingRate, count: 1)?.first, rate >= 1000, rate <= 768_000 else {
      throw refuse("expected a sample rate of 1000 to 768000 Hz")
    }
    guard responses.allSatisfy(\.isFinite), places.allSatisfy(\.isFinite) else {
      throw refuse("expected finite numbers, got NaN or infinity")
    }
    var directions: [SIMD3<Double>] = []
    for index in 0..<count {
      let place = SIMD3(Double(places[3 * index]), Double(places[3 * index + 1]), Double(places[3 * index + 2]))
      let length = (place * place).sum().squareRoot()
      guard length > 0 else { throw refuse("expected a direction, got the head's centre at source \(index)") }
      directions.append(place / length)
    }
    let delays = try wholeDelays(raw, count: count, path: path)
    let longest = delays.max() ?? 0
    func response(_ index: Int, ear: Int) -> [Float] {
      let start = (index * ears + ear) * taps
      let delay = delays[index * ears + ear]
      let silence = [Float](repeating: 0, count: delay)
      return silence + responses[start..<start + taps] + [Float](repeating: 0, count: longest - delay)
    }
    return HeadRelatedTransfer(
      sampleRate: Int(rate.rounded()), directions: directions, left: (0..<count).map { response($0, ear: 0) },
      right: (0..<count).map { response($0, ear: 1) }, attribution: attribution(raw))
  }

  /// The delay of each response in samples, `[direction, ear]`.
  private static func wholeDelays(_ raw: MYSOFA_HRTF, count: Int, path: String) throws(MediaError) -> [Int] {
    let listed = values(raw.DataDelay, count: Int(raw.DataDelay.elements)) ?? []
    guard listed.isEmpty || listed.count == 2 || listed.count == 2 * count else {
      throw .notHeadRelated(path: path, reason: "expected 2 or \(2 * count) delays, got \(listed.count)")
    }
    guard listed.allSatisfy({ $0 >= 0 && $0 <= 65_536 }) else {
      throw .notHeadRelated(path: path, reason: "expected delays of 0 to 65536 samples")
    }
    if listed.isEmpty { return [Int](repeating: 0, count: 2 * count) }
    return (0..<2 * count).map { Int(listed[listed.count == 2 ? $0 % 2 : $0].rounded()) }
  }

  private static func values(_ array: MYSOFA_ARRAY, count: Int) -> [Float]? {
    guard let base = array.values, Int(array.elements) >= count else { return nil }
    return Array(UnsafeBufferPointer(start: base, count: count))
  }

  private static func attribution(_ raw: MYSOFA_HRTF) -> String {
    let parts = ["DatabaseName", "Title", "License"].compactMap { name -> String? in
      var bytes = name.utf8CString
      let text = bytes.withUnsafeMutableBufferPointer { mysofa_getAttribute(raw.attributes, $0.baseAddress) }
      return text.map { String(cString: $0) }
    }
    return parts.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private static func reason(_ status: Int32) -> String {
    switch Int(status) {
    case 10_000: "invalid format"
    case 10_001: "unsupported format"
    case 10_002: "no memory"
    case 10_003: "read error"
    case 10_004: "invalid attributes"
    case 10_005: "invalid dimensions"
    case 10_006: "invalid list of dimensions"
    case 10_007: "invalid type of coordinates"
    default: "error \(status)"
    }
  }
}
