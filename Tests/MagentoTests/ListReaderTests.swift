import Domain
import MagentoSandbox
import Synchronization
import TestKit
import Testing

@testable import Magento

/// Lists that are too long to be held are read while they come in.
struct ListReaderTests {
    /// What a reader makes of a text that comes in parts of these lengths.
    private static func read(_ text: [UInt8], parts: [Int]) -> (elements: [JSON], problem: JSONReader.Problem?) {
        let box = Elements()
        let reader = ListReader(restart: { box.clear() }, take: { box.add($0) })
        reader.begin()
        var rest = text[...]
        for part in parts {
            Array(rest.prefix(part)).withUnsafeBytes { reader.feed($0) }
            rest = rest.dropFirst(part)
        }
        Array(rest).withUnsafeBytes { reader.feed($0) }
        return (box.all, reader.end())
    }

    private final class Elements: Sendable {
        private let elements = Mutex<[JSON]>([])
        var all: [JSON] { elements.withLock { $0 } }
        func add(_ element: JSON) { elements.withLock { $0.append(element) } }
        func clear() { elements.withLock { $0 = [] } }
    }

    @Test func `a list gives the same elements however its bytes are cut`() throws {
        let text = Array(#" [ {"sku":"a,]}\\\"","q":[1,[2]]} , [] ,"x\\", 1.50,true ,{"é":null}] "#.utf8)
        let whole = try #require(try JSONReader.read(text).elements)

        for first in 0...text.count {
            for second in 0...(text.count - first) {
                let (elements, problem) = Self.read(text, parts: [first, second])
                #expect(elements == whole && problem == nil, "cut behind \(first) and \(first + second)")
            }
        }
        #expect(whole.count == 6 && Self.read(Array("[]".utf8), parts: []).elements.isEmpty)
    }

    @Test(arguments: [
        "", " ", "{}", "[", "[1", "[1,", "[1,]", "[,1]", "[1]]", "[1] x", "[1 2]", "[\"a]", "[{]", "[}]", "[{\"a\":1,\"a\":2}]", "null", "1",
    ])
    func `what is no list is told, wherever it breaks off`(_ text: String) {
        for cut in 0...text.utf8.count { #expect(Self.read(Array(text.utf8), parts: [cut]).problem != nil, "\(text) cut behind \(cut)") }
    }

    @Test func `an element without an end is not kept for ever`() {
        let (elements, problem) = Self.read(
            Array("[\"".utf8) + Array(repeating: UInt8(ascii: "x"), count: ListSplitter.longestElement + 1), parts: [])

        #expect(elements.isEmpty && problem == .tooManyParts)
    }

    private static func dump(_ shop: SandboxedShop) async throws -> Int? {
        try await shop.client.stockIndex.fold(website: "base", into: 0) { count, _ in count += 1 }
    }

    private static let products = 400

    private static var stocked: ShopState {
        var state = ShopState.empty
        state.stocks = [InventoryStock(id: 2, name: "UK", websites: ["base"])]
        state.links = [StockSourceLink(stockID: 2, source: "main", priority: 1)]
        for number in 0..<products {
            state.catalogue.add(sku: "P\(number)")
            state.sourceItems.upsert(sku: "P\(number)", source: "main", quantity: Quantity(7), isInStock: true)
        }
        return state
    }

    @Test func `the stock index is read whatever its length, also above what an answer may have`() async throws {
        try await SandboxedShop.run(Self.stocked, limits: WireLimits(maximumBody: 2000)) { shop in
            let read = try await Self.dump(shop)
            #expect(read == Self.products)
            // Of everything else the limit holds.
            await #expect(throws: Diagnostic.self) {
                try await shop.client.transport.send(
                    ShopCall(.get, ["inventory", "dump-stock-index-data", "website", "base"], effect: .read, expects: .list)
                ).payload()
            }
        }
    }

    @Test func `a list that broke off is asked for again, and what it had told is forgotten`() async throws {
        let fault = FaultRule(.commitThenCut(bytes: 5000), path: "dump-stock-index-data", hits: 1...1)
        try await SandboxedShop.run(Self.stocked, faults: [fault]) { shop in
            let read = try await Self.dump(shop)
            #expect(read == Self.products)
        }
    }

    @Test(arguments: [
        (ShopAnswer.json(#"{"message":"Request does not match any route."}"#, status: 404), Int?.none),
        (.json(#"{"message":"no","parameters":{"resources":"Magento_InventoryApi::stock"}}"#, status: 401), nil),
        (.json("[]", status: 200), 0),
    ])
    func `a refusal is understood as ever, and an empty index is one`(_ answer: ShopAnswer, _ count: Int?) async throws {
        try await SandboxedShop.run(Self.stocked, faults: [FaultRule(.answer(answer), path: "dump-stock-index-data")]) { shop in
            let read = try await Self.dump(shop)
            #expect(read == count)
        }
    }

    @Test(arguments: [#"[{"sku":"a","is_salable":true},{"sku":"b"}]"#, #"[{"sku":"a","is_salable":true}"#, #"{"items":[]}"#, "<p>busy</p>"])
    func `an index that cannot be read to its end is none`(_ body: String) async throws {
        let fault = FaultRule(.answer(.json(body, status: 200)), path: "dump-stock-index-data")
        try await SandboxedShop.run(Self.stocked, faults: [fault]) { shop in
            let failure = await #expect(throws: Diagnostic.self) { try await Self.dump(shop) }
            #expect(failure?.code == "SHOP-MALFORMED")
        }
    }
}
