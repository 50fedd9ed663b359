// Renderers for the workers of a parallel loop, since each keeps scratch of its own.
// Not here: rendering (SceneRenderer.swift).

import Tensor

/// One renderer for each worker.
// Safety: `parallelForEach` gives a worker number to one thread at a time, and each number has a renderer of its own.
final class RendererSet: @unchecked Sendable {
  private var renderers: [SceneRenderer]

  init(_ config: SceneDatasetConfig, _ library: ClipLibrary) {
    renderers = (0..<max(1, Runtime.threads)).map { _ in SceneRenderer(config, library: library) }
  }

  func withRenderer<R, E: Error>(_ worker: Int, _ body: (SceneRenderer) throws(E) -> R) throws(E) -> R {
    try body(renderers[worker])
  }
}
