/// A parsed `searchCriteria`: filters in a group are alternatives, groups all have to hold.
package struct SearchCriteria: Hashable, Sendable {
    package struct Filter: Hashable, Sendable {
        var field: String
        var value: String
        var condition: String
    }

    package struct SortOrder: Hashable, Sendable {
        var field: String
        var isAscending: Bool
    }

    var groups: [[Filter]] = []
    var sortOrders: [SortOrder] = []
    var pageSize: Int?
    var currentPage: Int?

    /// Throws Magento's refusals: nothing called `searchCriteria`, an unknown direction, a page above the limit.
    static func parse(_ query: QueryTree, limits: InputLimits) throws(ShopError) -> SearchCriteria {
        guard let tree = query["searchCriteria"] else { throw .required("searchCriteria") }
        var criteria = SearchCriteria()
        for group in tree["filterGroups"]?.children ?? [] {
            criteria.groups.append(
                (group["filters"]?.children ?? []).map { filter in
                    Filter(
                        field: filter["field"]?.text ?? "", value: filter["value"]?.text ?? "",
                        condition: filter["conditionType"]?.text ?? "eq")
                }
            )
        }
        for order in tree["sortOrders"]?.children ?? [] {
            let direction = order["direction"]?.text.map { $0.uppercased() } ?? "DESC"
            guard direction == "ASC" || direction == "DESC" else { throw .sortDirection }
            criteria.sortOrders.append(SortOrder(field: order["field"]?.text ?? "", isAscending: direction == "ASC"))
        }
        criteria.pageSize = try whole(tree["pageSize"], "pageSize")
        criteria.currentPage = try whole(tree["currentPage"], "currentPage")
        if let maximum = limits.maximumPageSize, (criteria.pageSize ?? 0) > maximum {
            throw .pageTooLarge(maximum: maximum)
        }
        if criteria.pageSize == nil { criteria.pageSize = limits.defaultPageSize }
        return criteria
    }

    private static func whole(_ tree: QueryTree?, _ field: String) throws(ShopError) -> Int? {
        guard let text = tree?.text else { return nil }
        guard let number = Int(text) else { throw .type(field, value: text, expected: "int") }
        return number
    }

    /// The folded SKUs that rows have to be of, where a group says so and nothing else.
    var wantedSKUs: Set<String>? {
        for group in groups {
            guard group.count == 1, let filter = group.first, filter.field == "sku" else { continue }
            switch filter.condition {
            case "eq": return [Collation.fold(filter.value)]
            case "in":
                return Set(
                    filter.value.split(separator: ",", omittingEmptySubsequences: false).map { Collation.fold(String($0)) })
            default: continue
            }
        }
        return nil
    }

    /// The number of the page's last row; `nil` where all rows are asked for.
    var lastRow: Int? {
        guard let pageSize, pageSize > 0 else { return nil }
        return max(1, min(currentPage ?? 1, Self.mostRows)) * min(pageSize, Self.mostRows)
    }

    /// Neither a page nor a page's number goes beyond this.
    static let mostRows = 1_000_000

    /// How the answer repeats the question.
    var echo: JSONValue {
        var members: [JSONValue.Member] = [
            .init(
                "filter_groups",
                .array(
                    groups.map { group in
                        ["filters": .array(group.map(Self.echo))]
                    }))
        ]
        if !sortOrders.isEmpty {
            members.append(
                .init(
                    "sort_orders",
                    .array(
                        sortOrders.map { ["field": .string($0.field), "direction": $0.isAscending ? "ASC" : "DESC"] })))
        }
        if let pageSize { members.append(.init("page_size", JSONValue(pageSize))) }
        if let currentPage { members.append(.init("current_page", JSONValue(currentPage))) }
        return .object(members)
    }

    private static func echo(_ filter: Filter) -> JSONValue {
        ["field": .string(filter.field), "value": .string(filter.value), "condition_type": .string(filter.condition)]
    }
}
