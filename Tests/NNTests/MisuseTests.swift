// Programmer errors end the program at the place where they are made.
import NN
import Tensor
import Testing

@Suite struct MisuseTests {
  @Test func inputsOnTwoTapes() async {
    await #expect(processExitsWith: .failure) {
      let (first, second) = (Tape(), Tape())
      _ = first.leaf(Tensor([1])) + second.leaf(Tensor([1]))
    }
  }

  @Test func backwardFromAnotherTape() async {
    await #expect(processExitsWith: .failure) {
      let (first, second) = (Tape(), Tape())
      second.backward(from: first.leaf(Tensor([1])))
    }
  }

  @Test func oneParameterAsTwoInputs() async {
    await #expect(processExitsWith: .failure) {
      let store = ParameterStore(seed: 1)
      let shared = Variable(store.root.parameter("shared", [1, 1, 1, 2], .ones, group: .matrix))
      store.freeze()
      let tape = Tape()
      let query = tape.leaf(Tensor([1, 1], shape: [1, 1, 1, 2]))
      tape.backward(from: attention(query: query, key: shared, value: shared, mask: .full).mean())
    }
  }

  @Test func shapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      let store = ParameterStore(seed: 1)
      let offset = store.root.parameter("offset", [2, 3], .ones, group: .vector)
      store.freeze()
      _ = addBias(Variable(Tensor(zeros: [4, 3, 3])), offset)
    }
    await #expect(processExitsWith: .failure) {
      _ = ConvolutionWindow.Axis(kernel: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = averagePooling(
        Variable(Tensor(zeros: [1, 2, 2, 1])), window: .init(height: .tiles(of: 3), width: .tiles(of: 1)))
    }
  }

  @Test func lossesWithoutATarget() async {
    await #expect(processExitsWith: .failure) {
      _ = crossEntropy(Variable(Tensor(zeros: [2, 3])), targets: IndexTensor([-1, -1]))
    }
  }
}
