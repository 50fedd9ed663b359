// The slot buffer: what is written is read back, sums add, and slots do not touch each other.
import Tensor
import TestSupport
import Testing

@Suite struct SlotBufferTests {
  @Test func slotsKeepWhatWasWritten() {
    forAll(20, seed: 100) { random, seed in
      let buffer = SlotBuffer(
        batch: Int.random(in: 1...3, using: &random), tokens: Int.random(in: 1...9, using: &random),
        heads: Int.random(in: 1...3, using: &random), headWidth: Int.random(in: 1...20, using: &random),
        capacity: Int.random(in: 1...5, using: &random))
      let slots = (0..<buffer.capacity).map { _ in
        (random.tensor(buffer.slotShape), random.tensor(buffer.slotShape))
      }
      for (slot, (keys, values)) in slots.enumerated().reversed() {
        buffer.write(slot: slot, keys: keys, values: values)
      }
      for (slot, (keys, values)) in slots.enumerated() {
        let read = buffer.read(slot: slot)
        #expect(read.keys.elements == keys.elements && read.values.elements == values.elements, "seed \(seed)")
      }
    }
  }

  /// Chosen slots are those that the indices name, and their gradients go back where they came from.
  @Test func chosenSlotsAndTheirWayBack() {
    forAll(20, seed: 140) { random, seed in
      let buffer = SlotBuffer(
        batch: Int.random(in: 1...2, using: &random), tokens: Int.random(in: 1...9, using: &random),
        heads: Int.random(in: 1...3, using: &random), headWidth: Int.random(in: 1...20, using: &random),
        capacity: Int.random(in: 1...5, using: &random))
      let count = Int.random(in: 1...buffer.capacity, using: &random)
      let slots = (0..<buffer.capacity).map { _ in
        (keys: random.tensor(buffer.slotShape), values: random.tensor(buffer.slotShape))
      }
      for (slot, entry) in slots.enumerated() { buffer.write(slot: slot, keys: entry.keys, values: entry.values) }
      let columns = buffer.batch * buffer.heads * buffer.tokens
      let choice = (0..<columns).flatMap { _ in
        (0..<buffer.capacity).shuffled(using: &random).prefix(count).map { Int32($0) }
      }
      let indices = IndexTensor(choice, shape: [buffer.batch, buffer.heads, buffer.tokens, count])
      let chosen = buffer.selecting(indices), twin = buffer.zeroTwin()
      twin.add(chosen, selectedBy: indices)
      twin.add(chosen, selectedBy: indices)
      for element in 0..<buffer.slotShape.count {
        let (row, head) = (element / buffer.headWidth, element / buffer.headWidth % buffer.heads)
        let (sequence, token) = (row / buffer.heads / buffer.tokens, row / buffer.heads % buffer.tokens)
        let own = ((sequence * buffer.heads + head) * buffer.tokens + token) * count
        let named = choice[own..<own + count].map { Int($0) }
        for (place, slot) in named.enumerated() {
          let read = chosen.read(slot: place)
          #expect(read.keys.elements[element] == slots[slot].keys.elements[element], "seed \(seed)")
          #expect(read.values.elements[element] == slots[slot].values.elements[element], "seed \(seed)")
        }
        for slot in slots.indices {
          let factor: Float = named.contains(slot) ? 2 : 0
          let back = twin.read(slot: slot)
          #expect(back.keys.elements[element] == factor * slots[slot].keys.elements[element], "seed \(seed)")
          #expect(back.values.elements[element] == factor * slots[slot].values.elements[element], "seed \(seed)")
        }
      }
    }
  }

  /// Slots of bfloat16 are the same numbers to the kernels as float32 slots that were rounded before: equal bits.
  @Test(arguments: InstructionSet.available)
  func bfloat16SlotsAreRoundedSlots(level: InstructionSet) {
    for (seed, (tokens, group, width, slots)) in [
      (1, 1, 16, 1), (3, 2, 32, 6), (70, 3, 40, 9), (129, 8, 64, 66), (50, 1, 111, 4), (40, 2, 5, 3),
    ].enumerated() {
      var problem = AttentionCase(tokens: tokens, group: group, width: width)
      (problem.slots, problem.slotsBefore, problem.slotsAfter) = (slots, 1, 2)
      var inputs = AttentionInputs(problem, seed: UInt64(seed))
      problem.storage = .bfloat16
      var halves = AttentionInputs(problem, seed: UInt64(seed))
      for slot in 0..<slots {
        inputs.slotKeys[slot] = Tensor(BFloat16Tensor(rounding: inputs.slotKeys[slot]))
        inputs.slotValues[slot] = Tensor(BFloat16Tensor(rounding: inputs.slotValues[slot]))
      }
      Runtime.with(instructionSet: level) {
        #expect(halves.kernelResults().isIdentical(to: inputs.kernelResults()), "\(problem), \(level), seed \(seed)")
        halves.query = Tensor(repeating: 0, shape: halves.query.shape)
        #expect(!halves.kernelResults().isIdentical(to: inputs.kernelResults()), "\(problem): the comparison is blind")
      }
    }
  }

