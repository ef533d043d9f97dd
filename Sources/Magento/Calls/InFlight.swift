/// Runs `body` for each of `items`, at most `limit` of them at one time, and answers in their order. The first failure ends all.
func inFlight<Item: Sendable, Result: Sendable>(
    _ limit: Int, _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> Result
) async throws -> [Result] {
    guard items.count > 1, limit > 1 else {
        var results: [Result] = []
        for item in items { results.append(try await body(item)) }
        return results
    }
    return try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results = [Result?](repeating: nil, count: items.count)
        for (index, item) in items.enumerated() {
            if index >= limit, let (done, result) = try await group.next() { results[done] = result }
            group.addTask { (index, try await body(item)) }
        }
        while let (done, result) = try await group.next() { results[done] = result }
        return results.compactMap { $0 }
    }
}
