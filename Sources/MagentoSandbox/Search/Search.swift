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
            let keyed = matching.enumerated().map { (offset: $0.offset, key: field.key($0.element), row: $0.element) }
            matching =
                keyed.sorted { left, right in
                    if left.key != right.key { return (left.key < right.key) == order.isAscending }
                    return left.offset < right.offset
                }.map(\.row)
        }
        guard let size = criteria.pageSize, size > 0 else { return (matching, total) }
        let first = (max(1, criteria.currentPage ?? 1) - 1) * size
        return (first < total ? Array(matching[first..<min(first + size, total)]) : [], total)
    }

    private func condition(_ filter: SearchCriteria.Filter) throws(ShopError) -> @Sendable (Row) -> Bool {
        guard let field = fields[filter.field] else { throw unknownField(filter.field) }
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
        case "null": return { _ in false }
        case "notnull": return { _ in true }
        // Whatever Magento does not know behaves like `eq`.
        default: return { field.key($0) == value }
        }
    }
}
