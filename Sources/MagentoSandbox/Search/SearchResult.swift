/// The answer to a search: the page, the question repeated, and the number of all rows that match.
enum SearchResult {
    /// - Parameter rows: the rows of the named SKUs where the search names some, as an index would find them; else all.
    static func json<Row>(
        _ search: Search<Row>,
        over rows: (_ foldedSKUs: Set<String>?) -> [Row],
        _ query: QueryTree,
        limits: InputLimits,
        row: (Row) -> JSONValue
    ) throws(ShopError) -> JSONValue {
        let criteria = try SearchCriteria.parse(query, limits: limits)
        let (page, total) = try search.run(criteria, over: rows(criteria.wantedSKUs))
        return ["items": .array(page.map(row)), "search_criteria": criteria.echo, "total_count": JSONValue(total)]
    }
}
