import Domain
import MagentoSandbox
import TestKit
import Testing

@testable import Magento

struct ClientTests {
    @Test func `odd SKUs are saved, found and paged with a signature that holds`() async throws {
        let odd = ["AB/1000", "WS 4.0X40", "a+b", "50%", "x,y", "Ünï-45", "日本-1", "q\"q", "it's", "t~t", "#1", "[x]", "a&b=c"]
        var state = ShopState.empty
        for sku in odd { state.catalogue.add(sku: sku) }

        try await SandboxedShop.run(state) { shop in
            let items = odd.map { SourceItem(sku: $0, source: "main", quantity: 7, isInStock: true) }
            let saved = await shop.client.sourceItems.save(items)
            #expect(saved.refusal == nil)

            let found = try await shop.client.sourceItems.find(odd, sources: ["main", "north"])
            let entries = try await shop.client.catalogue.find(odd)
            #expect(Set(found) == Set(items))
            #expect(Set(entries.map(\.sku)) == Set(odd))
            #expect(JournalCheck.nothingOutsideAccess(shop.shop.journal.entries).isEmpty)
        }
    }

    @Test(arguments: ["0.1", "1.2345", "99999999.9999", "-3", "0", "1000000"])
    func `a quantity arrives exactly as it was sent and comes back so`(_ text: String) async throws {
        try await SandboxedShop.run { shop in
            let quantity = try #require(ExactDecimal(plain: text))
            let item = SourceItem(sku: "AB/1000", source: "main", quantity: quantity, isInStock: false)

            _ = await shop.client.sourceItems.save([item])

            #expect(shop.quantity("AB/1000") == text)
            let found = try await shop.client.sourceItems.find(["AB/1000"], sources: ["main"])
            #expect(found == [item])
        }
    }

    @Test(arguments: [2, 3, 7, 1000])
    func `paging shows every row once and never tears a SKU apart`(_ pageRows: Int) async throws {
        try await SandboxedShop.run { shop in
            let items = SourceItems(shop.client.transport, wholePageRows: max(3, pageRows))
            var seen: [SourceItem] = []
            var skusOfPages: [Set<String>] = []
            try await items.all(sources: ["main", "north"]) { page in
                seen += page
                skusOfPages.append(Set(page.map(\.sku)))
            }

            #expect(seen.count == 80 && Set(seen).count == 80)
            #expect(skusOfPages.reduce(0) { $0 + $1.count } == 40)
        }
    }

    @Test func `F72 a row written between two pages neither hides nor doubles another`() async throws {
        try await SandboxedShop.run { shop in
            let items = SourceItems(shop.client.transport, wholePageRows: 10)
            var seen: [String] = []
            try await items.all(sources: ["main"]) { page in
                seen += page.map(\.sku)
                shop.shop.withState { $0.sourceItems.upsert(sku: "00000", source: "main", quantity: Quantity(1), isInStock: true) }
            }

            #expect(Set(seen).count == seen.count)
            #expect(Set(seen).isSuperset(of: ShopState.demo.catalogue.products.map(\.sku)))
        }
    }

    @Test func `everything is read in two halves at the same time, and each row is asked for once`() async throws {
        var state = ShopState.empty
        for number in 0..<1000 {
            for source in ["main", "north"] { state.sourceItems.upsert(sku: "P\(number)", source: source, quantity: Quantity(7), isInStock: true) }
        }
        try await SandboxedShop.run(state) { shop in
            let items = SourceItems(shop.client.transport, wholePageRows: 200)
            var seen: [SourceItem] = []
            try await items.all(sources: ["main", "north"]) { seen += $0 }

            // A full page may end within a product, so that its last rows come again: ten pages become twelve at most, and one question finds the middle.
            #expect(seen.count == 2000 && Set(seen).count == 2000 && shop.statuses.count <= 14)
            #expect(try await items.count(sources: ["north"]) == 1000)
        }
    }

    @Test func `F71 a page limit is learnt and kept`() async throws {
        var state = ShopState.demo
        state.limits = InputLimits(maximumPageSize: 9)

        try await SandboxedShop.run(state) { shop in
            var count = 0
            let catalogue = shop.client.catalogue
            try await catalogue.all { count += $0.count }

            #expect(count == 40)
            #expect(shop.statuses.filter { $0 == 400 }.count == 1)
        }
    }

