// Asynchronous work in commands, which are synchronous.
// Not here: the work.
import Dispatch
import Synchronization

/// Runs asynchronous work and waits for it on the calling thread.
///
/// - Precondition: the caller is a thread of its own, as a command's is, and no task: a waiting task would hold one of
///   the few threads that tasks run on.
/// - Throws: what `body` throws.
package func waiting<Value: Sendable>(for body: @escaping @Sendable () async throws -> Value) throws -> Value {
  let done = DispatchSemaphore(value: 0)
  let store = ResultBox<Value>()
  Task {
    let value: Result<Value, any Error>
    do { value = .success(try await body()) } catch { value = .failure(error) }
    store.result.withLock { $0 = value }
    done.signal()
  }
  done.wait()
  guard let value = store.result.withLock({ $0 }) else { preconditionFailure("waiting(for:): no result") }
  return try value.get()
}

/// Holds the result across the two threads.
private final class ResultBox<Value: Sendable>: Sendable {
  let result = Mutex<Result<Value, any Error>?>(nil)
}
