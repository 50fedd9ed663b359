// What embedded teachers share: templates, and what they have seen of the latest pictures.
// Not here: what they say about them (SignTeacher.swift).

import Chat
public import Media
import Synchronization

/// Templates and the latest pictures, shared by the teachers of a process.
///
/// Everything in it is a function of a picture's bytes: it saves time and changes no reply.
public final class SignMemory: Sendable {
  let templates = SignTemplates()
  let proposer: SignProposer
  private let decode: @Sendable ([UInt8]) -> Image?
  private let capacity: Int
  private let shelf = Mutex(Shelf())

  private struct Shelf {
    var pictures: [Key: SignPicture] = [:]
    var order: [Key] = []
  }

  /// Bytes of a file; the hash looks at a few of them, equality at all.
  private struct Key: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
      hasher.combine(bytes.count)
      // The end of a picture file differs most: checksums and the last compressed data.
      for byte in bytes.suffix(64) { hasher.combine(byte) }
      for index in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 64)) { hasher.combine(bytes[index]) }
    }
  }

  /// A memory.
  ///
  /// - Parameters:
  ///   - capacity: how many pictures are kept. Stages work picture by picture, so that a few are enough.
  ///   - decode: turns the bytes of a file into a picture; nil where they are none. PNG and JPEG by default.
  /// - Precondition: `capacity ≥ 1`.
  public init(capacity: Int = 64, decode: @escaping @Sendable ([UInt8]) -> Image? = SignMemory.decoded) {
    precondition(capacity > 0, "SignMemory: expected room for a picture, got \(capacity)")
    self.capacity = capacity
    self.decode = decode
    proposer = SignProposer(templates)
  }

  /// The picture in a PNG or JPEG file, opacity on white; nil where the bytes are none.
  public static func decoded(_ bytes: [UInt8]) -> Image? {
    do {
      return try ImageFile.decode(bytes, opacity: .flatten(.white))
    } catch {
      return nil
    }
  }

  /// The picture of some bytes; nil where they are none.
  func picture(_ image: ChatImage) -> SignPicture? {
    let key = Key(bytes: image.bytes)
    if let known = shelf.withLock({ $0.pictures[key] }) { return known }
    guard let decoded = decode(image.bytes) else { return nil }
    let picture = SignPicture(decoded)
    return shelf.withLock { shelf in
      if let known = shelf.pictures[key] { return known }
      if shelf.order.count >= capacity { shelf.pictures[shelf.order.removeFirst()] = nil }
      shelf.pictures[key] = picture
      shelf.order.append(key)
      return picture
    }
  }
}

/// A picture with what was seen on it, each computed when first asked for.
final class SignPicture: Sendable {
  let image: Image
  private let retinas = Mutex<[Int: Retina]>([:])
  private let proposals = Mutex<[SignProposal]?>(nil)
  private let sights = Mutex<[SightKey: SignSight]>([:])
  private let places = Mutex<[SightKey: [SignSight]]>([:])

  /// What was looked for, and where.
  struct SightKey: Hashable {
    var side: Int
    var question: SignQuestion
    var place: SignReader.Place
  }

  init(_ image: Image) { self.image = image }

  func retina(_ side: Int) -> Retina {
    if let known = retinas.withLock({ $0[side] }) { return known }
    let made = Retina(image, side: side)
    retinas.withLock { $0[side] = made }
    return made
  }

  func signs(_ proposer: SignProposer) -> [SignProposal] {
    if let known = proposals.withLock({ $0 }) { return known }
    let made = proposer.signs(in: image)
    proposals.withLock { $0 = made }
    return made
  }

  /// The likeliest places of what a question asks about.
  func sights(_ question: SignQuestion, side: Int, most: Int, _ look: (Retina) -> [SignSight]) -> [SignSight] {
    let key = SightKey(side: side, question: question, place: .anywhere)
    if let known = places.withLock({ $0[key] }) { return Array(known.prefix(most)) }
    let made = look(retina(side))
    places.withLock { $0[key] = made }
    return Array(made.prefix(most))
  }

  func sight(_ key: SightKey, _ look: () -> SignSight) -> SignSight {
    if let known = sights.withLock({ $0[key] }) { return known }
    let made = look()
    sights.withLock { $0[key] = made }
    return made
  }
}
