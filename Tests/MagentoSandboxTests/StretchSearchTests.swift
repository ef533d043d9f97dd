import TestKit
import Testing

@testable import MagentoSandbox

/// Pages of a large table are found by its order of SKUs, and are the pages that any search would find.
struct StretchSearchTests {
    private static let search = Search<SourceItemTable.Row>(
        fields: ["sku": .folded { $0.folded }, "source_code": .folded { $0.foldedSource }], unknownField: { _ in .internal(report: "x") })

    @Test(arguments: 1...40) func `a page of a stretch is that of the general search`(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var table = SourceItemTable()
        func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        let names = (0..<60).map { ["s\($0)", "S\($0)", "Sé\($0 % 7)", "s\($0) "][pick(4)] }
        for _ in 0..<pick(150) {
            table.upsert(sku: names[pick(60)], source: ["main", "North"][pick(2)], quantity: Quantity(Int64(pick(9))), isInStock: true)
        }
        if pick(2) == 0, let row = table.rows.randomElement(using: &random) { table.delete([(row.sku, row.source)]) }

        for _ in 0..<30 {
            var filters: [(String, String, String)] = []
            if pick(3) > 0 { filters.append(("source_code", ["main", "main,north", "NORTH", "depot", "main,north,depot"][pick(5)], "in")) }
            if pick(2) == 0 { filters.append(("sku", names[pick(60)], ["gt", "gteq"][pick(2)])) }
            if pick(2) == 0 { filters.append(("sku", names[pick(60)], ["lt", "lteq"][pick(2)])) }
            var query = "searchCriteria[sortOrders][0][field]=sku&searchCriteria[sortOrders][0][direction]=ASC"
            for (index, filter) in filters.enumerated() {
                let name = "&searchCriteria[filter_groups][\(index)][filters][0]"
                query += "\(name)[field]=\(filter.0)\(name)[value]=\(filter.1)\(name)[condition_type]=\(filter.2)"
            }
            query += "&searchCriteria[pageSize]=\(1 + pick(20))&searchCriteria[currentPage]=\(pick(4))"
            let criteria = try SearchCriteria.parse(QueryTree.parse(query), limits: InputLimits())
            let stretch = try #require(SourceItemTable.Stretch(criteria))
            let (last, size) = (try #require(criteria.lastRow), try #require(criteria.pageSize))

            let general = try Self.search.run(criteria, over: table.rows)
            let page = table.page(stretch, first: last - size, count: size)

            #expect(page.page == general.page && page.total == general.total, "\(query)")
        }
    }

    @Test(arguments: ["sku&searchCriteria[sortOrders][0][direction]=DESC", "quantity&searchCriteria[sortOrders][0][direction]=ASC"])
    func `any other order is no stretch`(_ order: String) throws {
        let query = "searchCriteria[sortOrders][0][field]=\(order)&searchCriteria[pageSize]=3"

        #expect(SourceItemTable.Stretch(try SearchCriteria.parse(QueryTree.parse(query), limits: InputLimits())) == nil)
    }
}
