// Arrays as values: shapes, views, copy on write, storage from the pool.
import Tensor
import Testing

@Suite struct NDArrayTests {
  @Test func shapesCountAndFold() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.count == 24 && shape.rank == 3 && shape.rows == 6 && shape.columns == 4)
    #expect(shape[-1] == 4 && shape[0] == 2 && "\(shape)" == "[2, 3, 4]")
    #expect(shape.replacingLast(with: 5) == [2, 3, 5])
    let scalar: Shape = [], empty: Shape = [3, 0]
    #expect(scalar.count == 1 && scalar.columns == 1 && scalar.rows == 1)
    #expect(empty.count == 0 && empty.rows == 0)
  }

  @Test func impossibleShapesTrap() async {
    await #expect(processExitsWith: .failure) { _ = Shape([2, -1]) }
    await #expect(processExitsWith: .failure) { _ = Shape([Int.max, 2]) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3], shape: [2, 2]) }
  }

  @Test func copiesAreIndependent() {
    let first = Tensor([1, 2, 3, 4], shape: [2, 2])
    var second = first
    second.withMutableElements { $0[0] = 9 }
    #expect(first.elements == [1, 2, 3, 4] && second.elements == [9, 2, 3, 4])
  }

  @Test func uniqueStorageIsMutatedInPlace() {
    var array = Tensor([1, 2, 3])
    let before = array.base
    array.withMutableElements { $0[1] = 5 }
    #expect(array.base == before && array.elements == [1, 5, 3])
  }

  @Test func viewsShareUntilWritten() {
    let whole = Tensor((0..<24).map(Float.init), shape: [4, 2, 3])
    var middle = whole[1..<3]
    #expect(middle.shape == [2, 2, 3] && middle.base == whole.base + 6)
    #expect(whole[3].shape == [2, 3] && whole[3].elements == [18, 19, 20, 21, 22, 23])
    #expect(whole.reshaped(to: [6, 4])[5].elements == [20, 21, 22, 23])
    middle.withMutableElements { $0[0] = -1 }
    #expect(whole[1].elements[0] == 6 && middle.elements[0] == -1 && middle.elements[1] == 7)
    #expect(whole[2..<2].shape == [0, 2, 3] && whole[2..<2].elements.isEmpty)
  }

  @Test func viewsOutliveTheWhole() {
    func tail() -> Tensor { Tensor((0..<1000).map(Float.init), shape: [10, 100])[9] }
    let view = tail()
    _ = Tensor(repeating: -1, shape: [10, 100])  // would reuse the storage if it had been given back
    #expect(view.elements == (900..<1000).map(Float.init))
  }

  @Test func scalarsAndDescriptions() {
    #expect(Tensor([3], shape: []).scalar == 3)
    #expect("\(Tensor([1, 2]))" == "[2] [1.0, 2.0]")
    #expect(Tensor([1, 2, 6]).summary == "[3] min 1.0 mean 3.0 max 6.0")
    #expect(IndexTensor([7, 8]).elements == [7, 8])
  }

  @Test func slicesOutsideTrap() async {
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [3, 2])[2..<4] }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [3, 2])[3] }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [3, 2]).reshaped(to: [4]) }
  }

  @Test func accumulatorsFillOnce() {
    let array = Tensor.filled([2, 2]) { target in
      #expect(!target.adds && target.shape == [2, 2])
      for index in 0..<4 { target.elements[index] = Float(index) }
    }
    #expect(array.elements == [0, 1, 2, 3])
  }
}

/// One process-wide pool: these tests look only at what they themselves change, by sizes nobody else uses.
@Suite(.serialized) struct BufferPoolTests {
  @Test func freedStorageIsHandedOutAgain() {
    let count = 1_234_577
    var address = Tensor(uninitializedShape: [count]) { _ in }.base
    for _ in 0..<3 {
      let again = Tensor(uninitializedShape: [count]) { _ in }
      #expect(again.base == address)
      address = again.base
    }
  }

  @Test func storageIsAligned() {
    for count in [0, 1, 15, 17, 1000, 600_000] {
      let array = Tensor(uninitializedShape: [count]) { _ in }
      #expect(UInt(bitPattern: array.base) % 64 == 0)
      if count * 4 >= 2 << 20 { #expect(UInt(bitPattern: array.base) % (2 << 20) == 0) }
    }
  }

  /// Runs in a process of its own, since other tests use the same pool at the same time.
  @Test func countersAddUp() async {
    await #expect(processExitsWith: .success) {
      let pool = BufferPool.shared
      pool.trim()
      let start = pool.statistics
      var first: Tensor? = Tensor(zeros: [1000])
      precondition(pool.statistics.misses == start.misses + 1)
      precondition(pool.statistics.bytesInUse == start.bytesInUse + 4032)
      first = nil
      precondition(first == nil && pool.statistics.bytesFree == start.bytesFree + 4032)
      precondition(pool.statistics.bytesInUse == start.bytesInUse)
      pool.resetPeak()
      let second = Tensor(zeros: [10, 100]), other = Tensor(zeros: [1000])
      precondition(pool.statistics.hits == start.hits + 1 && pool.statistics.misses == start.misses + 2)
      precondition(pool.statistics.peakBytesInUse == start.bytesInUse + 2 * 4032)
      pool.trim()
      precondition(pool.statistics.bytesFree == 0)
      withExtendedLifetime((second, other)) {}
    }
  }
}
