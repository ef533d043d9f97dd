/// The answer to a search: the page, the question repeated, and the number of all rows that match.
enum SearchResult {
    static func json<Row>(
        _ search: Search<Row>,
        over rows: [Row],
        _ query: QueryTree,
        limits: InputLimits,
        row: (Row) -> JSONValue
    ) throws(ShopError) -> JSONValue {
        let criteria = try SearchCriteria.parse(query, limits: limits)
        let (page, total) = try search.run(criteria, over: rows)
        return ["items": .array(page.map(row)), "search_criteria": criteria.echo, "total_count": JSONValue(total)]
    }
}
