/// Runs a search over rows. `fields` are the columns by name; a name that is not there breaks the SQL.
struct Search<Row: Sendable>: Sendable {
    var fields: [String: SearchableField<Row>]
    var unknownField: @Sendable (String) -> ShopError

    /// The page that the criteria ask for, and the number of all rows that match.
    func run(_ criteria: SearchCriteria, over rows: [Row]) throws(ShopError) -> (page: [Row], total: Int) {
        var matching = rows
        for group in criteria.groups {
            var conditions: [@Sendable (Row) -> Bool] = []
            for filter in group { conditions.append(try condition(filter)) }
            guard !conditions.isEmpty else { continue }
            matching = matching.filter { row in conditions.contains { $0(row) } }
        }
        let total = matching.count
        for order in criteria.sortOrders.reversed() {
            guard let field = fields[order.field] else { throw unknownField(order.field) }
            // Only the rows up to the page's end need their place, unless another order is sorted after this one.
            let isLast = order == criteria.sortOrders.first
            matching = sorted(matching, by: field, order, needed: isLast ? criteria.lastRow : nil)
        }
        guard let last = criteria.lastRow, let size = criteria.pageSize else { return (matching, total) }
        return (Array(matching.prefix(last).dropFirst(last - min(size, SearchCriteria.mostRows))), total)
    }

    /// Stable. Keeps no more than `needed` rows, in pieces, so that a page of a large table costs one pass.
    private func sorted(
        _ rows: [Row], by field: SearchableField<Row>, _ order: SearchCriteria.SortOrder, needed: Int?
    ) -> [Row] {
        typealias Keyed = (offset: Int, key: SearchKey, row: Row)
        let limit = needed ?? rows.count
        func precedes(_ left: Keyed, _ right: Keyed) -> Bool {
            if left.key != right.key { return (left.key < right.key) == order.isAscending }
            return left.offset < right.offset
        }
        var kept: [Keyed] = []
        // The last of the best so far: whatever comes after it is out.
        var worst: Keyed?
        for (offset, row) in rows.enumerated() {
            let keyed = (offset: offset, key: field.key(row), row: row)
            if let worst, precedes(worst, keyed) { continue }
            kept.append(keyed)
            guard kept.count >= limit + max(limit, 64) else { continue }
            kept = Array(kept.sorted(by: precedes).prefix(limit))
            worst = kept.last
        }
        return Array(kept.sorted(by: precedes).prefix(limit)).map(\.row)
    }

    private func condition(_ filter: SearchCriteria.Filter) throws(ShopError) -> @Sendable (Row) -> Bool {
        guard let field = fields[filter.field] else { throw unknownField(filter.field) }
        switch filter.condition {
        case "null": return { field.key($0) == .null }
        case "notnull": return { field.key($0) != .null }
        default:
            let holds = comparison(filter, field)
            return { field.key($0) != .null && holds($0) }
        }
    }

    private func comparison(_ filter: SearchCriteria.Filter, _ field: SearchableField<Row>) -> @Sendable (Row) -> Bool {
        let value = field.key(of: filter.value)
        switch filter.condition {
        case "neq": return { field.key($0) != value }
        case "gt": return { field.key($0) > value }
        case "gteq", "moreq", "from": return { field.key($0) >= value }
        case "lt": return { field.key($0) < value }
        case "lteq", "to": return { field.key($0) <= value }
        case "in", "nin":
            let values = Set(filter.value.split(separator: ",", omittingEmptySubsequences: false).map { field.key(of: String($0)) })
            let isWanted = filter.condition == "in"
            return { values.contains(field.key($0)) == isWanted }
        case "like": return { Collation.matches(field.key($0).text, like: filter.value) }
        case "nlike": return { !Collation.matches(field.key($0).text, like: filter.value) }
        // Whatever Magento does not know behaves like `eq`.
        default: return { field.key($0) == value }
        }
    }
}
