/// A search as Magento's grammar wants it. Groups all have to hold; filters in one group are alternatives.
///
/// Indices stay below 10: from 10 on, no version of Magento signs the query as RFC 5849 does (contract 1.1).
package struct SearchQuery: Hashable, Sendable {
    package enum Condition: String, Sendable {
        case equal = "eq"
        case oneOf = "in"
        case greater = "gt"
        case greaterOrEqual = "gteq"
        case less = "lt"
    }

    package struct Filter: Hashable, Sendable {
        package var field: String
        package var condition: Condition
        package var value: String

        package init(_ field: String, _ condition: Condition, _ value: String) {
            self.field = field
            self.condition = condition
            self.value = value
        }
    }

    /// At most ten, one filter each; further ones would not be signed alike and are a mistake of ours.
    package var filters: [Filter]
    /// Ascending; always a column that is unique in the result.
    package var sort: String?
    package var pageSize: Int
    package var page: Int
    /// `items[sku,quantity],total_count`
    package var fields: String?

    package init(_ filters: [Filter] = [], sort: String? = nil, pageSize: Int, page: Int = 1, fields: String? = nil) {
        precondition(filters.count <= 10)
        self.filters = filters
        self.sort = sort
        self.pageSize = pageSize
        self.page = page
        self.fields = fields
    }

    package var items: [QueryItem] {
        var items: [QueryItem] = []
        for (index, filter) in filters.enumerated() {
            let name = "searchCriteria[filter_groups][\(index)][filters][0]"
            items.append(QueryItem(name + "[field]", filter.field))
            items.append(QueryItem(name + "[value]", filter.value))
            items.append(QueryItem(name + "[condition_type]", filter.condition.rawValue))
        }
        if let sort {
            items.append(QueryItem("searchCriteria[sortOrders][0][field]", sort))
            items.append(QueryItem("searchCriteria[sortOrders][0][direction]", "ASC"))
        }
        items.append(QueryItem("searchCriteria[pageSize]", String(pageSize)))
        items.append(QueryItem("searchCriteria[currentPage]", String(page)))
        if let fields { items.append(QueryItem("fields", fields)) }
        return items
    }
}
