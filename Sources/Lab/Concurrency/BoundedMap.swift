// Asynchronous work over many items with a bound on how much of it is in flight.
// Not here: loops that use the processor (Tensor's parallelFor), bounds per host (Chat's HostLimiter).

/// Runs `body` for each item, at most `limit` at once, and returns the results in the order of the items.
///
/// Items start in their order. The first error ends it: nothing new starts, what is running is cancelled and waited
/// for. The same happens when the surrounding task is cancelled.
///
/// - Throws: the first error of `body`; `CancellationError` if the task was cancelled before all items were done.
/// - Precondition: `limit` is at least 1.
public func boundedMap<Item: Sendable, Result: Sendable>(
  _ items: some Collection<Item>, limit: Int, _ body: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
  var results: [Result?] = Array(repeating: nil, count: items.count)
  try await boundedForEach(items.enumerated().map { $0 }, limit: limit) { item in
    try await body(item.element)
  } each: { item, result in
    results[item.offset] = result
  }
  return results.compactMap { $0 }
}

/// Runs `body` for each item, at most `limit` at once, and hands each result to `each` when it is there.
///
/// `each` is called by the caller's task, one call after the other, in the order in which the work ends; `items` is
/// read as places become free. An error of `body` or of `each` ends it as in ``boundedMap(_:limit:_:)``.
///
/// - Throws: the first error; `CancellationError` if the task was cancelled before all items were done.
/// - Precondition: `limit` is at least 1.
public func boundedForEach<Item: Sendable, Result: Sendable>(
  _ items: some Sequence<Item>, limit: Int, _ body: @escaping @Sendable (Item) async throws -> Result,
  each: (Item, Result) throws -> Void = { _, _ in }
) async throws {
  precondition(limit >= 1, "boundedForEach: expected a limit of at least 1, got \(limit)")
  try await withThrowingTaskGroup(of: (Item, Result).self) { group in
    var iterator = items.makeIterator()
    var running = 0
    func startNext() throws {
      guard let item = iterator.next() else { return }
      try Task.checkCancellation()
      running += 1
      group.addTask { (item, try await body(item)) }
    }
    while running < limit {
      let before = running
      try startNext()
      if running == before { break }
    }
    while let (item, result) = try await group.next() {
      running -= 1
      try each(item, result)
      try startNext()
    }
  }
}