  @Test func bfloat16SlotsHalveTheMemory() {
    let sizes = (2, 3, 5, 7, 11)
    let (single, half) = (Precision.float32, Precision.bfloat16)
    func bytes(_ precision: Precision) -> Int {
      SlotBuffer(
        batch: sizes.0, tokens: sizes.1, heads: sizes.2, headWidth: sizes.3, capacity: sizes.4, precision: precision
      ).byteCount
    }
    #expect(bytes(single) == 2 * 2 * 3 * 5 * 7 * 11 * 4 && bytes(half) * 2 == bytes(single))
  }

  @Test func sumsAddOrOverwrite() {
    var random = TestRandom(seed: 2)
    let buffer = SlotBuffer(batch: 2, tokens: 5, heads: 3, headWidth: 7, capacity: 4)
    let keys = random.tensor(buffer.slotShape), values = random.tensor(buffer.slotShape)
    buffer.write(slot: 2, keys: keys, values: values)
    var sum = Tensor(repeating: 1, shape: buffer.slotShape), copy = Tensor(repeating: .nan, shape: buffer.slotShape)
    sum.withMutableElements { sum in
      copy.withMutableElements { copy in
        guard let sum = sum.baseAddress, let copy = copy.baseAddress else { return }
        buffer.add(
          slot: 2, keysInto: Accumulator(sum, shape: buffer.slotShape, beta: 1),
          valuesInto: Accumulator(copy, shape: buffer.slotShape, beta: 0))
        buffer.add(slot: 2, keysInto: nil, valuesInto: nil)
      }
    }
    #expect(sum.elements == keys.elements.map { $0 + 1 })
    #expect(copy.elements == values.elements)
  }

  @Test func zeroClearsItsSlotsOnly() {
    var random = TestRandom(seed: 3)
    let buffer = SlotBuffer(batch: 2, tokens: 5, heads: 2, headWidth: 6, capacity: 4)
    let rows = (0..<4).map { _ in random.tensor(buffer.slotShape) }
    for slot in 0..<4 { buffer.write(slot: slot, keys: rows[slot], values: rows[3 - slot]) }
    buffer.zero(slots: 1..<3)
    buffer.zero(slots: 2..<2)
    for slot in 0..<4 {
      let read = buffer.read(slot: slot), isCleared = slot == 1 || slot == 2
      #expect(read.keys.elements == rows[slot].elements.map { isCleared ? 0 : $0 })
      #expect(read.values.elements == rows[3 - slot].elements.map { isCleared ? 0 : $0 })
    }
  }

  /// Gradients are added into the visible slots of the twin; its other slots keep their bits.
  @Test func backwardAddsIntoTheVisibleSlots() {
    var problem = AttentionCase(tokens: 7, group: 2, width: 10)
    problem.slots = 2
    problem.slotsBefore = 1
    problem.slotsAfter = 1
    let inputs = AttentionInputs(problem, seed: 4), fresh = inputs.kernelResults()
    let twin = SlotBuffer(batch: 1, tokens: 7, heads: 1, headWidth: 10, capacity: 4)
    let ones = Tensor(repeating: 1, shape: problem.slotShape)
    for slot in 0..<4 { twin.write(slot: slot, keys: ones, values: ones) }
    let (output, logSumExp) = inputs.forward()
    let scratch = (0..<3).map { _ in UnsafeMutablePointer<Float>.allocate(capacity: inputs.query.count) }
    defer { for pointer in scratch { pointer.deallocate() } }
    Tensor.attentionBackward(
      outputGradient: inputs.outputGradient, output: output, logSumExp: logSumExp, query: inputs.query,
      key: inputs.key, value: inputs.value, mask: problem.mask, scale: problem.scale, depth: inputs.depthColumns(),
      into: AttentionGradients(
        query: Accumulator(scratch[0], shape: inputs.query.shape, beta: 0),
        key: Accumulator(scratch[1], shape: inputs.key.shape, beta: 0),
        value: Accumulator(scratch[2], shape: inputs.value.shape, beta: 0), slots: twin))
    let size = problem.slotShape.count
    for slot in 0..<4 {
      let read = twin.read(slot: slot)
      for index in 0..<size {
        let isVisible = slot == 1 || slot == 2, at = (slot - 1) * size + index
        let key = 1 + (isVisible ? fresh.slotKeys[at] : 0), value = 1 + (isVisible ? fresh.slotValues[at] : 0)
        #expect(abs(read.keys.elements[index] - key) <= 1e-6 && abs(read.values.elements[index] - value) <= 1e-6)
      }
    }
  }
}
