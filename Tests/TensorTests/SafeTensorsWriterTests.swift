// Writing: bytes equal to the reference implementation's, exact round trips, and failures that lose nothing.
import Foundation
import Synchronization
import Tensor
import TestSupport
import Testing

private func ramp(_ count: Int) -> [Float] { (0..<count).map { Float($0) / 2 - 3 } }

/// What Scripts/golden/safetensors_fixtures.py writes with the reference implementation.
private func sample(_ precision: SafeTensorsWriter.Precision) -> [SafeTensorsWriter.Entry] {
  [
    .init("tab\t\"quote\" 名", Tensor(ramp(2)), as: precision), .init("scalar", Tensor([1.5], shape: []), as: precision),
    .init("empty", Tensor(zeros: [0, 4]), as: precision), .init("a.weight", Tensor(ramp(7)), as: precision),
    .init("b.weight", Tensor(ramp(15), shape: [3, 5]), as: precision),
  ]
}

private let integers: [SafeTensorsWriter.Entry] = [
  .init("raw", NDArray<UInt8>([255, 0, 7])), .init("longs", NDArray<Int64>([-1, 1 << 40])),
  .init("ids", IndexTensor([3, 2, 1], shape: [1, 3])),
]

@Suite struct SafeTensorsWriterTests {
  @Test func bytesAreThoseOfTheReferenceImplementation() throws {
    let file = try TemporaryFile()
    try SafeTensorsWriter.write(
      sample(.float32) + integers, metadata: ["note": "line\nbreak, \"quotes\", 名"], to: file.path)
    #expect(try file.bytes == Array(Data(contentsOf: URL(filePath: safeTensorsFixture("writer")))))
    try SafeTensorsWriter.write(sample(.bfloat16), to: file.path)
    #expect(try file.bytes == Array(Data(contentsOf: URL(filePath: safeTensorsFixture("writer-bfloat16")))))
    #expect(try file.names == ["file.safetensors"])
  }

  @Test func theOrderOfEntriesDoesNotMatter() throws {
    let file = try TemporaryFile()
    var all = sample(.float32) + integers, random = TestRandom(seed: 3)
    var files: Set<[UInt8]> = []
    for _ in 0..<5 {
      all.shuffle(using: &random)
      try SafeTensorsWriter.write(all, metadata: ["b": "1", "a": "2", "c": "3"], to: file.path)
      files.insert(try file.bytes)
    }
    #expect(files.count == 1)
  }

  @Test func roundTripsAreExact() throws {
    let file = try TemporaryFile()
    let special: [Float] = [.nan, -0.0, .infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
    let tensors: [(name: String, tensor: Tensor)] = [
      (name: "special", tensor: Tensor(special)), ("large", Tensor.normal([200, 1001], from: RandomSource(seed: 2))),
      ("slice", Tensor(ramp(30), shape: [5, 6])[2..<4]), ("", Tensor([7], shape: [1, 1, 1])),
    ]
    try SafeTensorsWriter.write(tensors, metadata: ["é\u{1}": "\u{7f}\u{2028}"], to: file.path)
    let read = try SafeTensorsFile(path: file.path)
    #expect(read.metadata == ["é\u{1}": "\u{7f}\u{2028}"] && read.names.count == 4)
    for (name, tensor) in tensors {
      let result = try read.tensor(name)
      #expect(result.shape == tensor.shape)
      #expect(result.elements.elementsEqual(tensor.elements) { $0.bitPattern == $1.bitPattern }, "\(name)")
    }
    try SafeTensorsWriter.write(tensors, to: file.path, as: .bfloat16)
    let rounded = try SafeTensorsFile(path: file.path).tensor("large")
    #expect(rounded.elements == tensors[1].tensor.elements.map { BFloat16($0).float })
    // The first mapping still shows the replaced file.
    #expect(try read.tensor("large").elements == tensors[1].tensor.elements)
  }

  @Test func manyRoundedElementsPassInPieces() throws {
    let file = try TemporaryFile(), count = 1 << 19 + 3
    let large = Tensor.uniform([count], in: -1...1, from: RandomSource(seed: 4))
    try SafeTensorsWriter.write([(name: "x", tensor: large)], to: file.path, as: .bfloat16)
    let bytes = try file.bytes, header = Int(bytes[0])
    #expect(bytes.count == 8 + header + 2 * count && header % 8 == 0)
    #expect(try SafeTensorsFile(path: file.path).tensor("x").elements == large.elements.map { BFloat16($0).float })
  }

  @Test func badNamesAreRefused() throws {
    let file = try TemporaryFile([1, 2, 3]), x = Tensor([1])
    #expect(throws: SafeTensorsError.duplicate(path: file.path, name: "a")) {
      try SafeTensorsWriter.write([(name: "a", tensor: x), ("b", x), ("a", x)], to: file.path)
    }
    #expect(throws: SafeTensorsError.reservedName(path: file.path, name: "__metadata__")) {
      try SafeTensorsWriter.write([(name: "__metadata__", tensor: x)], to: file.path)
    }
    #expect(try file.bytes == [1, 2, 3])
  }

  @Test func missingDirectoriesAreNamed() throws {
    let file = try TemporaryFile(), path = file.directory.appending(path: "none/x.safetensors").path
    #expect(throws: SafeTensorsError.unwritable(path: path, reason: "open: No such file or directory")) {
      try SafeTensorsWriter.write([(name: "a", tensor: Tensor([1]))], to: path)
    }
  }

  @Test func pathsWithoutDirectory() throws {
    let name = "tensor-tests-\(UUID().uuidString).safetensors"
    try SafeTensorsWriter.write([(name: "a", tensor: Tensor([1]))], to: name)
    #expect(try SafeTensorsFile(path: name).tensor("a").elements == [1])
    try FileManager.default.removeItem(atPath: name)
  }
}

