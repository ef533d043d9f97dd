import Domain

/// Reading every row there is, two stretches of SKUs at a time.
extension SourceItems {
    private struct Stretch: Sendable {
        /// Where the next page begins.
        var start: [SearchQuery.Filter]
        var end: [SearchQuery.Filter]
        var reached: String?
    }

    /// How many rows there are. Throws `Diagnostic`.
    package func count(sources: [String]) async throws -> Int {
        let query = SearchQuery([Self.filter(sources)], sort: "sku", pageSize: 1, fields: "items[sku],total_count")
        let found = try await transport.searchPage(["inventory", "source-items"], PageSize(1)) { _ in query }
        return found.total ?? found.items.count
    }

    /// Every row of `sources`, page by page, rows of one SKU never torn apart. Keyset paging: what is written meanwhile
    /// neither hides nor doubles a row. What does not fit the first page is read in two halves at the same time, and the next page is
    /// under way while `visit` works on the one before. Throws `Diagnostic`.
    package func all(sources: [String], _ visit: ([SourceItem]) async throws -> Void) async throws {
        let wanted = [Self.filter(sources)]
        let first = try await page(wanted, wholeSize)
        guard let last = first.end else {
            if !first.items.isEmpty { try await visit(first.items) }
            return
        }
        let behind = SearchQuery.Filter("sku", .greater, last)
        var stretches = [Stretch(start: [behind], end: [], reached: last)]
        if let middle = try await middle(of: (first.total ?? 0) - first.items.count, wanted + [behind]) {
            stretches = [
                Stretch(start: [behind], end: [.init("sku", .less, middle)], reached: last),
                Stretch(start: [.init("sku", .greaterOrEqual, middle)], end: [], reached: nil),
            ]
        }
        try await withThrowingTaskGroup(of: (Stretch, Page).self) { group in
            for stretch in stretches { group.addTask { (stretch, try await page(wanted + stretch.start + stretch.end, wholeSize)) } }
            try await visit(first.items)
            while let (read, page) = try await group.next() {
                var stretch = read
                if let end = page.end {
                    guard end != stretch.reached else { throw Self.noProgress }
                    (stretch.start, stretch.reached) = ([.init("sku", .greater, end)], end)
                    group.addTask { [stretch] in (stretch, try await self.page(wanted + stretch.start + stretch.end, wholeSize)) }
                }
                if !page.items.isEmpty { try await visit(page.items) }
            }
        }
    }

    /// The SKU behind which half of so many rows lie, as the shop sorts them; `nil` where one page holds them.
    private func middle(of rows: Int, _ filters: [SearchQuery.Filter]) async throws -> String? {
        guard rows > wholeSize.rows else { return nil }
        let query = SearchQuery(filters, sort: "sku", pageSize: 1, page: rows / 2, fields: "items[sku],total_count")
        return try await transport.search(["inventory", "source-items"], PageSize(1)) { _ in query }.first?["sku"]?.text
    }
}
