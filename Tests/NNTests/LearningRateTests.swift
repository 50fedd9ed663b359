// Learning-rate schedules: exact values at the corners.
import Foundation
import NN
import Testing

@Suite struct LearningRateTests {
  @Test func warmUpRisesToThePeakInEqualSteps() {
    for schedule: LearningRate in [.constant(warmup: 4), .cosine(warmup: 4), .linearDecay(warmup: 4)] {
      let values = (0..<4).map { schedule.value(at: $0, of: 100, peak: 2) }
      #expect(values == [0.5, 1, 1.5, 2], "\(schedule)")
    }
  }

  @Test func constantStaysAtThePeak() {
    #expect((0..<9).allSatisfy { LearningRate.constant().value(at: $0, of: 5, peak: 0.25) == 0.25 })
  }

  @Test func cosineFallsFromThePeakToTheFloor() {
    let schedule = LearningRate.cosine(warmup: 10, floor: 0.1)
    #expect(schedule.value(at: 10, of: 110, peak: 1) == 1)
    #expect(schedule.value(at: 60, of: 110, peak: 1) == 0.55)
    #expect(schedule.value(at: 110, of: 110, peak: 1) == 0.1)
    #expect(schedule.value(at: 500, of: 110, peak: 1) == 0.1)
    // A quarter of the way: floor + 0.9·(1 + cos(π/4))/2.
    let quarter: Double = 0.1 + 0.45 * (1 + 0.5.squareRoot())
    #expect(abs(schedule.value(at: 35, of: 110, peak: 1) - Float(quarter)) < 1e-7)
    let values = (10...110).map { schedule.value(at: $0, of: 110, peak: 1) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test func linearDecayHoldsThePeakThenFallsInALine() {
    let schedule = LearningRate.linearDecay(warmup: 5, decay: 20, floor: 0.5)
    #expect((5...80).allSatisfy { schedule.value(at: $0, of: 100, peak: 4) == 4 })
    #expect(schedule.value(at: 90, of: 100, peak: 4) == 3)
    #expect(schedule.value(at: 100, of: 100, peak: 4) == 2)
  }

  @Test func linearDecayOfZeroStepsFallsFromTheWarmUpOn() {
    let schedule = LearningRate.linearDecay(warmup: 20, decay: 0)
    #expect(schedule.value(at: 20, of: 100, peak: 1) == 1)
    #expect(schedule.value(at: 60, of: 100, peak: 1) == 0.5)
    #expect(schedule.value(at: 100, of: 100, peak: 1) == 0)
  }

  @Test func decayLongerThanTheRunStartsAfterTheWarmUp() {
    let schedule = LearningRate.linearDecay(warmup: 10, decay: 1000)
    #expect(schedule.value(at: 10, of: 20, peak: 1) == 1)
    #expect(schedule.value(at: 15, of: 20, peak: 1) == 0.5)
  }

  @Test func runsShorterThanTheWarmUpOnlyRise() {
    let values = (0..<3).map { LearningRate.cosine(warmup: 10).value(at: $0, of: 3, peak: 10) }
    #expect(values == [1, 2, 3])
  }

  @Test func omittedNumbersTakeTheirDefaults() throws {
    func decode(_ text: String) throws -> LearningRate {
      try JSONDecoder().decode(LearningRate.self, from: Data(text.utf8))
    }
    #expect(try decode(#"{"cosine": {}}"#) == .cosine(warmup: 100, floor: 0.1))
    #expect(try decode(#"{"cosine": {"warmup": 7}}"#) == .cosine(warmup: 7, floor: 0.1))
    #expect(try decode(#"{"linearDecay": {"decay": 5}}"#) == .linearDecay(warmup: 100, decay: 5, floor: 0))
    #expect(throws: DecodingError.self) { try decode(#"{"sine": {}}"#) }
    for schedule: LearningRate in [.constant(warmup: 3), .cosine(), .linearDecay(warmup: 1, decay: 2, floor: 3)] {
      let copy = try JSONDecoder().decode(LearningRate.self, from: JSONEncoder().encode(schedule))
      #expect(copy == schedule)
    }
  }
}