/// System calls that fail at a chosen moment, as a full disk would make them.
private final class Faults: Sendable {
  private let room: Mutex<Int>
  private let failing: String

  init(room: Int = .max, failing: String = "") {
    self.room = Mutex(room)
    self.failing = failing
  }

  var calls: FileCalls {
    let system = FileCalls.system
    var calls = system
    calls.write = { descriptor, bytes in
      let left = self.room.withLock { room in
        let left = min(room, bytes.count)
        room -= left
        return left
      }
      // As the kernel does: what fits is written, and only the next call fails.
      return left == 0 ? -Int(ENOSPC) : system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<left]))
    }
    if failing == "fsync" { calls.synchronize = { _ in -Int(EIO) } }
    if failing == "rename" { calls.rename = { _, _ in -Int(EACCES) } }
    return calls
  }
}

@Suite struct AtomicFileTests {
  @Test func aFullDiskLosesNothing() throws {
    let file = try TemporaryFile()
    try SafeTensorsWriter.write(sample(.float32), to: file.path)
    let old = try file.bytes, new = sample(.float32) + integers
    let other = try TemporaryFile()
    try SafeTensorsWriter.write(new, to: other.path)
    let size = try other.bytes.count
    for room in [0, 1, 7, 8, 9, 100, size - 131, size - 130, size - 1] {
      #expect(throws: SafeTensorsError.unwritable(path: file.path, reason: "write: No space left on device")) {
        try SafeTensorsWriter.write(new, metadata: [:], to: file.path, calls: Faults(room: room).calls)
      }
      #expect(try file.bytes == old && file.names == ["file.safetensors"], "room for \(room) bytes")
    }
  }

  @Test(arguments: [("fsync", "fsync: Input/output error"), ("rename", "rename: Permission denied")])
  func otherFailuresLoseNothing(_ call: String, _ reason: String) throws {
    let file = try TemporaryFile([1, 2, 3])
    #expect(throws: SafeTensorsError.unwritable(path: file.path, reason: reason)) {
      try SafeTensorsWriter.write(sample(.float32), metadata: [:], to: file.path, calls: Faults(failing: call).calls)
    }
    #expect(try file.bytes == [1, 2, 3] && file.names == ["file.safetensors"])
  }

  @Test func interruptedAndPartialWritesAreContinued() throws {
    let file = try TemporaryFile()
    var calls = FileCalls.system
    let count = Mutex(0)
    let system = FileCalls.system
    calls.write = { descriptor, bytes in
      let turn = count.withLock { count in
        count += 1
        return count
      }
      if turn % 3 == 0 { return -Int(EINTR) }
      return system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(5)))
    }
    try SafeTensorsWriter.write(sample(.bfloat16), metadata: [:], to: file.path, calls: calls)
    #expect(try file.bytes == Array(Data(contentsOf: URL(filePath: safeTensorsFixture("writer-bfloat16")))))
  }

  @Test func aNewFileIsOnlySeenComplete() throws {
    let file = try TemporaryFile()
    #expect(throws: SafeTensorsError.self) {
      try SafeTensorsWriter.write(sample(.float32), metadata: [:], to: file.path, calls: Faults(room: 50).calls)
    }
    #expect(try file.names.isEmpty)
  }
}