    @Test func `a long list of SKUs is asked for in URLs below six kilobytes`() async throws {
        let skus = (0..<800).map { "LONG/SKU \($0) ÄÖÜ" }

        let filters = SKUChunks.split(skus + ["x,y"])

        #expect(filters.last?.value != nil && filters.filter { $0.condition == .equal }.map(\.value) == ["x,y"])
        #expect(filters.flatMap { $0.condition == .oneOf ? $0.value.split(separator: ",").map(String.init) : [] } == skus)
        for filter in filters {
            let query = SearchQuery(
                [filter, SearchQuery.Filter("source_code", .oneOf, "default,main,north")], sort: "sku", pageSize: 1000,
                fields: "items[sku,source_code,quantity,status],total_count")
            let call = ShopCall(.get, ["inventory", "source-items"], query: query.items, effect: .read, expects: .object)
            #expect(RequestTarget.of(call, scope: "all", basePath: "").utf8.count < SKUChunks.maximumURLBytes)
        }
    }

    @Test(arguments: [(300, 1), (301, 2), (900, 3)])
    func `named products are asked for once in three hundred, with no question whether that was all`(count: Int, calls: Int) async throws {
        let shelf = NamedShelf()

        let found = try await Catalogue(shelf).find((0..<count).map { "S\($0)" })

        #expect(found.map(\.sku) == (0..<count).map { "S\($0)" })
        #expect(shelf.calls == calls)
    }

    @Test func `F71 named products are all found where the shop answers fewer at once`() async throws {
        var state = ShopState.demo
        state.limits = InputLimits(maximumPageSize: 9)
        let skus = state.catalogue.products.map(\.sku)

        try await SandboxedShop.run(state) { shop in
            let found = try await shop.client.catalogue.find(skus + ["unknown"])

            #expect(Set(found.map(\.sku)) == Set(skus))
        }
    }

    @Test func `source items are deleted, and deleting again is no error`() async throws {
        try await SandboxedShop.run { shop in
            for _ in 0..<2 {
                let answer = await shop.client.sourceItems.delete([("AB/1000", "main")])
                #expect(answer.refusal == nil)
            }

            #expect(shop.quantity("AB/1000") == nil && shop.quantity("AB/1000", "north") == "400")
        }
    }

    @Test func `the legacy stock item of a product is written and read`() async throws {
        try await SandboxedShop.run { shop in
            let answer = await shop.client.stockItems.save(sku: "LK-5L-76", quantity: 12, isInStock: true)
            let found = try await shop.client.stockItems.find("LK-5L-76")
            let unknown = try await shop.client.stockItems.find("NOPE")

            #expect(answer.refusal == nil && found?.quantity == 12)
            #expect(unknown == nil)
            #expect(shop.quantity("LK-5L-76", "default") == "12")
        }
    }

    @Test func `a SKU with a slash is signed in a path the way 2.4.7 wants it`() async throws {
        let shop = SandboxShop(.demo)
        let server = try await SandboxServer.start(shop: shop)
        let demo = Integration.demo
        let credentials = OAuth1.Credentials(
            consumerKey: Secret(demo.consumerKey), consumerSecret: Secret(demo.consumerSecret), accessToken: Secret(demo.token),
            accessTokenSecret: Secret(demo.tokenSecret))

        for (dialect, reason) in [(OAuth1.Dialect.normalisedPath, nil), (.standard, Refusal.Reason.signature)] {
            let settings = MagentoSettings(
                endpoint: try SandboxedShop.endpoint(server.url), credential: .oauth1(credentials, dialect))
            let answer = try await MagentoClient.withClient(settings, timeline: .system) { client in
                await client.stockItems.save(sku: "AB/1000", quantity: 3, isInStock: true)
            }
            #expect(answer.refusal?.reason == reason)
        }
        await server.stop()
    }

    @Test func `the shop is told who calls, and gets no cookie back`() async throws {
        try await SandboxedShop.run { shop in
            _ = try await shop.client.stores.modules()
            _ = try await shop.client.stores.modules()

            #expect(shop.shop.journal.entries.last?.caller == "Tallyman demo")
        }
    }
}
