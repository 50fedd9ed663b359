// Ctrl-C and SIGTERM: the first asks the loop to stop after its step, the second ends the process.
// Not here: what is saved before stopping; the experiment does that.

public import Foundation
import Synchronization

/// A request to stop, raised by signals and polled by loops.
///
/// ```swift
/// let interrupt = Interrupt()
/// interrupt.install { console.show("stopping after this step") }
/// while step < steps && !interrupt.isRequested { … }
/// ```
public final class Interrupt: Sendable {
  private let count = Atomic(0)
  private let sources = Mutex<Sources>(Sources())

  // Safety: a dispatch source may be resumed and cancelled from any thread; the mutex keeps the two lists together.
  private struct Sources: @unchecked Sendable {
    var active: [any DispatchSourceSignal] = []
    var signals: [Int32] = []
  }

  /// Creates a request that nothing has raised yet.
  public init() {}

  /// Whether the loop should stop after its present step.
  public var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Raises the request by hand, as a signal would.
  public func request() { count.add(1, ordering: .relaxed) }

  /// Listens to signals until ``remove()``.
  ///
  /// - Parameters:
  ///   - signals: signal numbers.
  ///   - onFirst: called at the first signal, on a background queue.
  ///   - onSecond: called with the signal number at the second; the default ends the process at once with the exit
  ///     code 128 + number.
  public func install(
    signals: [Int32] = [SIGINT, SIGTERM],
    onFirst: @escaping @Sendable () -> Void = {},
    onSecond: @escaping @Sendable (Int32) -> Void = { _exit(128 + $0) }
  ) {
    remove()
    for number in signals {
      // The default action would end the process before the source sees the signal.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInitiated))
      source.setEventHandler { [weak self] in
        guard let self else { return }
        // Signals of the same number that arrive together are delivered as one event.
        for _ in 0..<max(1, source.data) {
          let earlier = count.add(1, ordering: .relaxed).oldValue
          earlier == 0 ? onFirst() : onSecond(number)
        }
      }
      // Until the source is registered a signal would be lost; that takes well under a millisecond.
      let registered = DispatchSemaphore(value: 0)
      source.setRegistrationHandler { registered.signal() }
      source.activate()
      _ = registered.wait(timeout: .now() + 1)
      sources.withLock { state in
        state.active.append(source)
        state.signals.append(number)
      }
    }
  }

  /// Stops listening and gives the signals their default action back.
  public func remove() {
    sources.withLock { state in
      for source in state.active { source.cancel() }
      for number in state.signals { signal(number, SIG_DFL) }
      state = Sources()
    }
  }

  deinit { remove() }
}
