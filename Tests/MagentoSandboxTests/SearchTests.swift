import Testing

@testable import MagentoSandbox

struct SearchTests {
    private struct Row: Hashable, Sendable {
        var id: Int
        var sku: String
        var source: String
    }

    private static let search = Search<Row>(
        fields: [
            "sku": .text { $0.sku }, "source_code": .text { $0.source }, "id": .number { Quantity(Int64($0.id)) },
        ],
        unknownField: { _ in .internal(report: "x") })

    private static func rows(_ count: Int) -> [Row] {
        (0..<count).map { Row(id: $0, sku: "S\(($0 * 7919) % 997)", source: $0 % 3 == 0 ? "main" : "north") }
    }

    private func criteria(_ query: String, limits: InputLimits = InputLimits()) throws -> SearchCriteria {
        try SearchCriteria.parse(QueryTree.parse(query), limits: limits)
    }

    @Test(arguments: [(1, 10), (2, 10), (7, 100), (1, 5000), (50, 20), (999, 10)])
    func `a page of a sorted search is the page of the whole sorted list`(_ page: Int, _ size: Int) throws {
        let rows = Self.rows(1500)
        let order = "searchCriteria[sortOrders][0][field]=sku&searchCriteria[sortOrders][0][direction]=ASC"
        let all = try Self.search.run(criteria(order), over: rows)

        let some = try Self.search.run(criteria(order + "&searchCriteria[pageSize]=\(size)&searchCriteria[currentPage]=\(page)"), over: rows)

        #expect(some.page == Array(all.page.dropFirst((page - 1) * size).prefix(size)))
        #expect(some.total == 1500)
    }

    @Test(arguments: [0, -1, 1]) func `pages before the first are the first`(_ page: Int) throws {
        let found = try Self.search.run(criteria("searchCriteria[pageSize]=3&searchCriteria[currentPage]=\(page)"), over: Self.rows(10))

        #expect(found.page.map(\.id) == [0, 1, 2])
    }

    @Test func `page size 0 is everything`() throws {
        #expect(try Self.search.run(criteria("searchCriteria[pageSize]=0"), over: Self.rows(10)).page.count == 10)
    }

    @Test func `filters in a group are alternatives, groups all have to hold`() throws {
        let group = { (g: Int, f: Int, field: String, value: String) in
            let name = "searchCriteria[filterGroups][\(g)][filters][\(f)]"
            return "\(name)[field]=\(field)&\(name)[value]=\(value)"
        }
        let query = [group(0, 0, "id", "3"), group(0, 1, "id", "4"), group(1, 0, "source_code", "MAIN")].joined(separator: "&")

        #expect(try Self.search.run(criteria(query), over: Self.rows(10)).page.map(\.id) == [3])
    }

    @Test func `the direction of a sort order is descending unless it is told`() throws {
        let found = try Self.search.run(criteria("searchCriteria[sortOrders][0][field]=id"), over: Self.rows(5))

        #expect(found.page.map(\.id) == [4, 3, 2, 1, 0])
    }

    @Test func `an unknown condition behaves like eq, an unknown field breaks the query`() throws {
        let filter = "searchCriteria[filterGroups][0][filters][0]"
        let odd = try criteria("\(filter)[field]=sku&\(filter)[value]=S0&\(filter)[conditionType]=sounds_like")
        let broken = try criteria("\(filter)[field]=colour&\(filter)[value]=red")

        #expect(try Self.search.run(odd, over: Self.rows(10)).page.map(\.id) == [0])
        #expect(throws: ShopError.self) { try Self.search.run(broken, over: Self.rows(10)) }
    }

    @Test func `F71 a page above the limit is refused and the default page is taken`() throws {
        let limits = InputLimits(maximumPageSize: 50, defaultPageSize: 10)

        #expect(throws: ShopError.pageTooLarge(maximum: 50)) { try criteria("searchCriteria[pageSize]=51", limits: limits) }
        #expect(try criteria("searchCriteria=", limits: limits).pageSize == 10)
        #expect(throws: ShopError.required("searchCriteria")) { try criteria("x=1") }
    }

    @Test func `SKUs that a search names are looked up, not searched for`() throws {
        let filter = "searchCriteria[filterGroups][0][filters][0]"

        #expect(try criteria("\(filter)[field]=sku&\(filter)[value]=a,B&\(filter)[conditionType]=in").wantedSKUs == ["A", "B"])
        #expect(try criteria("\(filter)[field]=sku&\(filter)[value]=a,B&\(filter)[conditionType]=eq").wantedSKUs == ["A,B"])
        #expect(try criteria("\(filter)[field]=sku&\(filter)[value]=a&\(filter)[conditionType]=gt").wantedSKUs == nil)
    }
}
